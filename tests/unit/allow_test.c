/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of the kernel log that a script allows are no findings of its campaign. */
#include "unit.h"

#include "sweep_fixture.h"

/* Point 0 behaves, 1 warns, 2 uses memory that was freed. */
static enum sim_bug bug(size_t i)
{
	static const enum sim_bug bugs[] = { SIM_NONE, SIM_WARNING, SIM_KASAN };

	return bugs[i];
}

/* What the sweep found, with @globs allowed; its status is @status. */
static void expect_findings(const char *const *globs, int status, const char *const *want)
{
	struct fl_allowed allowed[4] = { 0 };
	struct fl_sweep_opts o = sweep_options("boot");
	const struct fl_sweep_sink sink = { 0 };
	struct fl_sweep_result result;
	struct fl_fault fault;
	struct fl_ledger ledger;
	struct sim sim;
	size_t n = 0;

	o.allowed = allowed;
	for (; globs[o.nallowed]; o.nallowed++)
		allowed[o.nallowed] = (struct fl_allowed){ globs[o.nallowed], "a reason" };
	sim_init(&sim, 3);
	sim.bug = bug;
	fl_ledger_init(&ledger);
	if (fl_sweep_run(&o, &sim_ops, &sim, &sink, &ledger, &result, &fault))
		fail_msg("%s: %s", fl_fault_tag_name(fault.tag), fault.text);
	assert_int_equal(result.status, status);
	assert_true(result.sums.exhausted);
	for (; want[n]; n++) {
		assert_true(n < ledger.nfindings);
		assert_string_equal(ledger.findings[n].fingerprint, want[n]);
	}
	assert_int_equal(ledger.nfindings, n);
	fl_ledger_release(&ledger);
	sim_release(&sim);
}

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void test_none(void **state)
{
	(void)state;
	expect_findings(LIST("WARNING*elsewhere*", "*sim"), FL_EXIT_FINDING,
			LIST("WARNING sim_1", "KASAN sim_2"));
}

static void test_one(void **state)
{
	(void)state;
	expect_findings(LIST("WARNING at sim.c:*"), FL_EXIT_FINDING, LIST("KASAN sim_2"));
}

static void test_all(void **state)
{
	(void)state;
	expect_findings(LIST("WARNING: * at sim.c:[0-9] sim_?+*", "*slab-use-after-free*"),
			FL_EXIT_OK, LIST(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_none, sweep_make_dir, sweep_remove_dir),
		cmocka_unit_test_setup_teardown(test_one, sweep_make_dir, sweep_remove_dir),
		cmocka_unit_test_setup_teardown(test_all, sweep_make_dir, sweep_remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
