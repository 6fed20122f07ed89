/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fix_hint.h"

static char *hint_for(const struct fl_check *checks, size_t n)
{
	struct fl_diagnosis d = { .nchecks = n };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	memcpy(d.checks, checks, n * sizeof(checks[0]));
	fl_fix_hint(out, &d, "/f.config");
	fclose(out);
	return text;
}

static void test_nothing_is_missing(void **state)
{
	const struct fl_check checks[] = { { .answer = FL_YES },
					   { .answer = FL_NO, .remedy = "nothing helps" } };
	char *text = hint_for(checks, 2);

	(void)state;
	assert_string_equal(text, "# nothing is missing\n");
	free(text);
}

static void test_commands_and_rights(void **state)
{
	const struct fl_check checks[] = {
		{ .kind = FL_REMEDY_RIGHTS, .remedy = "run it as root" },
		{ .kind = FL_REMEDY_COMMAND, .remedy = "mount a" },
		{ .kind = FL_REMEDY_RIGHTS, .remedy = "run it as root" },
		{ .kind = FL_REMEDY_COMMAND, .remedy = "sysctl b=1" },
	};
	char *text = hint_for(checks, 4);

	(void)state;
	assert_string_equal(text, "# now, until the next boot\nsudo mount a\nsudo sysctl b=1\n\n"
				  "# rights\n# run it as root\n\n");
	free(text);
}

static void test_kernel(void **state)
{
	static const char *const titles[] = { "# Debian\n", "# Fedora\n", "# Arch Linux",
					      "# a kernel that you build yourself",
					      "# a virtual machine, by virtme-ng" };
	const struct fl_check checks[] = {
		{ .kind = FL_REMEDY_BUILD, .missing = "CONFIG_A CONFIG_AB" },
		{ .kind = FL_REMEDY_COMMAND, .remedy = "mount a" },
		{ .kind = FL_REMEDY_BUILD, .missing = "CONFIG_AB CONFIG_B CONFIG_A" },
	};
	char *text = hint_for(checks, 3), *at = text;
	size_t merges = 0;

	(void)state;
	assert_non_null(strstr(text, "sudo mount a\n\n"
				     "# a kernel with these options, which this one lacks:\n"
				     "#	CONFIG_A\n#	CONFIG_AB\n#	CONFIG_B\n\n# Debian\n"));
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
		at = strstr(at, titles[i]);
		assert_non_null(at);
	}
	for (at = text; (at = strstr(at, " /f.config\n")); at++)
		merges++;
	assert_int_equal(merges, sizeof(titles) / sizeof(titles[0]));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_missing),
		cmocka_unit_test(test_commands_and_rights),
		cmocka_unit_test(test_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
