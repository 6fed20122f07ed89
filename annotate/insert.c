/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "insert.h"

#include <ctype.h>
#include <string.h>

#define HEADER "linux/error-injection.h"
#define INCLUDE "#include <" HEADER ">"

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* The mark comes after the exports that follow the brace at once, as mtd_read()'s does. */
size_t fl_insert_mark(const struct fl_lines *lines, size_t brace)
{
	size_t at = brace;

	while (at < lines->n && begins(lines->list[at], "EXPORT_SYMBOL")) {
		/* one with a namespace may take two lines */
		while (at + 1 < lines->n && !strchr(lines->list[at], ')'))
			at++;
		at++;
	}
	return at;
}

/* --- the include --------------------------------------------------------------- */

enum line_kind {
	LINE_CODE,
	LINE_BLANK, /* or nothing but a comment */
	LINE_LINUX, /* #include <linux/...> that always holds */
	LINE_OTHER, /* another include that always holds */
};

/* Conditionals and comments open at the end of a line. */
struct scan {
	unsigned int depth; /* of #if */
	bool comment;
};

/* @p: after "#" */
static enum line_kind read_directive(struct scan *s, const char *p)
{
	p += strspn(p, " \t");
	if (begins(p, "if"))
		s->depth++;
	else if (begins(p, "endif") && s->depth)
		s->depth--;
	if (!begins(p, "include") || s->depth)
		return LINE_CODE;
	p += 7 + strspn(p + 7, " \t");
	return begins(p, "<linux/") ? LINE_LINUX : LINE_OTHER;
}

static enum line_kind read_line(struct scan *s, const char *p)
{
	enum line_kind kind = LINE_BLANK;

	if (!s->comment && *p == '#')
		kind = read_directive(s, p + 1);
	while (*p) {
		if (s->comment) {
			const char *end = strstr(p, "*/");

			s->comment = !end;
			p = end ? end + 2 : p + strlen(p);
		} else if (begins(p, "/*")) {
			s->comment = true;
			p += 2;
		} else if (begins(p, "//")) {
			break;
		} else {
			if (kind == LINE_BLANK && !isspace((unsigned char)*p))
				kind = LINE_CODE;
			p++;
		}
	}
	return kind;
}

/* Includes in lines that follow each other; @n are of linux/. */
struct run {
	size_t from, to; /* the first and the one after the last of linux/ */
	size_t n;
};

struct includes {
	struct run best, now;
	size_t other; /* the first of others */
	size_t code;  /* the first line of code */
};

static void note(struct includes *in, enum line_kind kind, size_t i)
{
	if (kind == LINE_LINUX) {
		if (!in->now.n++)
			in->now.from = i;
		in->now.to = i + 1;
		if (in->now.n > in->best.n)
			in->best = in->now;
	} else if (kind != LINE_OTHER) {
		in->now.n = 0;
	}
	if (kind == LINE_OTHER && i < in->other)
		in->other = i;
	if (kind == LINE_CODE && i < in->code)
		in->code = i;
}

/* As strcmp() of "linux/pci.h" in `#include <linux/pci.h>` with @header, up to its '>'. */
static int compare(const char *line, const char *header)
{
	const char *name = strchr(line, '<') + 1;

	while (*name == *header && *name && *name != '>') {
		name++;
		header++;
	}
	return (*name == '>' ? 0 : *name) - (*header == '>' ? 0 : *header);
}

static size_t place_in_run(const struct fl_lines *lines, const struct run *run)
{
	const char *last = NULL;
	size_t at = run->to;

	for (size_t i = run->from; i < run->to; i++) {
		const char *line = lines->list[i];

		if (!strstr(line, "<linux/"))
			continue;
		if (last && compare(last, strchr(line, '<') + 1) > 0)
			return run->to;
		last = line;
		if (at == run->to && compare(line, HEADER) > 0)
			at = i;
	}
	return at;
}

void fl_insert_include(struct fl_edit *e)
{
	struct includes in = { .other = e->old.n, .code = e->old.n };
	struct scan scan = { 0 };

	for (size_t i = 0; i < e->old.n; i++) {
		enum line_kind kind = read_line(&scan, e->old.list[i]);

		if (kind == LINE_LINUX && !compare(e->old.list[i], HEADER))
			return;
		note(&in, kind, i);
	}
	if (in.best.n) {
		fl_edit_add(e, place_in_run(&e->old, &in.best), INCLUDE);
	} else if (in.other < e->old.n && strchr(e->old.list[in.other], '<')) {
		fl_edit_add(e, in.other, INCLUDE);
	} else {
		/* before the source's own headers, and apart from them */
		fl_edit_add(e, in.other < e->old.n ? in.other : in.code, INCLUDE);
		fl_edit_add(e, in.other < e->old.n ? in.other : in.code, "");
	}
}
