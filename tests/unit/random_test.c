/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Campaigns that draw several faults for each trial. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fl_abi.h"
#include "minimise.h"
#include "sweep_fixture.h"

#define NPOINTS 20
#define TRIALS 400

static enum sim_bug bugs(size_t i)
{
	return i == 4 || i == 11 ? SIM_BOTH : SIM_NONE;
}

static uint64_t tenth(void *arg, const struct fl_spot *s)
{
	(void)arg;
	(void)s;
	return FL_RATE_ALWAYS / 10;
}

static uint64_t always(void *arg, const struct fl_spot *s)
{
	(void)arg;
	(void)s;
	return FL_RATE_ALWAYS;
}

static uint64_t never(void *arg, const struct fl_spot *s)
{
	(void)arg;
	(void)s;
	return 0;
}

static char *no_shell(void *arg, const char *script, bool late)
{
	(void)arg;
	(void)script;
	(void)late;
	return strdup("");
}

static struct fl_sweep_opts options(uint64_t seed, uint64_t trials)
{
	struct fl_sweep_opts o = sweep_options("b");

	o.agenda.random = true;
	o.agenda.seed = seed;
	o.agenda.rate = tenth;
	o.budget_trials = trials;
	o.standalone = sweep_no_rules;
	o.shell = no_shell;
	return o;
}

/* A campaign of its own, or one that goes on. */
static struct fl_sweep_result sweep(const struct fl_sweep_opts *o, struct fl_ledger *l)
{
	const struct fl_sweep_sink sink = { 0 };
	struct fl_fault fault = { 0 };
	struct fl_sweep_result result;
	struct sim sim;

	sim_init(&sim, NPOINTS);
	sim.bug = bugs;
	fl_ledger_init(l);
	assert_int_equal(fl_sweep_run(o, &sim_ops, &sim, &sink, l, &result, &fault), 0);
	sim_release(&sim);
	return result;
}

/* What takes two faults is found, and is two faults in the end. */
static void test_both(void **state)
{
	const struct fl_sweep_opts o = options(7, TRIALS);
	const struct fl_sweep_sink sink = { 0 };
	struct fl_fault fault = { 0 };
	struct fl_sweep_result result;
	struct fl_minimal min;
	struct fl_ledger l;
	struct sim sim;

	(void)state;
	result = sweep(&o, &l);
	assert_int_equal(result.status, FL_EXIT_FINDING);
	assert_string_equal(result.reason, "budget");
	assert_false(result.sums.exhausted);
	assert_int_equal(result.sums.found, NPOINTS);
	assert_int_equal(result.sums.injected, NPOINTS);
	assert_int_equal(l.trials, TRIALS);
	assert_int_equal(l.nfindings, 1);
	assert_string_equal(l.findings[0].kind, "KASAN");
	assert_true(l.findings[0].nfaults > 2);
	sim_init(&sim, NPOINTS);
	sim.bug = bugs;
	assert_int_equal(fl_sweep_minimise(&o, &sim_ops, &sim, &sink, &l, 1, &min, &fault), 0);
	assert_int_equal(min.nfaults, 2);
	assert_string_equal(l.spots[min.faults[0].point].function, "sim_4");
	assert_string_equal(l.spots[min.faults[1].point].function, "sim_11");
	sim_release(&sim);
	fl_ledger_release(&l);
}

/* The lines of the journal that say what was drawn; yours to free. */
static char *drawn(void)
{
	char *journal = sweep_read("journal.ndjson"), *save = NULL, *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	for (char *line = strtok_r(journal, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (strstr(line, "\"drawn\""))
			fprintf(out, "%s\n", line);
	}
	fclose(out);
	free(journal);
	return text;
}

/* The same seed draws the same, in one go or in two; another one draws differently. */
static void test_seed(void **state)
{
	struct fl_sweep_opts o = options(1, 50), half = options(1, 25), other = options(2, 50);
	char *once, *twice, *differs;
	struct fl_ledger l;

	(void)state;
	sweep(&o, &l);
	fl_ledger_release(&l);
	once = drawn();
	sweep_clear_dir();
	sweep(&half, &l);
	fl_ledger_release(&l);
	sweep(&half, &l);
	fl_ledger_release(&l);
	twice = drawn();
	assert_string_equal(once, twice);
	sweep_clear_dir();
	sweep(&other, &l);
	fl_ledger_release(&l);
	differs = drawn();
	assert_string_not_equal(once, differs);
	free(once);
	free(twice);
	free(differs);
}

static size_t draw(struct fl_ledger *l, uint64_t n,
		   uint64_t (*rate)(void *, const struct fl_spot *),
		   struct fl_fault_at faults[FL_MAX_FAULTS])
{
	struct fl_agenda_opts o = options(3, 1).agenda;
	struct fl_agenda a;

	o.rate = rate;
	l->trials = n;
	fl_agenda_init(&a, &o, l);
	return fl_agenda_next(&a, faults);
}

/* Of more calls than a trial has room for, each has the same chance, and each its own turn. */
static void test_chances(void **state)
{
	const struct fl_sweep_opts o = options(5, 1);
	struct fl_fault_at faults[FL_MAX_FAULTS];
	size_t of_point[NPOINTS] = { 0 }, most = 0, least = SIZE_MAX;
	struct fl_ledger l;

	(void)state;
	sweep(&o, &l);
	assert_int_equal(draw(&l, 1, never, faults), 0);
	for (uint64_t n = 1; n <= 1000; n++) {
		assert_int_equal(draw(&l, n, always, faults), FL_MAX_FAULTS);
		for (size_t i = 0; i < FL_MAX_FAULTS; i++) {
			assert_in_range(faults[i].occurrence, 1, 3);
			assert_true(!i || faults[i].point > faults[i - 1].point ||
				    faults[i].occurrence > faults[i - 1].occurrence);
			of_point[faults[i].point]++;
		}
	}
	for (size_t i = 0; i < NPOINTS; i++) {
		most = of_point[i] > most ? of_point[i] : most;
		least = of_point[i] < least ? of_point[i] : least;
	}
	/* 400 each; six standard deviations are 120 */
	assert_in_range(least, 280, 400);
	assert_in_range(most, 400, 520);
	fl_ledger_release(&l);
}

/* A tenth of 60 calls is 6. */
static void test_rate(void **state)
{
	const struct fl_sweep_opts o = options(5, 1);
	struct fl_fault_at faults[FL_MAX_FAULTS];
	size_t sum = 0, full = 0;
	struct fl_ledger l;

	(void)state;
	sweep(&o, &l);
	for (uint64_t n = 1; n <= 1000; n++) {
		size_t drawn = draw(&l, n, tenth, faults);

		assert_in_range(drawn, 1, FL_MAX_FAULTS);
		sum += drawn;
		full += drawn == FL_MAX_FAULTS;
	}
	/* 5.74 on average, as at most 8 are kept, and 8 or more in 25 of 100 */
	assert_in_range(sum, 5400, 6080);
	assert_in_range(full, 170, 330);
	fl_ledger_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_both, sweep_make_finding, sweep_remove_dir),
		cmocka_unit_test_setup_teardown(test_seed, sweep_make_dir, sweep_remove_dir),
		cmocka_unit_test_setup_teardown(test_chances, sweep_make_dir, sweep_remove_dir),
		cmocka_unit_test_setup_teardown(test_rate, sweep_make_dir, sweep_remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
