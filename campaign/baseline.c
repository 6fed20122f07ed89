/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * baseline.c - the workload without a fault, twice: it must succeed and content
 * every oracle. What one has and the other has not is unstable.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sweep_impl.h"

#define BASELINES 2
#define LIMIT_US UINT64_C(300000000) /* where no --timeout says otherwise */
#define SHORTEST_LIMIT_US UINT64_C(5000000)

static void take_base(struct sweep *s)
{
	fl_leftovers_release(&s->base);
	s->world->state(s->world_arg, fl_leftovers_add, &s->base);
	fl_leftovers_sort(&s->base);
	s->has_base = true;
}

/* Why a baseline is invalid; 0: it is valid. */
static int refuse(struct sweep *s, const struct fl_trial *trial)
{
	if (trial->trouble[0])
		return fl_refuse(s->fault, FL_C_BASELINE_SETUP, trial->trouble, NULL);
	if (trial->timed_out)
		return fl_refuse(s->fault, FL_C_BASELINE_HANG, NULL);
	if (trial->status)
		return fl_refuse(s->fault, FL_C_BASELINE_FAILED, fl_digits(trial->status).text,
				 NULL);
	if (s->found.n && !strcmp(s->found.list[0].kind, "state"))
		return fl_refuse(s->fault, FL_C_BASELINE_LEFTOVERS, s->found.list[0].title, NULL);
	if (s->found.n)
		return fl_refuse(s->fault, FL_C_BASELINE_FINDING, s->found.list[0].title, NULL);
	return 0;
}

static int run_once(struct sweep *s, bool *had, size_t nhad)
{
	uint64_t limit = s->o->timeout_us ? s->o->timeout_us : LIMIT_US;
	struct fl_trial *trial = calloc(1, sizeof(*trial));
	struct fl_record r = { .type = FL_RECORD_BASELINE };
	int err;

	if (!trial)
		return fl_refuse_memory(s->fault);
	fl_found_clear(&s->found);
	err = s->world->trial(s->world_arg, 0, NULL, 0, limit, trial, s->fault);
	/*
	 * the first may load modules permanently: its leftovers are the
	 * reference
	 */
	if (!err && !s->has_base)
		take_base(s);
	if (!err)
		fl_examine(s, trial);
	if (!err)
		err = refuse(s, trial);
	if (!err && s->o->agenda.each != FL_BY_CALL)
		err = fl_book_points(s, 0);
	r.us = trial->us;
	r.matched = trial->matched;
	r.points = s->l->nspots;
	if (!err)
		err = fl_book(s, &r);
	for (size_t i = 0; !err && i < s->seen && i < nhad; i++) {
		bool after;

		had[i] = s->world->calls(s->world_arg, i, &after) > 0;
	}
	free(trial);
	return err;
}

static int book_unstable(struct sweep *s, const bool *first, const bool *second, size_t n)
{
	struct fl_record r = { .type = FL_RECORD_UNSTABLE };
	const struct fl_spot *spot = NULL;
	size_t count = 0;
	int err = 0;

	for (size_t i = 0; !err && i < s->seen && i < n; i++) {
		r.id = s->spot_of[i];
		if (first[i] == second[i] || r.id == UINT32_MAX)
			continue;
		if (!count++)
			spot = &s->l->spots[r.id];
		if (!s->l->spots[r.id].unstable)
			err = fl_book(s, &r);
	}
	if (count)
		fl_note(s->sink->note, s->sink->arg,
			"%zu point%s in one baseline and not in the other, such as %s called "
			"by %s",
			count, count == 1 ? " is" : "s are", spot->function,
			spot->npath ? spot->path[0] : "any");
	return err;
}

/* --each call: the points are the ordinals of matched calls. */
static int book_calls(struct sweep *s, uint64_t matched)
{
	struct fl_record r = { .type = FL_RECORD_POINT, .calls = 1 };
	char key[24], name[40];
	int err = 0;

	r.key = key;
	r.function = name;
	for (uint64_t i = s->l->nspots + 1; !err && i <= matched; i++) {
		snprintf(key, sizeof(key), "%016" PRIx64, i);
		snprintf(name, sizeof(name), "call %" PRIu64, i);
		r.id = (uint32_t)s->l->nspots;
		err = fl_book(s, &r);
	}
	return err;
}

/* Points beyond this are not compared. */
#define MOST (1u << 20)

int fl_sweep_baseline(struct sweep *s)
{
	bool *had = calloc(BASELINES, MOST);
	uint64_t matched;
	int err = 0;

	if (!had)
		return fl_refuse_memory(s->fault);
	for (size_t i = 0; !err && i < BASELINES; i++)
		err = run_once(s, had + i * MOST, MOST);
	if (!err)
		err = book_unstable(s, had, had + MOST, MOST);
	free(had);
	matched = s->l->matched;
	if (!err && s->o->agenda.each == FL_BY_CALL)
		err = book_calls(s, matched);
	if (err)
		return err;
	s->limit_us = s->o->timeout_us;
	if (!s->limit_us)
		s->limit_us = s->l->baseline_us * 10 > SHORTEST_LIMIT_US ? s->l->baseline_us * 10
									 : SHORTEST_LIMIT_US;
	return fl_book_sync(s);
}
