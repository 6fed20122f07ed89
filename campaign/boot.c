/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "session.h"
#include "spawn.h"
#include "task_stat.h"

#define LOOK_MS 250		      /* how often sizes are polled */
#define GRACE_NS UINT64_C(5000000000) /* between SIGTERM and SIGKILL */

struct boot {
	const struct fl_boot_opts *o;
	struct fl_command command;
	int signals;
	int prints; /* what the command prints comes from here */
	int kept;   /* copy of the console if that is its output, or -1 */
	off_t journal_size, console_size;
	uint64_t journal_ns, console_ns; /* when they grew last */
};

static off_t size_of(const char *path)
{
	struct stat st;

	return path && !stat(path, &st) ? st.st_size : 0;
}

/* --- start ----------------------------------------------------------------- */

/* A machine may append to its console: older text is from an earlier boot. */
static void clear_console(const char *path)
{
	struct stat st;

	if (path && !stat(path, &st) && S_ISREG(st.st_mode) && truncate(path, 0))
		return; /* its end is what counts */
}

static int start_command(struct boot *b, int prints, struct fl_fault *fault)
{
	const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const int fds[] = { null, prints, prints };
	const struct fl_command_opts opts = {
		.argv = b->o->argv, .own_group = true, .fds = fds, .ends_with_us = true
	};
	int err = fl_command_start(&b->command, &opts);

	if (null >= 0)
		close(null);
	if (!err)
		err = fl_command_release(&b->command);
	if (!err)
		return 0;
	return fl_refuse_errno(fault, FL_C_MACHINE, b->o->argv[0], -err);
}

static int start(struct boot *b, struct fl_fault *fault)
{
	int ends[2], err;

	clear_console(b->o->console);
	if (!b->o->console) {
		b->kept = open(b->o->kept, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (b->kept < 0)
			return fl_refuse_errno(fault, FL_C_WRITE, b->o->kept, errno);
	}
	if (pipe2(ends, O_CLOEXEC))
		return fl_refuse(fault, FL_F_START, strerror(errno), NULL);
	b->prints = ends[0];
	fcntl(b->prints, F_SETFL, O_NONBLOCK);
	err = start_command(b, ends[1], fault);
	close(ends[1]);
	b->journal_size = size_of(b->o->journal);
	b->console_size = size_of(b->o->console);
	b->journal_ns = b->console_ns = fl_now_ns();
	return err;
}

/* --- meanwhile ------------------------------------------------------------- */

/* Pass on and store the output up to now. */
static void pass_on(struct boot *b)
{
	char buf[65536];
	ssize_t n;

	while (b->prints >= 0 && (n = read(b->prints, buf, sizeof(buf))) >= 0) {
		if (!n) {
			close(b->prints);
			b->prints = -1;
			return;
		}
		b->console_ns = fl_now_ns();
		/* a reader that is gone does not end the campaign, nor does a full disk */
		if (b->o->output >= 0)
			fl_write_all(b->o->output, buf, (size_t)n);
		if (b->kept >= 0 && fl_write_all(b->kept, buf, (size_t)n)) {
			close(b->kept);
			b->kept = -1;
		}
	}
}

static void look(struct boot *b)
{
	off_t journal, console;

	/* first: it may block, and what grew meanwhile has grown now */
	pass_on(b);
	journal = size_of(b->o->journal);
	console = size_of(b->o->console);
	if (journal != b->journal_size)
		b->journal_ns = fl_now_ns();
	if (console != b->console_size)
		b->console_ns = fl_now_ns();
	b->journal_size = journal;
	b->console_size = console;
}

static bool took_signal(const struct boot *b)
{
	struct signalfd_siginfo info;

	return read(b->signals, &info, sizeof(info)) == (ssize_t)sizeof(info);
}

/* Sleep until it has ended, prints something, a signal came, or it is time to look. */
static void wait_a_little(const struct boot *b, bool for_signals)
{
	struct pollfd fds[] = {
		{ .fd = b->command.pid_fd, .events = POLLIN },
		{ .fd = b->prints, .events = POLLIN },
		{ .fd = for_signals ? b->signals : -1, .events = POLLIN },
	};

	poll(fds, sizeof(fds) / sizeof(fds[0]), LOOK_MS);
}

static enum fl_boot_end watch(struct boot *b)
{
	while (!fl_command_poll(&b->command)) {
		uint64_t now;

		wait_a_little(b, true);
		look(b);
		if (took_signal(b))
			return FL_BOOT_STOPPED;
		now = fl_now_ns();
		if (now - b->journal_ns >= b->o->stall_ns)
			return FL_BOOT_STALLED;
		if (now - b->journal_ns >= b->o->idle_ns && now - b->console_ns >= b->o->idle_ns)
			return FL_BOOT_IDLE;
	}
	return FL_BOOT_ENDED;
}

/* --- end ------------------------------------------------------------------- */

static int kill_own(pid_t pid, const struct fl_task_stat *task, void *any)
{
	if (task->parent == getpid()) {
		*(bool *)any = true;
		kill(pid, SIGKILL);
	}
	return 0;
}

/*
 * Kill processes that left the group and were adopted by this one; false: none.
 */
static bool kill_adopted(void)
{
	bool any = false;

	fl_each_process(kill_own, &any);
	return any;
}

/* QEMU flushes its files on SIGTERM, and scripts remove theirs. */
static void end_command(struct boot *b)
{
	const pid_t group = b->command.pid;
	const uint64_t until = fl_now_ns() + GRACE_NS;

	if (!b->command.ended)
		kill(-group, SIGTERM);
	while (!fl_command_poll(&b->command) && fl_now_ns() < until) {
		wait_a_little(b, false);
		pass_on(b);
	}
	kill(-group, SIGKILL);
	while (!fl_command_poll(&b->command)) {
		wait_a_little(b, false);
		pass_on(b);
	}
	while (kill_adopted())
		waitpid(-1, NULL, 0);
	pass_on(b);
}

/* The next boot overwrites the machine's file. */
static void keep_console(const struct boot *b)
{
	char *text = NULL;
	size_t len;

	if (b->o->console && !fl_read_file(b->o->console, SIZE_MAX, &text, &len))
		fl_replace_file(b->o->kept, 0666, text, len);
	free(text);
}

static void release(struct boot *b)
{
	if (b->prints >= 0)
		close(b->prints);
	if (b->kept >= 0)
		close(b->kept);
	fl_command_drop(&b->command);
}

int fl_boot_run(const struct fl_boot_opts *o, int signals, struct fl_boot *out,
		struct fl_fault *fault)
{
	struct boot b = { .o = o, .signals = signals, .prints = -1, .kept = -1 };
	int err = start(&b, fault);

	if (!err) {
		out->end = watch(&b);
		end_command(&b);
		out->status = fl_command_exit_status(&b.command);
		keep_console(&b);
	}
	release(&b);
	return err;
}
