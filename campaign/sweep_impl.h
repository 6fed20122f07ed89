/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sweep_impl.h - what the files of one sweep share; sweep.h says which they are. */
#ifndef FL_SWEEP_IMPL_H
#define FL_SWEEP_IMPL_H

#include "journal.h"
#include "leftovers.h"
#include "note.h"
#include "splat.h"
#include "sweep.h"

/* Something that an oracle found, before it is known whether it is new. */
struct fl_found {
	char *kind, *fingerprint, *title, *text;
	bool seen;   /* a leak: a repetition has shown it again */
	bool report; /* of the kernel, other than of a leak */
};

struct fl_found_list {
	struct fl_found *list;
	size_t n;
	bool no_memory;
};

/* When a trial began, for leaks are reported with the time of the allocation. */
struct fl_moment {
	uint64_t n; /* of the trial */
	uint64_t jiffies;
};

/* Something that leaked was allocated during a trial. */
struct fl_leak {
	uint64_t n;
	char *fingerprint;
	bool sure; /* false: another trial began in the same jiffy */
};

struct fl_leak_list {
	struct fl_leak *list;
	size_t n;
};

struct sweep {
	const struct fl_sweep_opts *o;
	const struct fl_world_ops *world;
	void *world_arg;
	const struct fl_sweep_sink *sink;
	struct fl_ledger *l;
	struct fl_journal *journal; /* NULL: nothing is written (replay) */
	struct fl_agenda agenda;
	struct fl_fault *fault;
	struct fl_splat_reader *reader;
	struct fl_found_list found; /* of the current trial */
	size_t reports;		    /* of the kernel since it was set to 0, known ones too */
	struct fl_leftovers base;   /* what the machine has after the baseline */
	bool has_base;
	size_t seen;	   /* points of the world that are in the ledger */
	uint32_t *spot_of; /* number in the ledger of each of the world's */
	uint64_t limit_us;
	uint64_t started_us;
	uint64_t trials; /* of this process */
	uint64_t lost;	 /* the last trial before this process: what leaked then is lost */
	struct fl_moment *moments; /* of trials since leaks were forgotten, in order */
	size_t nmoments;
	struct fl_leak_list leaks;  /* of the last scan, those of known trials */
	struct fl_found_list usual; /* leaks of the workload without a fault, once knows_usual */
	bool knows_usual;
	bool looks_for_leaks;
	bool dirty; /* an oops or the like: the machine is not to be trusted */
	bool lockdep_off;
	bool lockdep_said;
};

/* found.c: what the oracles of a trial say. */
bool fl_found_has(const struct fl_found_list *f, const char *fingerprint);
/* The new entry; NULL: it is known already, or there is no memory. */
struct fl_found *fl_found_add(struct fl_found_list *f, const char *kind, const char *fingerprint,
			      const char *title, const char *text);
void fl_found_clear(struct fl_found_list *f);
/* Only the kernel's reports stay. */
void fl_found_keep_reports(struct fl_found_list *f);
/* A fingerprint where no stack is: @kind and the path of the fault of a trial. */
void fl_found_print(const struct fl_ledger *l, const struct fl_record *begun, const char *kind,
		    char *buf, size_t size);

/* examine.c */
/* Add everything in the kernel log up to now to the list of findings. */
void fl_examine_log(struct sweep *s);
/* After a trial: log, leftovers, lockdep, the workload's complaints. */
void fl_examine(struct sweep *s, const struct fl_trial *trial);
/* What the machine has now is not compared with what it had before. */
void fl_examine_rebase(struct sweep *s);
enum fl_outcome_kind fl_examine_outcome(const struct sweep *s, const struct fl_trial *trial,
					size_t nfaults);

/* book.c: into journal and ledger. */
int fl_book(struct sweep *s, const struct fl_record *r);
int fl_book_sync(struct sweep *s);
/* Points that the last trial showed; @n 0: a baseline. */
int fl_book_points(struct sweep *s, uint64_t n);
/* Findings are attributed to trial @n; @late: one before the trial that shows them. */
int fl_book_findings(struct sweep *s, uint64_t n, bool late);
/* Finding @id, which is in the ledger, is attributed to another trial, too. */
int fl_book_blame(struct sweep *s, uint32_t id, uint64_t n, bool late);

/* baseline.c */
int fl_sweep_baseline(struct sweep *s);

/* sweep.c */
/* For trials of finding @id outside of its sweep; released in any case. 0 or -errno with s->fault. */
int fl_sweep_of_finding(struct sweep *s, uint32_t id);
void fl_sweep_release(struct sweep *s);

/* trial.c */
/* One trial: begun, done, examined. @again: a repetition, whose outcome is not kept. */
int fl_sweep_trial(struct sweep *s, const struct fl_fault_at *faults, size_t nfaults, bool again,
		   struct fl_trial *trial);
/* A repetition to show finding @f, with what shows it when the finding is late. */
int fl_sweep_again(struct sweep *s, const struct fl_known_finding *f,
		   const struct fl_fault_at *faults, size_t nfaults, struct fl_trial *trial);

/* moments.c */
/* Trial @n is about to begin. */
void fl_moments_begin(struct sweep *s, uint64_t n);
/* A report of a leak was read. */
void fl_moments_leak(struct sweep *s, const char *report, const char *fingerprint);
void fl_moments_forget(struct sweep *s);
void fl_leak_list_clear(struct fl_leak_list *l);

/* leaks.c */
/* Look for what @n trials leaked, 1 or more, the oldest not looked through yet. */
int fl_sweep_leaks(struct sweep *s, size_t n);
/* Before the first trial: the same for trials of earlier processes. */
int fl_sweep_lost_leaks(struct sweep *s);
/* Leaks up to now are not reported. False: the kernel does not look for any. */
bool fl_leaks_forget(struct sweep *s);
/* Add leaks since the last reset to the list of findings. */
void fl_leaks_scan(struct sweep *s);
/* Does a scan show a leak of that fingerprint? All its leaks are recorded. */
bool fl_leaks_show(struct sweep *s, const char *fingerprint);

/* finding.c: DIR/N; errors are notes, the journal has what matters. */
void fl_finding_write(const struct sweep *s, uint32_t id, const struct fl_found *f);

#endif /* FL_SWEEP_IMPL_H */
