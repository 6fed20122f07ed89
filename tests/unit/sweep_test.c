/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole campaign on a simulated kernel: undisturbed, limited, killed, resumed. */
#include "unit.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "describe.h"
#include "file.h"
#include "sweep_fixture.h"

#define NPOINTS 40
#define DIED 77 /* what a machine that crashed exits with */

static char last_note[1024];

static void note(void *arg, const char *text)
{
	(void)arg;
	snprintf(last_note, sizeof(last_note), "%s", text);
}

struct end {
	struct fl_sweep_result result;
	struct fl_fault fault;
	struct fl_ledger ledger;
	int err;
};

static void sweep(struct sim *sim, const struct fl_sweep_opts *o, struct end *end)
{
	const struct fl_sweep_sink sink = { .note = note };

	*end = (struct end){ 0 };
	fl_ledger_init(&end->ledger);
	end->err = fl_sweep_run(o, &sim_ops, sim, &sink, &end->ledger, &end->result, &end->fault);
}

static void crash(size_t point)
{
	(void)point;
	_exit(DIED);
}

/* One process of a campaign; its exit status is the sweep's, or DIED. */
static void one_process(const char *boot, const struct fl_agenda_opts *agenda)
{
	struct fl_sweep_opts o = sweep_options(boot);
	struct sim sim;
	struct end end;

	sim_init(&sim, NPOINTS);
	sim.crash = crash;
	sim.bug = sweep_steady;
	o.agenda = *agenda;
	sweep(&sim, &o, &end);
	_exit(end.err ? fl_fault_exit(&end.fault) : end.result.status);
}

/*
 * Processes until one finishes: a new boot after a crash or where a fresh machine
 * is wanted. With @random they are killed at random moments, a machine at every
 * third; returns how many there were.
 */
static int campaign(const struct fl_agenda_opts *agenda, uint64_t *random)
{
	char boot[32], machine[128];
	int status, n, boots = 1;

	snprintf(machine, sizeof(machine), "%s/machine", sweep_dir);
	for (n = 1; n < 1000; n++) {
		pid_t pid;

		snprintf(boot, sizeof(boot), "boot-%d", boots);
		pid = fork();
		if (!pid)
			one_process(boot, agenda);
		if (random)
			sweep_kill(pid, random);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFSIGNALED(status) && n % 3 == 0) {
			/* as a supervisor writes it down */
			assert_int_equal(fl_replace_file(machine, 0600, "cut\n", 4), 0);
			boots++;
		} else if (WIFEXITED(status) &&
			   (WEXITSTATUS(status) == DIED || WEXITSTATUS(status) == FL_EXIT_FRESH)) {
			unlink(machine);
			boots++;
		} else if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), FL_EXIT_FINDING);
			return n;
		}
	}
	fail_msg("no end after %d processes", n);
	return n;
}

static bool has(const char *text, const char *line)
{
	char with[256];

	snprintf(with, sizeof(with), "\n%s\n", line);
	return strstr(text, with) || !strncmp(text, with + 1, strlen(line));
}

static void expect_lines(const char *text, const char *const *lines)
{
	for (; *lines; lines++) {
		if (!has(text, *lines))
			fail_msg("no '%s' in\n%s", *lines, text);
	}
}

static size_t count(const char *text, const char *start)
{
	size_t n = 0;

	for (const char *line = text; *line; line = strchr(line, '\n') + 1)
		n += !strncmp(line, start, strlen(start));
	return n;
}

/* Once each, by the first call: what needs more is not found, all else is. */
static void test_plain(void **state)
{
	static const char *const want[] = {
		"finding KASAN sim_2: sim_2",
		"finding WARNING sim_3: sim_3",
		"finding leak sim_5: sim_5",
		"finding hang sim_wait_7: sim_7",
		"finding crash caller_8 entry: sim_8",
		"finding NULL pointer sim_9: sim_9",
		"finding check: the data of 10 are gone: sim_10",
		"finding lockdep sim_16: sim_16",
		"finding damage caller_17 entry: sim_17",
		"tried sim_17 1 0 0: absorbed",
		"tried sim_18 1 0 0: handled",
		"tried sim_0 1 0 0: handled",
		"tried sim_1 1 0 0: absorbed",
		"tried sim_4 1 0 0: handled",
		"tried sim_5 1 0 0: handled",
		"tried sim_7 1 0 0: hang",
		"tried sim_8 1 0 0: crash",
		"point sim_39 1 1",
		"point sim_100014 0 0",
		NULL,
	};
	char *text;

	(void)state;
	campaign(&sweep_plain, NULL);
	text = sweep_digest();
	expect_lines(text, want);
	assert_int_equal(count(text, "finding "), 10);
	assert_non_null(strstr(text, "finding state"));
	assert_int_equal(count(text, "point "), NPOINTS + 2);
	free(text);
}

/* All calls, going on failing, and pairs: everything that was planted. */
static void test_thorough(void **state)
{
	static const char *const want[] = {
		"finding KASAN sim_11: sim_11",	    "finding KASAN sim_12: sim_12",
		"finding KASAN sim_13: sim_100013", "point sim_100014 1 0",
		"tried sim_100014 1 0 1: handled",  NULL,
	};
	char *text;

	(void)state;
	campaign(&sweep_thorough, NULL);
	text = sweep_digest();
	expect_lines(text, want);
	assert_int_equal(count(text, "finding "), 13);
	free(text);
}

/* kill -9 of the process, and of the machine, at random moments. */
static void test_killed(void **state)
{
	uint64_t random = 5;
	char *undisturbed, *text;
	int n;

	(void)state;
	campaign(&sweep_thorough, NULL);
	undisturbed = sweep_digest();
	for (int round = 0; round < 3; round++) {
		sweep_clear_dir();
		n = campaign(&sweep_thorough, &random);
		text = sweep_digest();
		assert_string_equal(text, undisturbed);
		print_message("%d processes\n", n);
		free(text);
	}
	free(undisturbed);
}

static void expect_refused(enum fl_fault_tag tag, int status, struct sim *sim,
			   const struct fl_sweep_opts *o)
{
	struct end end;

	sweep(sim, o, &end);
	assert_int_not_equal(end.err, 0);
	assert_int_equal(end.fault.tag, tag);
	assert_int_equal(fl_fault_exit(&end.fault), status);
	fl_ledger_release(&end.ledger);
	sim_release(sim);
}

static enum sim_bug no_bug(size_t i)
{
	(void)i;
	return SIM_NONE;
}

static void sweep_clean(const struct fl_sweep_opts *o, size_t npoints, struct end *end)
{
	struct sim sim;

	sim_init(&sim, npoints);
	sim.bug = no_bug;
	sweep(&sim, o, end);
	sim_release(&sim);
	if (end->err)
		fail_msg("%s: %s", fl_fault_tag_name(end->fault.tag), end->fault.text);
}

static void test_refused(void **state)
{
	struct fl_sweep_opts o = sweep_options("b");
	char path[128];
	struct end end;
	struct sim sim;

	(void)state;
	sim_init(&sim, 3);
	sim.baseline_cannot = true;
	expect_refused(FL_C_BASELINE_SETUP, FL_EXIT_USAGE, &sim, &o);
	sim_init(&sim, 3);
	sim.baseline_status = 2;
	expect_refused(FL_C_BASELINE_FAILED, FL_EXIT_USAGE, &sim, &o);
	sim_init(&sim, 3);
	sim.baseline_hangs = true;
	expect_refused(FL_C_BASELINE_HANG, FL_EXIT_USAGE, &sim, &o);
	sim_init(&sim, 3);
	sim.baseline_warns = true;
	expect_refused(FL_C_BASELINE_FINDING, FL_EXIT_USAGE, &sim, &o);
	sim_init(&sim, 3);
	sim.baseline_leaves = true;
	expect_refused(FL_C_BASELINE_LEFTOVERS, FL_EXIT_USAGE, &sim, &o);
	/* it did not begin, and is not in the way of another */
	snprintf(path, sizeof(path), "%s/journal.ndjson", sweep_dir);
	assert_int_not_equal(access(path, F_OK), 0);
	o.script = "script-2";
	sweep_clean(&o, 3, &end);
	fl_ledger_release(&end.ledger);
	sim_init(&sim, 3);
	sim.baseline_status = 2;
	expect_refused(FL_C_BASELINE_FAILED, FL_EXIT_USAGE, &sim, &o);
	assert_int_equal(access(path, F_OK), 0);
	/* and one whose summary cannot be written */
	snprintf(path, sizeof(path), "%s/summary.json", sweep_dir);
	unlink(path);
	assert_int_equal(mkdir(path, 0777), 0);
	sim_init(&sim, 3);
	expect_refused(FL_C_WRITE, FL_EXIT_FINDING, &sim, &o);
}

static void test_clean(void **state)
{
	struct fl_sweep_opts o = sweep_options("b");
	struct end end;

	(void)state;
	sweep_clean(&o, 5, &end);
	assert_int_equal(end.result.status, FL_EXIT_OK);
	assert_true(end.result.sums.exhausted);
	assert_int_equal(end.result.sums.found, 5);
	assert_int_equal(end.result.sums.injected, 5);
	assert_int_equal(end.ledger.outcomes[FL_OUTCOME_HANDLED], 5);
	fl_ledger_release(&end.ledger);
	/* again: nothing is left to do */
	sweep_clean(&o, 5, &end);
	assert_int_equal(end.result.status, FL_EXIT_OK);
	assert_int_equal(end.ledger.trials, 5);
	fl_ledger_release(&end.ledger);
}

static void test_idle(void **state)
{
	struct fl_sweep_opts o = sweep_options("b");
	struct end end;

	(void)state;
	sweep_clean(&o, 0, &end);
	assert_int_equal(end.result.status, FL_EXIT_IDLE);
	fl_ledger_release(&end.ledger);
}

static void test_budget(void **state)
{
	struct fl_sweep_opts o = sweep_options("b");
	struct end end;

	(void)state;
	o.budget_trials = 2;
	sweep_clean(&o, 5, &end);
	assert_int_equal(end.result.status, FL_EXIT_OK);
	assert_string_equal(end.result.reason, "budget");
	assert_false(end.result.sums.exhausted);
	assert_int_equal(end.result.sums.injected, 2);
	assert_int_equal(end.result.sums.left[FL_LEFT_TODO], 3);
	fl_ledger_release(&end.ledger);
	o.budget_trials = 0;
	sweep_clean(&o, 5, &end);
	assert_true(end.result.sums.exhausted);
	assert_int_equal(end.ledger.trials, 5);
	fl_ledger_release(&end.ledger);
}

static void test_other_journal(void **state)
{
	struct fl_sweep_opts o = sweep_options("b");
	char path[128];
	struct end end;
	struct sim sim;
	FILE *f;

	(void)state;
	sweep_clean(&o, 2, &end);
	fl_ledger_release(&end.ledger);
	o.script = "script-2";
	sim_init(&sim, 2);
	expect_refused(FL_C_OTHER_SCRIPT, FL_EXIT_USAGE, &sim, &o);
	o = sweep_options("b");
	o.kernel = "6.13.0";
	sim_init(&sim, 2);
	expect_refused(FL_C_OTHER_KERNEL, FL_EXIT_USAGE, &sim, &o);
	o = sweep_options("b");
	o.build_id = "0123";
	sim_init(&sim, 2);
	expect_refused(FL_C_OTHER_KERNEL, FL_EXIT_USAGE, &sim, &o);
	/* a line that is right for itself, but not after those before */
	snprintf(path, sizeof(path), "%s/journal.ndjson", sweep_dir);
	f = fopen(path, "a");
	assert_non_null(f);
	fputs("{\"type\":\"end\",\"n\":99,\"outcome\":\"handled\"}\n", f);
	fclose(f);
	sim_init(&sim, 2);
	expect_refused(FL_C_INCONSISTENT, FL_EXIT_USAGE, &sim, &o);
}

static enum sim_bug only_oops(size_t i)
{
	return i == 1 ? SIM_OOPS : SIM_NONE;
}

/* After an oops the same boot is not good enough. */
static void test_dirty(void **state)
{
	struct fl_sweep_opts o = sweep_options("b");
	struct end end;
	struct sim sim;

	(void)state;
	sim_init(&sim, 3);
	sim.bug = only_oops;
	sweep(&sim, &o, &end);
	assert_int_equal(end.err, 0);
	assert_int_equal(end.result.status, FL_EXIT_FRESH);
	fl_ledger_release(&end.ledger);
	sim_release(&sim);
	sim_init(&sim, 3);
	expect_refused(FL_C_DIRTY, FL_EXIT_FRESH, &sim, &o);
	o.boot = "b2";
	sweep_clean(&o, 3, &end);
	assert_int_equal(end.result.status, FL_EXIT_FINDING);
	fl_ledger_release(&end.ledger);
}

/* Shards share no point, and together have all. */
static void test_shards(void **state)
{
	bool done[200] = { false };

	(void)state;
	for (uint32_t shard = 0; shard < 3; shard++) {
		struct fl_sweep_opts o = sweep_options("b");
		struct end end;

		o.agenda.shard = shard;
		o.agenda.nshards = 3;
		sweep_clean(&o, 200, &end);
		assert_true(end.result.sums.exhausted);
		assert_true(end.result.sums.found > 40 && end.result.sums.found < 100);
		for (size_t i = 0; i < end.ledger.nspots; i++) {
			assert_false(end.ledger.spots[i].injected && done[i]);
			done[i] |= end.ledger.spots[i].injected;
		}
		fl_ledger_release(&end.ledger);
		sweep_clear_dir();
	}
	for (size_t i = 0; i < COUNT(done); i++)
		assert_true(done[i]);
}

static void test_only(void **state)
{
	static const struct {
		const char *only;
		size_t found;
	} globs[] = {
		{ "sim_1*", 11 },      { "caller_3", 1 }, { "*:sim_4", 1 },
		{ "caller_5+0x1", 1 }, { "entry", 20 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(globs); i++) {
		struct fl_sweep_opts o = sweep_options("b");
		struct end end;

		o.agenda.only = globs[i].only;
		sweep_clean(&o, 20, &end);
		assert_int_equal(end.result.sums.found, globs[i].found);
		assert_int_equal(end.ledger.trials, globs[i].found);
		fl_ledger_release(&end.ledger);
		sweep_clear_dir();
	}
}

/* What leaves out all points is no success. */
static void test_nothing_chosen(void **state)
{
	struct fl_sweep_opts o = sweep_options("b");
	struct end end;

	(void)state;
	o.agenda.only = "no_such_*";
	sweep_clean(&o, 5, &end);
	assert_int_equal(end.result.status, FL_EXIT_IDLE);
	assert_string_equal(end.result.reason, "nothing chosen");
	assert_int_equal(end.ledger.trials, 0);
	fl_ledger_release(&end.ledger);
	/* a shard may have none */
	o = sweep_options("b");
	o.agenda.shard = 0;
	o.agenda.nshards = 1000;
	sweep_clean(&o, 5, &end);
	assert_int_equal(end.result.status, FL_EXIT_OK);
	fl_ledger_release(&end.ledger);
}

/* The disk is full for a while: it ends, says so, and goes on later with all that it had. */
static void test_full_disk(void **state)
{
	struct fl_sweep_opts o = sweep_options("b");
	struct rlimit old, low;
	struct end end;
	struct sim sim;
	char *whole, *text;

	(void)state;
	sweep_clean(&o, 30, &end);
	fl_ledger_release(&end.ledger);
	whole = sweep_digest();
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_IGN);
	for (rlim_t size = 100; size < 9000; size += 1111) {
		sweep_clear_dir();
		low = old;
		low.rlim_cur = size;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
		sim_init(&sim, 30);
		sim.bug = no_bug;
		sweep(&sim, &o, &end);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		sim_release(&sim);
		fl_ledger_release(&end.ledger);
		if (end.err) {
			assert_int_equal(end.fault.tag, FL_C_JOURNAL_FULL);
			assert_int_equal(fl_fault_exit(&end.fault), FL_EXIT_FINDING);
			assert_non_null(strstr(end.fault.hint, "make room"));
		}
		sweep_clean(&o, 30, &end);
		assert_int_equal(end.result.status, FL_EXIT_OK);
		fl_ledger_release(&end.ledger);
		text = sweep_digest();
		assert_string_equal(text, whole);
		free(text);
	}
	signal(SIGXFSZ, SIG_DFL);
	free(whole);
}

static void give_values(void *arg, const struct fl_spot *s, struct fl_value_list *list)
{
	(void)arg;
	(void)s;
	*list = (struct fl_value_list){ 3, { -12, -5, -22 } };
}

static void test_values_and_occurrences(void **state)
{
	static const struct {
		enum fl_occurrence occurrence;
		uint32_t nth;
		size_t trials, found;
	} kinds[] = {
		{ FL_OCCURRENCE_FIRST, 0, 12, 4 }, { FL_OCCURRENCE_LAST, 0, 12, 4 },
		{ FL_OCCURRENCE_ALL, 0, 36, 4 },   { FL_OCCURRENCE_NTH, 2, 12, 4 },
		{ FL_OCCURRENCE_NTH, 9, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct fl_sweep_opts o = sweep_options("b");
		struct end end;

		o.agenda.values = give_values;
		o.agenda.occurrence = kinds[i].occurrence;
		o.agenda.nth = kinds[i].nth;
		sweep_clean(&o, 4, &end);
		assert_int_equal(end.ledger.trials, kinds[i].trials);
		assert_int_equal(end.result.sums.found, kinds[i].found);
		assert_int_equal(end.ledger.outcomes[FL_OUTCOME_MISSED], 0);
		fl_ledger_release(&end.ledger);
		sweep_clear_dir();
	}
}

static enum sim_bug sometimes(size_t i)
{
	return i == 1 ? SIM_SOMETIMES : SIM_NONE;
}

/* A point that is not reached every time is tried again, and said to be unstable. */
static void test_unstable(void **state)
{
	struct fl_sweep_opts o = sweep_options("b");
	struct sim sim;
	struct end end;

	(void)state;
	sim_init(&sim, 3);
	sim.bug = sometimes;
	sweep(&sim, &o, &end);
	assert_int_equal(end.err, 0);
	assert_int_equal(end.result.sums.unstable, 1);
	assert_non_null(strstr(last_note,
			       "1 point is in one baseline and not in the other, such as "
			       "sim_1 called by caller_1+0x1"));
	assert_int_equal(end.result.sums.injected, 3);
	assert_true(end.result.sums.exhausted);
	fl_ledger_release(&end.ledger);
	sim_release(&sim);
}

/* The keys that the contract has, and numbers that agree. */
static void test_summary(void **state)
{
	static const char *const keys[] = { "v",	"points",	    "trials",
					    "outcomes", "exhausted",	    "seconds",
					    "findings", "baseline_seconds", NULL };
	cJSON *j, *findings;
	char *text;

	(void)state;
	campaign(&sweep_plain, NULL);
	text = sweep_read("summary.json");
	j = cJSON_Parse(text);
	assert_non_null(j);
	assert_int_equal(cJSON_GetArraySize(j), COUNT(keys) - 1);
	for (size_t i = 0; keys[i]; i++)
		assert_true(cJSON_HasObjectItem(j, keys[i]));
	findings = cJSON_GetObjectItem(j, "findings");
	assert_int_equal(cJSON_GetArraySize(findings), 10);
	assert_true(cJSON_HasObjectItem(cJSON_GetArrayItem(findings, 0), "first"));
	cJSON_Delete(j);
	free(text);
	text = sweep_read("1/log");
	assert_non_null(strstr(text, "KASAN"));
	free(text);
	text = sweep_read("1/path");
	assert_non_null(strstr(text, "caller_2+0x1"));
	free(text);
	text = sweep_read("1/replay");
	assert_non_null(strstr(text, "faultline replay "));
	free(text);
}

static void test_replay(void **state)
{
	const struct fl_sweep_sink sink = { .note = note };
	struct fl_sweep_opts o = sweep_options("other-boot");
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_ledger l;
	struct sim sim;
	int shown = 0;

	(void)state;
	campaign(&sweep_plain, NULL);
	fl_ledger_init(&l);
	assert_int_equal(fl_ledger_read(&l, sweep_dir, &fault), 0);
	for (uint32_t id = 1; id <= l.nfindings; id++) {
		/* seen on the console of the machine that it killed */
		if (!strcmp(l.findings[id - 1].kind, "crash"))
			continue;
		sim_init(&sim, NPOINTS);
		if (fl_sweep_replay(&o, &sim_ops, &sim, &sink, &l, id, &shown, &fault))
			fail_msg("%s", fault.text);
		if (!shown)
			fail_msg("'%s' did not show again", l.findings[id - 1].fingerprint);
		sim_release(&sim);
	}
	sim_init(&sim, NPOINTS);
	assert_int_not_equal(fl_sweep_replay(&o, &sim_ops, &sim, &sink, &l, 99, &shown, &fault), 0);
	assert_int_equal(fault.tag, FL_C_NO_FINDING);
	fl_ledger_release(&l);
}

/* A trial that died, with what the machine's console has of it. */
static void test_console(void **state)
{
	struct fl_agenda_opts agenda = sweep_plain;
	char path[128];
	static const char log[] = "[    1.0] faultline[7]: trial 1: f\n"
				  "[    1.1] BUG: KASAN: wild in old+0x1/0x2\n"
				  "[    1.2] faultline[7]: trial 9: sim_8\n"
				  "[    1.3] BUG: kernel NULL pointer dereference, address: 0000\n"
				  "[    1.4] Call Trace:\n[    1.5]  sim_dies+0x1/0x2\n"
				  "[    1.6] Kernel panic - not syncing: Fatal exception\n";
	struct fl_sweep_opts o = sweep_options("boot-2");
	struct sim sim;
	struct end end;
	int status;
	pid_t pid;

	(void)state;
	agenda.only = "sim_8";
	pid = fork();
	if (!pid)
		one_process("boot-1", &agenda);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), DIED);
	snprintf(path, sizeof(path), "%s/console", sweep_dir);
	assert_int_equal(fl_replace_file(path, 0600, log, strlen(log)), 0);
	o.console = path;
	o.agenda.only = "sim_8";
	sim_init(&sim, NPOINTS);
	sweep(&sim, &o, &end);
	assert_int_equal(end.err, 0);
	assert_int_equal(end.ledger.nfindings, 1);
	assert_string_equal(end.ledger.findings[0].fingerprint, "NULL pointer sim_dies");
	assert_int_equal(end.ledger.outcomes[FL_OUTCOME_CRASH], 1);
	assert_int_equal(end.result.status, FL_EXIT_FINDING);
	fl_ledger_release(&end.ledger);
	sim_release(&sim);
}

int main(void)
{
#define SWEEP(test) cmocka_unit_test_setup_teardown(test, sweep_make_dir, sweep_remove_dir)
	const struct CMUnitTest tests[] = {
		SWEEP(test_plain),	   SWEEP(test_thorough),
		SWEEP(test_killed),	   SWEEP(test_refused),
		SWEEP(test_dirty),	   SWEEP(test_clean),
		SWEEP(test_idle),	   SWEEP(test_budget),
		SWEEP(test_other_journal), SWEEP(test_shards),
		SWEEP(test_only),	   SWEEP(test_nothing_chosen),
		SWEEP(test_full_disk),	   SWEEP(test_values_and_occurrences),
		SWEEP(test_unstable),	   SWEEP(test_summary),
		SWEEP(test_replay),	   SWEEP(test_console),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
