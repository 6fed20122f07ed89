/* SPDX-License-Identifier: GPL-2.0-or-later */
/* To which fault a leak is put down, and in how many trials. */
#include "unit.h"

#include <stdlib.h>

#include "sweep_fixture.h"

#define NPOINTS 40
#define NBASELINES 2

static enum sim_bug two_leaks(size_t i)
{
	return i == 7 || i == 23 ? SIM_LEAK : SIM_NONE;
}

static enum sim_bug no_leaks(size_t i)
{
	(void)i;
	return SIM_NONE;
}

/* A process of a campaign; the ledger is to be released. */
static void run(struct sim *sim, struct fl_ledger *l, struct fl_sweep_result *result)
{
	const struct fl_sweep_opts o = sweep_options("b");
	const struct fl_sweep_sink sink = { 0 };
	struct fl_fault fault = { 0 };

	fl_ledger_init(l);
	if (fl_sweep_run(&o, &sim_ops, sim, &sink, l, result, &fault))
		fail_msg("%s", fault.text);
	sim_release(sim);
}

/* The whole campaign, whose two findings are of the right points; returns its digest. */
static char *sweep_leaks(struct sim *sim)
{
	struct fl_sweep_result result;
	struct fl_ledger l;

	sim->bug = two_leaks;
	run(sim, &l, &result);
	assert_int_equal(result.status, FL_EXIT_FINDING);
	assert_int_equal(l.trials, NPOINTS);
	assert_int_equal(l.nfindings, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct fl_known_finding *f = &l.findings[i];
		const char *function = l.spots[f->faults[0].point].function;

		assert_int_equal(f->nfaults, 1);
		assert_int_equal(f->blames, 1);
		assert_string_equal(function, strstr(f->fingerprint, "sim_"));
	}
	fl_ledger_release(&l);
	return sweep_digest();
}

/* No two trials begin in one jiffy, and what leaks was allocated within its trial. */
static void init_dated(struct sim *sim)
{
	sim_init(sim, NPOINTS);
	sim->trial_us = 10000;
	sim->leak_lag_us = 5000;
}

static void test_by_time(void **state)
{
	struct sim sim;

	(void)state;
	init_dated(&sim);
	free(sweep_leaks(&sim));
	/* no trial but these two was repeated, and a run without a fault */
	assert_int_equal(sim.runs, NBASELINES + NPOINTS + 1 + 2);
}

/* What the workload leaks in each run is no finding, and hides none. */
static void test_always(void **state)
{
	struct sim sim;

	(void)state;
	init_dated(&sim);
	sim.leaks_always = true;
	free(sweep_leaks(&sim));
	assert_int_equal(sim.runs, NBASELINES + NPOINTS + 1 + 2);
}

/* Only that: no trial is repeated. */
static void test_always_alone(void **state)
{
	struct fl_sweep_result result;
	struct fl_ledger l;
	struct sim sim;

	(void)state;
	sim_init(&sim, NPOINTS);
	sim.bug = no_leaks;
	sim.leaks_always = true;
	run(&sim, &l, &result);
	assert_int_equal(result.status, 0);
	assert_int_equal(l.nfindings, 0);
	assert_int_equal(sim.runs, NBASELINES + NPOINTS + 1);
	assert_int_equal(sim.nscans, 2);
	fl_ledger_release(&l);
}

/* Four trials begin within one jiffy: all may be the cause. */
static void test_short_trials(void **state)
{
	struct sim sim;

	(void)state;
	sim_init(&sim, NPOINTS);
	free(sweep_leaks(&sim));
	assert_in_range(sim.runs, NBASELINES + NPOINTS + 1 + 2, NBASELINES + NPOINTS + 1 + 2 * 5);
}

/* What leaks was allocated in a trial that is not to blame; and nothing is known of it. */
static void test_by_halves(void **state)
{
	struct sim sim;
	char *late, *unknown;

	(void)state;
	sim_init(&sim, NPOINTS);
	sim.trial_us = 10000;
	sim.leak_lag_us = 25000;
	late = sweep_leaks(&sim);
	assert_true(sim.runs > NBASELINES + NPOINTS + NPOINTS);
	sweep_clear_dir();
	sim_init(&sim, NPOINTS);
	sim.has_no_jiffies = true;
	unknown = sweep_leaks(&sim);
	assert_true(sim.runs > NBASELINES + NPOINTS + NPOINTS);
	assert_string_equal(late, unknown);
	free(late);
	free(unknown);
}

static enum sim_bug ten_leaks(size_t i)
{
	return i % 4 == 3 ? SIM_LEAK : SIM_NONE;
}

/* One repetition for the finding, and one of all other faults that lead to it. */
static void test_alike(void **state)
{
	struct fl_sweep_result result;
	struct fl_ledger l;
	struct sim sim;

	(void)state;
	init_dated(&sim);
	sim.bug = ten_leaks;
	sim.leaks_alike = true;
	run(&sim, &l, &result);
	assert_int_equal(l.nfindings, 1);
	assert_int_equal(l.findings[0].blames, 10);
	assert_string_equal(l.spots[l.findings[0].faults[0].point].function, "sim_3");
	assert_int_equal(sim.runs, NBASELINES + NPOINTS + 1 + 1 + 9);
	assert_int_equal(sim.nscans, 4);
	for (size_t i = 0; i < l.nran; i++)
		assert_true(!l.ran[i].again ||
			    (l.ran[i].finding == 1 && l.ran[i].fault.point % 4 == 3));
	fl_ledger_release(&l);
}

/* A process of a campaign without findings; until it is interrupted, 0: until its end. */
static void one_process(struct sim *sim, uint64_t interrupted_at)
{
	struct fl_sweep_result result;
	struct fl_ledger l;

	sim_init(sim, NPOINTS);
	sim->bug = no_leaks;
	sim->interrupted_at = interrupted_at;
	run(sim, &l, &result);
	assert_string_equal(result.reason, interrupted_at ? "interrupted" : "exhausted");
	fl_ledger_release(&l);
}

/*
 * Thirty trials whose leaks were lost. A process that ends while it repeats sixteen
 * of them makes the next one begin with fewer; once that was enough, the rest are
 * looked through by sixteen again, and what is left over with the new ones.
 */
static void test_lost(void **state)
{
	struct sim sim;

	(void)state;
	one_process(&sim, NBASELINES + 31);
	assert_int_equal(sim.nscans, 0);
	one_process(&sim, NBASELINES + 11);
	assert_int_equal(sim.nscans, 0);
	one_process(&sim, 0);
	assert_int_equal(sim.nscans, 3);
	assert_int_equal(sim.scans[0], NBASELINES + 8);
	assert_int_equal(sim.scans[1], NBASELINES + 8 + 16);
	assert_int_equal(sim.scans[2], NBASELINES + 30 + NPOINTS - 30);
}

int main(void)
{
#define LEAKS(test) cmocka_unit_test_setup_teardown(test, sweep_make_dir, sweep_remove_dir)
	const struct CMUnitTest tests[] = {
		LEAKS(test_by_time),	  LEAKS(test_short_trials), LEAKS(test_by_halves),
		LEAKS(test_lost),	  LEAKS(test_alike),	    LEAKS(test_always),
		LEAKS(test_always_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
