/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Near names (cli/near.c) and JSON (cli/json.c); compiled with those files. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "near.h"

static void consider(struct fl_near *near, const char *const *names)
{
	for (; *names; names++)
		fl_near_consider(near, NULL, *names);
}

static void test_typo(void **state)
{
	static const char *const names[] = { "mlx5_cmd_do", "mlx5_cmd_exec", "mlx4_cmd_exec",
					     "vfs_read", NULL };
	struct fl_near near;
	char text[256];

	(void)state;
	fl_near_init(&near, FL_NEAR_TYPO, "mlx5_cmd_exce");
	assert_false(fl_near_text(&near, text, sizeof(text)));
	consider(&near, names);
	assert_string_equal(near.best[0].name, "mlx5_cmd_exec");
	assert_true(fl_near_text(&near, text, sizeof(text)));
	assert_string_equal(text, "'mlx5_cmd_exec' or 'mlx4_cmd_exec'");
}

static void test_glob(void **state)
{
	static const char *const names[] = { "mlx5_cmd_exec", "vfs_read", NULL };
	struct fl_near near;

	(void)state;
	fl_near_init(&near, FL_NEAR_TYPO, "mlx6_cm*");
	consider(&near, names);
	assert_int_equal(near.n, 1);
	assert_string_equal(near.best[0].name, "mlx5_cmd_exec");
	/* nothing can be near to anything */
	fl_near_init(&near, FL_NEAR_TYPO, "*");
	consider(&near, names);
	assert_int_equal(near.n, 0);
}

static void test_kin(void **state)
{
	static const char *const names[] = { "ext4_mark_inode", "ext4_mark_it_all", "ext4_open",
					     "ext2_mark_it",	"__do_it",	    NULL };
	struct fl_near near;

	(void)state;
	fl_near_init(&near, FL_NEAR_KIN, "ext4_mark_it");
	consider(&near, names);
	assert_int_equal(near.n, 3);
	assert_string_equal(near.best[0].name, "ext4_mark_it_all");
	assert_string_equal(near.best[1].name, "ext4_mark_inode");
	assert_string_equal(near.best[2].name, "ext4_open");
	/* two underscores make no family */
	fl_near_init(&near, FL_NEAR_KIN, "__do_that");
	fl_near_consider(&near, NULL, "__up");
	assert_int_equal(near.n, 0);
}

static void test_full_and_twice(void **state)
{
	struct fl_near near;
	char name[32];

	(void)state;
	fl_near_init(&near, FL_NEAR_KIN, "fl_name");
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "fl_other_%d", 39 - i);
		fl_near_consider(&near, "m", name);
		fl_near_consider(&near, "m", name);
	}
	assert_int_equal(near.n, FL_NEAR_MOST);
	for (size_t i = 0; i < near.n; i++) {
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(near.best[i].name, near.best[j].name);
	}
	/* with one digit: shorter, so nearer */
	assert_int_equal(strlen(near.best[0].name), strlen("m:fl_other_9"));
}

static char *written(void (*fn)(struct fl_json *j, const char *text), const char *text)
{
	struct fl_json j = { 0 };
	char *out;
	size_t len;

	j.out = open_memstream(&out, &len);
	fn(&j, text);
	fclose(j.out);
	return out;
}

static void one_string(struct fl_json *j, const char *text)
{
	fl_json_string(j, NULL, text);
}

static void check_string(const char *text, const char *json)
{
	char *out = written(one_string, text);

	assert_string_equal(out, json);
	free(out);
}

static void test_strings(void **state)
{
	(void)state;
	check_string("plain", "\"plain\"");
	check_string(NULL, "null");
	check_string("a\"b\\c", "\"a\\\"b\\\\c\"");
	check_string("tab\tnew\nend\x7f", "\"tab\\u0009new\\u000aend\\u007f\"");
	check_string("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7",
		     "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x90\xa7\"");
	/* cut off, overlong, a surrogate, beyond Unicode, alone */
	check_string("\xc3", "\"\\ufffd\"");
	check_string("\xe2\x82", "\"\\ufffd\\ufffd\"");
	check_string("\xc0\xaf", "\"\\ufffd\\ufffd\"");
	check_string("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"");
	check_string("\xf5\x80\x80\x80x", "\"\\ufffd\\ufffd\\ufffd\\ufffdx\"");
}

static void nested(struct fl_json *j, const char *text)
{
	fl_json_open(j, NULL, '{');
	fl_json_number(j, "n", -5);
	fl_json_open(j, "list", '[');
	fl_json_string(j, NULL, text);
	fl_json_open(j, NULL, '{');
	fl_json_close(j, '{');
	fl_json_bool(j, NULL, false);
	fl_json_close(j, '[');
	fl_json_bool(j, "end", true);
	fl_json_close(j, '{');
	fl_json_line(j);
	fl_json_number(j, NULL, 1);
}

static void test_nesting(void **state)
{
	char *out = written(nested, "x");

	(void)state;
	assert_string_equal(out, "{\"n\":-5,\"list\":[\"x\",{},false],\"end\":true}\n1");
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_typo),	cmocka_unit_test(test_glob),
		cmocka_unit_test(test_kin),	cmocka_unit_test(test_full_and_twice),
		cmocka_unit_test(test_strings), cmocka_unit_test(test_nesting),
	};

	return cmocka_run_group_tests_name("names and JSON", tests, NULL, NULL);
}
