/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "task_stat.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

/* The name in parentheses may hold anything, parentheses and ends of lines too. */
static bool parse(const char *text, struct fl_task_stat *out)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');

	if (!open || !close || close < open)
		return false;
	snprintf(out->comm, sizeof(out->comm), "%.*s", (int)(close - open - 1), open + 1);
	return sscanf(close, ") %c %d %d", &out->state, &out->parent, &out->group) == 3;
}

bool fl_task_stat(const char *root, const char *pid, struct fl_task_stat *out)
{
	char path[PATH_MAX], *text;
	size_t len;
	bool good;

	snprintf(path, sizeof(path), "%s/proc/%s/stat", root, pid);
	text = fl_read_text(path, &len);
	good = text && parse(text, out);
	free(text);
	return good;
}

int fl_each_process(int (*fn)(pid_t pid, const struct fl_task_stat *task, void *arg), void *arg)
{
	DIR *dir = opendir("/proc");
	struct fl_task_stat task;
	struct dirent *e;
	int stop = 0;

	if (!dir)
		return -errno;
	while (!stop && (e = readdir(dir))) {
		if (isdigit((unsigned char)e->d_name[0]) && fl_task_stat("", e->d_name, &task))
			stop = fn((pid_t)strtol(e->d_name, NULL, 10), &task, arg);
	}
	closedir(dir);
	return stop;
}
