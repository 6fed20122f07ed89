/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a sweep goes, as a terminal and as a file get it. */
#include "unit.h"

#include <errno.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "progress.h"
#include "sweep_fixture.h"

#define CLEAR "\r\033[K"
#define NPOINTS 60

/* Findings of their own, six of them. */
static enum sim_bug bug(size_t i)
{
	return i % 10 == 5 ? SIM_WARNING : SIM_NONE;
}

static void on_note(void *arg, const char *text)
{
	fl_progress_note(arg, text);
}

static void on_finding(void *arg, uint32_t id, const struct fl_known_finding *f)
{
	fl_progress_finding(arg, id, f);
}

/* Each time is due, so that the test need not wait for it. */
static void on_progress(void *arg, const struct fl_ledger *l, const struct fl_agenda *a)
{
	struct fl_progress *p = arg;

	p->drawn_ns = 0;
	fl_progress_draw(p, l, a);
}

/* A campaign on the simulated kernel that reports to @fd; its number of findings. */
static size_t sweep(int fd, bool quiet)
{
	struct fl_sweep_opts o = sweep_options("boot");
	struct fl_progress progress;
	const struct fl_sweep_sink sink = {
		.arg = &progress, .note = on_note, .finding = on_finding, .progress = on_progress
	};
	struct fl_sweep_result result;
	struct fl_fault fault;
	struct fl_ledger ledger;
	struct sim sim;
	size_t n;

	fl_progress_init(&progress, fd, "DIR", quiet);
	sim_init(&sim, NPOINTS);
	sim.bug = bug;
	fl_ledger_init(&ledger);
	if (fl_sweep_run(&o, &sim_ops, &sim, &sink, &ledger, &result, &fault))
		fail_msg("%s", fault.text);
	fl_progress_clear(&progress);
	n = ledger.nfindings;
	fl_ledger_release(&ledger);
	sim_release(&sim);
	return n;
}

/* What the sweep wrote, in *text; the number of its findings. */
static size_t run(bool terminal, bool quiet, unsigned short columns, char **text)
{
	struct winsize size = { .ws_row = 24, .ws_col = columns };
	char buf[4096];
	size_t len;
	FILE *all = open_memstream(text, &len);
	int master, slave, status;
	ssize_t n;
	pid_t pid;

	assert_non_null(all);
	if (terminal) {
		assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
	} else {
		int fds[2];

		assert_int_equal(pipe(fds), 0);
		master = fds[0];
		slave = fds[1];
	}
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(master);
		_exit((int)sweep(slave, quiet));
	}
	close(slave);
	/* a terminal without a program on it gives EIO */
	while ((n = read(master, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, (size_t)n, all);
	close(master);
	assert_int_equal(fclose(all), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return (size_t)WEXITSTATUS(status);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
		n++;
	return n;
}

/* Findings are lines of their own, with what shows them again. */
static void expect_findings(const char *text, size_t n, const char *end)
{
	char line[64];

	assert_true(n > 5);
	for (size_t i = 1; i <= n; i++) {
		snprintf(line, sizeof(line), "finding %zu: ", i);
		assert_int_equal(count(text, line), 1);
		snprintf(line, sizeof(line), "  faultline replay DIR/%zu%s", i, end);
		assert_int_equal(count(text, line), 1);
	}
}

static void test_terminal(void **state)
{
	char *text;
	size_t n;

	(void)state;
	setenv("TERM", "xterm", 1);
	n = run(true, false, 120, &text);
	expect_findings(text, n, "\r\n");
	assert_true(count(text, CLEAR) > NPOINTS / 2);
	assert_true(count(text, "60 points left, 0 findings, ") > 0);
	assert_true(count(text, "/s, ") > NPOINTS / 2);
	/* the line is never left behind: what follows it clears it first */
	for (const char *at = strstr(text, " trials, "); at; at = strstr(at + 1, " trials, "))
		assert_memory_equal(strpbrk(at, "\r\n"), CLEAR, strlen(CLEAR));
	free(text);
}

/* Cut at the right edge it stays one line. */
static void test_narrow(void **state)
{
	char *text;

	(void)state;
	setenv("TERM", "xterm", 1);
	run(true, false, 30, &text);
	for (const char *at = strstr(text, CLEAR); at; at = strstr(at, CLEAR)) {
		at += strlen(CLEAR);
		if (strtoul(at, NULL, 10) || *at == '0')
			assert_true(strcspn(at, "\r\n") <= 29);
	}
	assert_true(count(text, " trials, ") > NPOINTS / 2);
	free(text);
}

static void test_file(void **state)
{
	char *text;
	size_t n;

	(void)state;
	n = run(false, false, 0, &text);
	expect_findings(text, n, "\n");
	assert_int_equal(count(text, "\r"), 0);
	assert_int_equal(count(text, "\033"), 0);
	/* lines of minutes, of which the test makes one for each trial */
	assert_true(count(text, " points left, ") > NPOINTS / 2);
	assert_int_equal(count(text, " points left, "), count(text, " left\n"));
	free(text);
}

static void test_quiet_and_dumb(void **state)
{
	char *text;

	(void)state;
	setenv("TERM", "xterm", 1);
	assert_true(run(true, true, 80, &text) > 5);
	assert_int_equal(count(text, " points left, "), 0);
	free(text);
	setenv("TERM", "dumb", 1);
	run(true, false, 80, &text);
	assert_int_equal(count(text, "\033"), 0);
	free(text);
}

/* Nothing is due before a minute is over. */
static void test_minute(void **state)
{
	const struct fl_agenda_opts o = { .depth = 1 };
	struct fl_progress p;
	struct fl_agenda agenda;
	struct fl_ledger l;
	int fds[2];
	char c;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	fl_ledger_init(&l);
	fl_agenda_init(&agenda, &o, &l);
	fl_progress_init(&p, fds[1], "DIR", false);
	fl_progress_draw(&p, &l, &agenda);
	close(fds[1]);
	assert_int_equal(read(fds[0], &c, 1), 0);
	close(fds[0]);
	fl_ledger_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_terminal, sweep_make_dir, sweep_remove_dir),
		cmocka_unit_test_setup_teardown(test_narrow, sweep_make_dir, sweep_remove_dir),
		cmocka_unit_test_setup_teardown(test_file, sweep_make_dir, sweep_remove_dir),
		cmocka_unit_test_setup_teardown(test_quiet_and_dumb, sweep_make_dir,
						sweep_remove_dir),
		cmocka_unit_test(test_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
