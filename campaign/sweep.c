/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sweep.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "describe.h"
#include "ending.h"
#include "file.h"
#include "sweep_impl.h"

#define LEAK_BATCH 128 /* trials */

static void take_splat(void *arg, const struct fl_splat *splat)
{
	const bool leak = !strcmp(splat->row->kind, "leak");
	struct sweep *s = arg;
	struct fl_found *f;

	if (splat->flags & FL_SPLAT_DIRTY)
		s->dirty = true;
	if (splat->flags & FL_SPLAT_LOCKDEP)
		s->lockdep_off = true;
	if (splat->flags & FL_SPLAT_EXPECTED)
		return;
	for (size_t i = 0; i < s->o->nallowed; i++) {
		if (fl_splat_allowed(splat, s->o->allowed[i].glob))
			return;
	}
	if (leak) {
		if (fl_found_has(&s->usual, splat->fingerprint))
			return;
		fl_moments_leak(s, splat->text, splat->fingerprint);
	}
	s->reports += !leak;
	f = fl_found_add(&s->found, splat->row->kind, splat->fingerprint, splat->title,
			 splat->text);
	if (f)
		f->report = !leak;
}

/* --- where a journal ended ------------------------------------------------- */

static int check_same(struct sweep *s)
{
	const struct fl_sweep_opts *o = s->o;
	const struct fl_ledger *l = s->l;

	if (strcmp(l->script, o->script) != 0)
		return fl_refuse(s->fault, FL_C_OTHER_SCRIPT, o->dir, NULL);
	if (strcmp(l->kernel, o->kernel) != 0 ||
	    (l->build_id && o->build_id && strcmp(l->build_id, o->build_id) != 0))
		return fl_refuse(s->fault, FL_C_OTHER_KERNEL, o->dir, l->kernel,
				 strcmp(l->kernel, o->kernel) ? "" : ", but of another build",
				 NULL);
	return 0;
}

static int book_campaign(struct sweep *s)
{
	const struct fl_sweep_opts *o = s->o;
	const struct fl_record r = {
		.type = FL_RECORD_CAMPAIGN,
		.version = FL_JOURNAL_VERSION,
		.faultline = o->faultline,
		.script = o->script,
		.kernel = o->kernel,
		.build_id = o->build_id,
		.argv = o->argv,
		.nargv = o->nargv,
		.options = o->options,
		.noptions = o->noptions,
	};

	return fl_book(s, &r);
}

static int book_start(struct sweep *s, uint64_t torn)
{
	struct timespec now;
	struct fl_record r = {
		.type = FL_RECORD_START,
		.boot = s->o->boot,
		.torn = torn,
		.options = s->o->options,
		.noptions = s->o->noptions,
	};

	clock_gettime(CLOCK_REALTIME, &now);
	r.at_us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	return fl_book(s, &r);
}

/* Output of the machine that died; its last report is the cause. */
static void read_console(struct sweep *s, uint64_t boot)
{
	char kept[4200], *line = NULL;
	const char *path = s->o->console;
	size_t cap = 0;
	FILE *f;

	snprintf(kept, sizeof(kept), "%s/console.%" PRIu64, s->o->dir, boot);
	if (!path)
		path = boot ? kept : s->o->pstore;
	f = path ? fopen(path, "r") : NULL;
	while (f && getline(&line, &cap, f) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		fl_splat_feed(s->reader, line);
		/* our own mark: what came before belongs to earlier trials */
		if (strstr(line, "faultline[") && strstr(line, ": trial "))
			fl_found_clear(&s->found);
	}
	fl_splat_flush(s->reader);
	free(line);
	if (f)
		fclose(f);
	/* this is another machine */
	s->dirty = false;
}

static void add_end(struct sweep *s, enum fl_outcome_kind how)
{
	const char *kind = fl_outcome_kind_name(how);
	const struct fl_record *b = &s->l->begun;
	const struct fl_spot *spot = &s->l->spots[b->faults[b->nfaults - 1].point];
	char print[1024], title[300];

	fl_found_print(s->l, b, kind, print, sizeof(print));
	snprintf(title, sizeof(title), "the machine %s with a fault in %s",
		 how == FL_OUTCOME_HANG ? "hung" : "died", spot->function);
	fl_found_add(&s->found, kind, print, title,
		     "no output of the machine was saved: no console log, no pstore\n");
}

static enum fl_outcome_kind outcome_of(enum fl_ending how)
{
	return how == FL_ENDING_CUT    ? FL_OUTCOME_CUT
	       : how == FL_ENDING_HANG ? FL_OUTCOME_HANG
				       : FL_OUTCOME_CRASH;
}

/*
 * A dying kernel prints something. A supervised machine that died silently was
 * probably killed, by the host's OOM killer say; the second time the fault is to
 * blame.
 */
static bool was_silent(const struct sweep *s, enum fl_outcome_kind outcome, uint64_t boot)
{
	const struct fl_record *last = &s->l->silent;

	return outcome == FL_OUTCOME_CRASH && boot && !s->found.n &&
	       !fl_same_faults(last->faults, last->nfaults, &s->l->begun);
}

/*
 * A trial began and never ended. On the same boot only faultline was killed, and
 * the trial is repeated; likewise if the machine was stopped from outside.
 */
static int settle_open(struct sweep *s, bool same_boot)
{
	struct fl_record r = { .type = FL_RECORD_END, .n = s->l->begun.n, .dirty = !same_boot };
	uint64_t boot;
	const enum fl_ending how = fl_ending_read(s->o->dir, &boot);
	bool counts;
	int err;

	fl_found_clear(&s->found);
	r.outcome = same_boot ? FL_OUTCOME_CUT : outcome_of(how);
	counts = r.outcome != FL_OUTCOME_CUT && !s->l->begun.again;
	if (counts)
		read_console(s, boot);
	if (counts && was_silent(s, r.outcome, boot)) {
		fl_note(s->sink->note, s->sink->arg,
			"the machine died silently in trial %" PRIu64 "; trying it again", r.n);
		r.outcome = FL_OUTCOME_CUT;
		r.silent = true;
		counts = false;
	}
	if (counts && !s->found.n)
		add_end(s, r.outcome);
	err = fl_book(s, &r);
	if (!err && counts)
		err = fl_book_findings(s, r.n, false);
	fl_found_clear(&s->found);
	return err;
}

static int take_up(struct sweep *s, bool fresh, uint64_t torn)
{
	bool same_boot = !fresh && s->l->boot && !strcmp(s->l->boot, s->o->boot);
	int err;

	if (fresh) {
		err = book_campaign(s);
	} else {
		err = check_same(s);
		if (!err && s->l->dirty && same_boot && !s->o->keep_going)
			err = fl_refuse(s->fault, FL_C_DIRTY, NULL);
		if (!err && s->l->open)
			err = settle_open(s, same_boot);
	}
	if (!err)
		err = book_start(s, torn);
	if (!err)
		err = fl_book_sync(s);
	/* it is of one end alone */
	if (!err)
		fl_ending_forget(s->o->dir);
	return err;
}

/* --- trials ---------------------------------------------------------------- */

static const char *why_stop(const struct sweep *s)
{
	const struct fl_sweep_opts *o = s->o;

	if (s->dirty && !o->keep_going)
		return "fresh machine";
	if (s->sink->stop && s->sink->stop(s->sink->arg))
		return "interrupted";
	if (o->budget_trials && s->trials >= o->budget_trials)
		return "budget";
	if (o->budget_us && s->world->now_us(s->world_arg) - s->started_us >= o->budget_us)
		return "budget";
	return NULL;
}

static bool has_unscanned(const struct sweep *s)
{
	return s->looks_for_leaks && s->l->nunscanned;
}

/* Before anything else damages the machine. */
static int unsure_trial(struct sweep *s, struct fl_trial *trial)
{
	struct fl_fault_at faults[FL_MAX_FAULTS];

	memcpy(faults, s->l->unsure.faults, sizeof(faults));
	return s->l->unsure.n ? fl_sweep_trial(s, faults, s->l->unsure.nfaults, false, trial) : 0;
}

/* *reason is NULL when nothing is left. */
static int all_trials(struct sweep *s, const char **reason)
{
	struct fl_trial *trial = calloc(1, sizeof(*trial));
	struct fl_fault_at faults[FL_MAX_FAULTS];
	int err = trial ? unsure_trial(s, trial) : fl_refuse_memory(s->fault);

	if (!err && !s->dirty && s->looks_for_leaks)
		err = fl_sweep_lost_leaks(s);
	*reason = NULL;
	while (!err && !(*reason = why_stop(s))) {
		size_t n = fl_agenda_next(&s->agenda, faults);

		if (has_unscanned(s) && !s->dirty && (!n || s->l->nunscanned >= LEAK_BATCH)) {
			err = fl_sweep_leaks(s, s->l->nunscanned);
			continue;
		}
		if (!n)
			break;
		err = fl_sweep_trial(s, faults, n, false, trial);
		if (!err && s->sink->progress)
			s->sink->progress(s->sink->arg, s->l, &s->agenda);
	}
	free(trial);
	return err;
}

/* Leaks of the last trials before the sweep ends early. */
static int last_leaks(struct sweep *s)
{
	if (!has_unscanned(s) || s->dirty)
		return 0;
	return fl_sweep_leaks(s, s->l->nunscanned);
}

static int run(struct sweep *s, const char **reason)
{
	int err;

	s->looks_for_leaks = fl_leaks_forget(s);
	err = fl_sweep_baseline(s);
	*reason = "baseline";
	if (!err && !s->l->nspots) {
		*reason = "idle";
		return 0;
	}
	if (!err)
		err = all_trials(s, reason);
	if (!err)
		err = last_leaks(s);
	if (err != -EINTR)
		return err;
	*reason = "interrupted";
	return 0;
}

static int exit_status(const struct sweep *s, const struct fl_sweep_result *r)
{
	if (!s->l->nspots || fl_agenda_is_empty(&r->sums))
		return FL_EXIT_IDLE;
	/* what leaked until then has to be tried again there */
	if (!strcmp(r->reason, "fresh machine") && (!r->sums.exhausted || has_unscanned(s)))
		return FL_EXIT_FRESH;
	if (s->l->nfindings)
		return FL_EXIT_FINDING;
	return r->sums.exhausted || !strcmp(r->reason, "budget") ? FL_EXIT_OK : FL_EXIT_FINDING;
}

static int finish(struct sweep *s, const char *reason, struct fl_sweep_result *out)
{
	struct fl_record r = { .type = FL_RECORD_DONE };
	int err;

	fl_agenda_sum(&s->agenda, &out->sums);
	out->reason = reason			       ? reason
		      : fl_agenda_is_empty(&out->sums) ? "nothing chosen"
		      : out->sums.exhausted	       ? "exhausted"
						       : "nothing left";
	out->status = exit_status(s, out);
	r.status = out->status;
	r.reason = out->reason;
	err = fl_book(s, &r);
	if (!err)
		err = fl_book_sync(s);
	if (!err)
		err = fl_write_summary(s->o->dir, s->l, &out->sums, s->fault);
	return err;
}

static int init(struct sweep *s)
{
	s->reader = fl_splat_reader_new(take_splat, s);
	if (!s->reader)
		return fl_refuse_memory(s->fault);
	fl_agenda_init(&s->agenda, &s->o->agenda, s->l);
	s->started_us = s->world->now_us(s->world_arg);
	s->lost = s->l->last;
	return 0;
}

void fl_sweep_release(struct sweep *s)
{
	fl_journal_close(s->journal);
	fl_splat_reader_free(s->reader);
	fl_found_clear(&s->found);
	fl_found_clear(&s->usual);
	fl_leftovers_release(&s->base);
	free(s->spot_of);
	free(s->moments);
	fl_leak_list_clear(&s->leaks);
}

int fl_sweep_run(const struct fl_sweep_opts *o, const struct fl_world_ops *world, void *world_arg,
		 const struct fl_sweep_sink *sink, struct fl_ledger *l, struct fl_sweep_result *out,
		 struct fl_fault *fault)
{
	struct sweep s = {
		.o = o, .world = world, .world_arg = world_arg, .sink = sink, .l = l, .fault = fault
	};
	struct fl_ledger_reader rd = { .l = l };
	struct fl_journal_stat stat = { 0 };
	const char *reason = NULL;
	bool fresh;
	int err;

	*out = (struct fl_sweep_result){ 0 };
	err = fl_journal_open(o->dir, fl_ledger_record, &rd, &s.journal, &fresh, &stat, fault);
	if (err && !fault->tag)
		fl_refuse(fault, FL_C_INCONSISTENT, o->dir, fl_digits((int64_t)stat.lines).text,
			  rd.why, "use another folder with -o", NULL);
	if (!err)
		err = init(&s);
	if (!err)
		err = take_up(&s, fresh, stat.torn);
	if (!err) {
		err = run(&s, &reason);
		if (!err)
			err = finish(&s, reason, out);
	}
	/* refused before its first trial: the folder is free for the next attempt */
	if (err && s.journal && fresh && !l->last)
		fl_journal_remove(s.journal);
	fl_sweep_release(&s);
	return err;
}

/* --- replay ---------------------------------------------------------------- */

static int replay(struct sweep *s, const struct fl_known_finding *f, int *out)
{
	struct fl_trial *trial = calloc(1, sizeof(*trial));
	struct fl_fault_at faults[FL_MAX_FAULTS];
	int err = trial ? 0 : fl_refuse_memory(s->fault);

	memcpy(faults, f->faults, sizeof(faults));
	if (!err)
		err = fl_sweep_baseline(s);
	if (!err)
		err = fl_sweep_again(s, f, faults, f->nfaults, trial);
	*out = !err && fl_found_has(&s->found, f->fingerprint);
	for (size_t i = 0; !err && i < s->found.n; i++)
		fl_note(s->sink->note, s->sink->arg, "%s\n%s", s->found.list[i].title,
			s->found.list[i].text);
	if (!err && !*out && s->looks_for_leaks)
		*out = fl_leaks_show(s, f->fingerprint);
	if (!err && trial && !trial->injected)
		fl_note(s->sink->note, s->sink->arg,
			"the call was not reached: nothing was injected");
	free(trial);
	return err;
}

int fl_sweep_of_finding(struct sweep *s, uint32_t id)
{
	int err;

	if (!id || id > s->l->nfindings)
		return fl_refuse(s->fault, FL_C_NO_FINDING, fl_digits(id).text, s->o->dir, NULL);
	err = check_same(s);
	return err ? err : init(s);
}

int fl_sweep_replay(const struct fl_sweep_opts *o, const struct fl_world_ops *world,
		    void *world_arg, const struct fl_sweep_sink *sink, struct fl_ledger *l,
		    uint32_t id, int *out, struct fl_fault *fault)
{
	struct sweep s = {
		.o = o, .world = world, .world_arg = world_arg, .sink = sink, .l = l, .fault = fault
	};
	int err;

	err = fl_sweep_of_finding(&s, id);
	if (!err) {
		s.looks_for_leaks = fl_leaks_forget(&s);
		err = replay(&s, &l->findings[id - 1], out);
	}
	fl_sweep_release(&s);
	return err;
}
