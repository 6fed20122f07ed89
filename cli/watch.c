/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch.c - while rules are armed: the heartbeat, events, signals, the command's end. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "run_impl.h"

#define BEAT_MS 250
#define AGAIN_NS UINT64_C(2000000000)	/* a second Ctrl-C within that is for us */
#define GIVE_UP_NS UINT64_C(2000000000) /* from a signal on, a reader has that long */

/* All that end a run; but one that nohup has us ignore would get through, blocked. */
static void signals_of_ours(sigset_t *mask)
{
	struct sigaction hangup;

	sigemptyset(mask);
	sigaddset(mask, SIGINT);
	sigaddset(mask, SIGTERM);
	sigaddset(mask, SIGCHLD);
	if (sigaction(SIGHUP, NULL, &hangup) || hangup.sa_handler != SIG_IGN)
		sigaddset(mask, SIGHUP);
}

/*
 * Ctrl-C goes to the whole foreground group. With a command, it is meant for
 * the command: most exit, which ends the run. Others, such as an interpreter or
 * a debugger, keep running under the rules, until it is pressed twice.
 */
static bool is_the_commands(struct run *r, int signal, int code)
{
	uint64_t now = fl_now_ns(), before = r->interrupted_ns;

	if (!r->command.pid || r->command.ended || signal != SIGINT || code != SI_KERNEL)
		return false;
	r->interrupted_ns = now;
	return !before || now - before > AGAIN_NS;
}

/* A signal to us ends the run; the command gets it too, unless it has it. */
static void take_signal(struct run *r, int signal, int code)
{
	if (signal == SIGCHLD) {
		fl_command_poll(&r->command);
		return;
	}
	if (is_the_commands(r, signal, code))
		return;
	/* one that the terminal sent went to the command as well */
	if (r->command.pid && !r->command.ended && code != SI_KERNEL)
		kill(r->command.pid, signal);
	r->signal = signal;
}

static void on_signal(void *arg)
{
	struct run *r = arg;
	struct signalfd_siginfo info;

	while (read(r->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		take_signal(r, (int)info.ssi_signo, info.ssi_code);
}

void fl_run_block_signals(struct run *r)
{
	sigset_t mask;

	signals_of_ours(&mask);
	sigprocmask(SIG_BLOCK, &mask, &r->old_mask);
	/* A reader that went away is an error of writing, not the end of us. */
	signal(SIGPIPE, SIG_IGN);
	r->signal_fd = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (r->signal_fd >= 0)
		fl_engine_watch(r->engine, r->signal_fd, on_signal, r);
}

/* All that has gathered goes out in one piece. */
static void flush(struct run *r)
{
	bool shares_terminal = r->output.is_terminal && ftello(r->output.text) > 0;

	if (shares_terminal)
		fl_status_clear(r);
	fl_output_flush(&r->output);
	fl_status_draw(r);
}

static bool is_over(struct run *r)
{
	return r->signal || fl_engine_followed_ended(r->engine) || fl_command_poll(&r->command) ||
	       fl_armed_is_spent(r->armed) || r->output.error;
}

/*
 * Our reader is gone. The run continues, and ends, anyway: events without room
 * are counted as lost.
 */
bool fl_run_wait_reader(void *arg, int fd)
{
	struct run *r = arg;
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLOUT },
		{ .fd = r->signal_fd, .events = POLLIN },
	};

	if (!r->armed) {
		poll(fds, 1, -1);
		return true;
	}
	poll(fds, 2, BEAT_MS);
	fl_engine_beat(r->engine);
	on_signal(r);
	if (is_over(r))
		fl_armed_end(r->armed);
	if (!r->signal)
		return true;
	/* who sent it wants an end soon */
	if (!r->given_up_ns)
		r->given_up_ns = fl_now_ns() + GIVE_UP_NS;
	return fl_now_ns() < r->given_up_ns;
}

void fl_run_watch(struct run *r)
{
	int err = 0;

	while (!is_over(r) && !err) {
		err = fl_engine_step(r->engine, -1);
		if (r->o->form == FL_FORM_TEXT)
			fl_report_tick(&r->report, false);
		flush(r);
	}
	fl_status_clear(r);
}

/* An interactive command took the terminal, and may have died with it. */
static void take_terminal_back(void)
{
	int fd = STDIN_FILENO;
	sigset_t ttou, old;

	if (!isatty(fd) || tcgetpgrp(fd) == getpgrp())
		return;
	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &old);
	/* not ours to take where our own shell has it: we run in the background */
	if (kill(-tcgetpgrp(fd), 0) && errno == ESRCH)
		tcsetpgrp(fd, getpgrp());
	sigprocmask(SIG_SETMASK, &old, NULL);
}

/*
 * The run is over, but the command may continue, without faults. After a signal
 * it gets a moment to exit.
 */
void fl_run_wait_command(struct run *r)
{
	const struct timespec moment = { .tv_sec = 2 };
	siginfo_t info;
	sigset_t mask;

	signals_of_ours(&mask);
	while (r->command.pid && !fl_command_poll(&r->command)) {
		/* blocked and queued: no signal is missed in between */
		bool hurry = r->signal != 0;
		int sig = sigtimedwait(&mask, &info, hurry ? &moment : NULL);

		/* Ctrl-Z and fg */
		if (sig < 0 && errno == EINTR)
			continue;
		if (sig > 0)
			take_signal(r, sig, info.si_code);
		if (sig < 0 || (hurry && sig != SIGCHLD))
			break;
	}
	if (r->command.pid)
		take_terminal_back();
}
