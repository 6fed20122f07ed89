/* SPDX-License-Identifier: GPL-2.0-or-later */
/* job.c - a command in the foreground: it has the terminal until it ends. */
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "repl_impl.h"

#define POLL_MS 50
#define SHOWN_AFTERWARDS 10
#define GRACE_NS UINT64_C(2000000000) /* for a command to end after a signal */

/*
 * We are quitting: injection has stopped, and the command gets some time to
 * exit. False: not even SIGKILL helps.
 */
static bool hurry(struct fl_repl *r, pid_t pid, uint64_t *since)
{
	uint64_t now = fl_now_ns(), waited = *since ? now - *since : 0;

	if (!*since) {
		*since = now;
		fl_engine_disarm(r->engine);
		kill(-pid, SIGTERM);
		kill(-pid, SIGCONT);
	}
	if (waited > GRACE_NS)
		kill(-pid, SIGKILL);
	return waited <= 2 * GRACE_NS;
}

static bool has_stopped(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return !waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOHANG) && info.si_pid == pid;
}

/* Until it ends; continue it when it stops, because nobody else can. */
static void wait_for(struct fl_repl *r, struct fl_command *c)
{
	uint64_t leaving_since = 0;

	while (!fl_command_poll(c)) {
		if (has_stopped(c->pid)) {
			tcsetpgrp(STDIN_FILENO, c->pid);
			kill(-c->pid, SIGCONT);
		}
		if (r->leaving && !hurry(r, c->pid, &leaving_since))
			return;
		if (fl_engine_step(r->engine, POLL_MS))
			r->leaving = true;
		fl_repl_tick(r);
	}
}

int fl_repl_job(struct fl_repl *r, const char *command, bool is_child)
{
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)command, NULL };
	const struct fl_command_opts opts = {
		.argv = argv,
		.own_group = true,
		.beside = !is_child,
	};
	struct termios modes;
	struct fl_command c;
	int status = -1;

	tcgetattr(STDIN_FILENO, &modes);
	if (fl_engine_start(r->engine, &opts, &c))
		return -1;
	tcsetpgrp(STDIN_FILENO, c.pid);
	r->quiet = true;
	if (!fl_engine_release(r->engine, &c)) {
		wait_for(r, &c);
		status = c.ended ? c.status : -1;
	}
	r->quiet = false;
	fl_engine_drop(r->engine, &c);
	/* SIGTTOU is ignored: we are in the background now */
	tcsetpgrp(STDIN_FILENO, getpgrp());
	tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
	return status;
}

static void add_acted(struct fl_repl *r, struct fl_ref ref, void *arg)
{
	uint64_t *sum = arg;
	struct fl_totals t;

	(void)r;
	fl_armed_rule_totals(ref.entry->armed, ref.rule, &t);
	*sum += t.injected + t.fired;
}

void fl_repl_run(struct fl_repl *r, const char *command)
{
	uint64_t before = 0, after = 0;
	size_t seen = r->nevents;
	int status;

	fl_repl_each(r, add_acted, &before);
	status = fl_repl_job(r, command, true);
	fl_engine_drain(r->engine);
	fl_repl_each(r, add_acted, &after);
	if (status < 0)
		fl_repl_error(r, FL_P_RUN, NULL);
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
