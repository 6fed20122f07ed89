/* SPDX-License-Identifier: GPL-2.0-or-later */
/* leftover_tasks.c - kernel threads, and processes that a workload left. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leftovers.h"
#include "task_stat.h"

#define KTHREADD 2 /* kernel/kthread.c: parent of all kernel threads */

/* Threads that the kernel makes and ends as it likes. */
static bool comes_and_goes(const char *comm)
{
	static const char *const globs[] = { "kworker*",       "kthreadd",     "cpuhp*",
					     "migration*",     "idle_inject*", "irq/*",
					     "scsi_eh_*",      "rcu*",	       "psimon",
					     "pool_workqueue*" };

	for (size_t i = 0; i < sizeof(globs) / sizeof(globs[0]); i++) {
		if (!fnmatch(globs[i], comm, 0))
			return true;
	}
	return false;
}

/* The first few files that a survivor has open. */
static void open_files(const char *root, const char *pid, char *buf, size_t size)
{
	char path[300], link[600], target[256];
	struct dirent *e;
	size_t n = 0;
	DIR *d;

	buf[0] = '\0';
	snprintf(path, sizeof(path), "%s/proc/%s/fd", root, pid);
	d = opendir(path);
	while (d && n < size && (e = readdir(d))) {
		ssize_t len;

		snprintf(link, sizeof(link), "%s/%s", path, e->d_name);
		len = readlink(link, target, sizeof(target) - 1);
		if (len <= 0 || target[0] != '/' || !strncmp(target, "/dev/", 5))
			continue;
		target[len] = '\0';
		n += (size_t)snprintf(buf + n, size - n, " %s", target);
	}
	if (d)
		closedir(d);
}

static void add_process(const char *root, const char *pid, const struct fl_task_stat *task,
			struct fl_leftovers *l)
{
	char files[256];

	if (task->parent != getpid() || task->state == 'Z')
		return;
	open_files(root, pid, files, sizeof(files));
	fl_leftovers_addf(l, "process %s%s%s%s", task->comm, files[0] ? " (open:" : "", files,
			  files[0] ? ")" : "");
}

static int by_pid(const void *a, const void *b)
{
	const struct fl_known_task *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static struct fl_known_task *find(const struct fl_known_tasks *known, pid_t pid)
{
	const struct fl_known_task key = { .pid = pid };

	return known->n ? bsearch(&key, known->list, known->n, sizeof(key), by_pid) : NULL;
}

static bool keep(struct fl_known_tasks *now, const struct fl_known_task *task)
{
	if (now->n == now->cap) {
		size_t cap = now->cap ? 2 * now->cap : 128;
		struct fl_known_task *more = realloc(now->list, cap * sizeof(*more));

		if (!more)
			return false;
		now->list = more;
		now->cap = cap;
	}
	now->list[now->n++] = *task;
	return true;
}

static void look_at(const char *root, const char *name, bool children,
		    const struct fl_known_tasks *before, struct fl_known_tasks *now,
		    struct fl_leftovers *l)
{
	pid_t pid = (pid_t)strtol(name, NULL, 10);
	const struct fl_known_task *old = find(before, pid);
	struct fl_known_task task = { .pid = pid };
	struct fl_task_stat stat;

	/* A kernel thread keeps its name, and no process becomes one. */
	if (old && (old->is_thread || !children)) {
		task = *old;
	} else if (fl_task_stat(root, name, &stat)) {
		task.is_thread = stat.parent == KTHREADD;
		memcpy(task.comm, stat.comm, sizeof(task.comm));
		if (!task.is_thread)
			add_process(root, name, &stat, l);
	} else {
		return;
	}
	if (task.is_thread && !comes_and_goes(task.comm))
		fl_leftovers_addf(l, "kernel thread %s", task.comm);
	if (!keep(now, &task))
		l->no_memory = true;
}

/* Waiting for none of them says whether there is one. */
static bool has_children(void)
{
	siginfo_t info;

	return !waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) || errno != ECHILD;
}

void fl_leftover_tasks(const char *root, struct fl_known_tasks *known, struct fl_leftovers *l)
{
	struct fl_known_tasks now = { 0 };
	const bool children = has_children();
	char path[512];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "%s/proc", root);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			look_at(root, e->d_name, children, known, &now, l);
	}
	if (d)
		closedir(d);
	if (now.n)
		qsort(now.list, now.n, sizeof(*now.list), by_pid);
	fl_known_tasks_release(known);
	*known = now;
}

void fl_known_tasks_release(struct fl_known_tasks *known)
{
	free(known->list);
	*known = (struct fl_known_tasks){ 0 };
}
