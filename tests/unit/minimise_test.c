/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings with as little as shows them, on the simulated kernel. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "file.h"
#include "minimise.h"
#include "standalone.h"
#include "sweep_fixture.h"
#include "terms.h"

#define NPOINTS 20
#define AT(p, n, m)                                                    \
	{                                                              \
		.point = (p), .occurrence = (n), .mode = FL_INJECT_##m \
	}

static char notes[65536];

static void note(void *arg, const char *text)
{
	size_t len = strlen(notes);

	(void)arg;
	snprintf(notes + len, sizeof(notes) - len, "%s\n", text);
}

static char *standalone(void *arg, const struct fl_ledger *l, const struct fl_fault_at *faults,
			size_t n, bool fewest)
{
	static struct fl_obj_rule rule = { .text = "on sim_* return -ENOMEM" };
	static const struct fl_object obj = { .rules = &rule, .nrules = 1 };

	(void)arg;
	return fl_standalone_rules(&obj, l, faults, n, fewest);
}

static char *shell(void *arg, const char *script, bool late)
{
	char *run[] = { (char *)"true", NULL };
	const struct fl_object obj = { 0 };

	(void)arg;
	return fl_standalone_shell(&obj, run, script, late);
}

/* A journal of one finding with these faults, made of records alone. */
static void make(struct fl_ledger *l, const char *kind, const char *fingerprint,
		 const struct fl_fault_at *faults, size_t nfaults, enum fl_outcome_kind outcome)
{
	struct fl_record list[] = {
		{ .type = FL_RECORD_CAMPAIGN,
		  .version = 1,
		  .script = "script-1",
		  .kernel = "6.12.0",
		  .build_id = "abcd" },
		{ .type = FL_RECORD_START, .boot = "b" },
		{ .type = FL_RECORD_BEGIN, .n = 1, .nfaults = nfaults },
		{ .type = FL_RECORD_END, .n = 1, .outcome = outcome, .injected = 1 },
		{ .type = FL_RECORD_FINDING,
		  .id = 1,
		  .kind = kind,
		  .fingerprint = fingerprint,
		  .title = "it is wrong" },
		{ .type = FL_RECORD_BLAME, .id = 1, .n = 1 },
	};
	const char *why;

	memcpy(list[2].faults, faults, nfaults * sizeof(*faults));
	fl_ledger_init(l);
	for (size_t i = 0; i < COUNT(list); i++) {
		if (i == 2) {
			for (size_t k = 0; k < NPOINTS; k++) {
				char key[24], name[16], frame[32];
				const char *path[] = { frame, "entry+0x2" };
				const struct fl_record p = { .type = FL_RECORD_POINT,
							     .id = (uint32_t)k,
							     .key = key,
							     .function = name,
							     .path = path,
							     .npath = 2,
							     .calls = 3 };

				snprintf(key, sizeof(key), "%016llx",
					 (unsigned long long)sim_key(k));
				snprintf(name, sizeof(name), "sim_%zu", k);
				snprintf(frame, sizeof(frame), "caller_%zu+0x1", k);
				assert_int_equal(fl_ledger_apply(l, &p, &why), 0);
			}
		}
		if (fl_ledger_apply(l, &list[i], &why))
			fail_msg("%s", why);
	}
}

static enum sim_bug planted(size_t i)
{
	return i == 19				     ? SIM_RARE
	       : i < SIM_NBUGS && i != SIM_SOMETIMES ? (enum sim_bug)i
						     : SIM_NONE;
}

static void minimise(struct fl_ledger *l, struct fl_minimal *min)
{
	const struct fl_sweep_sink sink = { .note = note };
	struct fl_sweep_opts o = sweep_options("b");
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct sim sim;

	o.standalone = standalone;
	o.shell = shell;
	notes[0] = '\0';
	sim_init(&sim, NPOINTS);
	sim.bug = planted;
	if (fl_sweep_minimise(&o, &sim_ops, &sim, &sink, l, 1, min, &fault))
		fail_msg("%s: %s", fl_fault_tag_name(fault.tag), fault.text);
	sim_release(&sim);
}

static void expect_fault(const struct fl_minimal *min, uint32_t point, uint32_t occurrence,
			 enum fl_inject_mode mode)
{
	const struct fl_fault_at *f = &min->faults[min->nfaults - 1];

	assert_int_equal(f->point, point);
	assert_int_equal(f->occurrence, occurrence);
	assert_int_equal(f->mode, mode);
	assert_false(f->has_value);
}

static void test_less(void **state)
{
	static const struct {
		const char *kind, *fingerprint;
		struct fl_fault_at faults[FL_MAX_FAULTS];
		size_t nfaults, left;
		uint32_t point, occurrence;
		enum fl_inject_mode mode;
	} cases[] = {
		/* as it is */
		{ "KASAN", "KASAN sim_2", { AT(2, 1, ONCE) }, 1, 1, 2, 1, FL_INJECT_ONCE },
		/* one call, the first, with the rule's value */
		{ "KASAN",
		  "KASAN sim_2",
		  { { .point = 2,
		      .occurrence = 2,
		      .mode = FL_INJECT_ON,
		      .has_value = true,
		      .value = -5 } },
		  1,
		  1,
		  2,
		  1,
		  FL_INJECT_ONCE },
		{ "WARNING", "WARNING sim_3", { AT(3, 1, ALL) }, 1, 1, 3, 1, FL_INJECT_ONCE },
		/* only as it goes on, only the second call */
		{ "KASAN", "KASAN sim_11", { AT(11, 1, ON) }, 1, 1, 11, 1, FL_INJECT_ON },
		{ "KASAN", "KASAN sim_12", { AT(12, 2, ONCE) }, 1, 1, 12, 2, FL_INJECT_ONCE },
		/* either of a pair */
		{ "KASAN",
		  "KASAN sim_2",
		  { AT(2, 1, ONCE), AT(4, 1, ONCE) },
		  2,
		  1,
		  2,
		  1,
		  FL_INJECT_ONCE },
		{ "KASAN",
		  "KASAN sim_2",
		  { AT(1, 1, ONCE), AT(2, 1, ONCE) },
		  2,
		  1,
		  2,
		  1,
		  FL_INJECT_ONCE },
		{ "leak",
		  "leak sim_5",
		  { AT(1, 1, ONCE), AT(5, 3, ONCE) },
		  2,
		  1,
		  5,
		  1,
		  FL_INJECT_ONCE },
		{ "check",
		  "check: the data of 10 are gone",
		  { AT(10, 1, ONCE) },
		  1,
		  1,
		  10,
		  1,
		  FL_INJECT_ONCE },
		{ "hang", "hang sim_wait_7", { AT(7, 1, ONCE) }, 1, 1, 7, 1, FL_INJECT_ONCE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fl_minimal min;
		struct fl_ledger l;

		make(&l, cases[i].kind, cases[i].fingerprint, cases[i].faults, cases[i].nfaults,
		     FL_OUTCOME_FINDING);
		minimise(&l, &min);
		print_message("%s: %llu trials\n", cases[i].fingerprint,
			      (unsigned long long)min.trials);
		assert_int_equal(min.shown, 3);
		assert_int_equal(min.tries, 3);
		assert_int_equal(min.runs, 1);
		assert_int_equal(min.nfaults, cases[i].left);
		expect_fault(&min, cases[i].point, cases[i].occurrence, cases[i].mode);
		fl_ledger_release(&l);
	}
}

/* Without a kernel that looks for leaks, one cannot show. */
static void test_no_leak_checker(void **state)
{
	static const struct fl_fault_at leak = AT(5, 1, ONCE);
	const struct fl_sweep_sink sink = { .note = note };
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_sweep_opts o = sweep_options("b");
	struct fl_minimal min;
	struct fl_ledger l;
	struct sim sim;

	(void)state;
	make(&l, "leak", "leak sim_5", &leak, 1, FL_OUTCOME_FINDING);
	sim_init(&sim, NPOINTS);
	sim.has_leak_checker = false;
	assert_int_not_equal(fl_sweep_minimise(&o, &sim_ops, &sim, &sink, &l, 1, &min, &fault), 0);
	assert_int_equal(fault.tag, FL_C_NO_KMEMLEAK);
	assert_int_equal(fl_fault_exit(&fault), FL_EXIT_KERNEL);
	sim_release(&sim);
	fl_ledger_release(&l);
}

static void expect_script(const char *name, const char *text)
{
	char file[32], *script;

	snprintf(file, sizeof(file), "1/%s", name);
	script = sweep_read(file);
	if (!strstr(script, text))
		fail_msg("no '%s' in\n%s", text, script);
	free(script);
}

/* One run in eight shows it: smaller ones get as many tries as that takes. */
static void test_rare(void **state)
{
	static const struct fl_fault_at faults[] = { AT(1, 1, ONCE), AT(19, 2, ON) };
	struct fl_minimal min;
	struct fl_ledger l;

	(void)state;
	make(&l, "KASAN", "KASAN sim_19", faults, 2, FL_OUTCOME_FINDING);
	minimise(&l, &min);
	assert_int_equal(min.shown, 3);
	assert_true(min.tries > 16 && min.tries <= 24);
	assert_true(min.runs > 20 && min.runs < 40);
	assert_int_equal(min.nfaults, 1);
	expect_fault(&min, 19, 1, FL_INJECT_ONCE);
	expect_script("minimal.fault", "on sim_19 nth 1 return -ENOMEM\n");
	expect_script("minimal.sh", "for run in $(seq ");
	expect_script("minimal.sh", "minimal.fault\" -- true");
	fl_ledger_release(&l);
}

static void test_not_shown(void **state)
{
	static const struct fl_fault_at fault = AT(0, 1, ONCE);
	struct fl_minimal min;
	struct fl_ledger l;

	(void)state;
	make(&l, "KASAN", "KASAN elsewhere", &fault, 1, FL_OUTCOME_FINDING);
	minimise(&l, &min);
	assert_int_equal(min.shown, 0);
	assert_int_equal(min.tries, 60);
	fl_ledger_release(&l);
}

/* After an oops nothing more is tried; after the machine's death nothing at all. */
static void test_costs_the_machine(void **state)
{
	static const struct fl_fault_at oops = AT(9, 2, ON), dead = AT(8, 1, ONCE);
	struct fl_minimal min;
	struct fl_ledger l;

	(void)state;
	make(&l, "NULL pointer", "NULL pointer sim_9", &oops, 1, FL_OUTCOME_FINDING);
	minimise(&l, &min);
	assert_true(min.is_partial);
	assert_int_equal(min.shown, 1);
	assert_int_equal(min.trials, 1);
	expect_fault(&min, 9, 2, FL_INJECT_ON);
	expect_script("minimal.fault", "on sim_9 nth 2.. return -ENOMEM\n");
	fl_ledger_release(&l);
	make(&l, "crash", "crash caller_8 entry", &dead, 1, FL_OUTCOME_CRASH);
	minimise(&l, &min);
	assert_true(min.is_partial);
	assert_int_equal(min.trials, 0);
	expect_script("minimal.fault", "on sim_8 nth 1 return -ENOMEM\n");
	fl_ledger_release(&l);
}

/* --- terms ------------------------------------------------------------------------ */

static void add_point(struct fl_ledger *l, const char *const *path, size_t n)
{
	char key[24];
	const struct fl_record p = { .type = FL_RECORD_POINT,
				     .id = (uint32_t)l->nspots,
				     .key = key,
				     .function = "f",
				     .path = path,
				     .npath = n,
				     .calls = 2 };
	const char *why;

	snprintf(key, sizeof(key), "%zx", l->nspots + 1);
	assert_int_equal(fl_ledger_apply(l, &p, &why), 0);
}

static void expect_terms(const struct fl_ledger *l, size_t spot, const char *want)
{
	const struct fl_fault_at fault = { .point = (uint32_t)spot, .occurrence = 1 };
	char *text = standalone(NULL, l, &fault, 1, true);

	if (!strstr(text, want))
		fail_msg("point %zu: no '%s' in\n%s", spot, want, text);
	free(text);
}

/* Points 0 and 1 differ by an offset alone; 2 is the only one below open. */
static void test_terms(void **state)
{
	static const char *const a[] = { "kmalloc+0x1", "get+0x10 [m]", "read+0x1" },
				 *const b[] = { "kmalloc+0x1", "get+0x20 [m]", "read+0x1" },
				 *const c[] = { "kmalloc+0x1", "get+0x10 [m]", "open+0x1" },
				 *const d[] = { "kvmalloc+0x1", "put+0x10", "open.cold+0x1" },
				 *const e[] = { "kvmalloc+0x1", "get+0x1 [m]", "close+0x1" },
				 *const f[] = { "kvmalloc+0x1", "put+0x1", "read+0x1" };
	struct fl_ledger l;

	(void)state;
	fl_ledger_init(&l);
	add_point(&l, a, 3);
	expect_terms(&l, 0, "on f nth 1 return");
	add_point(&l, b, 3);
	add_point(&l, c, 3);
	add_point(&l, d, 3);
	add_point(&l, e, 3);
	expect_terms(&l, 2, "on f if within(open) nth 1 return");
	expect_terms(&l, 3, "on f if within(put) nth 1 return");
	expect_terms(&l, 4, "on f if within(close) nth 1 return");
	expect_terms(&l, 0,
		     "# 1 other point looks the same: the ordinal distinguishes it\n"
		     "on f if within(read) nth 1 return");
	expect_terms(&l, 1, "on f if within(read) nth 3 return");
	add_point(&l, f, 3);
	expect_terms(&l, 1, "on f if caller(kmalloc) && within(read) nth 3 return");
	expect_terms(&l, 5, "on f if within(put) && within(read) nth 1 return");
	fl_ledger_release(&l);
}

int main(void)
{
#define MINIMAL(test) cmocka_unit_test_setup_teardown(test, sweep_make_finding, sweep_remove_dir)
	const struct CMUnitTest tests[] = {
		MINIMAL(test_less),
		MINIMAL(test_rare),
		MINIMAL(test_not_shown),
		MINIMAL(test_costs_the_machine),
		MINIMAL(test_no_leak_checker),
		cmocka_unit_test(test_terms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
