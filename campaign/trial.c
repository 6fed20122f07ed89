/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trial.c - one trial: in the journal before it is armed, examined after it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sweep_impl.h"

static void translate(const struct sweep *s, const struct fl_fault_at *f, struct fl_world_fault *to)
{
	const char *key = s->l->spots[f->point].key;

	*to = (struct fl_world_fault){
		.key = strtoull(key, NULL, 16),
		.occurrence = f->occurrence,
		.mode = f->mode,
		.has_value = f->has_value,
		.value = f->value,
	};
	if (s->o->agenda.each == FL_BY_CALL)
		to->occurrence = to->key;
}

static int begin(struct sweep *s, const struct fl_fault_at *faults, size_t n, bool again)
{
	struct fl_record r = {
		.type = FL_RECORD_BEGIN,
		.n = s->l->last + 1,
		.nfaults = n,
		.drawn = s->o->agenda.random,
		.again = again,
	};
	const struct fl_spot *spot = &s->l->spots[faults[n - 1].point];
	char mark[256];
	int err;

	memcpy(r.faults, faults, n * sizeof(*faults));
	err = fl_book(s, &r);
	if (!err)
		err = fl_book_sync(s);
	if (err)
		return err;
	snprintf(mark, sizeof(mark), "trial %" PRIu64 ": %s called by %s", s->l->last,
		 spot->function, spot->npath ? spot->path[0] : "any");
	s->world->mark(s->world_arg, mark);
	return 0;
}

static int end(struct sweep *s, const struct fl_trial *trial, enum fl_outcome_kind outcome)
{
	const struct fl_record r = {
		.type = FL_RECORD_END,
		.n = s->l->last,
		.outcome = outcome,
		.status = trial->status,
		.injected = trial->injected,
		.dirty = s->dirty,
		.us = trial->us,
	};

	return fl_book(s, &r);
}

/*
 * A workload that fails although nothing was injected: has an earlier trial
 * broken something for good?
 */
static int check_damage(struct sweep *s, bool *damaged)
{
	struct fl_trial *trial = calloc(1, sizeof(*trial));
	int err;

	*damaged = false;
	if (!trial)
		return fl_refuse_memory(s->fault);
	err = s->world->trial(s->world_arg, 0, NULL, 0, s->limit_us, trial, s->fault);
	*damaged = !err && (trial->status || trial->timed_out || trial->trouble[0]);
	free(trial);
	return err;
}

/* The current trial is repeated on a fresh machine; the previous one is to blame. */
static int blame_last(struct sweep *s, bool late)
{
	static const struct fl_trial none = { 0 };
	const uint64_t n = s->l->hit.n;
	int err;

	s->dirty = true;
	err = end(s, &none, FL_OUTCOME_CUT);
	return err || !n ? err : fl_book_findings(s, n, late);
}

static int give_up(struct sweep *s)
{
	const uint64_t n = s->l->hit.n;
	char text[256], print[1024];

	snprintf(text, sizeof(text), "the workload fails without a fault since trial %" PRIu64, n);
	fl_found_clear(&s->found);
	fl_found_print(s->l, &s->l->hit, "damage", print, sizeof(print));
	fl_found_add(&s->found, "damage", print, text, text);
	return blame_last(s, false);
}

/*
 * The workload without a fault. Reports of the kernel are added to the list of findings;
 * when there are any, or the workload fails, the machine is damaged: dirty.
 */
static int run_without(struct sweep *s)
{
	bool fails;
	int err = check_damage(s, &fails);

	if (err)
		return err;
	s->reports = 0;
	fl_examine_log(s);
	fl_examine_rebase(s);
	s->dirty |= fails || s->reports;
	return 0;
}

/* What is known of it, or NULL. */
static struct fl_known_finding *known(const struct sweep *s, const struct fl_found *f)
{
	const uint32_t id = fl_ledger_finding(s->l, f->fingerprint);

	return id ? &s->l->findings[id - 1] : NULL;
}

static bool may_be_harmful(const struct sweep *s)
{
	for (size_t i = 0; i < s->found.n; i++) {
		const struct fl_found *f = &s->found.list[i];

		if (f->report && !(known(s, f) && known(s, f)->harmless))
			return true;
	}
	return false;
}

/* Next time the run without a fault is saved. */
static void remember_harmless(struct sweep *s)
{
	for (size_t i = 0; i < s->found.n && !s->dirty; i++) {
		const struct fl_found *f = &s->found.list[i];

		if (f->report && known(s, f))
			known(s, f)->harmless = true;
	}
}

/*
 * A counter or a list that a fault has damaged is reported when it is used next, maybe
 * by a later trial, and then by each run. *late: so it is here, and an earlier trial of
 * this boot may be to blame.
 */
static int check_report(struct sweep *s, bool *late)
{
	int err = 0;

	*late = false;
	if (s->dirty || !may_be_harmful(s))
		return 0;
	err = run_without(s);
	if (!err && s->reports) {
		*late = s->l->hit.n;
		fl_note(s->sink->note, s->sink->arg,
			"after trial %" PRIu64 " the kernel reports without a fault, too: "
			"something is damaged",
			s->l->last);
	}
	return err;
}

/* Nothing is known but that it took too long: a busy machine does that, too. */
static bool is_only_slow(const struct sweep *s, const struct fl_trial *trial,
			 enum fl_outcome_kind outcome)
{
	return outcome == FL_OUTCOME_HANG && !trial->stuck && s->found.n == 1;
}

static int book_trial(struct sweep *s, const struct fl_trial *trial, enum fl_outcome_kind outcome,
		      bool again)
{
	bool late = false;
	int err = 0;

	if (s->o->agenda.each != FL_BY_CALL)
		err = fl_book_points(s, s->l->last);
	if (!err && !again)
		err = check_report(s, &late);
	if (!err && late) {
		fl_found_keep_reports(&s->found);
		return blame_last(s, true);
	}
	if (!err)
		err = end(s, trial, outcome);
	/* a repetition is about leaks alone */
	if (err || again)
		return err;
	err = fl_book_findings(s, s->l->last, false);
	if (!err)
		remember_harmless(s);
	return err;
}

/* @slow: where it is not NULL, a trial that only took too long is to be repeated. */
static int try_once(struct sweep *s, const struct fl_fault_at *faults, size_t nfaults, bool again,
		    uint64_t limit_us, struct fl_trial *trial, bool *slow)
{
	struct fl_world_fault chosen[FL_MAX_FAULTS];
	enum fl_outcome_kind outcome;
	bool damaged = false;
	int err, failed;

	for (size_t i = 0; i < nfaults; i++)
		translate(s, &faults[i], &chosen[i]);
	err = begin(s, faults, nfaults, again);
	if (err)
		return err;
	memset(trial, 0, sizeof(*trial));
	fl_found_clear(&s->found);
	fl_moments_begin(s, s->l->last);
	failed = s->world->trial(s->world_arg, s->l->last, chosen, nfaults, limit_us, trial,
				 s->fault);
	if (failed) {
		end(s, trial, FL_OUTCOME_CUT);
		return failed;
	}
	fl_examine(s, trial);
	outcome = fl_examine_outcome(s, trial, nfaults);
	if (slow && is_only_slow(s, trial, outcome)) {
		*slow = true;
		return end(s, trial, FL_OUTCOME_CUT);
	}
	if (outcome == FL_OUTCOME_MISSED && (trial->status || trial->trouble[0])) {
		err = check_damage(s, &damaged);
		if (err || damaged)
			return err ? err : give_up(s);
	}
	s->trials++;
	return book_trial(s, trial, outcome, again);
}

int fl_sweep_trial(struct sweep *s, const struct fl_fault_at *faults, size_t nfaults, bool again,
		   struct fl_trial *trial)
{
	bool slow = false;
	int err = try_once(s, faults, nfaults, again, s->limit_us, trial, again ? NULL : &slow);

	if (err || !slow)
		return err;
	fl_note(s->sink->note, s->sink->arg,
		"trial %" PRIu64 " took too long; trying it again with twice the time", s->l->last);
	return try_once(s, faults, nfaults, false, 2 * s->limit_us, trial, NULL);
}

int fl_sweep_again(struct sweep *s, const struct fl_known_finding *f,
		   const struct fl_fault_at *faults, size_t nfaults, struct fl_trial *trial)
{
	int err = fl_sweep_trial(s, faults, nfaults, true, trial);
	bool fails = false;

	if (!err && fl_finding_is_damage(f))
		err = check_damage(s, &fails);
	if (fails) {
		s->dirty = true;
		fl_found_add(&s->found, f->kind, f->fingerprint, f->title, f->title);
	}
	if (!err && f->nshown)
		err = run_without(s);
	/* some damage is only seen on the way that this fault leads to */
	if (!err && f->nshown && !fl_found_has(&s->found, f->fingerprint))
		err = fl_sweep_trial(s, f->shown, f->nshown, true, trial);
	return err;
}
