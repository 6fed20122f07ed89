/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rlimit.h"

#define STACK_BYTES 65536

/*
 * For what runs in the new process: the address sanitizer would keep marks of its stack in
 * memory that both share, after that stack is gone.
 */
#define ON_ITS_OWN_STACK __attribute__((no_sanitize("address")))

/*
 * The new process shares this one's memory until its exec, as after vfork(2), but on a
 * stack of its own, so that this one goes on while it waits at the gate. fork(2) would
 * copy the mappings of Clang and LLVM for each trial of a sweep.
 *
 * Until the gate opens it only makes calls that neither allocate nor fail, with all
 * signals blocked: errno and the handlers are this process's. When the gate has opened,
 * this process waits for the exec.
 */
struct fl_room {
	size_t size; /* of the mapping, in bytes: this, the strings, the stack */
	bool own_group, ends_with_us;
	sigset_t mask;
	int fds[3];
	int gate[2], report[2]; /* as from pipe(2) */
	char *argv[];
};

/* Signals that a shell resets for a command, whatever this process ignores. */
static ON_ITS_OWN_STACK void restore_signals(bool own_group, const sigset_t *mask)
{
	static const int job[] = { SIGINT, SIGQUIT, SIGTSTP, SIGTTOU };
	struct sigaction action;

	/* no handler of this process runs in the other one */
	for (int sig = 1; sig < NSIG; sig++) {
		if (!sigaction(sig, NULL, &action) && action.sa_handler != SIG_IGN &&
		    action.sa_handler != SIG_DFL)
			signal(sig, SIG_DFL);
	}
	signal(SIGPIPE, SIG_DFL);
	for (size_t i = 0; own_group && i < sizeof(job) / sizeof(job[0]); i++)
		signal(job[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, mask, NULL);
}

static ON_ITS_OWN_STACK void take_fds(const int *fds)
{
	for (int i = 0; i < 3; i++) {
		if (fds[i] >= 0)
			dup2(fds[i], i);
	}
}

/* In the new process: wait at the gate, then exec or say why not. */
static ON_ITS_OWN_STACK int become(void *arg)
{
	const struct fl_room *room = arg;
	ssize_t n;
	char go;
	int err;

	close(room->gate[1]);
	close(room->report[0]);
	if (room->own_group)
		setpgid(0, 0);
	n = read(room->gate[0], &go, 1);
	if (n != 1) /* faultline is gone: nothing was armed */
		_exit(125);
	if (room->ends_with_us)
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	fl_rlimit_restore();
	take_fds(room->fds);
	restore_signals(room->own_group, &room->mask);
	execvp(room->argv[0], room->argv);
	err = errno;
	n = write(room->report[1], &err, sizeof(err));
	_exit(n == (ssize_t)sizeof(err) && err == ENOENT ? 127 : 126);
}

/* Everything that the new process reads, for its caller may return before the exec. */
static struct fl_room *make_room(const struct fl_command_opts *opts)
{
	size_t size = sizeof(struct fl_room) + sizeof(char *), argc = 0;
	struct fl_room *room;
	char *text;

	for (; opts->argv[argc]; argc++)
		size += sizeof(char *) + strlen(opts->argv[argc]) + 1;
	/* execvp(3) may put another argv of a shell on the stack */
	size += STACK_BYTES + (argc + 2) * sizeof(char *);
	room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1,
		    0);
	if (room == MAP_FAILED)
		return NULL;
	room->size = size;
	room->own_group = opts->own_group;
	room->ends_with_us = opts->ends_with_us;
	text = (char *)&room->argv[argc + 1];
	for (size_t i = 0; i < argc; i++) {
		size_t n = strlen(opts->argv[i]) + 1;

		room->argv[i] = memcpy(text, opts->argv[i], n);
		text += n;
	}
	if (opts->mask)
		room->mask = *opts->mask;
	else
		sigemptyset(&room->mask);
	for (int i = 0; i < 3; i++)
		room->fds[i] = opts->fds ? opts->fds[i] : -1;
	return room;
}

/* It has run its exec, or ended. */
static void leave_room(struct fl_command *c)
{
	if (c->room)
		munmap(c->room, c->room->size);
	c->room = NULL;
}

static void close_both(int *a, int *b)
{
	close(*a);
	close(*b);
	*a = *b = -1;
}

static pid_t clone_blocked(struct fl_room *room)
{
	sigset_t all, before;
	pid_t pid;
	int err;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	/* clone(2) aligns what grows down from here */
	pid = clone(become, (char *)room + room->size, CLONE_VM | SIGCHLD, room);
	err = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid < 0 ? -err : pid;
}

/* Both ends of the gate and of the report, and the process between them. */
static int start(struct fl_command *c, const struct fl_command_opts *opts, const int gate[2],
		 const int report[2])
{
	pid_t pid;

	c->room = make_room(opts);
	if (!c->room)
		return -ENOMEM;
	memcpy(c->room->gate, gate, sizeof(c->room->gate));
	memcpy(c->room->report, report, sizeof(c->room->report));
	pid = clone_blocked(c->room);
	if (pid < 0) {
		leave_room(c);
		return pid;
	}
	c->pid = pid;
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
	if (n != 1) { /* somebody killed it */
		err = EPIPE;
	} else {
		/* A successful exec closes the other end. Before it, errno is not ours alone. */
		do {
			n = read(c->report, &err, sizeof(err));
		} while (n < 0);
		if (n == (ssize_t)sizeof(err)) {
			c->exec_errno = err;
			waitpid(c->pid, &c->status, 0);
			c->ended = true;
		}
	}
	close(c->report);
	c->report = -1;
	leave_room(c);
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
		leave_room(c);
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
