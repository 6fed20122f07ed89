/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rewrite_test.c - rules as text with what was changed while they were armed. */
#include "unit.h"

#include <errno.h>
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

/* Where an argument is called rand, the comparison is about that. */
static void test_hidden_rand(void **state)
{
	const struct fl_rule_edit edit = { .set_rate = true, .rate = 25000000000 };
	const struct fl_rule_edit all = { .set_rate = true, .rate = 100000000000 };

	(void)state;
	/* draws are below a quarter of 2^32 */
	expect("on f(rand) if rand < 5 return -1", &edit,
	       "on f(rand) if rand < 5 && random < 1073741824 return -1");
	expect("on f(rand) if rand < 5 return -1", &all, "on f(rand) if rand < 5 return -1");
	expect("on f(rand), g if pid == 1 return -1", &edit,
	       "on f(rand), g if pid == 1 && random < 1073741824 return -1");
	expect("on f(a) if rand < 5 return -1", &edit, "on f(a) if rand < 25 return -1");
	/* an argument on f, the rate on g: one rule has no words for that */
	errno = 0;
	assert_null(fl_rewrite_rule("on f(rand), g if rand < 5 return -1", &edit));
	assert_int_equal(errno, ENOTSUP);
	assert_null(fl_rewrite_rule("on f(rand, random) if pid == 1 return -1", &edit));
	assert_int_equal(errno, ENOTSUP);
	assert_null(fl_rewrite_rule("param x = 1", &edit));
	assert_int_equal(errno, EINVAL);
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
		cmocka_unit_test(test_hidden_rand),
		cmocka_unit_test(test_times_and_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
