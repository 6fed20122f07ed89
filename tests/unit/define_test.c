/* SPDX-License-Identifier: GPL-2.0-or-later */
/* define_test.c - definitions as a list, and literals as they are typed. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "define.h"

static struct fl_definitions read_text(const char *text)
{
	const struct fl_source src = { "test", text, strlen(text) };
	const struct fl_compile_opts opts = { .emit = FL_EMIT_NONE };
	struct fl_definitions d;

	assert_int_equal(fl_definitions_read(&src, &opts, &d), 0);
	return d;
}

static void test_read(void **state)
{
	struct fl_definitions d = read_text(
		"let a = 1; param b=0x10 \"a \\\"b\\\" \\\\ c\" let c = {\"x\\\"\", \"y\"}\n"
		"param d = 90s param e = 2.50 param f = \"t\\n\" on g if rand < a return -EIO\n"
		"let h = -EIO");

	(void)state;
	assert_string_equal(d.text, "param b = 16 \"a \\\"b\\\" \\\\ c\"\nparam d = 90s\n"
				    "param e = 2.5\nparam f = \"t\\n\"\nlet a = 1\n"
				    "let c = {\"x\\\"\", \"y\"}\nlet h = -EIO\n");
	assert_int_equal(fl_definitions_find(&d, "b", true)->kind, FL_LITERAL_NUMBER);
	assert_int_equal(fl_definitions_find(&d, "d", true)->kind, FL_LITERAL_TIME);
	assert_int_equal(fl_definitions_find(&d, "e", true)->kind, FL_LITERAL_FRACTION);
	assert_int_equal(fl_definitions_find(&d, "f", true)->kind, FL_LITERAL_TEXT);
	assert_null(fl_definitions_find(&d, "a", true));
	assert_non_null(fl_definitions_find(&d, "a", false));
	assert_false(d.alone);
	fl_definitions_release(&d);
	d = read_text("on g return -EIO");
	assert_null(d.text);
	assert_false(d.alone);
	d = read_text("let a = 1 param b = 2;");
	assert_true(d.alone);
	fl_definitions_release(&d);
}

static void test_change(void **state)
{
	struct fl_definitions d = read_text("param a = 1 let b = 2"),
			      more = read_text("param a = 3 param b = 4");

	(void)state;
	assert_int_equal(fl_definitions_add(&d, &more), 0);
	assert_string_equal(d.text, "param a = 1\nlet b = 2\nparam b = 4\n");
	assert_int_equal(fl_definitions_set(&d, "b", "5"), 0);
	assert_int_equal(fl_definitions_set(&d, "c", "5"), -ENOENT);
	assert_string_equal(d.text, "param a = 1\nlet b = 2\nparam b = 5\n");
	fl_definitions_release(&d);
	fl_definitions_release(&more);
}

static void test_literals(void **state)
{
	static const struct {
		const char *text;
		enum fl_literal kind;
		int64_t value;
		const char *plain;
	} good[] = {
		{ "20", FL_LITERAL_NUMBER, 20, "20" },
		{ "-0x10", FL_LITERAL_NUMBER, -16, "-16" },
		{ "0xffffffffffffffff", FL_LITERAL_NUMBER, -1, "-1" },
		{ "-EIO", FL_LITERAL_NUMBER, -5, "-5" },
		{ "true", FL_LITERAL_NUMBER, 1, "1" },
		{ "NULL", FL_LITERAL_NUMBER, 0, "0" },
		{ "0.5", FL_LITERAL_FRACTION, 500000000, "0.5" },
		{ "20.0", FL_LITERAL_FRACTION, 20000000000, "20.0" },
		{ "90s", FL_LITERAL_TIME, 90000000000, "90s" },
		{ "0s", FL_LITERAL_TIME, 0, "0ns" },
	};
	static const char *const bad[] = {
		"",	 "20%",	  "1 2", "-",	"nothing",
		"\"a\"", "-0.5",  "-1s", "(1)", "-0xffffffffffffffff",
		"$a",	 "1.2.3", "{1}",
	};
	enum fl_literal kind;
	int64_t value;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		char *plain;

		assert_true(fl_literal_read(good[i].text, &kind, &value));
		assert_int_equal(kind, good[i].kind);
		assert_int_equal(value, good[i].value);
		plain = fl_literal_text(kind, value);
		assert_string_equal(plain, good[i].plain);
		free(plain);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (fl_literal_read(bad[i], &kind, &value))
			fail_msg("'%s' was taken", bad[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_literals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
