/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rlimit.h"

/* Signals that a shell resets for a command, whatever this process ignores. */
static void restore_signals(const struct fl_command_opts *opts)
{
	static const int job[] = { SIGINT, SIGQUIT, SIGTSTP, SIGTTOU };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, opts->mask ? opts->mask : &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	for (size_t i = 0; opts->own_group && i < sizeof(job) / sizeof(job[0]); i++)
		signal(job[i], SIG_DFL);
}

static void take_fds(const int *fds)
{
	for (int i = 0; fds && i < 3; i++) {
		if (fds[i] >= 0)
			dup2(fds[i], i);
	}
}

/* In the new process: wait at the gate, then exec or say why not. */
__attribute__((noreturn)) static void become(const struct fl_command_opts *opts, int gate,
					     int report)
{
	ssize_t n;
	char go;
	int err;

	if (opts->own_group)
		setpgid(0, 0);
	do {
		n = read(gate, &go, 1);
	} while (n < 0 && errno == EINTR);
	if (n != 1) /* faultline is gone: nothing was armed */
		_exit(125);
	if (opts->ends_with_us)
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	fl_rlimit_restore();
	take_fds(opts->fds);
	restore_signals(opts);
	execvp(opts->argv[0], opts->argv);
	err = errno;
	n = write(report, &err, sizeof(err));
	_exit(n == (ssize_t)sizeof(err) && err == ENOENT ? 127 : 126);
}

static void close_both(int *a, int *b)
{
	close(*a);
	close(*b);
	*a = *b = -1;
}

/* Both ends of the gate and of the report, and the process between them. */
static int start(struct fl_command *c, const struct fl_command_opts *opts, int gate[2],
		 int report[2])
{
	int err;

	c->pid = fork();
	if (c->pid < 0) {
		err = -errno;
		c->pid = 0;
		return err;
	}
	if (!c->pid) {
		close(gate[1]);
		close(report[0]);
		become(opts, gate[0], report[1]);
	}
	/* both do it, for neither knows who comes first */
	if (opts->own_group)
		setpgid(c->pid, c->pid);
	c->pid_fd = pidfd_open(c->pid, 0);
	return c->pid_fd < 0 ? -errno : 0;
}

int fl_command_start(struct fl_command *c, const struct fl_command_opts *opts)
{
	int gate[2], report[2], err;

	memset(c, 0, sizeof(*c));
	c->name = opts->argv[0];
	c->gate = c->report = c->pid_fd = -1;
	if (pipe2(gate, O_CLOEXEC))
		return -errno;
	if (pipe2(report, O_CLOEXEC)) {
		err = -errno;
		close_both(&gate[0], &gate[1]);
		return err;
	}
	err = start(c, opts, gate, report);
	close_both(&gate[0], &report[1]);
	c->gate = gate[1];
	c->report = report[0];
	if (err && !c->pid)
		close_both(&c->gate, &c->report);
	if (err)
		fl_command_drop(c);
	return err;
}

int fl_command_release(struct fl_command *c)
{
	int err = 0;
	ssize_t n;

	n = write(c->gate, "g", 1);
	close(c->gate);
	c->gate = -1;
	if (n != 1)
		return -EPIPE;
	/* A successful exec closes the other end. */
	do {
		n = read(c->report, &err, sizeof(err));
	} while (n < 0 && errno == EINTR);
	close(c->report);
	c->report = -1;
	if (n != (ssize_t)sizeof(err))
		return 0;
	c->exec_errno = err;
	waitpid(c->pid, &c->status, 0);
	c->ended = true;
	return -err;
}

bool fl_command_poll(struct fl_command *c)
{
	if (c->pid && !c->ended && waitpid(c->pid, &c->status, WNOHANG) == c->pid)
		c->ended = true;
	return c->ended;
}

void fl_command_drop(struct fl_command *c)
{
	if (!c->pid)
		return;
	if (c->gate >= 0) {
		close_both(&c->gate, &c->report);
		waitpid(c->pid, &c->status, 0);
	}
	if (c->pid_fd >= 0)
		close(c->pid_fd);
	c->pid = 0;
}

int fl_command_exit_status(const struct fl_command *c)
{
	if (WIFSIGNALED(c->status))
		return 128 + WTERMSIG(c->status);
	return WEXITSTATUS(c->status);
}
