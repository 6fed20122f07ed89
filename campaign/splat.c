/* SPDX-License-Identifier: GPL-2.0-or-later */
/* splat.c - which lines belong to one report. splat_text.c interprets it. */
#include "splat.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "splat_impl.h"

#define DIRTY FL_SPLAT_DIRTY
#define MORE FL_SPLAT_MORE
#define LINE FL_SPLAT_LINE
#define BARE FL_SPLAT_BARE
#define LOCKDEP FL_SPLAT_LOCKDEP
#define EXPECTED FL_SPLAT_EXPECTED

const struct fl_splat_row fl_splat_rows[] = {
#define FL_SPLAT(id, kind, flags, glob) { #id, kind, glob, flags },
#define FL_MACHINERY(glob)
#define FL_CHECKER(glob)
#include "splat.def"
#undef FL_SPLAT
#undef FL_MACHINERY
#undef FL_CHECKER
};

const size_t fl_nsplat_rows = sizeof(fl_splat_rows) / sizeof(fl_splat_rows[0]);

const struct fl_splat_row *fl_splat_match(const char *line)
{
	for (size_t i = 0; i < fl_nsplat_rows; i++) {
		if (!fnmatch(fl_splat_rows[i].glob, line, 0))
			return &fl_splat_rows[i];
	}
	return NULL;
}

struct fl_splat_reader *fl_splat_reader_new(void (*fn)(void *arg, const struct fl_splat *s),
					    void *arg)
{
	struct fl_splat_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->fn = fn;
	r->arg = arg;
	return r;
}

void fl_splat_reader_free(struct fl_splat_reader *r)
{
	if (!r)
		return;
	free(r->text);
	free(r);
}

/* "<4>", "[   12.345678] ", "[   12.345678][  T123] " */
static const char *skip_stamp(const char *line)
{
	if (line[0] == '<' && isdigit((unsigned char)line[1])) {
		const char *end = strchr(line, '>');

		line = end ? end + 1 : line;
	}
	while (*line == '[') {
		size_t n = strspn(line + 1, " .0123456789TC");

		if (line[n + 1] != ']')
			break;
		line += n + 2;
		/* one blank belongs to the stamp, more to the line */
		if (*line == ' ')
			line++;
	}
	return line;
}

static void append(struct fl_splat_reader *r, const char *line)
{
	size_t len = strlen(line);
	char *more;

	if (r->len + len + 2 > r->cap) {
		size_t cap = (r->len + len + 2) * 2;

		more = realloc(r->text, cap);
		if (!more)
			return; /* the excerpt is shorter, and still one */
		r->text = more;
		r->cap = cap;
	}
	memcpy(r->text + r->len, line, len);
	r->len += len;
	r->text[r->len++] = '\n';
	r->text[r->len] = '\0';
	r->nlines++;
}

static void reset(struct fl_splat_reader *r)
{
	r->row = NULL;
	r->flags = 0;
	r->nlines = 0;
	r->len = 0;
	r->nsymbols = 0;
	r->nunnamed = 0;
	r->in_trace = false;
	r->trace_done = false;
	r->title[0] = '\0';
	if (r->text)
		r->text[0] = '\0';
}

void fl_splat_flush(struct fl_splat_reader *r)
{
	char fingerprint[1024];
	struct fl_splat s = {
		.row = r->row,
		.flags = r->flags,
		.title = r->title,
		.fingerprint = fingerprint,
		.text = r->text ? r->text : "",
	};

	if (r->row) {
		fl_splat_fingerprint(r, fingerprint, sizeof(fingerprint));
		r->fn(r->arg, &s);
	}
	reset(r);
}

static bool is_ruler(const char *line, char c)
{
	size_t n = 0;

	while (line[n] == c)
		n++;
	return n >= 10;
}

static bool is_cut(const char *line)
{
	return !strncmp(line, "------------[ cut here ]", 24);
}

/* Does what @row begins belong to the report under way? */
static bool continues(const struct fl_splat_reader *r, const struct fl_splat_row *row)
{
	/* after the words of an allocation that failed, everything is new */
	if (!r->row || (r->flags & (FL_SPLAT_EXPECTED | FL_SPLAT_LINE)))
		return false;
	if (row->flags & FL_SPLAT_MORE)
		return true;
	/* a message, and then the warning that it belongs to */
	return !r->in_trace && !r->nsymbols && r->nlines < 12 && !(row->flags & FL_SPLAT_EXPECTED);
}

static void begin(struct fl_splat_reader *r, const struct fl_splat_row *row, const char *line)
{
	if (r->row && !continues(r, row))
		fl_splat_flush(r);
	if (!r->row) {
		r->row = row;
		fl_splat_title(r, line);
	}
	r->flags |= row->flags;
}

/* Lines that may precede a report: kept until it is known whether one follows. */
static bool may_lead(const struct fl_splat_reader *r, const char *line)
{
	if (is_cut(line))
		return !r->row || r->in_trace || (r->flags & (FL_SPLAT_EXPECTED | FL_SPLAT_LINE));
	return !r->row && (is_ruler(line, '=') || !*line);
}

static void take(struct fl_splat_reader *r, const char *line)
{
	append(r, line);
	fl_splat_look_at(r, line);
	if ((!strncmp(line, "---[ end ", 9) && r->trace_done) ||
	    (r->row && is_ruler(line, '=') && r->nsymbols) || r->nlines >= FL_SPLAT_LINES)
		fl_splat_flush(r);
}

void fl_splat_feed(struct fl_splat_reader *r, const char *line)
{
	const struct fl_splat_row *row;

	line = skip_stamp(line);
	if (!strncmp(line, "faultline[", 10)) {
		fl_splat_flush(r);
		return;
	}
	row = fl_splat_match(line);
	if (row) {
		begin(r, row, line);
		take(r, line);
		return;
	}
	if (may_lead(r, line)) {
		fl_splat_flush(r);
		append(r, line);
		return;
	}
	if (r->row)
		take(r, line);
	else if (r->nlines && r->nlines < 4)
		append(r, line); /* "cut here", and a message of no row before its WARNING */
	else
		reset(r);
}

bool fl_splat_allowed(const struct fl_splat *s, const char *glob)
{
	const char *line = s->text;

	if (!fnmatch(glob, s->title, FNM_NOESCAPE))
		return true;
	while (*line) {
		size_t len = strcspn(line, "\n");
		char copy[1024];

		snprintf(copy, sizeof(copy), "%.*s", (int)len, line);
		if (fl_splat_is_trace(copy))
			return false;
		if (!fnmatch(glob, copy, FNM_NOESCAPE))
			return true;
		line += len + (line[len] == '\n');
	}
	return false;
}
