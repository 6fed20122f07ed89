/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines about events, and how many of them a terminal gets. */
#include "unit.h"

#include <stdlib.h>

#include "event_text.h"
#include "throttle.h"

#define SECOND UINT64_C(1000000000)

static struct fl_obj_prog progs[] = { { .name = "f", .backend = FL_BACKEND_FMOD_RET } };
static struct fl_obj_attach attaches[] = {
	{ .func = "f", .shown = "f", .tag = FL_TAG_ERRNO, .ret = FL_TYPE_INT },
};
static struct fl_obj_rule rules[] = { { .text = "on f return -EIO" } };
static struct fl_obj_slot slots[] = { { .rule = 0, .attach = 0 } };
static struct fl_obj_log_arg args[] = { { FL_LOG_NUMBER, 1 } };
static struct fl_obj_log logs[] = { { "n is %d", args, 1 } };
static const struct fl_object object = {
	.progs = progs,
	.nprogs = 1,
	.attaches = attaches,
	.nattaches = 1,
	.rules = rules,
	.nrules = 1,
	.slots = slots,
	.nslots = 1,
	.logs = logs,
	.nlogs = 1,
};

/* An event with what follows it; the kernel's symbols are not asked for. */
static void expect_line(enum fl_event_kind kind, uint64_t word, const char *wanted)
{
	struct {
		struct fl_event e;
		uint64_t words[1];
	} event = {
		.e = { .time_ns = 5 * SECOND + 1234567,
		       .value = -5,
		       .kind = kind,
		       .pid = 7,
		       .tid = 8,
		       .cpu = 1,
		       .words = 1,
		       .comm = "a\033b" },
		.words = { word },
	};
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	fl_event_print(out, &object, &event.e, 2 * SECOND, NULL);
	fclose(out);
	assert_string_equal(text, wanted);
	free(text);
}

static void test_lines(void **state)
{
	(void)state;
	expect_line(FL_EVENT_INJECTED, 0, "   3.001234  f = -EIO  a?b 7/8  cpu 1\n");
	expect_line(FL_EVENT_FIRED, 0, "   3.001234  f  a?b 7/8  cpu 1\n");
	expect_line(FL_EVENT_LOG, 42, "   3.001234  f: n is 42\n");
	expect_line(FL_EVENT_STACK, 0xffffffff81000000,
		    "   3.001234  f  a?b 7/8  cpu 1\n               0xffffffff81000000\n");
}

static void test_throttle(void **state)
{
	struct fl_throttle t = { .second = 0 };

	(void)state;
	assert_int_equal(fl_throttle_turn(&t, SECOND, false), 0);
	for (int i = 0; i < FL_LINES_PER_SECOND; i++)
		assert_true(fl_throttle_take(&t));
	assert_false(fl_throttle_take(&t));
	assert_false(fl_throttle_take(&t));
	/* within the second nothing is said of them */
	assert_int_equal(fl_throttle_turn(&t, SECOND + 999999999, false), 0);
	assert_false(fl_throttle_take(&t));
	assert_int_equal(fl_throttle_turn(&t, 2 * SECOND, false), 3);
	assert_int_equal(fl_throttle_turn(&t, 2 * SECOND, false), 0);
	assert_true(fl_throttle_take(&t));
	for (int i = 0; i < FL_LINES_PER_SECOND; i++)
		fl_throttle_take(&t);
	assert_int_equal(fl_throttle_turn(&t, 2 * SECOND, true), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_throttle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
