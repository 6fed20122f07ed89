/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe.h - faults and outcomes in words, for folders, reports and summaries. */
#ifndef FL_DESCRIBE_H
#define FL_DESCRIBE_H

#include <stdio.h>

#include "agenda.h"
#include "ledger.h"

/* A return value: "-ENOMEM", "-4000", "0". */
void fl_describe_value(int64_t value, char *buf, size_t size);
/* "should_failslab = -ENOMEM, occurrence 2, mode on" and the path, a frame a line. */
void fl_describe_fault(FILE *out, const struct fl_ledger *l, const struct fl_fault_at *f);

/* Room for a replay line: the longest path, quotes in it. */
#define FL_REPLAY_SIZE 8192
/* "faultline replay DIR/ID", as a shell takes it. */
void fl_describe_replay(const char *dir, uint32_t id, char *buf, size_t size);

/* The same as the file DIR/ID/replay. 0 or -errno. */
int fl_write_replay(const char *dir, uint32_t id);

/*
 * summary.json of @dir, whole or not at all. 0 or -errno with @fault.
 */
int fl_write_summary(const char *dir, const struct fl_ledger *l, const struct fl_agenda_sums *sums,
		     struct fl_fault *fault);
/* The same as text; yours to free, NULL: no memory. */
char *fl_summary_text(const char *dir, const struct fl_ledger *l,
		      const struct fl_agenda_sums *sums);

#endif /* FL_DESCRIBE_H */
