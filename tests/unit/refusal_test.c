/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refusal_test.c - what the kernel's refusals are called, by errors and logs that it has given. */
#include "unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "fault.h"
#include "object.h"
#include "refusal.h"

#define ENOTSUPP 524 /* include/linux/errno.h in the kernel */

static struct fl_obj_prog progs[] = {
	{ .name = "tracing", .backend = FL_BACKEND_FMOD_RET, .first_attach = 0, .nattaches = 1 },
	{ .name = "probe",
	  .backend = FL_BACKEND_KPROBE,
	  .reason = "it returns 0",
	  .first_attach = 1,
	  .nattaches = 1 },
	{ .name = "many",
	  .backend = FL_BACKEND_KPROBE_MULTI,
	  .reason = "there are many",
	  .first_attach = 1,
	  .nattaches = 1 },
	{ .name = "in_module", .backend = FL_BACKEND_FMOD_RET, .first_attach = 2, .nattaches = 1 },
};
static struct fl_obj_attach attaches[] = {
	{ .func = "f", .shown = "f" },
	{ .func = "g", .shown = "g" },
	{ .func = "h", .shown = "h", .module = "mod" },
};
static const struct fl_object object = {
	.progs = progs,
	.nprogs = COUNT(progs),
	.attaches = attaches,
	.nattaches = COUNT(attaches),
};

enum { TRACING, PROBE, MANY, IN_MODULE };

#define VERIFIED "\nprocessed 12 insns (limit 1000000)"
#define BEGIN "-- BEGIN PROG LOAD LOG --\n"

static void check(const struct fl_fault *f, enum fl_fault_tag tag, enum fl_fault_kind kind,
		  const char *words)
{
	assert_string_equal(fl_fault_tag_name(f->tag), fl_fault_tag_name(tag));
	assert_int_equal(f->kind, kind);
	if (!strstr(f->text, words))
		fail_msg("'%s' is not in: %s", words, f->text);
	assert_null(strchr(f->text, '{'));
	assert_null(strchr(f->hint, '{'));
}

static void test_load(void **state)
{
	static const struct {
		const char *log;
		int err;
		enum fl_fault_tag tag;
		enum fl_fault_kind kind;
		int prog;
		const char *words;
	} rows[] = {
		{ "", -ENOSYS, FL_F_NO_BPF, FL_FAULT_KERNEL, -1, "not support BPF" },
		{ "", -EPERM, FL_F_NOT_PERMITTED, FL_FAULT_PERMISSION, -1, "no permission" },
		{ "prog 'probe': " VERIFIED, -E2BIG, FL_F_TOO_LARGE, FL_FAULT_REQUEST, PROBE,
		  "on 'g'" },
		{ "map 'fl_scratches': failed", -E2BIG, FL_F_ALL_TOO_LARGE, FL_FAULT_REQUEST, -1,
		  "rules are" },
		{ "prog 'probe': " VERIFIED, -EINVAL, FL_F_REJECTED, FL_FAULT_SYSTEM, PROBE,
		  "verifier rejected the program for 'g'" },
		{ "prog 'probe': " BEGIN, -EACCES, FL_F_REJECTED, FL_FAULT_SYSTEM, PROBE, "'g'" },
		{ "prog 'probe': failed", -EBUSY, FL_F_PROGRAM, FL_FAULT_SYSTEM, PROBE, "'g': " },
		{ "", -ENOMEM, FL_F_LOAD, FL_FAULT_SYSTEM, -1, "Cannot allocate memory" },
		{ "prog 'tracing': " BEGIN "f() is not modifiable\n", -EINVAL, FL_F_NOT_MODIFIABLE,
		  FL_FAULT_REFUSED, TRACING, "'f'" },
		{ "prog 'tracing': ", -ENOTSUPP, FL_F_NO_PROGRAM, FL_FAULT_REFUSED, TRACING,
		  "a fmod_ret program to 'f'" },
		{ "prog 'in_module': ", -EPERM, FL_F_MODULE_TYPES, FL_FAULT_REFUSED, IN_MODULE,
		  "'mod'" },
		{ "prog 'probe': unknown func bpf_override_return#58", -EINVAL, FL_F_NO_OVERRIDE,
		  FL_FAULT_KERNEL, PROBE, "'g'" },
		{ "prog 'many': cannot use helper bpf_override_return#58", -EINVAL,
		  FL_F_NO_OVERRIDE, FL_FAULT_REFUSED, MANY, "'g'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fl_fault_log log = { .text = strdup(rows[i].log) };
		struct fl_fault f;

		fl_fault_load(&f, &object, &log, rows[i].err);
		check(&f, rows[i].tag, rows[i].kind, rows[i].words);
		assert_int_equal(f.prog, rows[i].prog);
		/* for -v */
		assert_string_equal(f.log, rows[i].log);
		fl_fault_release(&f);
		fl_fault_log_release(&log);
	}
}

static void test_attach(void **state)
{
	static const struct {
		int prog;
		int err;
		enum fl_fault_tag tag;
		enum fl_fault_kind kind;
		const char *words;
	} rows[] = {
		{ TRACING, -E2BIG, FL_F_ATTACH, FL_FAULT_REFUSED, "(38)" },
		{ TRACING, -EBUSY, FL_F_ATTACH, FL_FAULT_REFUSED, "'f': Device or resource busy" },
		{ MANY, -ENOTSUPP, FL_F_ATTACH, FL_FAULT_REFUSED, "it is not supported" },
		{ PROBE, -EADDRNOTAVAIL, FL_F_SEVERAL, FL_FAULT_KERNEL, "'g'" },
		{ PROBE, -ENOENT, FL_F_NO_FUNCTION, FL_FAULT_KERNEL, "'g'" },
		{ PROBE, -EINVAL, FL_F_OVERRIDE, FL_FAULT_KERNEL, "'g'" },
		{ PROBE, -EBUSY, FL_F_KPROBE, FL_FAULT_SYSTEM, "'g': Device or resource busy" },
		{ PROBE, -EPERM, FL_F_NOT_PERMITTED, FL_FAULT_PERMISSION, "no permission" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct fl_fault_log log = { 0 };
		struct fl_fault f;

		fl_fault_attach(&f, &object, rows[i].prog, &log, rows[i].err);
		check(&f, rows[i].tag, rows[i].kind, rows[i].words);
		assert_int_equal(f.prog, rows[i].prog);
		assert_null(f.log);
	}
}

static void test_errno(void **state)
{
	struct fl_fault f;

	(void)state;
	fl_fault_errno(&f, FL_F_RING, -ENOMEM);
	check(&f, FL_F_RING, FL_FAULT_SYSTEM, "ring buffer: Cannot allocate memory");
	fl_fault_errno(&f, FL_F_RING, -EPERM);
	check(&f, FL_F_RING, FL_FAULT_PERMISSION, "ring buffer: Operation not permitted");
}

/* A place without a string: no text rather than half of one. */
static void test_places(void **state)
{
	struct fl_fault f;

	(void)state;
	fl_fault_raise(&f, FL_F_VALUE, "f", "5", NULL);
	assert_string_equal(f.text, "'f' may not return 5");
	assert_string_equal(f.hint, "");
	fl_fault_raise(&f, FL_F_VALUE, "f", "5", "why", NULL);
	assert_string_equal(f.hint, "why");
	fl_fault_raise(&f, FL_F_NO_RULE, fl_digits(INT64_MIN).text, "1", NULL);
	assert_string_equal(f.text, "no rule -9223372036854775808");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_attach),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests_name("refusals", tests, NULL, NULL);
}
