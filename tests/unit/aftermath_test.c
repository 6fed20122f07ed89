/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Damage that is reported in later runs: which fault is to blame, on how many machines. */
#include "unit.h"

#include <stdlib.h>

#include "journal.h"
#include "sweep_fixture.h"

#define NPOINTS 8

static enum sim_bug bug; /* of points 3 and 5 */

static enum sim_bug two(size_t i)
{
	return i == 3 || i == 5 ? bug : SIM_NONE;
}

static enum sim_bug one(size_t i)
{
	return i == 3 ? bug : SIM_NONE;
}

static char *shell(void *arg, const char *script, bool late)
{
	(void)arg;
	(void)script;
	return strdup(late ? "late" : "at once");
}

/* Machines until the sweep is done; returns their number, and the ledger at the end. */
static int machines(enum sim_bug (*bugs)(size_t), struct fl_ledger *l, struct fl_sweep_result *out)
{
	const struct fl_sweep_sink sink = { 0 };
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	char boot[16];
	int n = 0;

	do {
		struct fl_sweep_opts o = sweep_options(boot);
		struct sim sim;

		if (n)
			fl_ledger_release(l);
		snprintf(boot, sizeof(boot), "boot-%d", ++n);
		o.standalone = sweep_no_rules;
		o.shell = shell;
		sim_init(&sim, NPOINTS);
		sim.bug = bugs;
		fl_ledger_init(l);
		if (fl_sweep_run(&o, &sim_ops, &sim, &sink, l, out, &fault))
			fail_msg("%s", fault.text);
		sim_release(&sim);
	} while (out->status == FL_EXIT_FRESH && n < 20);
	return n;
}

static uint32_t point_of(const struct fl_ledger *l, uint32_t id)
{
	assert_int_equal(l->findings[id - 1].nfaults, 1);
	return l->findings[id - 1].faults[0].point;
}

static void expect_text(const char *name, const char *want)
{
	char *text = sweep_read(name);

	if (!strstr(text, want))
		fail_msg("no '%s' in %s:\n%s", want, name, text);
	free(text);
}

static int replayed(uint32_t id)
{
	const struct fl_sweep_sink sink = { 0 };
	const struct fl_sweep_opts o = sweep_options("another");
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_ledger l;
	struct sim sim;
	int shown = 0;

	fl_ledger_init(&l);
	assert_int_equal(fl_ledger_read(&l, sweep_dir, &fault), 0);
	sim_init(&sim, NPOINTS);
	sim.bug = one;
	if (fl_sweep_replay(&o, &sim_ops, &sim, &sink, &l, id, &shown, &fault))
		fail_msg("%s", fault.text);
	sim_release(&sim);
	fl_ledger_release(&l);
	return shown;
}

/* The trial after the fault reports: not its own doing, as a fresh machine shows. */
static void test_late(void **state)
{
	struct fl_sweep_result r;
	struct fl_ledger l;

	(void)state;
	bug = SIM_WEARS;
	assert_int_equal(machines(one, &l, &r), 2);
	assert_true(r.sums.exhausted);
	assert_int_equal(l.nfindings, 2);
	assert_string_equal(l.findings[0].fingerprint, "KASAN sim_3");
	assert_string_equal(l.findings[1].fingerprint, "WARNING sim_3");
	for (uint32_t id = 1; id <= 2; id++) {
		assert_int_equal(point_of(&l, id), 3);
		assert_int_equal(l.findings[id - 1].nshown, 1);
		assert_int_equal(l.findings[id - 1].shown[0].point, 4);
		assert_int_equal(l.findings[id - 1].blames, 1);
	}
	assert_int_equal(l.outcomes[FL_OUTCOME_HANDLED], NPOINTS);
	assert_int_equal(l.nunscanned, 0);
	expect_text("1/path", "in the next trial");
	expect_text("1/reproduce.sh", "late");
	expect_text("journal.ndjson", "\"late\":true");
	fl_ledger_release(&l);
	assert_true(replayed(1));
	assert_true(replayed(2));
}

/* A fault that reports at once and in all later runs is its own trial's. */
static void test_at_once(void **state)
{
	struct fl_sweep_result r;
	struct fl_ledger l;

	(void)state;
	bug = SIM_BREAKS;
	/* the trial is repeated on the second, which is damaged then */
	assert_int_equal(machines(one, &l, &r), 3);
	assert_true(r.sums.exhausted);
	assert_int_equal(l.nfindings, 1);
	assert_int_equal(point_of(&l, 1), 3);
	assert_int_equal(l.findings[0].nshown, 0);
	assert_int_equal(l.findings[0].blames, 1);
	assert_int_equal(l.outcomes[FL_OUTCOME_FINDING], 1);
	assert_int_equal(l.outcomes[FL_OUTCOME_HANDLED], NPOINTS - 1);
	for (size_t i = 0; i < l.nran; i++)
		assert_int_equal(l.ran[i].finding, l.ran[i].outcome == FL_OUTCOME_FINDING);
	expect_text("1/reproduce.sh", "at once");
	fl_ledger_release(&l);
	assert_true(replayed(1));
}

/* A second fault of the kind spoils no trial, either. */
static void test_twice(void **state)
{
	static const enum sim_bug kinds[] = { SIM_WEARS, SIM_BREAKS };

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct fl_sweep_result r;
		struct fl_ledger l;

		bug = kinds[i];
		sweep_clear_dir();
		assert_in_range(machines(two, &l, &r), 3, 5);
		assert_true(r.sums.exhausted);
		assert_int_equal(l.nfindings, bug == SIM_BREAKS ? 2 : 4);
		assert_int_equal(point_of(&l, 1), 3);
		assert_int_equal(point_of(&l, (uint32_t)l.nfindings), 5);
		assert_int_equal(l.outcomes[FL_OUTCOME_FINDING], bug == SIM_BREAKS ? 2 : 0);
		assert_int_equal(l.outcomes[FL_OUTCOME_HANDLED],
				 NPOINTS - l.outcomes[FL_OUTCOME_FINDING]);
		fl_ledger_release(&l);
	}
}

/* Reports without damage want no other machine, and no more than one run to know that. */
static void test_harmless(void **state)
{
	const struct fl_sweep_sink sink = { 0 };
	const struct fl_sweep_opts o = sweep_options("boot");
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_sweep_result r;
	struct fl_ledger l;
	struct sim sim;

	(void)state;
	bug = SIM_WARNING;
	sim_init(&sim, NPOINTS);
	sim.bug = two;
	sim.has_leak_checker = false;
	fl_ledger_init(&l);
	assert_int_equal(fl_sweep_run(&o, &sim_ops, &sim, &sink, &l, &r, &fault), 0);
	assert_true(r.sums.exhausted);
	assert_int_equal(l.nfindings, 2);
	/* two baselines, the trials, and a run after each of two reports */
	assert_int_equal(sim.runs, 2 + NPOINTS + 2);
	sim_release(&sim);
	fl_ledger_release(&l);
}

int main(void)
{
#define SWEEP(test) cmocka_unit_test_setup_teardown(test, sweep_make_dir, sweep_remove_dir)
	const struct CMUnitTest tests[] = {
		SWEEP(test_late),
		SWEEP(test_at_once),
		SWEEP(test_twice),
		SWEEP(test_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
