/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_is_held_back_until_released, setup, teardown),
		cmocka_unit_test_setup_teardown(test_never_released, setup, teardown),
		cmocka_unit_test_setup_teardown(test_status, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cannot_be_run, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
