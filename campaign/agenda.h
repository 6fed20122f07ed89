/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * agenda.h - which faults a campaign tries, and which comes next. Derived from
 * the options and a ledger, so that it continues where a journal ended.
 */
#ifndef FL_AGENDA_H
#define FL_AGENDA_H

#include "ledger.h"

enum fl_by {
	FL_BY_PATH,	/* rule, function and call path */
	FL_BY_CALL,	/* each matched call of the workload by its ordinal */
	FL_BY_FUNCTION, /* rule and function */
};

enum fl_occurrence {
	FL_OCCURRENCE_FIRST,
	FL_OCCURRENCE_LAST,
	FL_OCCURRENCE_ALL,
	FL_OCCURRENCE_NTH,
};

/* Values that a call is made to return. */
#define FL_MAX_VALUES 32
struct fl_value_list {
	size_t n; /* 0: what the rule returns */
	int64_t values[FL_MAX_VALUES];
};

struct fl_agenda_opts {
	enum fl_by each;
	enum fl_occurrence occurrence;
	uint32_t nth;
	bool modes[FL_NINJECT];
	const char *only; /* a glob over function and path; NULL: all */
	unsigned int depth;
	bool random; /* several calls in a trial, as drawn from @seed and the trial's number */
	uint64_t seed;
	/* How often a matched call of a point is to fail: of 1 << 32. */
	uint64_t (*rate)(void *arg, const struct fl_spot *s);
	uint32_t shard, nshards; /* from 0; nshards 0: all */
	/* Values for a point; NULL: what the rule returns. */
	void (*values)(void *arg, const struct fl_spot *s, struct fl_value_list *list);
	void *arg;
	/* Values are not the rule's, and which is not known: one tried is all. */
	bool values_unknown;
	bool unproven; /* then: the sweep did not say that it was exhausted */
};

struct fl_agenda {
	struct fl_agenda_opts o;
	const struct fl_ledger *l;
	size_t at;   /* point */
	size_t pass; /* fault of it */
	bool longer; /* a point has a fault of that number */
};

void fl_agenda_init(struct fl_agenda *a, const struct fl_agenda_opts *o, const struct fl_ledger *l);
/* The faults of the next trial, one or two, of a random one up to all; 0: nothing is left. */
size_t fl_agenda_next(struct fl_agenda *a, struct fl_fault_at faults[FL_MAX_FAULTS]);

/* Why a point is not, or not wholly, done. */
enum fl_left {
	FL_LEFT_NOTHING, /* it is done */
	FL_LEFT_TODO,	 /* its turn has not come */
	FL_LEFT_PARTLY,	 /* it was injected, but not with all of its faults */
	FL_LEFT_MISSED,	 /* not reached again in FL_MAX_TRIES trials */
	FL_LEFT_AFTER,	 /* only reached after a fault: --depth 2 */
	FL_LEFT_ONLY,	 /* --only leaves it out */
	FL_LEFT_SHARD,	 /* in another shard */
	FL_LEFT_DRAW,	 /* no random trial has made it fail yet */
	FL_LEFT_NEVER,	 /* no such occurrence: --occurrence N of fewer calls */
	FL_NLEFT,
};

enum fl_left fl_agenda_left(const struct fl_agenda *a, size_t spot);
/* Is the point this sweep's to inject, done or not? */
bool fl_left_is_scope(enum fl_left left);
/* In words. */
const char *fl_left_text(enum fl_left left);

struct fl_agenda_sums {
	size_t found;	 /* points that are this sweep's to inject */
	size_t injected; /* points with an injection */
	size_t missed;
	size_t unstable;
	size_t left[FL_NLEFT]; /* all points, by reason */
	size_t todo;	       /* faults that are still to be tried, of the points known now */
	bool exhausted;
};

/* Points were found, and none of them is to be tried: by --only or --occurrence, not by a shard. */
bool fl_agenda_is_empty(const struct fl_agenda_sums *sums);
void fl_agenda_sum(const struct fl_agenda *a, struct fl_agenda_sums *out);

#endif /* FL_AGENDA_H */
