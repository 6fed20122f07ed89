/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machines that are run again until their campaign is finished: shell scripts that
 * write a journal, and this program itself with a sweep of the simulated kernel.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ending.h"
#include "file.h"
#include "supervise.h"
#include "sweep_fixture.h"

#define NPOINTS 40
#define DIES 8
#define SPINS 20 /* the machine hangs there */
#define LIMIT_NS UINT64_C(3000000000)
#define LONG_NS UINT64_C(200000000000)

/* --- a machine that sweeps ------------------------------------------------------ */

static enum sim_bug bug(size_t i)
{
	return i == SPINS ? SIM_CRASH : sweep_steady(i);
}

static void crash(size_t point)
{
	printf("[    9.1] faultline[7]: trial 3: sim_%zu\n", point);
	if (point == DIES) {
		puts("[    9.2] BUG: kernel NULL pointer dereference, address: 0000\n"
		     "[    9.3] Call Trace:\n[    9.4]  sim_dies+0x1/0x2");
		fflush(stdout);
		_exit(77);
	}
	puts("[    9.2] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [sh:1]\n"
	     "[    9.3] Call Trace:\n[    9.4]  sim_spins+0x1/0x2");
	fflush(stdout);
	for (;;)
		pause();
}

/* Each time in one trial; in another one only once. */
static void vanish(size_t point)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/vanished", sweep_dir);
	if (point == DIES || open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) >= 0)
		_exit(77);
}

static enum sim_bug no_hang(size_t i)
{
	return i == SPINS ? SIM_NONE : sweep_steady(i);
}

static int machine(const char *dir, const char *how)
{
	static const struct fl_sweep_sink silent;
	struct fl_sweep_result result;
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_sweep_opts o;
	struct fl_ledger l;
	struct sim sim;
	char boot[32];

	snprintf(sweep_dir, sizeof(sweep_dir), "%s", dir);
	snprintf(boot, sizeof(boot), "boot-%d", getpid());
	o = sweep_options(boot);
	o.agenda = sweep_thorough;
	sim_init(&sim, NPOINTS);
	sim.bug = strcmp(how, "dies") ? bug : no_hang;
	sim.crash = strcmp(how, "vanishes") ? crash : vanish;
	fl_ledger_init(&l);
	if (fl_sweep_run(&o, &sim_ops, &sim, &silent, &l, &result, &fault)) {
		fprintf(stderr, "%s\n", fault.text);
		return fl_fault_exit(&fault);
	}
	fl_ledger_release(&l);
	sim_release(&sim);
	return result.status;
}

static char *self[] = { (char *)"/proc/self/exe", (char *)"--machine", sweep_dir, NULL, NULL };

/* --- supervising ---------------------------------------------------------------- */

static char notes[65536];

static void note(void *arg, const char *text)
{
	size_t len = strlen(notes);

	(void)arg;
	snprintf(notes + len, sizeof(notes) - len, "%s\n", text);
}

static int supervise(char *const *argv, const struct fl_supervise_opts *more,
		     struct fl_supervised *out, struct fl_fault *fault)
{
	struct fl_supervise_opts o = *more;

	o.dir = sweep_dir;
	o.argv = argv;
	o.output = -1;
	o.note = note;
	notes[0] = '\0';
	*fault = (struct fl_fault){ .tag = FL_NO_FAULT };
	return fl_supervise(&o, out, fault);
}

static const struct fl_supervise_opts patient = { .idle_ns = LONG_NS, .stall_ns = LONG_NS };
static const struct fl_supervise_opts strict = { .idle_ns = LIMIT_NS, .stall_ns = LONG_NS };

static const char start[] =
	"cd \"$1\"; j=journal.ndjson; n=1; [ ! -e n ] || n=$(($(cat n) + 1)); echo $n >n\n"
	"say() { echo \"$@\" >>$j; }\n"
	"begin() { say '{\"type\":\"begin\",\"n\":'$1',\"point\":0}'; }\n"
	"end() { say '{\"type\":\"end\",\"n\":'$1',\"outcome\":\"'$2'\",\"us\":1}'; }\n"
	"done_() { say '{\"type\":\"done\",\"status\":'$1',\"reason\":\"'$2'\"}'; }\n"
	"[ -e $j ] || say '{\"type\":\"campaign\",\"v\":1,\"script\":\"s\","
	"\"kernel\":\"k\",\"argv\":[],\"options\":{}}'\n"
	"start() { say '{\"type\":\"start\",\"boot\":\"b'$n'\",\"at\":1,\"torn\":0,"
	"\"options\":{}}'; }\n"
	"point() { say '{\"type\":\"point\",\"id\":0,\"key\":\"00\",\"rule\":1,"
	"\"function\":\"f\",\"path\":[\"g+0x1\"],\"trial\":0,\"after\":false,\"calls\":1}'"
	"; }\n";

/* A shell's machine; $1 is the folder, and it begins at boot $n. */
static int shell(const char *script, const struct fl_supervise_opts *more,
		 struct fl_supervised *out, struct fl_fault *fault)
{
	char *argv[] = { (char *)"sh", (char *)"-c", NULL, (char *)"sh", sweep_dir, NULL };
	int err;

	assert_true(asprintf(&argv[2], "%s%s", start, script) > 0);
	err = supervise(argv, more, out, fault);
	free(argv[2]);
	return err;
}

/* shell(), for a campaign that is finished. */
static struct fl_supervised finish(const char *script, const struct fl_supervise_opts *more)
{
	struct fl_supervised out;
	struct fl_fault fault;

	if (shell(script, more, &out, &fault))
		fail_msg("%s\n%s", fault.text, notes);
	return out;
}

static void expect_note(const char *text)
{
	if (!strstr(notes, text))
		fail_msg("no '%s' in\n%s", text, notes);
}

static void expect_file(const char *name, const char *text)
{
	char *all = sweep_read(name);

	if (!strstr(all, text))
		fail_msg("no '%s' in %s:\n%s", text, name, all);
	free(all);
}

/* Boot 1 dies in a trial, boot 2 settles that and needs a fresh machine, boot 3 ends. */
static void test_dies(void **state)
{
	struct fl_supervised out;

	(void)state;
	out = finish("start; case $n in\n"
		     "1) point; begin 1; echo dying words; kill -9 $$;;\n"
		     "2) end 1 crash; done_ 6 'fresh machine'; exit 6;;\n"
		     "3) begin 2; end 2 handled; done_ 1 exhausted;;\n"
		     "esac",
		     &patient);
	assert_int_equal(out.boots, 3);
	assert_int_equal(out.crashes, 1);
	assert_int_equal(out.hangs, 0);
	assert_int_equal(out.status, 1);
	expect_note("boot 1 died in trial 1, f called by g+0x1\n");
	expect_note("boot 2 needs a fresh machine\n");
	expect_note("boot 3 finished\n");
	expect_file("console.1", "dying words");
}

/* The machine writes its console to a file, which each boot begins anew. */
static void test_console_file(void **state)
{
	struct fl_supervise_opts o = patient;
	struct fl_supervised out;
	struct fl_fault fault;
	char path[128], *text;

	(void)state;
	snprintf(path, sizeof(path), "%s/serial", sweep_dir);
	o.console = path;
	if (shell("start; echo boot $n >>serial; echo chatter\n"
		  "case $n in 1) point; begin 1;; 2) end 1 crash; done_ 0 exhausted;; esac",
		  &o, &out, &fault))
		fail_msg("%s", fault.text);
	text = sweep_read("console.1");
	assert_string_equal(text, "boot 1\n");
	free(text);
	text = sweep_read("console.2");
	assert_string_equal(text, "boot 2\n");
	free(text);
}

/* Neither the shell nor what it started, in a session of its own, survives. */
static void test_hangs(void **state)
{
	struct fl_supervised out;
	uint64_t boot;
	char *text;

	(void)state;
	out = finish(
		"start; case $n in\n"
		"1) point; begin 1; echo $$ >pid; setsid sh -c 'echo $$ >pid2; exec sleep 1000' &\n"
		"   trap '' TERM; while [ ! -s pid2 ]; do :; done; while :; do sleep 1000; done;;\n"
		"2) cp machine note; end 1 hang; done_ 1 exhausted;;\n"
		"esac",
		&strict);
	assert_int_equal(out.boots, 2);
	assert_int_equal(out.hangs, 1);
	assert_int_equal(out.crashes, 0);
	expect_note(
		"boot 1 hung in trial 1, f called by g+0x1: journal and console did not grow\n");
	expect_file("note", "hang 1");
	text = sweep_read("pid");
	assert_int_equal(kill((pid_t)strtol(text, NULL, 10), 0), -1);
	free(text);
	text = sweep_read("pid2");
	assert_int_equal(kill((pid_t)strtol(text, NULL, 10), 0), -1);
	free(text);
	assert_int_equal(fl_ending_read(sweep_dir, &boot), FL_ENDING_CRASH);
	assert_int_equal(boot, 2);
}

/* A watchdog that goes on printing is no progress. */
static void test_babbles(void **state)
{
	const struct fl_supervise_opts o = { .idle_ns = LONG_NS, .stall_ns = LIMIT_NS };
	struct fl_supervised out;

	(void)state;
	out = finish("start; case $n in\n"
		     "1) point; begin 1; while :; do echo stuck for 22s; sleep 0.1; done;;\n"
		     "2) end 1 hang; done_ 1 exhausted;;\n"
		     "esac",
		     &o);
	assert_int_equal(out.hangs, 1);
	expect_note(": the journal did not grow\n");
	expect_file("console.1", "stuck for 22s");
}

/* A boot that does not come to sweep says nothing about the trial of the one before. */
static void test_fails_to_boot(void **state)
{
	struct fl_supervised out;

	(void)state;
	out = finish("case $n in\n"
		     "1) start; point; begin 1; exec sleep 1000;;\n"
		     "2) exit 125;;\n"
		     "3) cp machine note; start; end 1 hang; done_ 1 exhausted;;\n"
		     "esac",
		     &strict);
	expect_note("boot 2 ended with status 125 outside of a trial\n");
	expect_file("note", "hang 1");
	assert_int_equal(out.boots, 3);
	assert_int_equal(out.crashes, 0);
}

static void expect_refused(const char *script, const struct fl_supervise_opts *o,
			   enum fl_fault_tag tag, int status, uint64_t boots)
{
	struct fl_supervised out;
	struct fl_fault fault;

	sweep_clear_dir();
	assert_int_not_equal(shell(script, o, &out, &fault), 0);
	if (fault.tag != tag)
		fail_msg("%s: %s\n%s", fl_fault_tag_name(fault.tag), fault.text, notes);
	assert_int_equal(fl_fault_exit(&fault), status);
	assert_int_equal(out.boots, boots);
}

static void test_gives_up(void **state)
{
	const struct fl_supervise_opts few = { .idle_ns = LONG_NS,
					       .stall_ns = LONG_NS,
					       .max_boots = 3 };
	char *missing[] = { (char *)"/no/such/machine", NULL };
	struct fl_supervised out;
	struct fl_fault fault;

	(void)state;
	/* no sweep, or one that writes elsewhere */
	expect_refused("exit 0", &patient, FL_C_STUCK, FL_EXIT_FINDING, 2);
	assert_non_null(strstr(notes, "ended with status 0 outside of a trial"));
	/* the first boot finds a point */
	expect_refused("start; [ $n != 1 ] || point; exit 1", &patient, FL_C_STUCK, FL_EXIT_FINDING,
		       3);
	/* the same trial each time */
	expect_refused("start; case $n in 1) point;; *) end 1 cut;; esac; begin 1; exit 9",
		       &patient, FL_C_STUCK, FL_EXIT_FINDING, 3);
	/* what the sweep refused would be refused again */
	expect_refused("exit 2", &patient, FL_C_MACHINE_REFUSED, FL_EXIT_USAGE, 1);
	expect_refused("start; exit 5", &patient, FL_C_MACHINE_REFUSED, FL_EXIT_PERMISSION, 1);
	expect_refused("start; case $n in 1) point;; *) end $((n - 1)) crash;; esac; begin $n",
		       &few, FL_C_BOOTS, FL_EXIT_FINDING, 3);
	expect_refused("echo nonsense >>$j", &patient, FL_C_JOURNAL_LINE, FL_EXIT_USAGE, 1);
	assert_int_not_equal(supervise(missing, &patient, &out, &fault), 0);
	assert_int_equal(fault.tag, FL_C_JOURNAL_LINE);
	sweep_clear_dir();
	assert_int_equal(supervise(missing, &patient, &out, &fault), -ENOENT);
	assert_int_equal(fault.tag, FL_C_MACHINE);
	assert_int_equal(fl_fault_exit(&fault), FL_EXIT_USAGE);
}

/* Another process, so that it can be killed; its status is that of the command. */
static pid_t supervisor(char *const *argv, const struct fl_supervise_opts *o)
{
	pid_t pid = fork();

	if (!pid) {
		struct fl_supervised out;
		struct fl_fault fault;
		int err = supervise(argv, o, &out, &fault);

		_exit(!err				 ? out.status
		      : fault.tag == FL_C_SUPERVISE_BUSY ? 99
		      : fault.tag == FL_C_INTERRUPTED	 ? 100 + fl_fault_exit(&fault)
							 : 98);
	}
	assert_true(pid > 0);
	return pid;
}

static int wait_status(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void wait_for_file(const char *name)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", sweep_dir, name);
	while (access(path, F_OK))
		nanosleep(&moment, NULL);
}

static void test_interrupted(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	char *argv[] = { (char *)"sh", (char *)"-c", NULL, (char *)"sh", sweep_dir, NULL };

	(void)state;
	assert_true(asprintf(&argv[2],
			     "%sstart; trap 'echo >ended; exit' TERM; echo >started\n"
			     "while :; do sleep 0.1; done",
			     start) > 0);
	for (size_t i = 0; i < COUNT(signals); i++) {
		uint64_t boot;
		pid_t pid;

		sweep_clear_dir();
		pid = supervisor(argv, &patient);
		wait_for_file("started");
		kill(pid, signals[i]);
		assert_int_equal(wait_status(pid), 100 + FL_EXIT_FINDING);
		wait_for_file("ended");
		assert_int_equal(fl_ending_read(sweep_dir, &boot), FL_ENDING_CUT);
		assert_int_equal(boot, 1);
	}
	free(argv[2]);
}

/* A disk that is full before the machine is booted. */
static void test_full_disk(void **state)
{
	char *argv[] = { (char *)"true", NULL };
	struct fl_supervised out;
	struct rlimit old, none;
	struct fl_fault fault;
	int err;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = old;
	none.rlim_cur = 0;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	err = supervise(argv, &patient, &out, &fault);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(err, -EFBIG);
	assert_int_equal(fault.tag, FL_C_FOLDER_WRITE);
	assert_int_equal(fl_fault_exit(&fault), FL_EXIT_FINDING);
	assert_int_equal(out.boots, 0);
}

/* One folder, one machine. */
static void test_busy(void **state)
{
	char *argv[] = { (char *)"sh", (char *)"-c",
			 (char *)"cd $0; echo >started; exec sleep 1000", sweep_dir, NULL };
	pid_t first;

	(void)state;
	first = supervisor(argv, &patient);
	wait_for_file("started");
	assert_int_equal(wait_status(supervisor(argv, &patient)), 99);
	kill(first, SIGTERM);
	assert_int_equal(wait_status(first), 100 + FL_EXIT_FINDING);
}

static void expect_line(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no '%s' in\n%s", line, text);
}

/* A whole campaign: deaths, a hang, oopses, and what the console has of them. */
static void test_campaign(void **state)
{
	struct fl_supervised out;
	struct fl_fault fault;
	char *text;

	(void)state;
	self[3] = (char *)"hangs";
	if (supervise(self, &strict, &out, &fault))
		fail_msg("%s\n%s", fault.text, notes);
	assert_int_equal(out.status, FL_EXIT_FINDING);
	assert_true(out.crashes > 0 && out.hangs > 0);
	assert_true(out.boots > out.crashes + out.hangs);
	text = sweep_digest();
	expect_line(text, "finding NULL pointer sim_dies: sim_8\n");
	expect_line(text, "finding soft lockup sim_spins: sim_20\n");
	expect_line(text, "finding NULL pointer sim_9: sim_9\n");
	expect_line(text, "tried sim_20 1 0 0: hang\n");
	expect_line(text, "tried sim_8 1 0 0: crash\n");
	free(text);
}

/*
 * A machine that ends without a word may have been killed: its trial is done once
 * more. When that ends likewise, it is a crash.
 */
static void test_silent(void **state)
{
	struct fl_supervised out;
	struct fl_fault fault;
	char *text;

	(void)state;
	self[3] = (char *)"vanishes";
	if (supervise(self, &patient, &out, &fault))
		fail_msg("%s\n%s", fault.text, notes);
	text = sweep_digest();
	expect_line(text, "tried sim_8 1 0 0: crash\n");
	expect_line(text, "tried sim_20 1 0 0: handled\n");
	free(text);
	expect_file("journal.ndjson",
		    "\"outcome\":\"cut\",\"injected\":0,\"dirty\":true,\"silent\":true");
}

/* kill -9 of the supervisor at random moments: its machine ends, and the campaign goes on. */
static void test_killed(void **state)
{
	uint64_t random = 11;
	char *undisturbed, *text;
	int status, kills = 0;

	(void)state;
	/* adopts the machines of those that are killed */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	self[3] = (char *)"dies";
	assert_int_equal(wait_status(supervisor(self, &patient)), FL_EXIT_FINDING);
	undisturbed = sweep_digest();
	sweep_clear_dir();
	do {
		pid_t pid = supervisor(self, &patient);

		if (kills < 50) {
			sweep_kill(pid, &random);
			kills++;
		}
		status = wait_status(pid);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	} while (status == -SIGKILL || status == 99);
	assert_int_equal(status, FL_EXIT_FINDING);
	text = sweep_digest();
	assert_string_equal(text, undisturbed);
	print_message("%d kills\n", kills);
	free(text);
	free(undisturbed);
}

int main(int argc, char **argv)
{
#define MACHINE(test) cmocka_unit_test_setup_teardown(test, sweep_make_dir, sweep_remove_dir)
	const struct CMUnitTest tests[] = {
		MACHINE(test_dies),	   MACHINE(test_console_file),	MACHINE(test_hangs),
		MACHINE(test_babbles),	   MACHINE(test_fails_to_boot), MACHINE(test_gives_up),
		MACHINE(test_interrupted), MACHINE(test_busy),		MACHINE(test_campaign),
		MACHINE(test_silent),	   MACHINE(test_killed),	MACHINE(test_full_disk),
	};

	if (argc == 4 && !strcmp(argv[1], "--machine"))
		return machine(argv[2], argv[3]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
