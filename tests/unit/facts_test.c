/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known about the kernel `full`, from its own files (tests/vm/facts),
 * held against the sources of the test modules.
 */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "facts.h"

static struct fl_kernel *k;

static int setup(void **state)
{
	const struct fl_facts_opts opts = { .root = getenv("FL_FACTS") };

	(void)state;
	if (!opts.root) {
		print_error("FL_FACTS is not set: tests/unit/run sets it\n");
		return -1;
	}
	return fl_facts_open(&opts, &k);
}

static int teardown(void **state)
{
	(void)state;
	fl_facts_close(k);
	return 0;
}

static void test_kernel(void **state)
{
	(void)state;
	assert_non_null(strstr(k->release, "-faultline"));
	assert_int_equal(k->ncpus, 2);
	assert_int_equal(k->ops->list_state(k), FL_LIST_KNOWN);
	assert_string_equal(k->ops->list_problem(k), "");
	assert_string_equal(k->ops->btf_problem(k), "");
	assert_true(k->ops->has_module(k, "mlx5_core"));
	assert_true(k->ops->has_module(k, "vmlinux"));
	assert_false(k->ops->has_module(k, "nosuch"));
}

static void test_function_of_a_module(void **state)
{
	static const char *const names[] = { "dev", "in", "in_size", "out", "out_size" };
	struct fl_func f;
	struct fl_type dev;

	(void)state;
	assert_int_equal(k->ops->find_func(k, NULL, "mlx5_cmd_exec", &f), 0);
	assert_string_equal(f.module, "mlx5_core");
	assert_int_equal(f.tag, FL_TAG_ERRNO);
	assert_true(f.in_btf);
	assert_true(f.btf_id > 0);
	assert_int_equal(f.nparams, COUNT(names));
	for (size_t i = 0; i < COUNT(names); i++)
		assert_string_equal(f.params[i].name, names[i]);
	assert_int_equal(f.params[0].type.kind, FL_TYPE_PTR);
	assert_int_equal(k->ops->type(k, f.params[0].type.target, &dev), 0);
	assert_int_equal(dev.kind, FL_TYPE_STRUCT);
	assert_string_equal(dev.name, "mlx5_core_dev");
	assert_int_equal(f.ret.kind, FL_TYPE_INT);
	assert_true(f.ret.is_signed);

	assert_int_equal(k->ops->find_func(k, "mlx5_core", "mlx5_cmd_exec", &f), 0);
	assert_int_equal(k->ops->find_func(k, "vmlinux", "mlx5_cmd_exec", &f), -ENOENT);
	assert_int_equal(k->ops->find_func(k, NULL, "mlx5_cmd_exce", &f), -ENOENT);
}

static void test_functions_of_the_kernel(void **state)
{
	struct fl_func f;

	(void)state;
	assert_int_equal(k->ops->find_func(k, NULL, "should_failslab", &f), 0);
	assert_null(f.module);
	assert_int_equal(f.tag, FL_TAG_ERRNO);
	assert_int_equal(k->ops->find_func(k, NULL, "should_fail_alloc_page", &f), 0);
	assert_int_equal(f.tag, FL_TAG_TRUE);
	assert_int_equal(f.ret.kind, FL_TYPE_BOOL);
	/* in the kernel, but on no list */
	assert_int_equal(k->ops->find_func(k, NULL, "security_file_open", &f), 0);
	assert_int_equal(f.tag, FL_TAG_NONE);
	assert_true(f.in_btf);
	/* a prototype with "..." */
	assert_int_equal(k->ops->find_func(k, NULL, "_printk", &f), 0);
	assert_true(f.variadic);
	assert_int_equal(f.nparams, 1);
}

static void test_tags_and_types(void **state)
{
	static const struct {
		const char *name;
		enum fl_tag tag;
		enum fl_type_kind ret;
		uint32_t size;
		bool is_signed;
	} cases[] = {
		{ "fl_int0", FL_TAG_ERRNO, FL_TYPE_INT, 4, true },
		{ "fl_ret_long", FL_TAG_ERRNO, FL_TYPE_INT, 8, true },
		{ "fl_ret_s8", FL_TAG_ERRNO, FL_TYPE_INT, 1, true },
		{ "fl_ret_u32", FL_TAG_ERRNO, FL_TYPE_INT, 4, false },
		{ "fl_ret_bool", FL_TAG_TRUE, FL_TYPE_BOOL, 1, false },
		{ "fl_ret_ptr", FL_TAG_ERRNO, FL_TYPE_PTR, 8, false },
		{ "fl_ret_ptr_null", FL_TAG_NULL, FL_TYPE_PTR, 8, false },
		{ "fl_ret_ptr_errno_null", FL_TAG_ERRNO_NULL, FL_TYPE_PTR, 8, false },
		{ "fl_void", FL_TAG_NONE, FL_TYPE_VOID, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fl_func f;

		assert_int_equal(k->ops->find_func(k, "fl_targets", cases[i].name, &f), 0);
		assert_int_equal(f.tag, cases[i].tag);
		assert_int_equal(f.ret.kind, cases[i].ret);
		assert_int_equal(f.ret.size, cases[i].size);
		assert_int_equal(f.ret.is_signed, cases[i].is_signed);
	}
}

static void test_parameters(void **state)
{
	static const struct {
		enum fl_type_kind kind;
		uint32_t size;
		bool is_signed;
	} mixed[] = {
		{ FL_TYPE_INT, 1, false }, { FL_TYPE_INT, 2, true },   { FL_TYPE_INT, 4, false },
		{ FL_TYPE_INT, 8, true },  { FL_TYPE_BOOL, 1, false }, { FL_TYPE_PTR, 8, false },
	};
	struct fl_func f;

	(void)state;
	assert_int_equal(k->ops->find_func(k, NULL, "fl_arg_mixed", &f), 0);
	assert_int_equal(f.nparams, COUNT(mixed));
	for (size_t i = 0; i < COUNT(mixed); i++) {
		assert_int_equal(f.params[i].type.kind, mixed[i].kind);
		assert_int_equal(f.params[i].type.size, mixed[i].size);
		assert_int_equal(f.params[i].type.is_signed, mixed[i].is_signed);
	}
	assert_int_equal(k->ops->find_func(k, NULL, "fl_arg_pair", &f), 0);
	assert_int_equal(f.params[0].type.kind, FL_TYPE_STRUCT);
	assert_int_equal(f.params[0].type.size, 16);
	assert_int_equal(k->ops->find_func(k, NULL, "fl_arg_bool", &f), 0);
	assert_int_equal(f.params[1].type.kind, FL_TYPE_ENUM);
	assert_true(f.params[1].type.is_signed);
}

static void test_members(void **state)
{
	struct fl_func f;
	struct fl_member bits, m;

	(void)state;
	assert_int_equal(k->ops->find_func(k, NULL, "fl_object", &f), 0);
	assert_int_equal(k->ops->member(k, f.params[0].type.target, "bits", &bits), 0);
	assert_int_equal(bits.type.kind, FL_TYPE_STRUCT);
	/* struct fl_bits: u32 low:3 cross:11 sign:5 top:13, then wide:37 rest:27 */
	assert_int_equal(k->ops->member(k, bits.type.id, "cross", &m), 0);
	assert_int_equal(m.bit_offset, 3);
	assert_int_equal(m.bit_size, 11);
	assert_false(m.type.is_signed);
	assert_int_equal(k->ops->member(k, bits.type.id, "sign", &m), 0);
	assert_int_equal(m.bit_offset, 14);
	assert_int_equal(m.bit_size, 5);
	assert_true(m.type.is_signed);
	assert_int_equal(k->ops->member(k, bits.type.id, "rest", &m), 0);
	assert_int_equal(m.bit_offset, 64 + 37);
	assert_int_equal(m.bit_size, 27);
	assert_int_equal(k->ops->member(k, bits.type.id, "nothing", &m), -ENOENT);
	/* not a structure */
	assert_int_equal(k->ops->member(k, f.ret.id, "x", &m), -ENOENT);
}

static void test_types_of_the_kernel(void **state)
{
	struct fl_type task, t;
	struct fl_member m;

	(void)state;
	assert_int_equal(k->ops->find_type(k, NULL, FL_TYPE_STRUCT, "task_struct", &task), 0);
	assert_int_equal(k->ops->member(k, task.id, "comm", &m), 0);
	assert_int_equal(m.type.kind, FL_TYPE_ARRAY);
	assert_int_equal(m.type.nelems, 16);
	assert_int_equal(m.type.size, 16);
	/* inside of an anonymous union */
	assert_int_equal(k->ops->find_type(k, NULL, FL_TYPE_STRUCT, "page", &t), 0);
	assert_int_equal(k->ops->member(k, t.id, "mapping", &m), 0);
	assert_int_equal(k->ops->find_type(k, NULL, FL_TYPE_STRUCT, "no_such_struct", &t), -ENOENT);
	assert_int_equal(k->ops->type(k, 0, &t), 0);
	assert_int_equal(t.kind, FL_TYPE_VOID);
	assert_int_equal(k->ops->type(k, UINT64_MAX, &t), -ENOENT);
	assert_int_equal(k->ops->type(k, 0x7fffffff, &t), -ENOENT);
}

static int count(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	size_t *n = arg;

	(void)module;
	(void)tag;
	assert_true(*name);
	return ++*n == 1000000;
}

static int stop_at_once(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	size_t *n = arg;

	(void)name;
	(void)module;
	(void)tag;
	++*n;
	return 7;
}

static void test_walks(void **state)
{
	size_t n = 0;

	(void)state;
	assert_int_equal(k->ops->each_injectable(k, count, &n), 0);
	assert_true(n > 350);
	n = 0;
	assert_int_equal(k->ops->each_injectable(k, stop_at_once, &n), 7);
	assert_int_equal(n, 1);
	n = 0;
	assert_int_equal(k->ops->each_function(k, "security_", count, &n), 0);
	assert_true(n > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_function_of_a_module),
		cmocka_unit_test(test_functions_of_the_kernel),
		cmocka_unit_test(test_tags_and_types),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_types_of_the_kernel),
		cmocka_unit_test(test_walks),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
