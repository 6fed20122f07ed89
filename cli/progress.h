/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * progress.h - how a sweep goes: on a terminal one line that is drawn again in
 * its place, otherwise a line a minute. Findings and notes are lines of their own.
 */
#ifndef FL_PROGRESS_H
#define FL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "agenda.h"

struct fl_progress {
	int fd;
	const char *dir;
	bool quiet; /* no line of progress */
	bool is_terminal;
	bool shown;
	uint64_t drawn_ns;
};

/* @dir, the campaign's folder, is borrowed. */
void fl_progress_init(struct fl_progress *p, int fd, const char *dir, bool quiet);
/* Where it is due. */
void fl_progress_draw(struct fl_progress *p, const struct fl_ledger *l, const struct fl_agenda *a);
/* The terminal's line is free for others. */
void fl_progress_clear(struct fl_progress *p);
void fl_progress_note(struct fl_progress *p, const char *text);
void fl_progress_finding(struct fl_progress *p, uint32_t id, const struct fl_known_finding *f);

#endif /* FL_PROGRESS_H */
