/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command.h - the command of a run: started, held back, released, waited for. */
#ifndef FL_COMMAND_H
#define FL_COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

struct fl_command {
	pid_t pid;  /* 0: none */
	int gate;   /* writing here releases it; -1 afterwards */
	int report; /* the errno of a failed exec comes from here */
	bool ended;
	int status;	/* as from waitpid(2) */
	int exec_errno; /* why it could not be started; 0: it was */
};

/*
 * Fork a process that waits until it is released and then becomes @argv. It
 * gets this process's terminal and descriptors, and @mask as its signal mask.
 * 0 or -errno. If this process dies before the release, the other one ends
 * without having run anything.
 */
int fl_command_start(struct fl_command *c, char *const argv[], const void *mask);

/* Let it go. 0; or -errno of its exec, and then it has ended. */
int fl_command_release(struct fl_command *c);

/* Has it ended by now? Never blocks. */
bool fl_command_poll(struct fl_command *c);

/* Kill it if it was never released; forget it. */
void fl_command_drop(struct fl_command *c);

/* What a shell would say of it: its exit status, or 128 + signal. */
int fl_command_exit_status(const struct fl_command *c);

#endif /* FL_COMMAND_H */
