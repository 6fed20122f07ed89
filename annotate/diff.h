/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff.h - a text, lines added to it, and the unified diff of that. */
#ifndef FL_DIFF_H
#define FL_DIFF_H

#include <stdio.h>

#include "mem.h"

struct fl_lines {
	const char **list; /* without their newlines */
	size_t n;
	bool cut; /* the last has no newline */
};

struct fl_added {
	size_t after; /* so many lines of the old text come before it */
	const char *line;
};

struct fl_edit {
	struct fl_arena *arena;
	struct fl_lines old;
	struct fl_added *added; /* by place, in the order of the new text */
	size_t nadded, cap;
};

/* @text is copied. */
void fl_edit_init(struct fl_edit *e, struct fl_arena *a, const char *text, size_t len);
/* After @after lines, and after earlier additions there; @line is borrowed. */
void fl_edit_add(struct fl_edit *e, size_t after, const char *line);
/* The hunks, with three lines of context. */
void fl_edit_print(const struct fl_edit *e, FILE *out);

#endif /* FL_DIFF_H */
