/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job.c - a command in the foreground: it has the terminal until it ends. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "rlimit.h"
#include "repl_impl.h"

#define POLL_MS 50
#define SHOWN_AFTERWARDS 10
#define GRACE_NS UINT64_C(2000000000) /* for a command that is told to end */

__attribute__((noreturn)) static void become(const char *command, int gate)
{
	sigset_t none;
	char go;

	setpgid(0, 0);
	/* released once the rules know us and the terminal is ours */
	if (read(gate, &go, 1) != 1)
		_exit(125);
	fl_rlimit_restore();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGTSTP, SIG_DFL);
	signal(SIGTTOU, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

/*
 * We are to leave: nothing is injected any more, and the command gets as long
 * as it takes to end by itself, within limits. False: not even SIGKILL helps.
 */
static bool hurry(struct fl_repl *r, pid_t pid, uint64_t *since)
{
	uint64_t now = fl_now_ns(), waited = *since ? now - *since : 0;

	if (!*since) {
		*since = now;
		for (size_t i = 0; i < r->nentries; i++)
			fl_session_disarm(r->entries[i]->session);
		kill(-pid, SIGTERM);
		kill(-pid, SIGCONT);
	}
	if (waited > GRACE_NS)
		kill(-pid, SIGKILL);
	return waited <= 2 * GRACE_NS;
}

/* Until it ends; when it stops it is sent on, for there is nobody else here. */
static int wait_for(struct fl_repl *r, pid_t pid)
{
	uint64_t leaving_since = 0;
	int status;

	for (;;) {
		pid_t got = waitpid(pid, &status, WNOHANG | WUNTRACED);

		if (got == pid && WIFSTOPPED(status)) {
			tcsetpgrp(STDIN_FILENO, pid);
			kill(-pid, SIGCONT);
		} else if (got == pid) {
			return status;
		} else if (got < 0 && errno != EINTR) {
			return -1;
		}
		if (r->leaving && !hurry(r, pid, &leaving_since))
			return -1;
		fl_repl_pump(r);
		/* the command's end comes as a signal, which ends this early */
		poll(&(struct pollfd){ .fd = r->signal_fd, .events = POLLIN }, 1, POLL_MS);
		fl_repl_signals(r);
	}
}

int fl_repl_job(struct fl_repl *r, const char *command, bool is_child)
{
	struct termios modes;
	int gate[2], status = -1;
	ssize_t n;
	pid_t pid;

	if (pipe2(gate, O_CLOEXEC))
		return -1;
	tcgetattr(STDIN_FILENO, &modes);
	pid = fork();
	if (!pid) {
		close(gate[1]);
		become(command, gate[0]);
	}
	close(gate[0]);
	if (pid > 0) {
		setpgid(pid, pid);
		for (size_t i = 0; is_child && i < r->nentries; i++)
			fl_session_add_child(r->entries[i]->session, pid);
		tcsetpgrp(STDIN_FILENO, pid);
		n = write(gate[1], "g", 1);
		(void)n; /* without it the command ends with 125 */
	}
	close(gate[1]);
	if (pid > 0) {
		r->quiet = true;
		status = wait_for(r, pid);
		r->quiet = false;
		/* SIGTTOU is ignored: we are in the background now */
		tcsetpgrp(STDIN_FILENO, getpgrp());
		tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
	}
	return status;
}

static void add_acted(struct fl_repl *r, struct fl_ref ref, void *arg)
{
	uint64_t *sum = arg;
	struct fl_counts c;

	(void)r;
	fl_session_rule_counts(ref.entry->session, ref.rule, &c);
	*sum += c.injected + c.fired;
}

void fl_repl_run(struct fl_repl *r, const char *command)
{
	uint64_t before = 0, after = 0;
	size_t seen = r->nevents;
	int status;

	fl_repl_each(r, add_acted, &before);
	status = fl_repl_job(r, command, true);
	fl_repl_pump(r);
	fl_repl_each(r, add_acted, &after);
	if (status < 0)
		fl_repl_say(r, "error: it could not be run\n");
	else if (WIFSIGNALED(status))
		fl_repl_say(r, "ended by signal %d", WTERMSIG(status));
	else
		fl_repl_say(r, "exited with status %d", WEXITSTATUS(status));
	if (status < 0)
		return;
	fl_repl_say(r, "; %llu injections and other actions while it ran\n",
		    (unsigned long long)(after - before));
	if (r->nevents > seen)
		fl_repl_events(r, "",
			       r->nevents - seen < SHOWN_AFTERWARDS ? r->nevents - seen
								    : SHOWN_AFTERWARDS);
}
