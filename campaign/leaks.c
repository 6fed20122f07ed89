/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leaks.c - memory that trials leaked. A scan costs seconds, so it is done for a
 * batch of trials. A report has the time of the allocation: the trial of that time
 * is repeated alone, and the finding is its fault's when it leaks again; trials that
 * lead to known findings are repeated together. For leaks that this does not explain
 * the batch is bisected. What the workload leaks without a fault, too, is nobody's.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sweep_impl.h"

#define LOST_BATCH 16 /* trials */

bool fl_leaks_forget(struct sweep *s)
{
	fl_moments_forget(s);
	return s->world->forget_leaks(s->world_arg);
}

static void feed(void *arg, const char *line)
{
	fl_splat_feed(arg, line);
}

void fl_leaks_scan(struct sweep *s)
{
	fl_found_clear(&s->found);
	fl_leak_list_clear(&s->leaks);
	s->world->leaks(s->world_arg, feed, s->reader);
	fl_splat_flush(s->reader);
}

static size_t scan(struct sweep *s, uint64_t *us)
{
	uint64_t start = s->world->now_us(s->world_arg);

	fl_leaks_scan(s);
	*us += s->world->now_us(s->world_arg) - start;
	return s->found.n;
}

static int again(struct sweep *s, const struct fl_unscanned *u, struct fl_trial *trial)
{
	/* copied: the ledger's list may move */
	struct fl_fault_at faults[FL_MAX_FAULTS];
	size_t n = u->nfaults;

	memcpy(faults, u->faults, sizeof(faults));
	return fl_sweep_trial(s, faults, n, true, trial);
}

/* Their numbers are those of the repetitions then. */
static int all_again(struct sweep *s, struct fl_unscanned *list, size_t n, struct fl_trial *trial)
{
	int err = 0;

	for (size_t i = 0; !err && i < n && !s->dirty; i++) {
		err = again(s, &list[i], trial);
		list[i].n = s->l->last;
	}
	return err;
}

/* The same, and a scan for what leaked meanwhile; *leaked: something has. */
static int all_again_and_scan(struct sweep *s, struct fl_unscanned *list, size_t n,
			      struct fl_trial *trial, uint64_t *us, bool *leaked)
{
	int err;

	fl_leaks_forget(s);
	err = all_again(s, list, n, trial);
	*leaked = !err && !s->dirty && scan(s, us);
	return err;
}

static int probe(struct sweep *s, struct fl_unscanned *list, size_t n, struct fl_trial *trial,
		 uint64_t *us);

static int probe_halves(struct sweep *s, struct fl_unscanned *list, size_t n,
			struct fl_trial *trial, uint64_t *us)
{
	size_t half = (n + 1) / 2;
	int err = probe(s, list, half, trial, us);

	return err || half == n ? err : probe(s, list + half, n - half, trial, us);
}

/*
 * Try @n trials again and look; halves of those that leak in turn, until it is
 * one, whose fault it is then.
 */
static int probe(struct sweep *s, struct fl_unscanned *list, size_t n, struct fl_trial *trial,
		 uint64_t *us)
{
	bool leaked;
	int err = all_again_and_scan(s, list, n, trial, us, &leaked);

	if (err || !leaked)
		return err;
	if (n == 1)
		return fl_book_findings(s, s->l->last, false);
	return probe_halves(s, list, n, trial, us);
}

static void strike(struct fl_found_list *batch, const struct fl_found_list *seen)
{
	for (size_t i = 0; i < seen->n; i++) {
		for (size_t k = 0; k < batch->n; k++)
			batch->list[k].seen |=
				!strcmp(batch->list[k].fingerprint, seen->list[i].fingerprint);
	}
}

static bool all_seen(const struct fl_found_list *batch)
{
	for (size_t i = 0; i < batch->n; i++) {
		if (!batch->list[i].seen)
			return false;
	}
	return true;
}

static bool has_leaked(const struct fl_leak_list *leaks, uint64_t n)
{
	for (size_t i = 0; i < leaks->n; i++) {
		if (leaks->list[i].n == n)
			return true;
	}
	return false;
}

/* Nothing of a trial has leaked that would be a new finding. */
static bool all_known(const struct sweep *s, const struct fl_leak_list *leaks, uint64_t n)
{
	for (size_t i = 0; i < leaks->n; i++) {
		const struct fl_leak *leak = &leaks->list[i];

		if (leak->n == n && (!leak->sure || !fl_ledger_finding(s->l, leak->fingerprint)))
			return false;
	}
	return true;
}

/*
 * Trials that leaked what is a finding already: repeated together, and blamed by
 * the time of what leaks again.
 */
static int probe_known(struct sweep *s, struct fl_unscanned *list, size_t n, struct fl_trial *trial,
		       uint64_t *us)
{
	bool leaked, is_new = false;
	int err = all_again_and_scan(s, list, n, trial, us, &leaked);

	if (err || !leaked)
		return err;
	for (size_t i = 0; !err && i < s->leaks.n; i++) {
		const struct fl_leak *leak = &s->leaks.list[i];
		uint32_t id = fl_ledger_finding(s->l, leak->fingerprint);

		is_new |= !id;
		if (id && leak->sure)
			err = fl_book_blame(s, id, leak->n, false);
	}
	return err || !is_new ? err : probe_halves(s, list, n, trial, us);
}

/* Those during which something was allocated that has leaked. */
static int probe_suspects(struct sweep *s, struct fl_unscanned *list, size_t n,
			  struct fl_trial *trial, uint64_t *us, struct fl_found_list *batch)
{
	struct fl_leak_list leaks = s->leaks;
	size_t nknown = 0;
	int err = 0;

	s->leaks = (struct fl_leak_list){ 0 };
	for (size_t i = 0; !err && !s->dirty && i < n; i++) {
		const struct fl_unscanned suspect = list[i];

		if (!has_leaked(&leaks, suspect.n))
			continue;
		if (all_known(s, &leaks, suspect.n)) {
			list[i] = list[nknown];
			list[nknown++] = suspect;
			continue;
		}
		err = probe(s, list + i, 1, trial, us);
		strike(batch, &s->found);
	}
	if (!err && !s->dirty && nknown) {
		err = probe_known(s, list, nknown, trial, us);
		strike(batch, &s->found);
	}
	fl_leak_list_clear(&leaks);
	return err;
}

/* Leaks of the batch that no repetition reproduced: attributed to the last trial. */
static int book_rest(struct sweep *s, struct fl_found_list *batch)
{
	int err;

	fl_found_clear(&s->found);
	for (size_t i = 0; i < batch->n; i++) {
		const struct fl_found *f = &batch->list[i];

		if (fl_ledger_finding(s->l, f->fingerprint))
			continue;
		fl_note(s->sink->note, s->sink->arg,
			"a leak was not reproduced: attributed to the last trial");
		fl_found_add(&s->found, f->kind, f->fingerprint, f->title, f->text);
	}
	err = fl_book_findings(s, s->l->last, false);
	fl_found_clear(batch);
	return err;
}

/* What the last scan has found, without what is usual. */
static void drop_usual(struct sweep *s)
{
	struct fl_found_list all = s->found;
	size_t n = 0;

	s->found = (struct fl_found_list){ .no_memory = all.no_memory };
	for (size_t i = 0; i < all.n; i++) {
		const struct fl_found *f = &all.list[i];

		if (!fl_found_has(&s->usual, f->fingerprint))
			fl_found_add(&s->found, f->kind, f->fingerprint, f->title, f->text);
	}
	fl_found_clear(&all);
	for (size_t i = 0; i < s->leaks.n; i++) {
		if (fl_found_has(&s->usual, s->leaks.list[i].fingerprint))
			free(s->leaks.list[i].fingerprint);
		else
			s->leaks.list[n++] = s->leaks.list[i];
	}
	s->leaks.n = n;
}

/* After the first scan that found something, for most campaigns have none. */
static int learn_usual(struct sweep *s, struct fl_trial *trial, uint64_t *us)
{
	struct fl_found_list found = s->found;
	struct fl_leak_list leaks = s->leaks;
	int err;

	if (s->knows_usual)
		return 0;
	s->knows_usual = true;
	s->found = (struct fl_found_list){ 0 };
	s->leaks = (struct fl_leak_list){ 0 };
	fl_leaks_forget(s);
	memset(trial, 0, sizeof(*trial));
	err = s->world->trial(s->world_arg, 0, NULL, 0, s->limit_us, trial, s->fault);
	if (!err)
		scan(s, us);
	for (size_t i = 0; i < s->found.n; i++)
		fl_note(s->sink->note, s->sink->arg,
			"the workload leaks without a fault, too; not a finding: %s\n%s",
			s->found.list[i].fingerprint, s->found.list[i].text);
	s->usual = s->found;
	fl_leak_list_clear(&s->leaks);
	s->found = found;
	s->leaks = leaks;
	drop_usual(s);
	return err;
}

static int look(struct sweep *s, struct fl_unscanned *list, size_t n, struct fl_trial *trial,
		uint64_t *us)
{
	struct fl_found_list batch;
	size_t lost = 0;
	int err;

	/* what trials before this process leaked is only seen by trying them again */
	while (lost < n && list[lost].n <= s->lost)
		lost++;
	err = all_again(s, list, lost, trial);
	if (err || s->dirty || !scan(s, us))
		return err;
	err = learn_usual(s, trial, us);
	if (err || !s->found.n)
		return err;
	batch = s->found;
	s->found = (struct fl_found_list){ 0 };
	err = probe_suspects(s, list, n, trial, us, &batch);
	if (!err && !s->dirty && !all_seen(&batch))
		err = probe_halves(s, list, n, trial, us);
	if (err || s->dirty) {
		fl_found_clear(&batch);
		return err;
	}
	return book_rest(s, &batch);
}

int fl_sweep_leaks(struct sweep *s, size_t n)
{
	struct fl_record r = { .type = FL_RECORD_SCAN };
	const bool all = n == s->l->nunscanned;
	const uint64_t last = s->l->unscanned[n - 1].n;
	struct fl_unscanned *list = calloc(n, sizeof(*list));
	struct fl_trial *trial = calloc(1, sizeof(*trial));
	int err = 0;

	if (!list || !trial) {
		err = fl_refuse_memory(s->fault);
	} else {
		memcpy(list, s->l->unscanned, n * sizeof(*list));
		err = fl_book_sync(s);
		if (!err)
			err = look(s, list, n, trial, &r.us);
		r.n = all ? s->l->last : last;
		if (!err && !s->dirty)
			err = fl_book(s, &r);
		if (!err)
			err = fl_book_sync(s);
		fl_leaks_forget(s);
	}
	fl_found_clear(&s->found);
	free(list);
	free(trial);
	return err;
}

/*
 * Trials of before wait for the next scan, unless there are many: a process that
 * ends early gets through few, so the more have been repeated in vain, the fewer
 * are looked through at once, until scans succeed again.
 */
int fl_sweep_lost_leaks(struct sweep *s)
{
	int err = 0;

	while (!err && !s->dirty) {
		size_t wasted = s->l->nwasted / (LOST_BATCH / 2);
		size_t n = LOST_BATCH >> (wasted < 4 ? wasted : 4);

		if (n > s->l->nunscanned)
			n = s->l->nunscanned;
		if (!n || (!wasted && n < LOST_BATCH))
			break;
		err = fl_sweep_leaks(s, n);
	}
	return err;
}

bool fl_leaks_show(struct sweep *s, const char *fingerprint)
{
	fl_leaks_scan(s);
	for (size_t i = 0; i < s->found.n; i++)
		fl_note(s->sink->note, s->sink->arg, "%s\n%s", s->found.list[i].title,
			s->found.list[i].text);
	return fl_found_has(&s->found, fingerprint);
}
