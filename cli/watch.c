/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch.c - while rules are armed: the heartbeat, events, signals, the command's end. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "klog.h"
#include "knobs.h"
#include "run_impl.h"
#include "uevent.h"

#define BEAT_MS 500
#define NS_PER_MS UINT64_C(1000000)
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

void fl_run_block_signals(struct run *r)
{
	sigset_t mask;

	signals_of_ours(&mask);
	sigprocmask(SIG_BLOCK, &mask, &r->old_mask);
	/* A reader that went away is an error of writing, not the end of us. */
	signal(SIGPIPE, SIG_IGN);
	r->signal_fd = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
}

/*
 * Ctrl-C goes to all that share the terminal. Where a command runs, it is the
 * command's: most end by it, and so does the run then. One that does not - an
 * interpreter, a debugger - goes on under its rules, until it is pressed twice.
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

static void on_signal(struct run *r)
{
	struct signalfd_siginfo info;

	while (read(r->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		take_signal(r, (int)info.ssi_signo, info.ssi_code);
}

static void on_event(const struct fl_event *e, void *arg)
{
	struct run *r = arg;

	r->report.ops->event(&r->report, e);
	fl_output_line(&r->output);
}

static void on_splat(const char *line, void *arg)
{
	struct run *r = arg;

	r->splats++;
	r->report.ops->splat(&r->report, line);
}

static void take_events(struct run *r)
{
	for (size_t i = 0; i < r->nparts; i++) {
		r->report.obj = r->parts[i].obj;
		fl_session_events(r->parts[i].session, on_event, r);
	}
}

void fl_run_drain(struct run *r)
{
	take_events(r);
	fl_klog_splats(r->klog_fd, on_splat, r);
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
	return r->signal || r->pid_ended || fl_command_poll(&r->command) ||
	       fl_session_spent(r->parts[0].session) || r->output.error;
}

/*
 * Nobody reads our lines. The run goes on, and ends, all the same: events that
 * find no room are counted as lost.
 */
bool fl_run_wait_reader(void *arg, int fd)
{
	struct run *r = arg;
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLOUT },
		{ .fd = r->signal_fd, .events = POLLIN },
	};

	if (!r->nparts) {
		poll(fds, 1, -1);
		return true;
	}
	poll(fds, 2, BEAT_MS);
	fl_session_beat(r->parts[0].session);
	on_signal(r);
	if (is_over(r))
		fl_session_disarm(r->parts[0].session);
	if (!r->signal)
		return true;
	/* who sent it wants an end soon */
	if (!r->given_up_ns)
		r->given_up_ns = fl_now_ns() + GIVE_UP_NS;
	return fl_now_ns() < r->given_up_ns;
}

/* A descriptor whose readiness ends the wait for the next beat. */
void fl_run_watch_fd(const struct run *r, int fd)
{
	struct epoll_event want = { .events = EPOLLIN, .data.fd = fd };

	if (fd >= 0)
		epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, fd, &want);
}

/* Until the next beat, or the deadline if that comes first. */
static int wait_ms(const struct run *r)
{
	uint64_t left = fl_session_deadline(r->parts[0].session);

	return left < BEAT_MS * NS_PER_MS ? (int)((left + NS_PER_MS - 1) / NS_PER_MS) : BEAT_MS;
}

void fl_run_watch(struct run *r)
{
	struct epoll_event ready[8];

	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	for (size_t i = 0; i < r->nparts; i++)
		fl_run_watch_fd(r, fl_session_event_fd(r->parts[i].session));
	fl_run_watch_fd(r, r->signal_fd);
	fl_run_watch_fd(r, r->klog_fd);
	fl_run_watch_fd(r, r->pid_fd);
	fl_run_watch_fd(r, r->uevent_fd);
	while (!is_over(r)) {
		int n = epoll_wait(r->epoll_fd, ready, 8, wait_ms(r));

		fl_session_beat(r->parts[0].session);
		on_signal(r);
		for (int i = 0; i < n; i++) {
			r->pid_ended |= ready[i].data.fd == r->pid_fd;
			if (ready[i].data.fd == r->uevent_fd)
				fl_run_module_news(r);
		}
		fl_run_drain(r);
		if (!r->o->json)
			fl_report_tick(&r->report, false);
		flush(r);
	}
	fl_status_clear(r);
	close(r->epoll_fd);
	r->epoll_fd = -1;
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
 * The run is over, but the command may go on, without faults. Who sent a
 * signal wants an end soon: the command gets a moment for its own.
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

		/* Ctrl-Z and fg are no more than that */
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
