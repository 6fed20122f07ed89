/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "format.h"

/* The result, which is the caller's; NULL when there are mistakes. */
static char *format(const char *text)
{
	struct fl_source src = { "test", text, strlen(text) };
	struct fl_diags ds;
	char *out;
	size_t len;
	int err;

	fl_diags_init(&ds);
	err = fl_format(&src, &ds, &out, &len);
	assert_int_equal(err == -EINVAL, ds.nerrors != 0);
	fl_diags_release(&ds);
	if (err) {
		/* anything else is a defect */
		assert_int_equal(err, -EINVAL);
		assert_null(out);
		return NULL;
	}
	assert_int_equal(strlen(out), len);
	return out;
}

static void check(const char *text, const char *expected)
{
	char *once = format(text), *twice;

	assert_non_null(once);
	assert_string_equal(once, expected);
	twice = format(once);
	assert_non_null(twice);
	assert_string_equal(twice, once);
	free(once);
	free(twice);
}

static void test_blanks(void **state)
{
	(void)state;
	check("", "");
	check("\n \n", "");
	check("on f if a==1&&b<2||!c return-EIO", "on f if a == 1 && b < 2 || !c return -EIO\n");
	check("on m : f ( a ,b ) , g* return one of -EIO weight 3,NULL",
	      "on m:f(a, b), g* return one of -EIO weight 3, NULL\n");
	check("x :on exit f per tid{@s [ tid ,a ]+= - - 1}",
	      "x: on exit f per tid { @s[tid, a] += - -1 }\n");
	check("on f if a-(-b)*~c>>+ +2==- -3 return -1",
	      "on f if a - (-b) * ~c >> + +2 == - -3 return -1\n");
}

static void test_types_and_memory(void **state)
{
	(void)state;
	check("on f if ( ( struct bio*)arg0 ) -> bi_iter . bi_size>* ( u32* * ) p [ 1 ] stack",
	      "on f if ((struct bio *)arg0)->bi_iter.bi_size > *(u32 **)p[1] stack\n");
	check("on f if (unsigned   long)a==- (s8) b return -1",
	      "on f if (unsigned long)a == -(s8)b return -1\n");
	check("on f if a?b:c?d:e return -1", "on f if a ? b : c ? d : e return -1\n");
}

static void test_sets_ranges_calls(void **state)
{
	(void)state;
	check("on f if x in{1,2}||y in 3 .. 7&&within( m:g* )&&within(h if a==1) stack",
	      "on f if x in {1, 2} || y in 3..7 && within(m:g*) && within(h if a == 1) stack\n");
	check("on f nth 3 .. 9 + 2 times $n after 2s stack on f nth 3 .. + 2 stack",
	      "on f nth 3..9+2 times $n after 2s stack\non f nth 3..+2 stack\n");
	check("let s={ \"a\" , \"b\\n\" };let t=-0x1F;param p=10 \"help\";;use\"x.fault\"",
	      "let s = {\"a\", \"b\\n\"}\nlet t = -0x1F\nparam p = 10 \"help\"\nuse \"x.fault\"\n");
	check("require kernel>=6.1 require config X expect a.injected>=1\"why\"expect exit==0",
	      "require kernel >= 6.1\nrequire config X\nexpect a.injected >= 1 \"why\"\n"
	      "expect exit == 0\n");
}

static void test_bodies(void **state)
{
	(void)state;
	check("on f { return -EIO; }", "on f { return -EIO }\n");
	check("on f {\nreturn -EIO }", "on f {\n\treturn -EIO\n}\n");
	check("on f {@a++ @b-- ; log \"x\",a,b return -EIO}on g stack",
	      "on f {\n\t@a++\n\t@b--\n\tlog \"x\", a, b\n\treturn -EIO\n}\non g stack\n");
	check("on f {\n\n\n@a++\n\n\nstack\n\n}\n\n\non g stack\n\n",
	      "on f {\n\t@a++\n\n\tstack\n}\n\non g stack\n");
}

#define LONG_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

#define LONG_C "ccccccccccccccccccccccccccccccc"

static void test_long_rules(void **state)
{
	(void)state;
	/* exactly a hundred columns, and one more */
	check("on f if " LONG_A " && " LONG_C " || dd return -EI",
	      "on f if " LONG_A " && " LONG_C " || dd return -EI\n");
	check("on f if " LONG_A " && " LONG_C " || dd return -EIO",
	      "on f\n\tif " LONG_A " && " LONG_C " || dd\n\treturn -EIO\n");
	/* what is not too long is joined, wherever it was broken */
	check("on\nf\nif a\n== 1 &&\nb return\n-EIO", "on f if a == 1 && b return -EIO\n");
	check("l: on exit " LONG_A ", " LONG_B ", " LONG_C " if a nth 3 times 4 per tid {stack}",
	      "l: on exit " LONG_A ", " LONG_B ",\n\t\t" LONG_C
	      "\n\tif a\n\tnth 3 times 4 per tid {\n\tstack\n}\n");
	/* the outermost places first, and others where these do not do */
	check("on f if a&&(" LONG_A "||" LONG_C ")&&c in {1,2} return -EIO",
	      "on f\n\tif a && (" LONG_A " || " LONG_C ") &&\n\t\tc in {1, 2}\n"
	      "\treturn -EIO\n");
	check("on f if a && (" LONG_A " && " LONG_B " || " LONG_C ") return -EIO",
	      "on f\n\tif a &&\n\t\t(" LONG_A " &&\n\t\t" LONG_B " || " LONG_C
	      ")\n\treturn -EIO\n");
	/* there is nowhere to break */
	check("on " LONG_A LONG_A LONG_B " stack", "on " LONG_A LONG_A LONG_B "\n\tstack\n");
}

static void test_long_lines(void **state)
{
	(void)state;
	check("on f {log \"" LONG_A "\",\"" LONG_B "\",cccccccccc;stack}",
	      "on f {\n\tlog \"" LONG_A "\", \"" LONG_B "\",\n\t\tcccccccccc\n\tstack\n}\n");
	check("expect " LONG_A ".fired > 1 && " LONG_B ".fired > 1",
	      "expect " LONG_A ".fired > 1 &&\n\t" LONG_B ".fired > 1\n");
	/* a body that does not fit becomes a block; a comment behind the line is no reason */
	check("on f if " LONG_A "{log \"" LONG_C "\",a,b,c}",
	      "on f if " LONG_A " { log \"" LONG_C "\", a, b, c }\n");
	check("on f if " LONG_A "{log \"" LONG_C "\",a,b,c,d,eeeee}",
	      "on f if " LONG_A " {\n\tlog \"" LONG_C "\", a, b, c, d, eeeee\n}\n");
	check("on f if a{log \"" LONG_C "\",a}#" LONG_A LONG_A,
	      "on f if a { log \"" LONG_C "\", a } #" LONG_A LONG_A "\n");
}

static void test_comments(void **state)
{
	(void)state;
	check("#!/usr/bin/faultline  \n# one\t\n\n\n\n# two\non f stack//three\n/* four */\n",
	      "#!/usr/bin/faultline\n# one\n\n# two\non f stack //three\n/* four */\n");
	check("/* lead */on f/*in*/if a # out\n== 1 stack ; # end\n",
	      "/* lead */ on f /*in*/\n\tif a # out\n\t\t== 1\n\tstack # end\n");
	check("on f if a &&\n# why\nb\n# now\nstack",
	      "on f\n\tif a &&\n\t\t# why\n\t\tb\n\t# now\n\tstack\n");
	check("on f {# first\n// second\nstack/*third*/ ;\n\n# last\n}",
	      "on f { # first\n\t// second\n\tstack /*third*/\n\n\t# last\n}\n");
	check("on f stack /* a\n   b */ on g stack", "on f stack /* a\n   b */\non g stack\n");
	check("\xef\xbb\xbfon f stack", "on f stack\n");
	check("on f stack\r\n# c\r\non g stack\r\n", "on f stack\n# c\non g stack\n");
}

static void test_mistakes_are_left_alone(void **state)
{
	static const char *const texts[] = { "on",  "on f", "on f return",	     "on f {",
					     "\"x", "/*",   "on f if ( a return -1", "let x = ",
					     "\x01" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_null(format(texts[i]));
}

/* A script with every construct; gaps between its words are where comments go. */
static const char *const words[] = {
	"param",  "rate", "=",	 "-",	   "10",     "\"help\"", ";",	    "let",   "s",
	"=",	  "{",	  "1",	 ",",	   "2",	     "}",	 "use",	    "\"x\"", "require",
	"kernel", ">=",	  "6.1", "l",	   ":",	     "on",	 "exit",    "m",     ":",
	"f*",	  "(",	  "a",	 ",",	   "b",	     ")",	 ",",	    "g",     "if",
	"(",	  "u64",  ")",	 "a",	   "in",     "{",	 "1",	    ",",     "2",
	"}",	  "&&",	  "!",	 "(",	   "within", "(",	 "h",	    "if",    "*",
	"p",	  "==",	  "-",	 "1",	   ")",	     "||",	 "x",	    "->",    "y",
	".",	  "z",	  "[",	 "3",	   "]",	     "?",	 "1",	    ":",     "2",
	")",	  "nth",  "3",	 "..",	   "9",	     "+",	 "2",	    "per",   "tid",
	"{",	  "@s",	  "[",	 "tid",	   "]",	     "+=",	 "1",	    ";",     "log",
	"\"%d\"", ",",	  "a",	 "delete", "@s",     "[",	 "tid",	    "]",     "}",
	"on",	  "f",	  "{",	 "return", "one",    "of",	 "-",	    "1",     "weight",
	"3",	  ",",	  "-",	 "2",	   "}",	     "expect",	 "l.fired", ">",     "1",
	"\"m\"",
};

/* The script with @comment before word number @at. */
static void make(char *out, size_t size, size_t at, const char *comment)
{
	size_t len = 0;

	for (size_t i = 0; i <= COUNT(words); i++) {
		if (i == at)
			len += (size_t)snprintf(out + len, size - len, "%s", comment);
		if (i < COUNT(words))
			len += (size_t)snprintf(out + len, size - len, "%s ", words[i]);
		assert_true(len < size);
	}
}

static void test_a_comment_in_every_place(void **state)
{
	static const char *const comments[] = { "# c\n",       "\n# c\n",	  "/* c */",
						"\n/* c */",   "\n\n/* c */\n\n", "//\n",
						"/* a\n b */ " };
	char text[4096];

	(void)state;
	for (size_t i = 0; i <= COUNT(words); i++) {
		for (size_t j = 0; j < COUNT(comments); j++) {
			char *once, *twice;

			make(text, sizeof(text), i, comments[j]);
			once = format(text);
			if (!once)
				fail_msg("not taken: %s", text);
			twice = format(once);
			assert_non_null(twice);
			if (strcmp(once, twice))
				fail_msg("formatted twice differs\n%s\n---\n%s", once, twice);
			free(once);
			free(twice);
		}
	}
}

/* Line ends in random gaps change bodies and empty lines, and nothing else. */
static void test_line_ends_anywhere(void **state)
{
	uint64_t seed = 1;
	char text[4096];

	(void)state;
	for (int round = 0; round < 500; round++) {
		char *once, *twice;
		size_t len = 0;

		for (size_t i = 0; i < COUNT(words); i++)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", words[i],
						unit_random(&seed) % 4 ? " " : "\n");
		once = format(text);
		assert_non_null(once);
		twice = format(once);
		assert_non_null(twice);
		assert_string_equal(once, twice);
		free(once);
		free(twice);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blanks),
		cmocka_unit_test(test_types_and_memory),
		cmocka_unit_test(test_sets_ranges_calls),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_long_rules),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_comments),
		cmocka_unit_test(test_mistakes_are_left_alone),
		cmocka_unit_test(test_a_comment_in_every_place),
		cmocka_unit_test(test_line_ends_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
