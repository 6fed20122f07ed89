/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shards of a campaign on the simulated kernel, put together. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "file.h"
#include "merge.h"
#include "settings.h"
#include "shard.h"
#include "sweep_fixture.h"

#define NPOINTS 40
#define NSHARDS 4

static char shard_dirs[NSHARDS + 2][80], whole_dir[80];
static char notes[4096];
static const char *grows; /* a line that a journal gets between the two readings */

static int make_dirs(void **state)
{
	int err = sweep_make_dir(state);

	for (size_t i = 0; i < COUNT(shard_dirs); i++)
		snprintf(shard_dirs[i], sizeof(shard_dirs[i]), "%s/s%zu", sweep_dir, i);
	snprintf(whole_dir, sizeof(whole_dir), "%s/whole", sweep_dir);
	return err;
}

static void note(void *arg, const char *text)
{
	size_t len = strlen(notes);

	(void)arg;
	snprintf(notes + len, sizeof(notes) - len, "%s\n", text);
	if (grows) {
		char path[128];
		FILE *f;

		snprintf(path, sizeof(path), "%s/journal.ndjson", shard_dirs[0]);
		f = fopen(path, "a");
		assert_non_null(f);
		fprintf(f, "%s\n", grows);
		fclose(f);
	}
}

/* What does not end a process, or need a fresh machine. */
static enum sim_bug harmless(size_t i)
{
	switch (sim_bug(i)) {
	case SIM_CRASH:
	case SIM_OOPS:
	case SIM_DAMAGE:
	case SIM_SOMETIMES:
		return SIM_NONE;
	default:
		return sim_bug(i);
	}
}

static void sweep_with(const char *dir, const char *shard, const char *depth,
		       struct fl_sweep_opts *o)
{
	struct fl_record_option options[] = { { "depth", depth }, { "shard", shard } };
	static const struct fl_sweep_sink silent;
	struct fl_sweep_result result;
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_settings settings;
	struct fl_ledger l;
	struct sim sim;

	fl_settings_init(&settings);
	o->dir = dir;
	o->options = options;
	o->noptions = shard ? 2 : 1;
	for (size_t i = 0; i < o->noptions; i++)
		assert_true(fl_settings_set(&settings, options[i].name, options[i].value));
	o->agenda = settings.agenda;
	sim_init(&sim, NPOINTS);
	sim.bug = harmless;
	fl_ledger_init(&l);
	if (fl_sweep_run(o, &sim_ops, &sim, &silent, &l, &result, &fault))
		fail_msg("%s", fault.text);
	fl_ledger_release(&l);
	sim_release(&sim);
}

static void sweep_in(const char *dir, const char *shard, struct fl_sweep_opts *o)
{
	sweep_with(dir, shard, "2", o);
}

/* Shard @i of NSHARDS, from 0, into folder number @to. */
static void sweep_shard(size_t i, size_t to, uint64_t budget)
{
	struct fl_sweep_opts o = sweep_options("b");
	char shard[16];

	o.budget_trials = budget;
	snprintf(shard, sizeof(shard), "%zu/%d", i + 1, NSHARDS);
	sweep_in(shard_dirs[to], shard, &o);
}

static int merge(size_t n, struct fl_ledger *l, struct fl_fault *fault)
{
	char *dirs[COUNT(shard_dirs)];
	struct fl_merge_opts o = { .dirs = dirs, .ndirs = n, .out = whole_dir, .note = note };

	for (size_t i = 0; i < n; i++)
		dirs[i] = shard_dirs[i];
	notes[0] = '\0';
	*fault = (struct fl_fault){ .tag = FL_NO_FAULT };
	fl_ledger_init(l);
	return fl_merge(&o, l, fault);
}

/* The digest of another folder than the fixture's. */
static char *digest_of(const char *dir)
{
	char kept[sizeof(sweep_dir)], *text;

	memcpy(kept, sweep_dir, sizeof(kept));
	snprintf(sweep_dir, sizeof(sweep_dir), "%s", dir);
	text = sweep_digest();
	memcpy(sweep_dir, kept, sizeof(kept));
	return text;
}

static void expect_exhausted(const char *dir, bool exhausted)
{
	struct fl_agenda_sums sums;
	struct fl_settings settings;
	struct fl_agenda a;
	struct fl_ledger l;

	fl_ledger_init(&l);
	assert_int_equal(fl_ledger_read(&l, dir, NULL), 0);
	fl_settings_of(&settings, &l);
	fl_agenda_init(&a, &settings.agenda, &l);
	fl_agenda_sum(&a, &sums);
	assert_int_equal(sums.exhausted, exhausted);
	fl_ledger_release(&l);
}

/* As one sweep of all: the same points, outcomes and findings. */
static void test_whole(void **state)
{
	struct fl_sweep_opts o = sweep_options("b");
	char *alone, *together, path[128];
	struct fl_fault fault;
	struct fl_ledger l;

	(void)state;
	sweep_in(shard_dirs[NSHARDS], NULL, &o);
	alone = digest_of(shard_dirs[NSHARDS]);
	for (size_t i = 0; i < NSHARDS; i++)
		sweep_shard(i, (i + 2) % NSHARDS, 0);
	if (merge(NSHARDS, &l, &fault))
		fail_msg("%s", fault.text);
	assert_int_equal(l.status, FL_EXIT_FINDING);
	assert_string_equal(l.reason, "exhausted");
	assert_string_equal(notes, "");
	together = digest_of(whole_dir);
	assert_string_equal(together, alone);
	expect_exhausted(whole_dir, true);
	for (size_t i = 1; i <= l.nfindings; i++) {
		snprintf(path, sizeof(path), "%s/%zu/log", whole_dir, i);
		assert_int_equal(access(path, R_OK), 0);
	}
	snprintf(path, sizeof(path), "%s/summary.json", whole_dir);
	assert_int_equal(access(path, R_OK), 0);
	fl_ledger_release(&l);
	free(alone);
	free(together);
}

static void expect_refused(size_t n, enum fl_fault_tag tag, const char *text)
{
	struct fl_fault fault;
	struct fl_ledger l;

	assert_int_not_equal(merge(n, &l, &fault), 0);
	fl_ledger_release(&l);
	if (fault.tag != tag || !strstr(fault.text, text))
		fail_msg("%s: %s", fl_fault_tag_name(fault.tag), fault.text);
	assert_int_equal(fl_fault_exit(&fault), FL_EXIT_USAGE);
	assert_int_not_equal(access(whole_dir, F_OK), 0);
}

static void test_missing(void **state)
{
	(void)state;
	sweep_shard(0, 0, 0);
	expect_refused(1, FL_C_MERGE_MISSING, "shards 2, 3, 4 of 4 are missing");
	sweep_shard(2, 1, 0);
	sweep_shard(3, 2, 0);
	expect_refused(3, FL_C_MERGE_MISSING, "shard 2 of 4 is missing");
	/* a folder without a journal */
	expect_refused(4, FL_C_NO_JOURNAL, "s3'");
}

/* One that did not come to its end, and a later one of the same shard that did. */
static void test_twice(void **state)
{
	struct fl_fault fault;
	struct fl_ledger l;
	uint64_t trials;

	(void)state;
	for (size_t i = 0; i < NSHARDS; i++)
		sweep_shard(i, i, i == 2 ? 1 : 0);
	assert_int_equal(merge(NSHARDS, &l, &fault), 0);
	assert_int_equal(l.status, FL_EXIT_FINDING);
	assert_string_equal(l.reason, "merged");
	assert_non_null(strstr(notes, "shard 3, "));
	assert_non_null(strstr(notes, "is not exhausted"));
	fl_ledger_release(&l);
	expect_exhausted(whole_dir, false);
	/* the folder is taken now */
	assert_int_not_equal(merge(NSHARDS, &l, &fault), 0);
	assert_int_equal(fault.tag, FL_C_MERGE_TAKEN);
	fl_ledger_release(&l);
	sweep_remove_tree(whole_dir);
	sweep_shard(2, 4, 0);
	sweep_shard(0, 5, 0);
	assert_int_equal(merge(NSHARDS + 2, &l, &fault), 0);
	assert_string_equal(l.reason, "exhausted");
	assert_non_null(strstr(notes, "shard 3 is duplicate"));
	assert_non_null(strstr(notes, "s2' is ignored"));
	assert_non_null(strstr(notes, "s5' is ignored"));
	trials = l.trials;
	fl_ledger_release(&l);
	/* nothing is counted twice */
	sweep_remove_tree(whole_dir);
	sweep_remove_tree(shard_dirs[2]);
	sweep_shard(2, 2, 0);
	assert_int_equal(merge(NSHARDS, &l, &fault), 0);
	assert_int_equal(l.trials, trials);
	fl_ledger_release(&l);
}

/* One folder named twice, and a copy of it: the whole is that of four. */
static void test_same(void **state)
{
	char *once, *twice;
	struct fl_fault fault;
	struct fl_ledger l;
	uint64_t trials;

	(void)state;
	for (size_t i = 0; i < NSHARDS; i++)
		sweep_shard(i, i, 0);
	assert_int_equal(merge(NSHARDS, &l, &fault), 0);
	trials = l.trials;
	fl_ledger_release(&l);
	once = digest_of(whole_dir);
	sweep_remove_tree(whole_dir);
	memcpy(shard_dirs[NSHARDS], shard_dirs[1], sizeof(shard_dirs[1]));
	sweep_shard(2, NSHARDS + 1, 0);
	assert_int_equal(merge(NSHARDS + 2, &l, &fault), 0);
	assert_non_null(strstr(notes, "shard 2 is duplicate"));
	assert_non_null(strstr(notes, "shard 3 is duplicate"));
	assert_int_equal(l.trials, trials);
	fl_ledger_release(&l);
	twice = digest_of(whole_dir);
	assert_string_equal(twice, once);
	free(once);
	free(twice);
}

static void test_foreign(void **state)
{
	struct fl_sweep_opts o = sweep_options("b");

	(void)state;
	sweep_shard(0, 0, 0);
	o.script = "script-2";
	sweep_in(shard_dirs[1], "2/4", &o);
	expect_refused(2, FL_C_MERGE_SCRIPT, "s1' has other rules");
	sweep_remove_tree(shard_dirs[1]);
	o = sweep_options("b");
	o.kernel = "6.13.0";
	sweep_in(shard_dirs[1], "2/4", &o);
	expect_refused(2, FL_C_MERGE_KERNEL, "s1' is for kernel 6.13.0");
	sweep_remove_tree(shard_dirs[1]);
	o = sweep_options("b");
	o.build_id = "0123";
	sweep_in(shard_dirs[1], "2/4", &o);
	expect_refused(2, FL_C_MERGE_KERNEL, "another build");
	sweep_remove_tree(shard_dirs[1]);
	o = sweep_options("b");
	sweep_in(shard_dirs[1], "2/3", &o);
	expect_refused(2, FL_C_MERGE_SHARDS, "s1' is a shard of 3");
	sweep_remove_tree(shard_dirs[1]);
	o = sweep_options("b");
	sweep_in(shard_dirs[1], NULL, &o);
	expect_refused(2, FL_C_MERGE_SHARDS, "s1' is a shard of 1");
	sweep_remove_tree(shard_dirs[1]);
	o = sweep_options("b");
	sweep_with(shard_dirs[1], "2/4", "1", &o);
	expect_refused(2, FL_C_MERGE_OPTIONS, "' were swept with different --depth");
}

/* What is copied is not what was read first. */
static void test_at_work(void **state)
{
	static const struct {
		const char *line;
		enum fl_fault_tag tag;
		const char *text;
	} cases[] = {
		{ "{\"type\":\"point\",\"id\":9999,\"key\":\"00\",\"function\":\"f\",\"path\":[]}",
		  FL_C_MERGE_BUSY, "a sweep is running in '" },
		{ "{\"type\":\"end\",\"n\":9999,\"outcome\":\"handled\"}", FL_C_MERGE_UNFIT,
		  "s0' is inconsistent with the others: a trial ends that did not begin" },
	};
	struct fl_sweep_opts o = sweep_options("b");
	struct fl_fault fault;
	struct fl_ledger l;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		sweep_clear_dir();
		sweep_in(shard_dirs[0], NULL, &o);
		sweep_in(shard_dirs[1], NULL, &o);
		/* the note is that one of them is left out */
		grows = cases[i].line;
		assert_int_not_equal(merge(2, &l, &fault), 0);
		grows = NULL;
		if (fault.tag != cases[i].tag || !strstr(fault.text, cases[i].text))
			fail_msg("%s: %s", fl_fault_tag_name(fault.tag), fault.text);
		assert_int_equal(fl_fault_exit(&fault), FL_EXIT_USAGE);
		fl_ledger_release(&l);
	}
}

#define SETTINGS 5

/* What fl_shard_of_environment() says with nothing but @set in the environment. */
static const char *shard_by(const char *const set[SETTINGS][2], char *buf, size_t size)
{
	static const char *const all[] = { "SHARD_INDEX",	   "SHARD_NUMBER",
					   "CI_NODE_INDEX",	   "CI_NODE_TOTAL",
					   "JOB_COMPLETIONS",	   "JOB_COMPLETION_INDEX",
					   "SLURM_ARRAY_TASK_ID",  "SLURM_ARRAY_TASK_COUNT",
					   "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP" };

	for (size_t i = 0; i < COUNT(all); i++)
		unsetenv(all[i]);
	for (size_t i = 0; i < SETTINGS && set[i][0]; i++)
		setenv(set[i][0], set[i][1], 1);
	return fl_shard_of_environment(buf, size);
}

static void test_environment(void **state)
{
	static const struct {
		const char *set[SETTINGS][2];
		const char *shard, *by;
	} cases[] = {
		{ { { NULL } }, NULL, NULL },
		{ { { "SHARD_INDEX", "2" } }, NULL, NULL },
		{ { { "SHARD_INDEX", "2" }, { "SHARD_NUMBER", "4" } }, "2/4", "SHARD_INDEX" },
		{ { { "CI_NODE_INDEX", "1" }, { "CI_NODE_TOTAL", "3" } }, "1/3", "CI_NODE_INDEX" },
		{ { { "JOB_COMPLETION_INDEX", "0" }, { "JOB_COMPLETIONS", "8" } },
		  "1/8",
		  "JOB_COMPLETION_INDEX" },
		{ { { "JOB_COMPLETION_INDEX", "7" }, { "SHARD_NUMBER", "8" } },
		  "8/8",
		  "JOB_COMPLETION_INDEX" },
		{ { { "SLURM_ARRAY_TASK_ID", "3" }, { "SLURM_ARRAY_TASK_COUNT", "4" } },
		  "4/4",
		  "SLURM_ARRAY_TASK_ID" },
		{ { { "SLURM_ARRAY_TASK_ID", "3" },
		    { "SLURM_ARRAY_TASK_COUNT", "4" },
		    { "SLURM_ARRAY_TASK_MIN", "1" } },
		  "3/4",
		  "SLURM_ARRAY_TASK_ID" },
		{ { { "SLURM_ARRAY_TASK_ID", "15" },
		    { "SLURM_ARRAY_TASK_COUNT", "3" },
		    { "SLURM_ARRAY_TASK_MIN", "5" },
		    { "SLURM_ARRAY_TASK_STEP", "5" } },
		  "3/3",
		  "SLURM_ARRAY_TASK_ID" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char shard[64] = "";
		const char *by = shard_by(cases[i].set, shard, sizeof(shard));

		if (!cases[i].by) {
			assert_null(by);
			continue;
		}
		assert_string_equal(by, cases[i].by);
		assert_string_equal(shard, cases[i].shard);
	}
}

/* Refused, and not taken for a share of another size. */
static void test_nonsense(void **state)
{
	static const struct {
		const char *set[SETTINGS][2];
		const char *shard;
	} cases[] = {
		{ { { "SHARD_INDEX", "" }, { "SHARD_NUMBER", "4" } }, "/4" },
		{ { { "SHARD_INDEX", "2x" }, { "SHARD_NUMBER", "4" } }, "2x/4" },
		{ { { "SHARD_INDEX", "0" }, { "SHARD_NUMBER", "4" } }, "0/4" },
		{ { { "SHARD_INDEX", "5" }, { "SHARD_NUMBER", "4" } }, "5/4" },
		{ { { "SHARD_INDEX", "1" }, { "SHARD_NUMBER", "0" } }, "1/0" },
		{ { { "SHARD_INDEX", "1" }, { "SHARD_NUMBER", "4/4" } }, "1/4/4" },
		{ { { "SHARD_INDEX", " 1" }, { "SHARD_NUMBER", "4" } }, " 1/4" },
		{ { { "SHARD_INDEX", "18446744073709551617" }, { "SHARD_NUMBER", "4" } },
		  "18446744073709551617/4" },
		{ { { "CI_NODE_INDEX", "null" }, { "CI_NODE_TOTAL", "3" } }, "null/3" },
		{ { { "CI_NODE_INDEX", "0" }, { "CI_NODE_TOTAL", "3" } }, "0/3" },
		{ { { "JOB_COMPLETION_INDEX", "-1" }, { "JOB_COMPLETIONS", "8" } }, "-1/8" },
		{ { { "JOB_COMPLETION_INDEX", "8" }, { "JOB_COMPLETIONS", "8" } }, "9/8" },
		{ { { "JOB_COMPLETION_INDEX", "9223372036854775807" }, { "JOB_COMPLETIONS", "8" } },
		  "9223372036854775807/8" },
		/* an array with gaps of several sizes: 1,3,7 */
		{ { { "SLURM_ARRAY_TASK_ID", "7" },
		    { "SLURM_ARRAY_TASK_COUNT", "3" },
		    { "SLURM_ARRAY_TASK_MIN", "1" } },
		  "7/3" },
		{ { { "SLURM_ARRAY_TASK_ID", "6" },
		    { "SLURM_ARRAY_TASK_COUNT", "10" },
		    { "SLURM_ARRAY_TASK_MIN", "1" },
		    { "SLURM_ARRAY_TASK_STEP", "0" } },
		  "(6-1)/0/10" },
		{ { { "SLURM_ARRAY_TASK_ID", "4" },
		    { "SLURM_ARRAY_TASK_COUNT", "10" },
		    { "SLURM_ARRAY_TASK_MIN", "1" },
		    { "SLURM_ARRAY_TASK_STEP", "2" } },
		  "(4-1)/2/10" },
		{ { { "SLURM_ARRAY_TASK_ID", "4294967294" },
		    { "SLURM_ARRAY_TASK_COUNT", "4" },
		    { "SLURM_ARRAY_TASK_MIN", "1" } },
		  "(4294967294-1)/1/4" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fl_settings settings;
		char shard[64] = "";

		fl_settings_init(&settings);
		assert_non_null(shard_by(cases[i].set, shard, sizeof(shard)));
		assert_string_equal(shard, cases[i].shard);
		if (fl_settings_set(&settings, "shard", shard))
			fail_msg("%s is taken", shard);
	}
}

int main(void)
{
#define MERGE(test) cmocka_unit_test_setup_teardown(test, make_dirs, sweep_remove_dir)
	const struct CMUnitTest tests[] = {
		MERGE(test_whole),
		MERGE(test_missing),
		MERGE(test_twice),
		MERGE(test_same),
		MERGE(test_foreign),
		MERGE(test_at_work),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
