/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words and replay lines are what a real shell reads them as. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "describe.h"
#include "shell.h"

/* What /bin/sh makes of @text: its words, each in brackets. */
static void words(const char *text, char *out, size_t size)
{
	static const char script[] = "eval \"set -- $1\"; printf '[%s]' \"$@\"";
	const char *const argv[] = { "sh", "-c", script, "sh", text, NULL };
	char *said;
	size_t len;
	int status;

	assert_int_equal(fl_capture("/bin/sh", argv, false, &said, &len, &status), 0);
	assert_int_equal(status, 0);
	snprintf(out, size, "%s", said);
	free(said);
}

static void test_word(void **state)
{
	static const char *const list[] = { "plain", "",     "two words", "it's",
					    "$HOME", "`id`", "a\"b\\c",	  "*",
					    "~",     "#",    "tab\there", "-x=1" };
	(void)state;

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		char text[64], wanted[64], got[64];
		FILE *out = fmemopen(text, sizeof(text), "w");

		assert_non_null(out);
		fl_shell_word(out, list[i]);
		fclose(out);
		words(text, got, sizeof(got));
		snprintf(wanted, sizeof(wanted), "[%s]", list[i]);
		assert_string_equal(got, wanted);
	}
}

static void test_word_is_left_alone(void **state)
{
	char text[64];
	FILE *out = fmemopen(text, sizeof(text), "w");
	(void)state;

	assert_non_null(out);
	fl_shell_word(out, "runs/dummy-1_a.b:c");
	fclose(out);
	assert_string_equal(text, "runs/dummy-1_a.b:c");
}

static void test_replay(void **state)
{
	char line[FL_REPLAY_SIZE], got[FL_REPLAY_SIZE];
	(void)state;

	fl_describe_replay("runs/dummy", 3, line, sizeof(line));
	assert_string_equal(line, "faultline replay runs/dummy/3");
	fl_describe_replay("my runs/it's", 12, line, sizeof(line));
	words(line, got, sizeof(got));
	assert_string_equal(got, "[faultline][replay][my runs/it's/12]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_word),
		cmocka_unit_test(test_word_is_left_alone),
		cmocka_unit_test(test_replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
