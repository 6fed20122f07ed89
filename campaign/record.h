/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.h - a line of a campaign's journal, in memory. docs/journal.schema.json
 * describes the lines, docs/campaigns.md says what they mean.
 */
#ifndef FL_RECORD_H
#define FL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FL_JOURNAL_VERSION 1
#define FL_MAX_FAULTS 8 /* in one trial: one, a pair, or more of a random one */
#define FL_MAX_FRAMES 64

enum fl_record_type {
	FL_RECORD_CAMPAIGN, /* the first line: what the campaign is about */
	FL_RECORD_START,    /* a process took it up */
	FL_RECORD_POINT,    /* a point was seen for the first time */
	FL_RECORD_REACHED,  /* one that was only seen after a fault is reached without */
	FL_RECORD_UNSTABLE, /* one baseline had it, another did not */
	FL_RECORD_BASELINE, /* the workload ran without a fault */
	FL_RECORD_BEGIN,    /* a trial is about to be armed */
	FL_RECORD_END,	    /* it came to its end */
	FL_RECORD_FINDING,  /* a fingerprint was seen for the first time */
	FL_RECORD_BLAME,    /* a trial led to a finding */
	FL_RECORD_SCAN,	    /* all trials before were looked through for leaks */
	FL_RECORD_DONE,	    /* the sweep ended by itself */
};

enum fl_outcome_kind {
	FL_OUTCOME_NONE, /* not tried yet, or to be tried again */
	FL_OUTCOME_HANDLED,
	FL_OUTCOME_ABSORBED,
	FL_OUTCOME_MISSED,
	FL_OUTCOME_FINDING,
	FL_OUTCOME_HANG,
	FL_OUTCOME_CRASH,
	FL_OUTCOME_CUT, /* the machine or faultline was stopped from outside */
	FL_NOUTCOMES,
};

enum fl_inject_mode {
	FL_INJECT_ONCE, /* the chosen call only */
	FL_INJECT_ON,	/* it and all later ones of its point */
	FL_INJECT_ALL,	/* it and all later matched calls */
	FL_NINJECT,
};

/* A fault of a trial: of point number @point, from 0 in the order of the journal. */
struct fl_fault_at {
	uint32_t point;
	uint32_t occurrence; /* from 1 */
	enum fl_inject_mode mode;
	bool has_value; /* otherwise what the rule returns */
	int64_t value;
};

struct fl_record_option {
	const char *name;
	const char *value;
};

/* Strings are borrowed; what a type does not have is 0 or NULL. */
struct fl_record {
	enum fl_record_type type;
	uint64_t n;	/* begin, end, blame: number of the trial, from 1; scan: the last one */
	uint64_t at_us; /* start: since the epoch */
	uint64_t us;	/* baseline, end, scan: how long it took */
	/* campaign */
	int version;
	const char *faultline; /* its version */
	const char *script;    /* hash of rules and workload */
	const char *kernel;    /* release */
	const char *build_id;  /* of the kernel, hex, or NULL */
	const char *const *argv;
	size_t nargv;
	const struct fl_record_option *options; /* also of start */
	size_t noptions;
	/* start */
	const char *boot; /* the kernel's boot_id */
	uint64_t torn;	  /* bytes of a torn last line that were dropped */
	/* point; reached, unstable: id */
	uint32_t id; /* also of finding and blame, there from 1 */
	const char *key;
	uint32_t rule; /* from 0 */
	const char *function;
	const char *module;
	const char *context;
	const char *const *path;
	size_t npath;
	uint64_t trial; /* in which it was seen first; 0: the baseline */
	bool after;	/* a fault of that trial */
	uint64_t calls; /* in a baseline or trial without a fault before; also of reached */
	/* baseline */
	uint64_t matched;
	uint64_t points;
	/* begin */
	struct fl_fault_at faults[FL_MAX_FAULTS];
	size_t nfaults;
	bool drawn; /* the faults, at random */
	bool again; /* a repetition, to put a leak down to its fault */
	/* end; status: also of baseline and done */
	enum fl_outcome_kind outcome;
	int status; /* as from a shell */
	uint64_t injected;
	bool dirty;  /* the machine is not to be trusted afterwards */
	bool silent; /* it died without a word: the trial is done once more */
	/* blame */
	bool late; /* reported in the trial that ended last, which may be to blame itself */
	/* finding */
	const char *kind;
	const char *fingerprint;
	const char *title;
	/* done */
	const char *reason; /* "exhausted", "budget", "interrupted", "fresh machine" ... */
};

const char *fl_outcome_kind_name(enum fl_outcome_kind kind);
/* "once", "on", "all". */
const char *fl_inject_mode_name(enum fl_inject_mode mode);
/* False: no such name. */
bool fl_inject_mode_parse(const char *name, enum fl_inject_mode *mode);

#endif /* FL_RECORD_H */
