/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "leftovers.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "task_stat.h"

void fl_leftovers_release(struct fl_leftovers *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->lines[i]);
	free(l->lines);
	*l = (struct fl_leftovers){ 0 };
}

void fl_leftovers_add(void *arg, const char *line)
{
	struct fl_leftovers *l = arg;

	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 64;
		char **more = realloc(l->lines, cap * sizeof(*more));

		if (!more) {
			l->no_memory = true;
			return;
		}
		l->lines = more;
		l->cap = cap;
	}
	l->lines[l->n] = strdup(line);
	if (l->lines[l->n])
		l->n++;
	else
		l->no_memory = true;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void fl_leftovers_sort(struct fl_leftovers *l)
{
	if (l->n)
		qsort(l->lines, l->n, sizeof(*l->lines), compare);
}

size_t fl_leftovers_compare(const struct fl_leftovers *base, const struct fl_leftovers *now,
			    void (*fn)(void *arg, char sign, const char *line), void *arg)
{
	size_t i = 0, j = 0, n = 0;

	while (i < base->n || j < now->n) {
		int order = i == base->n  ? 1
			    : j == now->n ? -1
					  : strcmp(base->lines[i], now->lines[j]);

		if (order && fn)
			fn(arg, order < 0 ? '-' : '+', order < 0 ? base->lines[i] : now->lines[j]);
		n += order != 0;
		i += order <= 0;
		j += order >= 0;
	}
	return n;
}

/* --- the running machine --------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void add(struct fl_leftovers *l, const char *format,
						      ...)
{
	char line[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	fl_leftovers_add(l, line);
}

/* @fn for each line of a file, which is cut at blanks into up to @n words. */
static void each_line(const char *root, const char *path, size_t n,
		      void (*fn)(struct fl_leftovers *l, char **words), struct fl_leftovers *l)
{
	char full[512], *text, *save = NULL, *words[16];
	size_t len;

	snprintf(full, sizeof(full), "%s%s", root, path);
	text = fl_read_text(full, &len);
	if (!text)
		return;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *inner = NULL, *word = strtok_r(line, " ", &inner);
		size_t found = 0;

		while (word && found < n) {
			words[found++] = word;
			word = strtok_r(NULL, " ", &inner);
		}
		if (found == n)
			fn(l, words);
	}
	free(text);
}

/* name size refcount users */
static void add_module(struct fl_leftovers *l, char **words)
{
	add(l, "module %s (used %s)", words[0], words[2]);
}

/* device directory type */
static void add_mount(struct fl_leftovers *l, char **words)
{
	add(l, "mount %s %s %s", words[1], words[2], words[0]);
}

/* Names in a folder; @fn may be NULL for "WHAT NAME". */
static void each_name(const char *root, const char *path, const char *what,
		      void (*fn)(const char *root, const char *name, struct fl_leftovers *l),
		      struct fl_leftovers *l)
{
	char full[512];
	struct dirent *e;
	DIR *d;

	snprintf(full, sizeof(full), "%s%s", root, path);
	d = opendir(full);
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		if (what)
			add(l, "%s %s", what, e->d_name);
		if (fn)
			fn(root, e->d_name, l);
	}
	if (d)
		closedir(d);
}

static void add_loop(const char *root, const char *name, struct fl_leftovers *l)
{
	char path[512], *text;
	size_t len;

	if (strncmp(name, "loop", 4) != 0)
		return;
	snprintf(path, sizeof(path), "%s/sys/block/%s/loop/backing_file", root, name);
	text = fl_read_text(path, &len);
	if (text)
		add(l, "loop device %s %.*s", name, (int)strcspn(text, "\n"), text);
	free(text);
}

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

static void add_task(const char *root, const char *name, struct fl_leftovers *l)
{
	struct fl_task_stat task;
	char files[256];

	if (name[0] < '1' || name[0] > '9' || !fl_task_stat(root, name, &task))
		return;
	if (task.parent == 2 && !comes_and_goes(task.comm))
		add(l, "kernel thread %s", task.comm);
	if (task.parent != getpid() || task.state == 'Z')
		return;
	open_files(root, name, files, sizeof(files));
	add(l, "process %s%s%s%s", task.comm, files[0] ? " (open:" : "", files,
	    files[0] ? ")" : "");
}

void fl_leftovers_scan(const char *root, struct fl_leftovers *l)
{
	each_line(root, "/proc/modules", 3, add_module, l);
	each_line(root, "/proc/self/mounts", 3, add_mount, l);
	each_name(root, "/sys/class/net", "network device", NULL, l);
	each_name(root, "/sys/block", "block device", add_loop, l);
	each_name(root, "/proc", NULL, add_task, l);
}
