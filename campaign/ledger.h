/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ledger.h - the state of a campaign: points, faults tried, findings. Built
 * from the journal's records alone: a resumed sweep and a report read the same
 * lines, and a running sweep applies what it writes.
 */
#ifndef FL_LEDGER_H
#define FL_LEDGER_H

#include "record.h"
#include "refuse.h"

#define FL_MAX_TRIES 3 /* of a fault whose call was not reached */

/* A point of the campaign. */
struct fl_spot {
	char *key; /* identity, hex */
	char *function;
	char *module;  /* or NULL */
	char *context; /* or NULL */
	char **path;   /* the caller first */
	size_t npath;
	uint32_t rule;
	uint64_t trial;	  /* in which it was seen first; 0: a baseline */
	uint64_t calls;	  /* without a fault before; the first number that was seen */
	bool reached;	  /* without a fault before it */
	bool unstable;	  /* not in every baseline */
	bool injected;	  /* a fault of it had an effect */
	bool missed;	  /* one was not reached, as often as it was tried */
	uint32_t settled; /* faults of it that are not tried again */
	/* What first revealed a point that is only reached after a fault. */
	struct fl_fault_at revealed_by;
};

/* A fault that was tried, alone or as the second of a pair. */
struct fl_tried {
	struct fl_fault_at fault;
	bool pair; /* after revealed_by of its point */
	enum fl_outcome_kind outcome;
	uint8_t tries;
	uint32_t trial; /* the last one */
};

/* A trial that came to its end; repetitions, too. */
struct fl_ran {
	uint64_t n;
	uint64_t us;
	struct fl_fault_at fault; /* the second of a pair */
	uint32_t first;		  /* point of a pair's first fault */
	uint32_t start;		  /* number of the start that it was in, from 1 */
	uint32_t finding;	  /* the last one that it is blamed for; 0: none */
	enum fl_outcome_kind outcome;
	bool pair;
	uint32_t drawn; /* faults of a random trial; 0: it is none */
	bool again;
};

struct fl_known_finding {
	char *kind;
	char *fingerprint;
	char *title;
	uint64_t trial; /* the first one */
	struct fl_fault_at faults[FL_MAX_FAULTS];
	size_t nfaults;
	uint64_t blames; /* faults that lead to it */
	/*
	 * A late one was reported in a later trial, by these faults, and then without a
	 * fault. It is theirs after all when they show it on a fresh machine; 0: not late.
	 */
	struct fl_fault_at shown[FL_MAX_FAULTS];
	size_t nshown;
	bool harmless; /* no record of it: a run without a fault, right after it, was clean */
};

/* A trial that was not scanned for leaks yet. */
struct fl_unscanned {
	uint64_t n;
	struct fl_fault_at faults[FL_MAX_FAULTS];
	size_t nfaults;
};

struct fl_ledger {
	char *script, *kernel, *build_id, *faultline; /* of the first line */
	char **argv;
	size_t nargv;
	struct fl_record_option *options; /* of the last start */
	size_t noptions;
	char *boot; /* of the last start */
	struct fl_spot *spots;
	size_t nspots;
	struct fl_tried *tried;
	size_t ntried;
	struct fl_ran *ran; /* in the order of the journal */
	size_t nran;
	struct fl_known_finding *findings;
	size_t nfindings;
	struct fl_unscanned *unscanned;
	size_t nunscanned;
	size_t nrepeated; /* trials again since the last scan or start */
	size_t nwasted;	  /* those that no scan followed; each scan halves it */
	uint64_t trials;  /* that came to an end, repetitions left out */
	uint64_t last;	  /* number of the last trial */
	uint64_t outcomes[FL_NOUTCOMES];
	uint64_t busy_us; /* time of baselines, trials and scans */
	uint64_t baseline_us;
	uint64_t nbaselines; /* since the last start */
	uint64_t matched;    /* calls in the last baseline */
	uint64_t starts;
	uint64_t torn; /* last lines that were cut off */
	int status;    /* of the last end by itself, -1: none */
	char *reason;
	bool dirty; /* the machine of the last start had an oops */
	bool open;  /* a trial began and has not ended: */
	struct fl_record begun;
	struct fl_record hit;	 /* the last trial of this boot with an injection, as it began */
	struct fl_record blamed; /* that of the last late finding, and which trial had it: */
	struct fl_record unsure; /* n 0: none; to be repeated before any other */
	struct fl_record silent; /* the last one in which the machine died without a word */
	struct fl_ledger_index *index;
	bool no_memory;
};

void fl_ledger_init(struct fl_ledger *l);
void fl_ledger_release(struct fl_ledger *l);
/* 0; -EINVAL: the record does not fit those before, with *why; -ENOMEM. */
int fl_ledger_apply(struct fl_ledger *l, const struct fl_record *r, const char **why);

/* The point of that identity, or NULL. */
const struct fl_spot *fl_ledger_spot(const struct fl_ledger *l, const char *key);
size_t fl_ledger_spot_number(const struct fl_ledger *l, const struct fl_spot *s);
/* What became of the fault; NULL: not tried. */
const struct fl_tried *fl_ledger_tried(const struct fl_ledger *l, const struct fl_fault_at *f,
				       bool pair);
/* Is it settled, so that it is not tried again? */
bool fl_tried_settled(const struct fl_tried *t);
/* Are these the faults of trial @begin, as it began? */
bool fl_same_faults(const struct fl_fault_at *faults, size_t n, const struct fl_record *begin);
/* Number of the finding with that fingerprint, from 1; 0: none. */
uint32_t fl_ledger_finding(const struct fl_ledger *l, const char *fingerprint);
/* After its trial the workload fails without a fault. */
bool fl_finding_is_damage(const struct fl_known_finding *f);
/* It shows in runs after its trial. */
bool fl_finding_is_late(const struct fl_known_finding *f);

/* Read DIR's journal into a ledger. As fl_journal_read(), with words for -ENOENT, too. */
int fl_ledger_read(struct fl_ledger *l, const char *dir, struct fl_fault *fault);
/* For fl_journal_open(): @arg is a struct fl_ledger_reader; -EINVAL sets its @why. */
struct fl_ledger_reader {
	struct fl_ledger *l;
	const char *why;
};
int fl_ledger_record(void *arg, const struct fl_record *r);

#endif /* FL_LEDGER_H */
