/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "traceable.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

/* What kernel/trace/ftrace.c prints for a place whose symbol is gone. */
#define INVALID "__ftrace_invalid_address__"

/* "mlx5_cmd_exec [mlx5_core]"; false for a line that names no function. */
static bool parse_line(char *line, struct fl_traceable_entry *e)
{
	char *blank = strchr(line, ' ');

	e->name = line;
	e->module = NULL;
	if (blank) {
		*blank++ = '\0';
		if (*blank == '[') {
			e->module = blank + 1;
			blank[strcspn(blank, "]")] = '\0';
		}
	}
	return *line && strncmp(line, INVALID, strlen(INVALID)) != 0;
}

static int parse(struct fl_traceable *t)
{
	size_t lines = 1;
	char *save = NULL;

	for (const char *p = t->text; (p = strchr(p, '\n')); p++)
		lines++;
	t->list = malloc(lines * sizeof(t->list[0]));
	if (!t->list)
		return -ENOMEM;
	for (char *line = strtok_r(t->text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		t->n += parse_line(line, &t->list[t->n]);
	return 0;
}

int fl_traceable_read(struct fl_traceable *t, const char *root)
{
	/* tracefs has its own mount point, and also appears below debugfs */
	static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

	if (t->is_read)
		return t->err;
	t->is_read = true;
	for (size_t i = 0; !t->text && i < sizeof(places) / sizeof(places[0]); i++) {
		char path[PATH_MAX];
		size_t len;

		snprintf(path, sizeof(path), "%s%s/available_filter_functions", root, places[i]);
		t->text = fl_read_text(path, &len);
		/* of several errors, the first that is not ENOENT says most */
		if (!t->text && (!t->err || t->err == -ENOENT))
			t->err = -errno;
	}
	if (t->text)
		t->err = parse(t);
	return t->err;
}

void fl_traceable_release(struct fl_traceable *t)
{
	free(t->list);
	free(t->text);
	memset(t, 0, sizeof(*t));
}
