/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "leftovers.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

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

void fl_leftovers_addf(struct fl_leftovers *l, const char *format, ...)
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
	fl_leftovers_addf(l, "module %s (used %s)", words[0], words[2]);
}

/* device directory type */
static void add_mount(struct fl_leftovers *l, char **words)
{
	fl_leftovers_addf(l, "mount %s %s %s", words[1], words[2], words[0]);
}

/* @fn for each name in a folder. */
static void each_name(const char *root, const char *path,
		      void (*fn)(const char *root, const char *name, struct fl_leftovers *l),
		      struct fl_leftovers *l)
{
	char full[512];
	struct dirent *e;
	DIR *d;

	snprintf(full, sizeof(full), "%s%s", root, path);
	d = opendir(full);
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			fn(root, e->d_name, l);
	if (d)
		closedir(d);
}

static void add_net(const char *root, const char *name, struct fl_leftovers *l)
{
	(void)root;
	fl_leftovers_addf(l, "network device %s", name);
}

/* Loop devices without a file are made as they are needed, and stay. */
static void add_block(const char *root, const char *name, struct fl_leftovers *l)
{
	char path[512], *text, *gone;
	size_t len;

	if (strncmp(name, "loop", 4) != 0) {
		fl_leftovers_addf(l, "block device %s", name);
		return;
	}
	snprintf(path, sizeof(path), "%s/sys/block/%s/loop/backing_file", root, name);
	text = fl_read_text(path, &len);
	/* the kernel appends to its name that a file has gone, maybe in a later trial */
	gone = text ? strstr(text, " (deleted)\n") : NULL;
	if (gone)
		*gone = '\0';
	if (text)
		fl_leftovers_addf(l, "loop device %s %.*s", name, (int)strcspn(text, "\n"), text);
	free(text);
}

void fl_leftovers_scan(const char *root, struct fl_leftovers *l)
{
	each_line(root, "/proc/modules", 3, add_module, l);
	each_line(root, "/proc/self/mounts", 3, add_mount, l);
	each_name(root, "/sys/class/net", add_net, l);
	each_name(root, "/sys/block", add_block, l);
}
