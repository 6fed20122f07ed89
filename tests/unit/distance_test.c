/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "near.h"

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* The same by its definition, with the whole table. */
static unsigned int by_definition(const char *a, const char *b)
{
	unsigned int d[40][40];
	size_t la = strlen(a), lb = strlen(b);

	for (size_t i = 0; i <= la; i++) {
		for (size_t j = 0; j <= lb; j++) {
			if (!i || !j) {
				d[i][j] = (unsigned int)(i + j);
				continue;
			}
			d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
					d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[la][lb];
}

static void test_known(void **state)
{
	(void)state;
	assert_int_equal(fl_distance("", "", 5), 0);
	assert_int_equal(fl_distance("abc", "abc", 0), 0);
	assert_int_equal(fl_distance("abc", "abd", 5), 1);
	assert_int_equal(fl_distance("mlx5_cmd_exce", "mlx5_cmd_exec", 5), 1);
	assert_int_equal(fl_distance("abc", "", 5), 3);
	assert_int_equal(fl_distance("abc", "xyz", 1), 2); /* "more than 1" */
	assert_int_equal(fl_distance("abcdef", "", 3), 4);
}

static void test_like_the_definition(void **state)
{
	uint64_t seed = 7;
	char a[12], b[12];

	(void)state;
	for (int round = 0; round < 50000; round++) {
		size_t la = unit_random(&seed) % sizeof(a), lb = unit_random(&seed) % sizeof(b);
		unsigned int most = unit_random(&seed) % 8, truth;

		for (size_t i = 0; i < la; i++)
			a[i] = (char)('a' + unit_random(&seed) % 3);
		for (size_t i = 0; i < lb; i++)
			b[i] = (char)('a' + unit_random(&seed) % 3);
		a[la] = b[lb] = '\0';
		truth = by_definition(a, b);
		assert_int_equal(fl_distance(a, b, most), truth > most ? most + 1 : truth);
		assert_int_equal(fl_distance(b, a, most), fl_distance(a, b, most));
	}
}

static void test_long_names(void **state)
{
	char a[1000], b[1000];

	(void)state;
	memset(a, 'a', sizeof(a));
	memset(b, 'a', sizeof(b));
	a[999] = b[999] = '\0';
	/* nobody offers names of that length, so nobody computes it */
	assert_int_equal(fl_distance(a, b, 4), 5);
	a[128] = b[127] = '\0';
	assert_int_equal(fl_distance(a, b, 4), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_like_the_definition),
		cmocka_unit_test(test_long_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
