/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim.h - a kernel and a workload that exist only in this process: points in a
 * fixed order, error paths that show further ones, and bugs planted in some.
 */
#ifndef SIM_H
#define SIM_H

#include "world.h"

enum sim_bug {
	SIM_NONE,
	SIM_ABSORBED, /* the workload succeeds all the same */
	SIM_KASAN,
	SIM_WARNING,
	SIM_EXPECTED, /* only the words of an allocation that failed */
	SIM_LEAK,
	SIM_MODULE, /* a use of a module is left */
	SIM_HANG,
	SIM_CRASH,
	SIM_OOPS,
	SIM_CHECK,     /* an error got lost: only the check sees it */
	SIM_ON,	       /* only when it goes on failing */
	SIM_SECOND,    /* only at its second call */
	SIM_PAIR,      /* only when what its error path calls fails as well */
	SIM_REVEALS,   /* its error path has a point of its own, that is handled */
	SIM_SOMETIMES, /* its point is reached in every second run only */
	SIM_LOCKDEP,   /* a report, and lockdep is off */
	SIM_DAMAGE,    /* no run succeeds any more */
	SIM_NBUGS,
	SIM_RARE,   /* in one run of eight */
	SIM_SLOW,   /* ends in twice the usual time limit */
	SIM_BOTH,   /* only when two such points fail in one run */
	SIM_WEARS,  /* from the next run on, each reports, and warns when something fails */
	SIM_BREAKS, /* this run and each one after it reports */
};

#define SIM_ALWAYS 99 /* the point of a leak that no fault leads to */

struct sim {
	size_t npoints; /* of the workload without a fault */
	/* Planted in point @i; the default is one of each kind and then none. */
	enum sim_bug (*bug)(size_t i);
	void (*crash)(size_t point); /* ends the process */
	/* what is known of points: keys of the order in which they were seen */
	struct sim_seen {
		uint64_t key;
		size_t point;
		uint64_t calls;
		bool after;
	} * seen;
	size_t nseen, cap;
	char log[65536];
	struct sim_leak {
		size_t point;
		uint64_t jiffies;
	} leaked[64]; /* since it was forgotten */
	size_t nleaked;
	size_t modules; /* uses left */
	bool lockdep_off;
	bool damaged;
	size_t reports; /* in each run, of that point, from 1 */
	size_t wears;	/* so it is from the next run on */
	bool has_leak_checker;
	bool has_no_jiffies;
	bool leaks_alike;     /* one fingerprint for all */
	bool leaks_always;    /* in each run, with or without a fault, as SIM_ALWAYS */
	uint64_t leak_lag_us; /* what leaks was allocated that long before */
	uint64_t runs;
	uint64_t interrupted_at; /* this run, counted from 1, and those after it */
	uint64_t scans[8];	 /* how many runs there were before each scan for leaks */
	size_t nscans;
	uint64_t now_us;
	uint64_t trial_us; /* how long a trial takes */
	uint64_t usual_us; /* time limit of the first trial with a fault */
	/* of the trial at hand */
	const struct fl_world_fault *faults;
	size_t nfaults;
	struct fl_trial *trial;
	uint64_t limit_us;
	size_t both; /* the last point with SIM_BOTH that failed, from 1 */
	/* for tests of what a baseline may be */
	int baseline_status;
	bool baseline_hangs, baseline_warns, baseline_leaves, baseline_cannot;
};

extern const struct fl_world_ops sim_ops;

void sim_init(struct sim *s, size_t npoints);
void sim_release(struct sim *s);
/* Of point @i, and of what its error path calls. */
uint64_t sim_key(size_t i);
enum sim_bug sim_bug(size_t i);

#endif /* SIM_H */
