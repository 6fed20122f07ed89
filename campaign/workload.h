/* SPDX-License-Identifier: GPL-2.0-or-later */
/* workload.h - commands of a workload, with an end to each. */
#ifndef FL_WORKLOAD_H
#define FL_WORKLOAD_H

#include "engine.h"

struct fl_workload {
	struct fl_engine *engine;
	int output; /* descriptor for what commands print, -1: ours */
	int input;  /* likewise what they read */
	bool (*interrupted)(void *arg);
	void *arg;
};

struct fl_workload_end {
	int status; /* as from a shell */
	bool timed_out;
	bool stuck; /* one of its processes could not be killed */
	bool interrupted;
	uint64_t us;
	char stacks[8192]; /* of tasks that were in D state when time was up */
};

/* Held back until fl_workload_go(). 0 or -errno. @beside: no rule is about it. */
int fl_workload_start(const struct fl_workload *w, char *const *argv, bool beside,
		      struct fl_command *c);
/* Release it and wait, for @limit_us at most; then it is killed with its group. */
int fl_workload_go(const struct fl_workload *w, struct fl_command *c, uint64_t limit_us,
		   struct fl_workload_end *end);
/* Both, for a line for the shell that faults do not go into. */
int fl_workload_shell(const struct fl_workload *w, const char *line, uint64_t limit_us,
		      struct fl_workload_end *end);

#endif /* FL_WORKLOAD_H */
