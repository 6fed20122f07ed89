/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Constants against the headers of this machine, and flags of allocations against kernels. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include <asm/fcntl.h>
#include <linux/eventpoll.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "macro.h"
#include "fake_kernel.h"
#include "parser.h"
#include "sema.h"

/* By the headers: a value that differs from the table's, or a name that C does not have, shows. */
static const struct fl_constant headers[] = {
#define FL_CONSTANT(name, value) { #name, (uint64_t)(name) },
#include "constant.def"
#undef FL_CONSTANT
};

static void test_headers(void **state)
{
	struct utsname machine;

	(void)state;
	assert_int_equal(uname(&machine), 0);
	for (size_t i = 0; i < COUNT(headers); i++) {
		uint64_t value;

		assert_int_equal(
			fl_arch_constant(fl_arch_find(machine.machine), headers[i].name, &value),
			0);
		if (value != headers[i].value)
			fail_msg("%s is %#llx, not %#llx", headers[i].name,
				 (unsigned long long)headers[i].value, (unsigned long long)value);
	}
}

/* --- flags of allocations ------------------------------------------------------- */

/* The enumerators of a kernel that numbers them from 3 on, and lacks one. */
static const char *const known[] = {
	"DMA", "IO", "FS", "DIRECT_RECLAIM", "KSWAPD_RECLAIM", "HIGH"
};
static bool has_bits;

static int find_enumerator(struct fl_kernel *k, const char *module, const char *name, int64_t *out)
{
	char own[64];

	(void)k;
	(void)module;
	for (size_t i = 0; has_bits && i < COUNT(known); i++) {
		snprintf(own, sizeof(own), "___GFP_%s_BIT", known[i]);
		if (!strcmp(own, name)) {
			*out = (int64_t)i + 3;
			return 0;
		}
	}
	return -ENOENT;
}

static const char *no_problem(struct fl_kernel *k)
{
	(void)k;
	return "";
}

static const char *no_types(struct fl_kernel *k)
{
	(void)k;
	return "this kernel has no type information";
}

static struct fl_kernel_ops ops = { .find_enumerator = find_enumerator, .btf_problem = no_problem };

static int find(const char *name, uint64_t *value, const char **why)
{
	struct fl_kernel k = { .ops = &ops };

	*why = "";
	return fl_macro_find(&k, fl_arch_find("x86_64"), name, value, why);
}

static void expect_flag(const char *name, uint64_t expected)
{
	const char *why;
	uint64_t value;

	if (find(name, &value, &why))
		fail_msg("%s: %s", name, why);
	if (value != expected)
		fail_msg("%s is %#llx, not %#llx", name, (unsigned long long)value,
			 (unsigned long long)expected);
}

static void expect_no_flag(const char *name, const char *reason)
{
	const char *why;
	uint64_t value;

	assert_int_equal(find(name, &value, &why), -ENODATA);
	assert_non_null(strstr(why, reason));
}

static void test_bits_of_the_kernel(void **state)
{
	(void)state;
	has_bits = true;
	expect_flag("__GFP_DMA", 1 << 3);
	expect_flag("GFP_KERNEL", 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7);
	expect_flag("GFP_ATOMIC", 1 << 8 | 1 << 7);
	/* a part that the kernel was built without is nothing, and nothing alone no flag */
	expect_flag("GFP_NOWAIT", 1 << 7);
	expect_no_flag("__GFP_NOLOCKDEP", "not configured");
}

/* Linux 6.1: include/linux/gfp_types.h */
static void test_bits_before_they_were_told(void **state)
{
	(void)state;
	has_bits = false;
	expect_flag("__GFP_DMA", 0x01);
	expect_flag("__GFP_HIGH", 0x20);
	expect_flag("__GFP_ZERO", 0x100);
	expect_flag("__GFP_DIRECT_RECLAIM", 0x400);
	expect_flag("__GFP_NOFAIL", 0x8000);
	expect_flag("__GFP_ACCOUNT", 0x400000);
	expect_flag("GFP_KERNEL", 0xcc0);
	expect_flag("GFP_USER", 0x100cc0);
	expect_no_flag("GFP_ATOMIC", "6.10");
	expect_no_flag("__GFP_ZEROTAGS", "6.10");
	ops.btf_problem = no_types;
	expect_no_flag("GFP_KERNEL", "no type information");
	ops.btf_problem = no_problem;
}

/* --- numbers of ioctls ---------------------------------------------------------- */

/* What a constant expression is worth in a rule. */
static uint64_t value_of(const char *text)
{
	const struct fl_sema_opts opts = { .system_wide = true };
	struct fl_arena arena = { 0 };
	struct fake_kernel fake;
	struct fl_script script = { 0 };
	struct fl_tokens tokens;
	struct fl_source src = { .name = "test" };
	struct fl_diags ds;
	char rule[128];
	uint64_t value;

	src.len = (size_t)snprintf(rule, sizeof(rule), "on fake_errno if pid == %s log \"\"", text);
	src.text = rule;
	fake_kernel_init(&fake);
	fl_diags_init(&ds);
	fl_lex(&src, &arena, &ds, &tokens);
	fl_parse(&tokens, NULL, &arena, &ds, &script);
	fl_sema(&script, &fake.k, &opts, &arena, &ds);
	if (ds.nerrors || !script.rules[0].instances[0].cond->right->is_constant)
		fail_msg("'%s' is not constant", text);
	value = script.rules[0].instances[0].cond->right->value;
	fl_diags_release(&ds);
	fl_arena_release(&arena);
	return value;
}

/* include/uapi/linux/fs.h has them by their formulas. */
static void test_ioctls(void **state)
{
	(void)state;
	assert_int_equal(value_of("_IO(\"X\", 119)"), _IO('X', 119));
	assert_int_equal(value_of("_IO(0x12, 119)"), BLKDISCARD);
	assert_int_equal(value_of("_IOR(\"f\", 1, long)"), FS_IOC_GETFLAGS);
	assert_int_equal(value_of("_IOW(\"f\", 2, long)"), FS_IOC_SETFLAGS);
	assert_int_equal(value_of("_IOWR(\"X\", 119, int)"), FIFREEZE);
	assert_int_equal(value_of("_IOWR(\"X\", 121, 24)"), FITRIM);
	assert_int_equal(value_of("_IOR(\"X\", 1, struct task_struct *)"), _IOR('X', 1, void *));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_bits_of_the_kernel),
		cmocka_unit_test(test_bits_before_they_were_told),
		cmocka_unit_test(test_ioctls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
