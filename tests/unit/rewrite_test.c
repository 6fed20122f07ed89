/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rewrite_test.c - rules as text with what was changed while they were armed. */
#include "unit.h"

#include <stdlib.h>

#include "fl_abi.h"
#include "rewrite.h"

static void expect(const char *text, const struct fl_rule_edit *edit, const char *expected)
{
	char *got = fl_rewrite_rule(text, edit);

	assert_non_null(got);
	assert_string_equal(got, expected);
	free(got);
}

static void test_rate(void **state)
{
	const struct fl_rule_edit edit = { .set_rate = true, .rate = 20000000000 };
	const struct fl_rule_edit all = { .set_rate = true, .rate = 100000000000 };

	(void)state;
	expect("on f return -1", &edit, "on f if rand < 20 return -1");
	expect("on f if rand<7 && a==1 return -1", &edit, "on f if rand < 20 && a == 1 return -1");
	/* by a name of the script's */
	expect("on f if rand < often return -1", &edit, "on f if rand < 20 return -1");
	expect("on f if often >= rand return -1", &edit, "on f if 20 > rand return -1");
	expect("on f if rand <= 2*3 return -1", &edit, "on f if rand < 20 return -1");
	/* above a limit: not what is called the rate */
	expect("on f if rand > 7 return -1", &edit, "on f if rand > 7 && rand < 20 return -1");
	expect("on f if a || b return -1", &edit, "on f if (a || b) && rand < 20 return -1");
	expect("on f return -1", &all, "on f return -1");
}

static void test_times_and_value(void **state)
{
	const struct fl_rule_edit times = { .set_times = true, .times = 3 };
	const struct fl_rule_edit never = { .set_times = true, .times = FL_NEVER };
	const struct fl_rule_edit null = { .set_value = true, .pointer = true };
	const struct fl_rule_edit zero = { .set_value = true };
	const struct fl_rule_edit name = { .label = "x", .set_value = true, .value = -12 };

	(void)state;
	expect("on f times 5 every 2 return -1", &times, "on f every 2 times 3 return -1");
	expect("on f times 5 return -1", &never, "on f return -1");
	expect("on f return -1", &null, "on f return NULL");
	expect("on f return -1", &zero, "on f return 0");
	expect("a: on f return -1", &name, "x: on f return -ENOMEM");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_times_and_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
