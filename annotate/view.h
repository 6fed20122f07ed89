/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view.h - verdicts as text or JSON. */
#ifndef FL_VIEW_H
#define FL_VIEW_H

#include "database.h"
#include "judge.h"
#include "pool.h"

struct fl_view {
	const char *match; /* a pattern of names, or NULL */
	int min_score;
	bool verbose, json;
	bool all; /* what does not qualify, too */
};

/* Is the verdict one to show? */
bool fl_view_wants(const struct fl_view *view, const struct fl_verdict *v);
void fl_view_verdicts(const struct fl_view *view, const struct fl_verdicts *v);
/* How many files, functions, and why those were rejected that were; text goes to standard error. */
void fl_view_summary(const struct fl_view *view, const struct fl_sources *s,
		     const struct fl_findings *f, const struct fl_pool_result *r,
		     const struct fl_verdicts *v);

#endif /* FL_VIEW_H */
