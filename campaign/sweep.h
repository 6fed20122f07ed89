/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sweep.h - a campaign from baseline to exhaustion:
 *
 *	journal		journal.c, ledger.c: where it ended, where it continues
 *	baseline	baseline.c: twice, without a fault
 *	trials		agenda.c says which, examine.c what became of each
 *	leaks		leaks.c: after batches, then attributed to their faults
 *	findings	finding.c: a folder each
 *	summary		describe.c: summary.json
 *	less		minimise.c, terms.c: a finding with as little as shows it
 */
#ifndef FL_SWEEP_H
#define FL_SWEEP_H

#include "agenda.h"
#include "world.h"

/* A message of the kernel log that is right for this workload. */
struct fl_allowed {
	const char *glob;
	const char *reason;
};

struct fl_sweep_opts {
	const char *dir;
	struct fl_agenda_opts agenda;
	const char *faultline; /* version */
	const char *script;    /* hash of rules and workload */
	const char *kernel, *build_id, *boot;
	const char *const *argv; /* command line, for replay */
	size_t nargv;
	const struct fl_record_option *options; /* as the journal is to have them */
	size_t noptions;
	const struct fl_allowed *allowed;
	size_t nallowed;
	uint64_t timeout_us;	/* of a trial; 0: ten times the baseline, at least 5 s */
	uint64_t budget_us;	/* 0: none */
	uint64_t budget_trials; /* 0: none */
	bool keep_going;	/* after an oops */
	bool fresh_lockdep;	/* lockdep off: require a fresh machine, as after an oops */
	const char *console;	/* what the machine before printed, or NULL: */
	const char *pstore;	/* where no supervisor kept it either; or NULL */
	/*
	 * Rules of a finding as a separate script, @fewest: only the terms needed to
	 * single out its points; yours to free, or NULL.
	 */
	char *(*standalone)(void *arg, const struct fl_ledger *l, const struct fl_fault_at *faults,
			    size_t nfaults, bool fewest);
	/* The workload as a shell script, see fl_standalone_shell(). */
	char *(*shell)(void *arg, const char *script_name, bool late);
	void *arg;
};

/* Progress callbacks; any may be NULL. */
struct fl_sweep_sink {
	void *arg;
	void (*note)(void *arg, const char *text);
	void (*finding)(void *arg, uint32_t id, const struct fl_known_finding *f);
	void (*progress)(void *arg, const struct fl_ledger *l, const struct fl_agenda *a);
	/* Stop the sweep after the current trial. */
	bool (*stop)(void *arg);
};

struct fl_sweep_result {
	int status;	    /* an fl_exit */
	const char *reason; /* "exhausted", "budget", ... */
	struct fl_agenda_sums sums;
};

/*
 * 0 with @out set, or -errno with @t. @l is yours, initialized, and holds the
 * campaign afterwards in any case.
 */
int fl_sweep_run(const struct fl_sweep_opts *o, const struct fl_world_ops *world, void *world_arg,
		 const struct fl_sweep_sink *sink, struct fl_ledger *l, struct fl_sweep_result *out,
		 struct fl_fault *fault);

/*
 * Try the faults of finding @id of the ledger again, without writing a journal:
 * *out is 1 when its fingerprint showed again, 0 when it did not; what showed is
 * noted.
 */
int fl_sweep_replay(const struct fl_sweep_opts *o, const struct fl_world_ops *world,
		    void *world_arg, const struct fl_sweep_sink *sink, struct fl_ledger *l,
		    uint32_t id, int *out, struct fl_fault *fault);

#endif /* FL_SWEEP_H */
