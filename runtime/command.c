/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rlimit.h"

/* In the new process: wait at the gate, then exec or say why not. */
__attribute__((noreturn)) static void become(char *const argv[], const sigset_t *mask, int gate,
					     int report)
{
	ssize_t n;
	char go;
	int err;

	do {
		n = read(gate, &go, 1);
	} while (n < 0 && errno == EINTR);
	if (n != 1) /* faultline is gone: nothing was armed */
		_exit(125);
	fl_rlimit_restore();
	sigprocmask(SIG_SETMASK, mask, NULL);
	signal(SIGPIPE, SIG_DFL); /* faultline itself may ignore it */
	execvp(argv[0], argv);
	err = errno;
	n = write(report, &err, sizeof(err));
	_exit(n == (ssize_t)sizeof(err) && err == ENOENT ? 127 : 126);
}

int fl_command_start(struct fl_command *c, char *const argv[], const void *mask)
{
	int gate[2], report[2], err;

	memset(c, 0, sizeof(*c));
	if (pipe2(gate, O_CLOEXEC))
		return -errno;
	if (pipe2(report, O_CLOEXEC)) {
		err = errno;
		close(gate[0]);
		close(gate[1]);
		return -err;
	}
	c->pid = fork();
	err = errno;
	if (c->pid == 0) {
		close(gate[1]);
		close(report[0]);
		become(argv, mask, gate[0], report[1]);
	}
	close(gate[0]);
	close(report[1]);
	c->gate = gate[1];
	c->report = report[0];
	if (c->pid < 0) {
		close(c->gate);
		close(c->report);
		c->pid = 0;
		return -err;
	}
	return 0;
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
		close(c->gate);
		close(c->report);
		waitpid(c->pid, &c->status, 0);
	}
	c->pid = 0;
}

int fl_command_exit_status(const struct fl_command *c)
{
	if (WIFSIGNALED(c->status))
		return 128 + WTERMSIG(c->status);
	return WEXITSTATUS(c->status);
}
