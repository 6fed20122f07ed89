/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of injectable functions, from files as kernels have them. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "injectable.h"
#include "root.h"

#define LIST "sys/kernel/debug/error_injection/list"

static int setup(void **state)
{
	(void)state;
	root_make();
	return 0;
}

/* What the names of a list may point into, so until the next one is read. */
static struct fl_lazy_symbols symbols;

static int teardown(void **state)
{
	(void)state;
	fl_lazy_symbols_forget(&symbols);
	root_remove();
	return 0;
}

static void read_list(struct fl_list *list, bool search_symbols)
{
	char root[4096];

	fl_lazy_symbols_forget(&symbols);
	snprintf(root, sizeof(root), "%s", root_path(""));
	root[strlen(root) - 1] = '\0';
	memset(list, 0, sizeof(*list));
	symbols.root = root;
	assert_int_equal(fl_list_read(list, root, search_symbols ? &symbols : NULL), 0);
	assert_int_equal(list->state == FL_LIST_KNOWN, !list->problem[0]);
}

static void expect(const struct fl_list *list, size_t i, const char *name, const char *module,
		   enum fl_tag tag)
{
	assert_true(i < list->n);
	assert_string_equal(list->entries[i].name, name);
	if (module)
		assert_string_equal(list->entries[i].module, module);
	else
		assert_null(list->entries[i].module);
	assert_int_equal(list->entries[i].tag, tag);
}

static void test_lines(void **state)
{
	struct fl_list list;

	(void)state;
	root_puts(LIST, "open_ctree [btrfs]\tERRNO\n"
			"should_failslab+0x0/0x10\tERRNO\n"
			"mlx5_cmd_exec+0x0/0x40 [mlx5_core]\tERRNO\n"
			"a\tNULL\n"
			"b\tERRNO_NULL\n"
			"c\tTRUE\n"
			"last+0x0/0x10\tERRNO");
	read_list(&list, false);
	assert_int_equal(list.state, FL_LIST_KNOWN);
	assert_int_equal(list.n, 7);
	expect(&list, 0, "open_ctree", "btrfs", FL_TAG_ERRNO);
	expect(&list, 1, "should_failslab", NULL, FL_TAG_ERRNO);
	expect(&list, 2, "mlx5_cmd_exec", "mlx5_core", FL_TAG_ERRNO);
	expect(&list, 3, "a", NULL, FL_TAG_NULL);
	expect(&list, 4, "b", NULL, FL_TAG_ERRNO_NULL);
	expect(&list, 5, "c", NULL, FL_TAG_TRUE);
	expect(&list, 6, "last", NULL, FL_TAG_ERRNO);
	fl_list_release(&list);
}

static void test_lines_that_make_no_sense(void **state)
{
	struct fl_list list;

	(void)state;
	root_puts(LIST, "\n\n\t\nno_tab ERRNO\nunknown\tMAYBE\nx [\tERRNO\ny []\tERRNO\n"
			"+0x0\tERRNO\ngood\tERRNO\n");
	read_list(&list, false);
	assert_int_equal(list.state, FL_LIST_KNOWN);
	expect(&list, list.n - 1, "good", NULL, FL_TAG_ERRNO);
	for (size_t i = 0; i < list.n; i++)
		assert_int_not_equal(list.entries[i].tag, FL_TAG_NONE);
	fl_list_release(&list);
}

static void test_empty_list(void **state)
{
	struct fl_list list;

	(void)state;
	root_puts(LIST, "");
	read_list(&list, false);
	assert_int_equal(list.state, FL_LIST_KNOWN);
	assert_int_equal(list.n, 0);
	fl_list_release(&list);
}

static void test_long_list(void **state)
{
	struct fl_list list;
	const size_t size = 1 << 20;
	char *text = test_malloc(size);
	size_t len = 0;

	(void)state;
	for (int i = 0; i < 20000; i++)
		len += (size_t)snprintf(text + len, size - len, "function_%d+0x0/0x10 [m]\tERRNO\n",
					i);
	root_write(LIST, text, len);
	test_free(text);
	read_list(&list, false);
	assert_int_equal(list.n, 20000);
	expect(&list, 19999, "function_19999", "m", FL_TAG_ERRNO);
	fl_list_release(&list);
}

static void test_no_support(void **state)
{
	struct fl_list list;

	(void)state;
	root_puts("sys/kernel/debug/tracing", NULL);
	read_list(&list, true);
	assert_int_equal(list.state, FL_LIST_NO_SUPPORT);
	assert_non_null(strstr(list.problem, "CONFIG_FUNCTION_ERROR_INJECTION"));
	fl_list_release(&list);
}

static void test_no_debugfs(void **state)
{
	struct fl_list list;

	(void)state;
	read_list(&list, false);
	assert_int_equal(list.state, FL_LIST_HIDDEN);
	assert_non_null(strstr(list.problem, "debugfs is not mounted"));
	fl_list_release(&list);
}

static void test_symbols_tell_the_names(void **state)
{
	struct fl_list list;

	(void)state;
	root_puts("proc/kallsyms", "ffffffff81000000 T _stext\n"
				   "ffffffff82000000 d _eil_addr_should_failslab\n"
				   "ffffffff81000010 T within_error_injection_list\n"
				   "ffffffffa0000000 d _eil_addr_mlx5_cmd_exec\t[mlx5_core]\n"
				   "ffffffffa0000008 d other\t[mlx5_core]\n");
	read_list(&list, true);
	assert_int_equal(list.state, FL_LIST_KNOWN);
	assert_int_equal(list.n, 2);
	/* their tags are not told */
	expect(&list, 0, "should_failslab", NULL, FL_TAG_NONE);
	expect(&list, 1, "mlx5_cmd_exec", "mlx5_core", FL_TAG_NONE);
	fl_list_release(&list);

	/* it takes long, so only who arms asks for it */
	read_list(&list, false);
	assert_int_equal(list.state, FL_LIST_HIDDEN);
	fl_list_release(&list);
}

static void test_symbols_tell_that_there_is_none(void **state)
{
	struct fl_list list;

	(void)state;
	root_puts("proc/kallsyms", "ffffffff81000000 T _stext\n");
	read_list(&list, true);
	assert_int_equal(list.state, FL_LIST_NO_SUPPORT);
	fl_list_release(&list);
	root_puts("proc/kallsyms", "ffffffff81000010 T within_error_injection_list\n");
	read_list(&list, true);
	assert_int_equal(list.state, FL_LIST_HIDDEN);
	fl_list_release(&list);
	/* cut short anywhere */
	root_puts("proc/kallsyms", "ffffffffa0000000 d _eil_addr_f\t[mod");
	read_list(&list, true);
	assert_int_equal(list.n, 1);
	expect(&list, 0, "f", "mod", FL_TAG_NONE);
	fl_list_release(&list);
	root_puts("proc/kallsyms", "ffffffffa0000000 d _eil_addr_");
	read_list(&list, true);
	fl_list_release(&list);
}

/* A list that is there but cannot be read: for root, one that is a directory. */
static void test_hidden(void **state)
{
	struct fl_list list;

	(void)state;
	root_puts(LIST "/x", "");
	read_list(&list, false);
	assert_int_equal(list.state, FL_LIST_HIDDEN);
	assert_non_null(strstr(list.problem, "cannot read"));
	fl_list_release(&list);
	root_puts("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	read_list(&list, false);
	assert_non_null(strstr(list.problem, "locked down"));
	fl_list_release(&list);
	root_puts("sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	read_list(&list, false);
	assert_null(strstr(list.problem, "locked down"));
	fl_list_release(&list);
}

static void test_read_text(void **state)
{
	size_t len = 300000, got;
	char *text = test_malloc(len), *back;

	(void)state;
	memset(text, 'x', len);
	for (size_t n = len; n > 65530; n -= 58000) {
		root_write("file", text, n);
		back = fl_read_text(root_path("file"), &got);
		assert_non_null(back);
		assert_int_equal(got, n);
		assert_int_equal(strlen(back), n);
		free(back);
	}
	test_free(text);
	assert_null(fl_read_text(root_path("nothing"), &got));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lines),
		TEST(test_lines_that_make_no_sense),
		TEST(test_empty_list),
		TEST(test_long_list),
		TEST(test_no_support),
		TEST(test_no_debugfs),
		TEST(test_symbols_tell_the_names),
		TEST(test_symbols_tell_that_there_is_none),
		TEST(test_hidden),
		TEST(test_read_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
