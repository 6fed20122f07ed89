/* SPDX-License-Identifier: GPL-2.0-or-later */
/* task_stat.h - what /proc/PID/stat says of a task: proc_pid_stat(5). */
#ifndef FL_TASK_STAT_H
#define FL_TASK_STAT_H

#include <stdbool.h>
#include <sys/types.h>

struct fl_task_stat {
	char comm[32]; /* truncated there; a kernel thread's may be longer */
	char state;    /* R S D Z ... */
	pid_t parent;
	pid_t group; /* of processes */
};

/* Of the directory @pid in /proc below @root, "" for /. False: it has exited. */
bool fl_task_stat(const char *root, const char *pid, struct fl_task_stat *out);

/*
 * Call @fn for every process until it returns something else than 0, which is the
 * answer then; -errno when /proc cannot be read.
 */
int fl_each_process(int (*fn)(pid_t pid, const struct fl_task_stat *task, void *arg), void *arg);

#endif /* FL_TASK_STAT_H */
