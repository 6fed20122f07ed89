/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spawn.h - a command: started, held back, released, waited for. */
#ifndef FL_SPAWN_H
#define FL_SPAWN_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct fl_room;

struct fl_command {
	pid_t pid;	  /* 0: none */
	const char *name; /* argv[0] */
	int pid_fd;	  /* readable when it has ended */
	int gate;	  /* writing here releases it; -1 afterwards */
	int report;	  /* the errno of a failed exec comes from here */
	bool ended;
	int status;	      /* as from waitpid(2) */
	int exec_errno;	      /* why it could not be started; 0: it was */
	struct fl_room *room; /* where it lives until its exec; ours */
};

struct fl_command_opts {
	char *const *argv;
	const sigset_t *mask; /* its signal mask; NULL: nothing is blocked */
	/*
	 * Its own process group, and the signals of job control as a shell sets them.
	 */
	bool own_group;
	/* Its way to exec counts as its own, too. */
	bool include_exec;
	/* The rules are not about it: their tasks stay as they are. */
	bool beside;
	const int *fds;	   /* its standard input, output and error, each -1: ours; NULL: all ours */
	bool ends_with_us; /* it gets SIGTERM when this process dies */
};

/*
 * Make a process that waits until it is released and then becomes @opts->argv.
 * It gets this process's terminal, and its descriptors but for @fds. 0 or -errno. If this process
 * dies before the release, the other one ends without having run anything.
 */
int fl_command_start(struct fl_command *c, const struct fl_command_opts *opts);

/* Let it go. 0; or -errno of its exec, and then it has ended. */
int fl_command_release(struct fl_command *c);

/* Has it ended by now? Never blocks. */
bool fl_command_poll(struct fl_command *c);

/* Kill it if it was never released; forget it. */
void fl_command_drop(struct fl_command *c);

/* What a shell would say of it: its exit status, or 128 + signal. */
int fl_command_exit_status(const struct fl_command *c);

#endif /* FL_SPAWN_H */
