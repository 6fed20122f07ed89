/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prompt_test.c - what the prompt's commands answer to mistakes, with rules that no kernel has. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "repl_impl.h"

static struct fl_obj_rule obj_rules[2];
static const struct fl_object object = { .rules = obj_rules, .nrules = COUNT(obj_rules) };
static struct fl_entry_rule rules[] = { { .name = "one" }, { .name = "only" } };
static struct fl_entry entry = { .obj = &object, .rules = rules };
static struct fl_entry *entries[] = { &entry };

static int read_script(void *arg, const char *path, char **text, size_t *len)
{
	(void)arg;
	if (strcmp(path, "binary") != 0)
		return -ENOENT;
	*len = 3;
	*text = calloc(1, *len + 1);
	return *text ? 0 : -ENOMEM;
}

static void test_errors(void **state)
{
	static const struct fl_repl_opts opts = { .read = read_script };
	static const struct {
		const char *line;
		enum fl_fault_tag tag;
	} rows[] = {
		{ "dis x", FL_P_SEVERAL_COMMANDS },
		{ "watch one two", FL_P_TOO_MANY },
		{ "functions *", FL_P_NOT_HERE },
		{ "show", FL_P_WHICH_RULE },
		{ "load ", FL_P_WHICH_FILE },
		{ "run", FL_P_WHICH_COMMAND },
		{ "set", FL_P_SET_WHAT },
		{ "set one colour 5", FL_P_NOT_SETTABLE },
		{ "set one rate often", FL_P_PERCENT },
		{ "set one times x", FL_P_NUMBER },
		{ "set one times 0", FL_P_TIMES_0 },
		{ "set one return EIEIO", FL_P_VALUE },
		{ "deadline soon", FL_P_TIME },
		{ "disarm o", FL_P_SEVERAL_RULES },
		{ "disarm two", FL_P_NO_RULE },
		{ "stack 1", FL_P_NO_EVENT },
		{ "load nothing", FL_F_READ },
		{ "load binary", FL_P_NOT_SCRIPT },
	};
	static struct fl_repl r;

	(void)state;
	r.opts = &opts;
	r.entries = entries;
	r.nentries = COUNT(entries);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char line[64];

		snprintf(line, sizeof(line), "%s", rows[i].line);
		r.last_error = FL_NO_FAULT;
		fl_repl_command(&r, line);
		if (r.last_error != rows[i].tag)
			fail_msg("'%s' is answered by %s", rows[i].line,
				 fl_fault_tag_name(r.last_error));
	}
}

static void expect_cut(const char *text, int columns, const char *expected)
{
	char *line = NULL;
	size_t len;
	FILE *out = open_memstream(&line, &len);

	assert_non_null(out);
	fl_repl_put_cut(out, text, columns);
	fclose(out);
	if (strcmp(line, expected) != 0)
		fail_msg("'%s' in %d columns is '%s'", text, columns, line);
	free(line);
}

static void test_lines_that_are_cut(void **state)
{
	(void)state;
	expect_cut("on f return -EIO", 16, "on f return -EIO\n");
	expect_cut("on f return -EIO", 15, "on f return ...\n");
	expect_cut("on f", 3, "...\n");
	expect_cut("on f", 2, "..\n");
	expect_cut("", 0, "\n");
	/* characters, not bytes */
	expect_cut("\u00e4\u00f6\u00fc\u00df", 4, "\u00e4\u00f6\u00fc\u00df\n");
	expect_cut("\u00e4\u00f6\u00fc\u00df!", 4, "\u00e4...\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_lines_that_are_cut),
	};

	return cmocka_run_group_tests_name("prompt", tests, NULL, NULL);
}
