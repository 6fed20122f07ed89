/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diag.h - what is wrong with a script, collected and printed once.
 *
 * Every diagnostic is a row of diag.def: tag, severity, class, text and hint.
 * Texts have places {0} to {3}, filled from the strings passed to fl_report();
 * a hint is left out when one of its places has no string.
 */
#ifndef FL_DIAG_H
#define FL_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mem.h"

/* One text that rules come from. The owner keeps all of it alive. */
struct fl_source {
	const char *name; /* a path, or "one-liner" */
	const char *text;
	size_t len;
};

/* A stretch of source text, in bytes. src NULL: no place in particular. */
struct fl_span {
	const struct fl_source *src;
	uint32_t off;
	uint32_t len;
};

enum fl_severity { FL_SEV_ERROR, FL_SEV_WARNING, FL_SEV_NOTE };

/* Whose fault it is; decides the exit status of a run that it ends. */
enum fl_diag_class {
	FL_CLASS_SCRIPT,     /* the script is wrong: 2 */
	FL_CLASS_KERNEL,     /* not supported by this kernel: 4 */
	FL_CLASS_PERMISSION, /* no permission: 5 */
};

enum fl_diag_tag {
#define FL_DIAG(tag, severity, klass, text, hint) FL_##tag,
#include "diag.def"
#undef FL_DIAG
	FL_NDIAGS
};

struct fl_diag {
	enum fl_diag_tag tag;
	enum fl_severity severity;
	enum fl_diag_class klass;
	struct fl_span span;
	const char *text;
	const char *hint; /* or NULL */
};

struct fl_diags {
	struct fl_arena arena;
	jmp_buf *on_oom;
	struct fl_diag *list;
	size_t n;
	size_t cap;
	size_t nerrors;
	bool full; /* too many errors: further ones are dropped */
};

/*
 * @on_oom handles memory shortage while diagnostics are reported; it may be
 * changed between reports.
 */
void fl_diags_init(struct fl_diags *ds);
void fl_diags_release(struct fl_diags *ds);

/*
 * The strings for {0}, {1} ... follow, then NULL; they are copied. Duplicates,
 * with the same place and text, are dropped.
 */
void fl_report(struct fl_diags *ds, enum fl_diag_tag tag, struct fl_span span, ...)
	__attribute__((sentinel));

/* In the order of their places: file by file, as the files came up. */
void fl_diags_sort(struct fl_diags *ds);

/* The class of the errors: SCRIPT when any is, else the first one's. */
enum fl_diag_class fl_diags_class(const struct fl_diags *ds);

/*
 * Print one diagnostic as text into @out: place, message, line, caret, hint.
 * Everything printed ends in a newline and has no control characters.
 */
void fl_diag_render(const struct fl_diag *d, struct fl_buf *out);

/* Line and column of a byte, both from 1; columns count characters. */
void fl_source_position(const struct fl_source *src, uint32_t off, unsigned int *line,
			unsigned int *column);

/*
 * The character at @p, which is before @end: its bytes, and in *code what it
 * is. A byte that is not UTF-8 is a character with code 0.
 */
size_t fl_utf8_decode(const char *p, const char *end, uint32_t *code);

/* "E_NO_FUNCTION" */
const char *fl_diag_tag_name(enum fl_diag_tag tag);

#endif /* FL_DIAG_H */
