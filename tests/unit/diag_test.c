/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "diag.h"

static jmp_buf no_memory;
static struct fl_diags diags;
static struct fl_arena arena;

/* One error about a stretch of @text as it is printed; valid until the next. */
static const char *render(const char *name, const char *text, uint32_t off, uint32_t len)
{
	static struct fl_source source;
	struct fl_buf out;

	fl_diags_release(&diags);
	fl_arena_release(&arena);
	fl_diags_init(&diags);
	fl_arena_init(&arena, &no_memory);
	diags.on_oom = &no_memory;
	source = (struct fl_source){ name, text, strlen(text) };
	fl_report(&diags, FL_E_DIVISION, (struct fl_span){ &source, off, len }, NULL);
	fl_buf_init(&out, &arena);
	fl_diag_render(&diags.list[0], &out);
	return out.text;
}

#define HEAD(place) place ": error: division by zero\n"

static void test_caret(void **state)
{
	(void)state;
	assert_string_equal(render("x.fault", "on f if 1/0", 8, 3),
			    HEAD("x.fault:1:9") "on f if 1/0\n"
						"        ^~~\n");
	assert_string_equal(render("x", "a\nbc\nd", 3, 1), HEAD("x:2:2") "bc\n"
									 " ^\n");
	/* a span of nothing, and one behind the last character */
	assert_string_equal(render("x", "abc", 0, 0), HEAD("x:1:1") "abc\n^\n");
	assert_string_equal(render("x", "abc", 3, 1), HEAD("x:1:4") "abc\n   ^\n");
	assert_string_equal(render("x", "abc\n", 4, 1), HEAD("x:2:1") "\n^\n");
	/* one that would go beyond its line ends with it */
	assert_string_equal(render("x", "ab\ncd", 1, 4), HEAD("x:1:2") "ab\n ^\n");
	assert_string_equal(render("x", "abc", 1, 100), HEAD("x:1:2") "abc\n ^~\n");
	assert_string_equal(render("x", "abc", 1000, 5), HEAD("x:1:4") "abc\n   ^\n");
}

static void test_tabs_keep_the_caret_in_place(void **state)
{
	(void)state;
	assert_string_equal(render("x", "\ton\tf", 4, 1), HEAD("x:1:5") " on f\n"
									"    ^\n");
}

static void test_utf8(void **state)
{
	(void)state;
	/* two and three bytes, one column each */
	assert_string_equal(render("x", "\xc3\xa4\xe2\x82\xac z", 6, 1),
			    HEAD("x:1:4") "\xc3\xa4\xe2\x82\xac z\n"
					  "   ^\n");
	assert_string_equal(render("x", "a \xc3\xa4\xc3\xb6 b", 2, 4),
			    HEAD("x:1:3") "a \xc3\xa4\xc3\xb6 b\n"
					  "  ^~\n");
	/* cut short, overlong, a surrogate, a lone continuation: no UTF-8 */
	assert_string_equal(render("x", "\xc3", 0, 1), HEAD("x:1:1") "?\n^\n");
	assert_string_equal(render("x", "\xc0\xaf z", 3, 1), HEAD("x:1:4") "?? z\n   ^\n");
	assert_string_equal(render("x", "\xed\xa0\x80z", 3, 1), HEAD("x:1:4") "???z\n   ^\n");
	assert_string_equal(render("x", "\xbf\xff", 1, 1), HEAD("x:1:2") "??\n ^\n");
}

static void test_nothing_steers_a_terminal(void **state)
{
	(void)state;
	assert_string_equal(render("\x1b[31m", "a\x1b[2J\r\x7f", 0, 1),
			    HEAD("?[31m:1:1") "a?[2J??\n"
					      "^\n");
	/* ESC [ as one character of the upper control set; text turned around */
	assert_string_equal(render("x",
				   "\xc2\x9b"
				   "2J\xe2\x80\xae",
				   0, 1),
			    HEAD("x:1:1") "?2J?\n"
					  "^\n");
}

static void test_long_lines_are_cut(void **state)
{
	char text[5001];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[5000] = '\0';
	for (uint32_t off = 0; off < 5000; off += 37) {
		const char *out, *line, *caret;

		text[off] = 'X';
		out = render("x", text, off, 3);
		text[off] = 'a';
		line = strchr(out, '\n') + 1;
		caret = strchr(line, '\n') + 1;
		assert_true(caret - line <= 101);
		/* the caret is below the place that it is about */
		assert_int_equal(strchr(line, 'X') - line, strchr(caret, '^') - caret);
	}
	/* a cut does not go through a character */
	for (int i = 0; i < 4998; i += 2)
		memcpy(&text[i], "\xc3\xa4", 2);
	for (uint32_t off = 0; off < 4998; off += 38)
		assert_null(strchr(strchr(render("x", text, off, 2), '\n'), '?'));
}

static void test_text_and_hint(void **state)
{
	const struct fl_span nowhere = { NULL, 0, 0 };
	struct fl_buf out;

	(void)state;
	render("x", "", 0, 0);
	fl_report(&diags, FL_E_NO_FUNCTION, nowhere, "foo", "'bar'", NULL);
	fl_report(&diags, FL_E_NO_FUNCTION, nowhere, "bar", NULL);
	fl_buf_init(&out, &arena);
	fl_diag_render(&diags.list[1], &out);
	assert_string_equal(out.text, "faultline: error: no injectable function 'foo'\n"
				      "hint: did you mean 'bar'?\n");
	fl_buf_init(&out, &arena);
	fl_diag_render(&diags.list[2], &out);
	assert_string_equal(out.text, "faultline: error: no injectable function 'bar'\n");
}

static void test_too_many_errors(void **state)
{
	static const struct fl_source source = { "y", "abc", 3 };

	(void)state;
	render("x", "", 0, 0);
	for (uint32_t i = 0; i < 1000; i++)
		fl_report(&diags, FL_E_DIVISION, (struct fl_span){ &source, i, 1 }, NULL);
	assert_true(diags.full);
	assert_true(diags.n < 100);
	assert_int_equal(diags.list[diags.n - 1].tag, FL_E_TOO_MANY);
}

/* What a rule on many functions would say for each of them. */
static void test_nothing_is_said_twice(void **state)
{
	static const struct fl_source source = { "y", "abc", 3 };
	const struct fl_span here = { &source, 1, 1 }, there = { &source, 2, 1 };

	(void)state;
	render("x", "", 0, 0);
	for (int i = 0; i < 3; i++) {
		fl_report(&diags, FL_E_NO_FUNCTION, here, "foo", NULL);
		fl_report(&diags, FL_E_NO_FUNCTION, there, "foo", NULL);
		fl_report(&diags, FL_E_NO_FUNCTION, here, "bar", NULL);
	}
	assert_int_equal(diags.n, 1 + 3);
	assert_int_equal(diags.nerrors, 1 + 3);
}

static void test_order_is_that_of_the_text(void **state)
{
	static const struct fl_source one = { "one", "abcdef", 6 }, two = { "two", "abcdef", 6 };
	static const struct {
		const struct fl_source *src;
		uint32_t off;
	} found[] = { { &one, 4 }, { &two, 3 }, { &one, 2 }, { &two, 0 }, { &one, 5 } },
	  sorted[] = { { &one, 2 }, { &one, 4 }, { &one, 5 }, { &two, 0 }, { &two, 3 } };

	(void)state;
	fl_diags_release(&diags);
	fl_diags_init(&diags);
	diags.on_oom = &no_memory;
	for (size_t i = 0; i < 5; i++)
		fl_report(&diags, FL_E_DIVISION, (struct fl_span){ found[i].src, found[i].off, 1 },
			  NULL);
	fl_diags_sort(&diags);
	for (size_t i = 0; i < 5; i++) {
		assert_ptr_equal(diags.list[i].span.src, sorted[i].src);
		assert_int_equal(diags.list[i].span.off, sorted[i].off);
	}
}

static void test_class_decides_by_the_scripts_own_mistakes(void **state)
{
	const struct fl_span nowhere = { NULL, 0, 0 };

	(void)state;
	fl_diags_release(&diags);
	fl_diags_init(&diags);
	diags.on_oom = &no_memory;
	fl_report(&diags, FL_W_CONSTANT, nowhere, "true", NULL);
	fl_report(&diags, FL_E_NO_INJECTION, nowhere, "f", "why", NULL);
	fl_report(&diags, FL_E_LIST_HIDDEN, nowhere, "f", "why", "hint", NULL);
	assert_int_equal(fl_diags_class(&diags), FL_CLASS_KERNEL);
	fl_report(&diags, FL_E_DIVISION, nowhere, NULL);
	assert_int_equal(fl_diags_class(&diags), FL_CLASS_SCRIPT);
	assert_int_equal(diags.nerrors, 3);
}

/* Lower case, no full stop, places in order: what git's guidelines ask. */
static void check_style(const char *tag, const char *text)
{
	size_t len = strlen(text);
	char last = len ? text[len - 1] : 'x';

	/* LABEL.calls is no sentence */
	if (last == '.' || (*text >= 'A' && *text <= 'Z' && !(text[1] >= 'A' && text[1] <= 'Z')))
		fail_msg("%s: '%s' is not lower case without a full stop", tag, text);
	/* {1, 2} is a set */
	for (const char *p = strchr(text, '{'); p; p = strchr(p + 1, '{')) {
		if (p[1] > '3' && p[1] <= '9' && p[2] == '}')
			fail_msg("%s: '%s' has a place that does not exist", tag, text);
	}
}

static void test_style_of_every_text(void **state)
{
	(void)state;
#define FL_DIAG(tag, severity, klass, text, hint) \
	assert_true(*(text));                     \
	check_style(#tag, text);                  \
	check_style(#tag, hint);                  \
	assert_string_equal(fl_diag_tag_name(FL_##tag), #tag);
#include "diag.def"
#undef FL_DIAG
}

static int teardown(void **state)
{
	(void)state;
	fl_diags_release(&diags);
	fl_arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_caret),
		cmocka_unit_test(test_tabs_keep_the_caret_in_place),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_nothing_steers_a_terminal),
		cmocka_unit_test(test_long_lines_are_cut),
		cmocka_unit_test(test_text_and_hint),
		cmocka_unit_test(test_too_many_errors),
		cmocka_unit_test(test_nothing_is_said_twice),
		cmocka_unit_test(test_order_is_that_of_the_text),
		cmocka_unit_test(test_class_decides_by_the_scripts_own_mistakes),
		cmocka_unit_test(test_style_of_every_text),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
