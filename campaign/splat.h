/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * splat.h - reports in the kernel log, put together from its lines.
 *
 * splat.def has their first lines. Lines are fed one by one, from /dev/kmsg or
 * from the file of a machine's console; a report is complete when the next one
 * begins, at its end marker, or when the reader is flushed.
 */
#ifndef FL_SPLAT_H
#define FL_SPLAT_H

#include <stdbool.h>
#include <stddef.h>

/* See splat.def. */
enum fl_splat_flags {
	FL_SPLAT_DIRTY = 1,
	FL_SPLAT_MORE = 2,
	FL_SPLAT_LINE = 4,
	FL_SPLAT_BARE = 8,
	FL_SPLAT_LOCKDEP = 16,
	FL_SPLAT_EXPECTED = 32,
};

struct fl_splat_row {
	const char *id;
	const char *kind;
	const char *glob;
	unsigned int flags;
};

extern const struct fl_splat_row fl_splat_rows[];
extern const size_t fl_nsplat_rows;

#define FL_FINGERPRINT_SYMBOLS 5

struct fl_splat {
	const struct fl_splat_row *row;
	unsigned int flags;	 /* of all rows that matched in it */
	const char *title;	 /* its first words, without what differs between runs */
	const char *fingerprint; /* kind and symbols, "KASAN f g h" */
	const char *text;	 /* all its lines */
};

/* What the line begins, or NULL. No time stamp before it. */
const struct fl_splat_row *fl_splat_match(const char *line);

struct fl_splat_reader;

/* @fn gets each report; it is only valid during the call. NULL: out of memory. */
struct fl_splat_reader *fl_splat_reader_new(void (*fn)(void *arg, const struct fl_splat *s),
					    void *arg);
void fl_splat_reader_free(struct fl_splat_reader *r);
/* A line without its newline; a console's time stamp is cut off. */
void fl_splat_feed(struct fl_splat_reader *r, const char *line);
/* The report under way is complete. */
void fl_splat_flush(struct fl_splat_reader *r);

/* Does one of the lines that say what happened match the glob? */
bool fl_splat_allowed(const struct fl_splat *s, const char *glob);

/*
 * The function that a line of a stack names, without offset and the compiler's
 * suffixes; false: it is not such a line, or one that the kernel is not sure of.
 */
bool fl_splat_symbol(const char *line, char *buf, size_t size);
/* Is it reporting code, not the reported one? */
bool fl_splat_is_machinery(const char *symbol);
/* Does it allocate for a check of the kernel, which a failure would switch off? */
bool fl_splat_is_checker(const char *symbol);

#endif /* FL_SPLAT_H */
