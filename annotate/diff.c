/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diff.h"

#include <string.h>

#define CONTEXT 3

void fl_edit_init(struct fl_edit *e, struct fl_arena *a, const char *text, size_t len)
{
	char *p = fl_arena_strndup(a, text, len), *end = p + len, *newline;
	size_t cap = 0;

	*e = (struct fl_edit){ .arena = a };
	for (; p < end; p = newline + 1) {
		newline = memchr(p, '\n', (size_t)(end - p));
		e->old.cut = !newline;
		newline = newline ? newline : end;
		*newline = '\0';
		e->old.list = fl_arena_grow(a, e->old.list, e->old.n, &cap, sizeof(e->old.list[0]));
		e->old.list[e->old.n++] = p;
	}
}

void fl_edit_add(struct fl_edit *e, size_t after, const char *line)
{
	size_t i;

	e->added = fl_arena_grow(e->arena, e->added, e->nadded, &e->cap, sizeof(e->added[0]));
	for (i = e->nadded++; i > 0 && e->added[i - 1].after > after; i--)
		e->added[i] = e->added[i - 1];
	e->added[i] = (struct fl_added){ after, line };
}

/* Lines @from to @to of the old text, and so many additions of them from @first on. */
struct hunk {
	size_t from, to, first, added;
};

/* The next hunk: additions whose context would touch are one. */
static struct hunk hunk_of(const struct fl_edit *e, size_t first)
{
	size_t at = e->added[first].after;
	struct hunk h = { .from = at > CONTEXT ? at - CONTEXT : 0, .first = first };

	do {
		at = e->added[first + h.added++].after;
	} while (first + h.added < e->nadded &&
		 e->added[first + h.added].after <= at + 2 * CONTEXT);
	h.to = at + CONTEXT < e->old.n ? at + CONTEXT : e->old.n;
	return h;
}

/* An end without a newline is shown as one, and gets one where a line is added. */
static void print_old(const struct fl_edit *e, const struct hunk *h, size_t i, FILE *out)
{
	bool grows = e->added[h->first + h->added - 1].after == e->old.n;
	const char *line = e->old.list[i];

	if (!e->old.cut || i + 1 < e->old.n) {
		fprintf(out, " %s\n", line);
		return;
	}
	fprintf(out, "%c%s\n\\ No newline at end of file\n", grows ? '-' : ' ', line);
	if (grows)
		fprintf(out, "+%s\n", line);
}

static void print_hunk(const struct fl_edit *e, const struct hunk *h, FILE *out)
{
	size_t next = h->first;

	fprintf(out, "@@ -%zu,%zu +%zu,%zu @@\n", h->from + 1, h->to - h->from,
		h->from + 1 + h->first, h->to - h->from + h->added);
	for (size_t i = h->from; i <= h->to; i++) {
		for (; next < h->first + h->added && e->added[next].after == i; next++)
			fprintf(out, "+%s\n", e->added[next].line);
		if (i < h->to)
			print_old(e, h, i, out);
	}
}

void fl_edit_print(const struct fl_edit *e, FILE *out)
{
	for (size_t i = 0; i < e->nadded;) {
		struct hunk h = hunk_of(e, i);

		print_hunk(e, &h, out);
		i = h.first + h.added;
	}
}
