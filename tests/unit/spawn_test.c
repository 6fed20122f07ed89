/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "root.h"
#include "spawn.h"

static sigset_t mask;

static int setup(void **state)
{
	(void)state;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	root_make();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	root_remove();
	return 0;
}

static int start(struct fl_command *c, char *const *argv)
{
	const struct fl_command_opts opts = { .argv = argv, .mask = &mask };

	return fl_command_start(c, &opts);
}

/* Wait for the end of a command that was released. */
static void wait_end(struct fl_command *c)
{
	siginfo_t info;

	assert_int_equal(waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOWAIT), 0);
	assert_true(fl_command_poll(c));
	assert_true(fl_command_poll(c));
}

static void test_is_held_back_until_released(void **state)
{
	char *argv[] = { (char *)"touch", strdup(root_path("done")), NULL };
	struct fl_command c;

	(void)state;
	assert_int_equal(start(&c, argv), 0);
	assert_true(c.pid > 0);
	assert_false(fl_command_poll(&c));
	assert_int_not_equal(access(argv[1], F_OK), 0);
	assert_int_equal(fl_command_release(&c), 0);
	wait_end(&c);
	assert_int_equal(access(argv[1], F_OK), 0);
	assert_int_equal(fl_command_exit_status(&c), 0);
	fl_command_drop(&c);
	free(argv[1]);
}

static void test_never_released(void **state)
{
	char *argv[] = { (char *)"touch", strdup(root_path("done")), NULL };
	struct fl_command c;
	pid_t pid;

	(void)state;
	assert_int_equal(start(&c, argv), 0);
	pid = c.pid;
	fl_command_drop(&c);
	assert_int_equal(waitpid(pid, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_not_equal(access(argv[1], F_OK), 0);
	free(argv[1]);
}

static void test_status(void **state)
{
	static const struct {
		const char *script;
		int status;
	} cases[] = { { "exit 0", 0 }, { "exit 42", 42 }, { "kill -TERM $$", 128 + SIGTERM } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *argv[] = { (char *)"sh", (char *)"-c", (char *)cases[i].script, NULL };
		struct fl_command c;

		assert_int_equal(start(&c, argv), 0);
		assert_int_equal(fl_command_release(&c), 0);
		wait_end(&c);
		assert_int_equal(fl_command_exit_status(&c), cases[i].status);
		fl_command_drop(&c);
	}
}

static void test_cannot_be_run(void **state)
{
	static const struct {
		const char *name;
		int err, status;
	} cases[] = { { "/no/such/command", -ENOENT, 127 }, { "/etc", -EACCES, 126 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char *argv[] = { (char *)cases[i].name, NULL };
		struct fl_command c;

		assert_int_equal(start(&c, argv), 0);
		assert_int_equal(fl_command_release(&c), cases[i].err);
		assert_true(fl_command_poll(&c));
		assert_int_equal(fl_command_exit_status(&c), cases[i].status);
		fl_command_drop(&c);
	}
}

static volatile sig_atomic_t handled;

static void handle(int sig)
{
	(void)sig;
	handled++;
}

/* The two share their memory until the exec, but no handler, and no errno. */
static void test_signals_at_the_gate(void **state)
{
	struct sigaction action = { .sa_handler = handle };
	char *argv[] = { (char *)"sleep", (char *)"60", NULL };
	struct fl_command c;

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	assert_int_equal(start(&c, argv), 0);
	errno = EXDEV;
	assert_int_equal(kill(c.pid, SIGSTOP), 0);
	assert_int_equal(kill(c.pid, SIGUSR1), 0);
	assert_int_equal(kill(c.pid, SIGCONT), 0);
	usleep(20000);
	assert_int_equal(errno, EXDEV);
	fl_command_release(&c);
	wait_end(&c);
	assert_int_equal(fl_command_exit_status(&c), 128 + SIGUSR1);
	assert_int_equal(handled, 0);
	fl_command_drop(&c);
	/* this process still has its handler */
	raise(SIGUSR1);
	assert_int_equal(handled, 1);
	signal(SIGUSR1, SIG_DFL);
}

static void test_killed_at_the_gate(void **state)
{
	char *argv[] = { (char *)"true", NULL };
	struct fl_command c;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(start(&c, argv), 0);
	assert_int_equal(kill(c.pid, SIGKILL), 0);
	wait_end(&c);
	assert_int_equal(fl_command_release(&c), -EPIPE);
	assert_int_equal(fl_command_exit_status(&c), 128 + SIGKILL);
	fl_command_drop(&c);
	signal(SIGPIPE, SIG_DFL);
}

/*
 * What was passed may be gone at the release; a script without a first line that names a
 * shell is run by sh with as many arguments as the kernel takes.
 */
static void test_arguments_are_kept(void **state)
{
	enum { N = 30000 };
	char **argv = calloc(N + 2, sizeof(*argv)), *script = strdup(root_path("script"));
	char *out = strdup(root_path("out"));
	int fds[] = { -1, open(out, O_CREAT | O_WRONLY | O_CLOEXEC, 0600), -1 };
	struct fl_command c;
	FILE *f;
	int n;

	(void)state;
	f = fopen(script, "w");
	assert_non_null(f);
	fputs("echo $#\n", f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(script, 0700), 0);
	argv[0] = script;
	for (size_t i = 1; i <= N; i++)
		argv[i] = (char *)"x";
	{
		const struct fl_command_opts opts = { .argv = argv, .fds = fds };

		assert_int_equal(fl_command_start(&c, &opts), 0);
	}
	memset(argv, 0xff, (N + 2) * sizeof(*argv));
	free(argv);
	memset(script, 'y', strlen(script));
	free(script);
	assert_int_equal(fl_command_release(&c), 0);
	wait_end(&c);
	assert_int_equal(fl_command_exit_status(&c), 0);
	fl_command_drop(&c);
	close(fds[1]);
	f = fopen(out, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &n), 1);
	assert_int_equal(n, N);
	fclose(f);
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_is_held_back_until_released, setup, teardown),
		cmocka_unit_test_setup_teardown(test_never_released, setup, teardown),
		cmocka_unit_test_setup_teardown(test_status, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cannot_be_run, setup, teardown),
		cmocka_unit_test_setup_teardown(test_signals_at_the_gate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_killed_at_the_gate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_arguments_are_kept, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
