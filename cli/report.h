/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - a run as text for people: a line per injection, a table at the end. */
#ifndef FL_REPORT_H
#define FL_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "session.h"
#include "symbols.h"

struct fl_report_stream {
	FILE *out;
	const struct fl_object *obj;
	bool quiet;
	bool is_terminal; /* lines are limited in rate */
	bool verbose;
	uint64_t armed_ns;
	struct fl_symbols *symbols; /* read when first needed; yours to free */
	bool symbols_tried;
	/* the current second on a terminal */
	uint64_t second;
	unsigned int shown;
	uint64_t hidden;
};

/* What a run came to. */
struct fl_totals {
	uint64_t calls;
	uint64_t matched;
	uint64_t injected;
	uint64_t fired;
	uint64_t lost;
};

void fl_report_event(struct fl_report_stream *r, const struct fl_event *e);
/* Say what the rate limit held back, when its second is over. */
void fl_report_tick(struct fl_report_stream *r, bool last);
void fl_report_totals(const struct fl_session *s, const struct fl_object *obj,
		      struct fl_totals *totals);
/* Of one rule, over all functions that it is on. */
void fl_report_rule_totals(const struct fl_session *s, const struct fl_object *obj, size_t rule,
			   struct fl_totals *totals);
/* The table per rule and the line of totals. */
void fl_report_summary(struct fl_report_stream *r, const struct fl_session *s, uint64_t end_ns);

#endif /* FL_REPORT_H */
