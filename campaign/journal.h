/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal.h - a campaign's log, one line per step, on disk before the step is
 * taken.
 *
 * Lines are collected and written in one piece by fl_journal_sync(),
 * which returns once they are stable (O_DSYNC): before a fault is armed, and
 * before anything that takes long. Whenever the machine dies, all but the last
 * line are whole; a torn last line is dropped when the journal is opened again.
 */
#ifndef FL_JOURNAL_H
#define FL_JOURNAL_H

#include "record.h"
#include "refuse.h"

#define FL_JOURNAL_NAME "journal.ndjson" /* in a campaign's folder */

struct fl_journal;

/*
 * Called for every record in order; other than 0 stops reading and is returned.
 */
typedef int (*fl_record_fn)(void *arg, const struct fl_record *r);

struct fl_journal_stat {
	uint64_t lines;
	uint64_t torn;	  /* bytes of a last line without its end */
	uint64_t unknown; /* whole lines of a type that this version does not know */
};

/*
 * Read DIR/journal.ndjson only. 0, -ENOENT without a message when there is
 * none, or -errno with @t set; a line that is not a record is an error.
 */
int fl_journal_read(const char *dir, fl_record_fn fn, void *arg, struct fl_journal_stat *stat,
		    struct fl_fault *fault);

/*
 * Open the journal of @dir for appending, which is created if missing: *fresh is
 * set then, and the caller must write the first record. Otherwise @fn gets all
 * records first. Held by a lock, so that two sweeps do not write one journal.
 */
int fl_journal_open(const char *dir, fl_record_fn fn, void *arg, struct fl_journal **out,
		    bool *fresh, struct fl_journal_stat *stat, struct fl_fault *fault);
/* Remove the file; for a campaign that did not begin. It is still to be closed. */
void fl_journal_remove(const struct fl_journal *j);
/* Syncs. */
void fl_journal_close(struct fl_journal *j);

/* Append to what will be written; cannot fail before fl_journal_sync(). */
void fl_journal_put(struct fl_journal *j, const struct fl_record *r);
/*
 * All that was put is stable: 0. Otherwise -errno with @t set, now and from then
 * on; what did not fit is taken back, so that the journal ends with a whole line.
 */
int fl_journal_sync(struct fl_journal *j, struct fl_fault *fault);

/* One record as a line with its newline; NULL: no memory. Yours to free. */
char *fl_record_text(const struct fl_record *r);

/* Keeps what a parsed record points to. */
struct fl_record_parser;
struct fl_record_parser *fl_record_parser_new(void);
void fl_record_parser_free(struct fl_record_parser *p);
/*
 * Parse a line without its newline; what @r points to lives until the next one.
 * 0; -ENOENT: a type that this version does not know; -EINVAL with *why, or
 * -ENOMEM.
 */
int fl_record_parse(struct fl_record_parser *p, const char *line, size_t len, struct fl_record *r,
		    const char **why);

#endif /* FL_JOURNAL_H */
