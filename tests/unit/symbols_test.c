/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of /proc/kallsyms (runtime/symbols.c). */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "root.h"
#include "symbols.h"

static const char table[] = "0000000000000000 A percpu\n"
			    "ffffffff81000000 T _text\n"
			    "ffffffff81000000 T first\n"
			    "ffffffff81000040 t second\n"
			    "ffffffff81000080 T third\n"
			    "ffffffff81000100 d data\n"
			    "ffffffff81000200 t second.cold\n"
			    "ffffffff81000240 t other.isra.0\n"
			    "ffffffff81000280 t other.constprop.3.isra.0\n"
			    "ffffffff81000300 W weak\n"
			    "ffffffff81000400 B end\n"
			    "ffffffffc0002000 t late\t[net_a]\n"
			    "ffffffffc0001000 t second\t[net_a]\n"
			    "ffffffffc0001040 t net_a_open\t[net_a]\n"
			    "not a line\n"
			    "ffffffffc0003000 t net_b_open\t[net_b]\n";

struct state {
	const char *root;
	struct fl_symbols *symbols;
};

static int set_up(void **state)
{
	struct state *s = calloc(1, sizeof(*s));

	s->root = root_make();
	root_puts("proc/kallsyms", table);
	*state = s;
	return fl_symbols_open(s->root, &s->symbols);
}

static int tear_down(void **state)
{
	struct state *s = *state;

	fl_symbols_free(s->symbols);
	root_remove();
	free(s);
	return 0;
}

static void check_ranges(const struct state *s, const char *module, const char *glob,
			 const struct fl_range *expected, size_t count)
{
	struct fl_range *list;
	size_t n;

	assert_int_equal(fl_symbols_ranges(s->symbols, module, glob, &list, &n), 0);
	assert_int_equal(n, count);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(list[i].start, expected[i].start);
		assert_int_equal(list[i].end, expected[i].end);
	}
	free(list);
}

#define RANGES(s, module, glob, ...)                                                             \
	do {                                                                                     \
		const struct fl_range expected[] = { __VA_ARGS__ };                              \
		check_ranges(s, module, glob, expected, sizeof(expected) / sizeof(expected[0])); \
	} while (0)

static void test_a_name_has_all_its_parts(void **state)
{
	RANGES(*state, "vmlinux", "second", { 0xffffffff81000040, 0xffffffff81000080 },
	       { 0xffffffff81000200, 0xffffffff81000240 });
	RANGES(*state, NULL, "second", { 0xffffffff81000040, 0xffffffff81000080 },
	       { 0xffffffff81000200, 0xffffffff81000240 },
	       { 0xffffffffc0001000, 0xffffffffc0001040 });
	RANGES(*state, "net_a", "second", { 0xffffffffc0001000, 0xffffffffc0001040 });
	RANGES(*state, NULL, "second.cold", { 0xffffffff81000200, 0xffffffff81000240 });
}

static void test_neighbours_are_merged(void **state)
{
	/* first and _text are one place; .isra.0 and .constprop.3.isra.0 touch */
	RANGES(*state, NULL, "other", { 0xffffffff81000240, 0xffffffff81000300 });
	RANGES(*state, NULL, "*d", { 0xffffffff81000040, 0xffffffff81000100 },
	       { 0xffffffff81000200, 0xffffffff81000240 },
	       { 0xffffffffc0001000, 0xffffffffc0001040 });
}

static void test_aliases_end_where_the_next_begins(void **state)
{
	RANGES(*state, NULL, "first", { 0xffffffff81000000, 0xffffffff81000040 });
	RANGES(*state, NULL, "_text", { 0xffffffff81000000, 0xffffffff81000040 });
}

static void test_data_is_no_code(void **state)
{
	struct state *s = *state;
	struct fl_range *list;
	size_t n = 7;

	assert_int_equal(fl_symbols_ranges(s->symbols, NULL, "data", &list, &n), 0);
	assert_int_equal(n, 0);
	free(list);
	RANGES(s, NULL, "weak", { 0xffffffff81000300, 0xffffffff81000400 });
}

static void test_modules_are_globs(void **state)
{
	RANGES(*state, "net_?", "*_open", { 0xffffffffc0001040, 0xffffffffc0002000 },
	       { 0xffffffffc0003000, 0xffffffffc0003000 + (1 << 20) });
	RANGES(*state, "net_b", "*", { 0xffffffffc0003000, 0xffffffffc0003000 + (1 << 20) });
	RANGES(*state, "net_a", "*", { 0xffffffffc0001000, 0xffffffffc0003000 });
}

static void test_a_name_is_not_a_prefix(void **state)
{
	struct state *s = *state;
	struct fl_range *list;
	size_t n;

	assert_int_equal(fl_symbols_ranges(s->symbols, NULL, "secon", &list, &n), 0);
	assert_int_equal(n, 0);
	free(list);
	assert_int_equal(fl_symbols_ranges(s->symbols, NULL, "second.col", &list, &n), 0);
	assert_int_equal(n, 0);
	free(list);
}

static void expect_names(const struct fl_symbol *sym, const char *name, const char *module)
{
	assert_string_equal(sym->name, name);
	if (module)
		assert_string_equal(sym->module, module);
	else
		assert_null(sym->module);
}

static void expect_at(const struct fl_symbols *s, uint64_t addr, const char *name,
		      const char *module)
{
	struct fl_symbol sym;

	assert_true(fl_symbols_at(s, addr, &sym));
	expect_names(&sym, name, module);
}

static void test_addresses(void **state)
{
	struct state *s = *state;
	struct fl_symbol sym;

	expect_at(s->symbols, 0xffffffff81000000, "_text", NULL);
	expect_at(s->symbols, 0xffffffff8100003f, "_text", NULL);
	expect_at(s->symbols, 0xffffffff81000040, "second", NULL);
	expect_at(s->symbols, 0xffffffffc0001fff, "net_a_open", "net_a");
	assert_false(fl_symbols_at(s->symbols, 0xfffffffff0000000, &sym));
	assert_false(fl_symbols_at(s->symbols, 0xffffffff80000000, &sym));
}

/* All that the lines say, by address. */
static void test_table(void **state)
{
	static const struct fl_symbol expected[] = {
		{ 0, "percpu", NULL, 'A' },
		{ 0xffffffff81000000, "_text", NULL, 'T' },
		{ 0xffffffff81000000, "first", NULL, 'T' },
		{ 0xffffffff81000040, "second", NULL, 't' },
		{ 0xffffffff81000080, "third", NULL, 'T' },
		{ 0xffffffff81000100, "data", NULL, 'd' },
		{ 0xffffffff81000200, "second.cold", NULL, 't' },
		{ 0xffffffff81000240, "other.isra.0", NULL, 't' },
		{ 0xffffffff81000280, "other.constprop.3.isra.0", NULL, 't' },
		{ 0xffffffff81000300, "weak", NULL, 'W' },
		{ 0xffffffff81000400, "end", NULL, 'B' },
		{ 0xffffffffc0001000, "second", "net_a", 't' },
		{ 0xffffffffc0001040, "net_a_open", "net_a", 't' },
		{ 0xffffffffc0002000, "late", "net_a", 't' },
		{ 0xffffffffc0003000, "net_b_open", "net_b", 't' },
	};
	struct state *s = *state;

	assert_int_equal(fl_symbols_count(s->symbols), COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		struct fl_symbol sym = fl_symbols_get(s->symbols, i);

		assert_int_equal(sym.addr, expected[i].addr);
		assert_int_equal(sym.type, expected[i].type);
		expect_names(&sym, expected[i].name, expected[i].module);
	}
}

static void test_ends(void **state)
{
	struct state *s = *state;

	assert_int_equal(fl_symbols_end(s->symbols, 0xffffffff81000000), 0xffffffff81000040);
	assert_int_equal(fl_symbols_end(s->symbols, 0xffffffff81000400),
			 0xffffffff81000400 + (1 << 20));
	assert_int_equal(fl_symbols_end(s->symbols, 0xffffffffc0003000),
			 0xffffffffc0003000 + (1 << 20));
}

static void test_suffix(void **state)
{
	(void)state;
	assert_string_equal(fl_symbol_suffix("a.isra.0"), ".isra.0");
	assert_string_equal(fl_symbol_suffix("a"), "");
	assert_string_equal(fl_symbol_suffix(".Lfoo"), "");
}

static void test_no_file(void **state)
{
	struct fl_symbols *symbols = (void *)1;
	const char *root = root_make();

	(void)state;
	assert_int_equal(fl_symbols_open(root, &symbols), -ENOENT);
	assert_null(symbols);
	root_remove();
}

static void test_hidden_addresses(void **state)
{
	const char *root = root_make();
	struct fl_symbols *symbols;
	struct fl_symbol sym;

	(void)state;
	root_puts("proc/kallsyms", "0000000000000000 T a\n0000000000000000 t b\t[m]\n");
	assert_int_equal(fl_symbols_open(root, &symbols), -EPERM);
	assert_non_null(symbols);
	assert_int_equal(fl_symbols_count(symbols), 2);
	sym = fl_symbols_get(symbols, 1);
	expect_names(&sym, "b", "m");
	fl_symbols_free(symbols);
	root_remove();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_name_has_all_its_parts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_neighbours_are_merged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_aliases_end_where_the_next_begins, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_data_is_no_code, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_modules_are_globs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_name_is_not_a_prefix, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_addresses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_table, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ends, set_up, tear_down),
		cmocka_unit_test(test_suffix),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_hidden_addresses),
	};

	return cmocka_run_group_tests_name("symbols", tests, NULL, NULL);
}
