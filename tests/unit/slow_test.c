/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trial that only took too long is repeated with twice the time. */
#include "unit.h"

#include <stdio.h>

#include "sweep_fixture.h"

static char last_note[256];

static void note(void *arg, const char *text)
{
	(void)arg;
	snprintf(last_note, sizeof(last_note), "%s", text);
}

static enum sim_bug only_slow(size_t i)
{
	return i == 1 ? SIM_SLOW : SIM_NONE;
}

static enum sim_bug only_hang(size_t i)
{
	return i == 1 ? SIM_HANG : SIM_NONE;
}

/* Three points, of which the second takes too long: the sweep ends with @status. */
static void sweep(enum sim_bug (*bug)(size_t), int status, size_t nfindings)
{
	const struct fl_sweep_sink sink = { .note = note };
	const struct fl_sweep_opts o = sweep_options("b");
	struct fl_sweep_result result;
	struct fl_fault fault = { 0 };
	struct fl_ledger l;
	struct sim sim;

	sim_init(&sim, 3);
	sim.bug = bug;
	fl_ledger_init(&l);
	assert_int_equal(fl_sweep_run(&o, &sim_ops, &sim, &sink, &l, &result, &fault), 0);
	assert_string_equal(last_note,
			    "trial 2 took too long; trying it again with twice the time");
	assert_int_equal(result.status, status);
	assert_int_equal(l.nfindings, nfindings);
	assert_int_equal(l.trials, 3);
	assert_int_equal(l.last, 4);
	fl_ledger_release(&l);
	sim_release(&sim);
}

static void test_slow(void **state)
{
	(void)state;
	sweep(only_slow, FL_EXIT_OK, 0);
}

static void test_hang(void **state)
{
	(void)state;
	sweep(only_hang, FL_EXIT_FINDING, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_slow, sweep_make_dir, sweep_remove_dir),
		cmocka_unit_test_setup_teardown(test_hang, sweep_make_dir, sweep_remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
