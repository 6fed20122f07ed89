/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agenda.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lookup.h"

/* More occurrences of one point are not tried one by one. */
#define MAX_OCCURRENCES 100000
#define MAX_DRAWS 10000 /* for one trial with a fault */

void fl_agenda_init(struct fl_agenda *a, const struct fl_agenda_opts *o, const struct fl_ledger *l)
{
	*a = (struct fl_agenda){ .o = *o, .l = l };
}

static bool matches(const struct fl_spot *s, const char *glob)
{
	char full[512];

	if (!fnmatch(glob, s->function, 0))
		return true;
	snprintf(full, sizeof(full), "%s:%s", s->module ? s->module : "vmlinux", s->function);
	if (!fnmatch(glob, full, 0))
		return true;
	for (size_t i = 0; i < s->npath; i++) {
		/* with and without the offset */
		snprintf(full, sizeof(full), "%.*s", (int)strcspn(s->path[i], "+"), s->path[i]);
		if (!fnmatch(glob, full, 0) || !fnmatch(glob, s->path[i], 0))
			return true;
	}
	return false;
}

static bool mine(const struct fl_agenda *a, const struct fl_spot *s)
{
	if (a->o.nshards < 2)
		return true;
	/* what a fault revealed is known to the shard that tried it alone */
	if (!s->reached)
		s = &a->l->spots[s->revealed_by.point];
	return fl_lookup_text(s->key) % a->o.nshards == a->o.shard;
}

static size_t noccurrences(const struct fl_agenda *a, const struct fl_spot *s)
{
	switch (a->o.occurrence) {
	case FL_OCCURRENCE_ALL:
		return s->calls > MAX_OCCURRENCES ? MAX_OCCURRENCES : s->calls ? s->calls : 1;
	case FL_OCCURRENCE_NTH:
		return s->calls >= a->o.nth;
	default:
		return 1;
	}
}

static uint32_t occurrence(const struct fl_agenda *a, const struct fl_spot *s, size_t i)
{
	switch (a->o.occurrence) {
	case FL_OCCURRENCE_LAST:
		return s->calls ? (uint32_t)s->calls : 1;
	case FL_OCCURRENCE_NTH:
		return a->o.nth;
	default:
		return (uint32_t)i + 1;
	}
}

/* The faults that each occurrence of a point has. */
struct variants {
	enum fl_inject_mode modes[FL_NINJECT];
	size_t nmodes;
	struct fl_value_list values;
	size_t n; /* each mode with each value */
};

static struct variants variants(const struct fl_agenda *a, const struct fl_spot *s)
{
	struct variants v = { .nmodes = 0 };

	for (int m = 0; m < FL_NINJECT; m++) {
		if (a->o.modes[m])
			v.modes[v.nmodes++] = (enum fl_inject_mode)m;
	}
	if (!v.nmodes)
		v.modes[v.nmodes++] = FL_INJECT_ONCE;
	if (a->o.values)
		a->o.values(a->o.arg, s, &v.values);
	v.n = v.nmodes * (v.values.n ? v.values.n : 1);
	return v;
}

/*
 * Fault number @i of a point; false: no more. All values and modes of an
 * occurrence come before the next occurrence.
 */
static bool fault(const struct fl_agenda *a, const struct fl_spot *s, size_t i,
		  struct fl_fault_at *f)
{
	const struct variants v = variants(a, s);

	if (i / v.n >= noccurrences(a, s))
		return false;
	*f = (struct fl_fault_at){
		.point = (uint32_t)fl_ledger_spot_number(a->l, s),
		.occurrence = occurrence(a, s, i / v.n),
		.mode = v.modes[i % v.nmodes],
		.has_value = v.values.n > 0,
		.value = v.values.n ? v.values.values[i / v.nmodes % v.values.n] : 0,
	};
	return true;
}

/* At least one of them is left. */
static size_t faults_left(const struct fl_agenda *a, const struct fl_spot *s)
{
	size_t all = variants(a, s).n * noccurrences(a, s);

	/* an earlier start, with other options, may have tried more */
	return all > s->settled ? all - s->settled : 1;
}

/* Is the point this sweep's to inject? */
static enum fl_left scope(const struct fl_agenda *a, const struct fl_spot *s)
{
	if (a->o.only && !matches(s, a->o.only))
		return FL_LEFT_ONLY;
	if (!s->reached && a->o.depth < 2)
		return FL_LEFT_AFTER;
	if (!mine(a, s))
		return FL_LEFT_SHARD;
	return noccurrences(a, s) ? FL_LEFT_NOTHING : FL_LEFT_NEVER;
}

static enum fl_left fault_left(const struct fl_agenda *a, const struct fl_spot *s,
			       const struct fl_fault_at *f)
{
	const struct fl_tried *t = fl_ledger_tried(a->l, f, !s->reached);

	if (!t || !fl_tried_settled(t))
		return FL_LEFT_TODO;
	return t->outcome == FL_OUTCOME_MISSED ? FL_LEFT_MISSED : FL_LEFT_NOTHING;
}

enum fl_left fl_agenda_left(const struct fl_agenda *a, size_t spot)
{
	const struct fl_spot *s = &a->l->spots[spot];
	enum fl_left left = scope(a, s), worst = FL_LEFT_NOTHING;
	struct fl_fault_at f;

	if (left != FL_LEFT_NOTHING)
		return left;
	if (a->o.random)
		return s->injected ? FL_LEFT_NOTHING : FL_LEFT_DRAW;
	if (a->o.values_unknown)
		return s->injected ? FL_LEFT_NOTHING : s->missed ? FL_LEFT_MISSED : FL_LEFT_TODO;
	for (size_t i = 0; fault(a, s, i, &f); i++) {
		left = fault_left(a, s, &f);
		if (left == FL_LEFT_TODO)
			return s->injected ? FL_LEFT_PARTLY : left;
		if (left != FL_LEFT_NOTHING)
			worst = left;
	}
	return worst;
}

/* Draw number @n of the next trial: 32 bits. One that was cut off is drawn again as it was. */
static uint64_t draw_number(const struct fl_agenda *a, uint64_t n)
{
	return fl_lookup_mix(fl_lookup_mix(a->o.seed ^ fl_lookup_mix(a->l->trials + 1)) + n) >> 32;
}

static int by_point(const void *a, const void *b)
{
	const struct fl_fault_at *x = a, *y = b;

	return x->point != y->point
		       ? (x->point > y->point) - (x->point < y->point)
		       : (x->occurrence > y->occurrence) - (x->occurrence < y->occurrence);
}

/*
 * Each call that was counted without a fault fails by its rule's rate; of more than
 * a trial has room for, each has the same chance.
 */
static size_t draw(const struct fl_agenda *a, uint64_t *draws,
		   struct fl_fault_at faults[FL_MAX_FAULTS])
{
	size_t n = 0;

	for (size_t i = 0; i < a->l->nspots; i++) {
		const struct fl_spot *s = &a->l->spots[i];
		uint64_t rate;

		if (!s->reached || scope(a, s) != FL_LEFT_NOTHING)
			continue;
		rate = a->o.rate(a->o.arg, s);
		for (uint64_t k = 1; k <= s->calls && k <= MAX_OCCURRENCES; k++) {
			size_t at = n;

			if (draw_number(a, (*draws)++) >= rate)
				continue;
			if (++n > FL_MAX_FAULTS)
				at = (size_t)(draw_number(a, (*draws)++) * n >> 32);
			if (at < FL_MAX_FAULTS)
				faults[at] = (struct fl_fault_at){ .point = (uint32_t)i,
								   .occurrence = (uint32_t)k };
		}
	}
	n = n < FL_MAX_FAULTS ? n : FL_MAX_FAULTS;
	qsort(faults, n, sizeof(*faults), by_point);
	return n;
}

/* A trial without a fault would show nothing: it is drawn again. */
static size_t next_random(const struct fl_agenda *a, struct fl_fault_at faults[FL_MAX_FAULTS])
{
	uint64_t draws = 0;
	size_t n = 0;

	for (size_t i = 0; !n && i < MAX_DRAWS; i++)
		n = draw(a, &draws, faults);
	return n;
}

/* The first fault of every point comes before the second of any. */
size_t fl_agenda_next(struct fl_agenda *a, struct fl_fault_at faults[FL_MAX_FAULTS])
{
	size_t rounds = 0;

	if (a->o.random)
		return next_random(a, faults);
	for (;;) {
		const struct fl_spot *s;
		struct fl_fault_at f;

		if (a->at >= a->l->nspots) {
			a->at = 0;
			a->pass = a->longer ? a->pass + 1 : 0;
			rounds += !a->longer;
			a->longer = false;
			/*
			 * all faults of all points were visited, from the first
			 * on
			 */
			if (rounds > 1 || !a->l->nspots)
				return 0;
		}
		s = &a->l->spots[a->at++];
		if (scope(a, s) != FL_LEFT_NOTHING || !fault(a, s, a->pass, &f))
			continue;
		a->longer = true;
		if (fault_left(a, s, &f) != FL_LEFT_TODO)
			continue;
		if (s->reached) {
			faults[0] = f;
			return 1;
		}
		faults[0] = s->revealed_by;
		faults[1] = f;
		return 2;
	}
}

const char *fl_left_text(enum fl_left left)
{
	static const char *const texts[] = {
		[FL_LEFT_NOTHING] = "injected",
		[FL_LEFT_TODO] = "not tried yet",
		[FL_LEFT_PARTLY] = "not tried with all faults yet",
		[FL_LEFT_MISSED] = "not reached again",
		[FL_LEFT_AFTER] = "only reached after another fault (--depth 2)",
		[FL_LEFT_ONLY] = "excluded by --only",
		[FL_LEFT_SHARD] = "in another shard",
		[FL_LEFT_DRAW] = "not drawn yet",
		[FL_LEFT_NEVER] = "not called as often as --occurrence requires",
	};

	return texts[left];
}

bool fl_left_is_scope(enum fl_left left)
{
	return left == FL_LEFT_NOTHING || left == FL_LEFT_TODO || left == FL_LEFT_PARTLY ||
	       left == FL_LEFT_MISSED;
}

bool fl_agenda_is_empty(const struct fl_agenda_sums *sums)
{
	return !sums->found && !sums->left[FL_LEFT_SHARD] &&
	       (sums->left[FL_LEFT_ONLY] || sums->left[FL_LEFT_NEVER]);
}

void fl_agenda_sum(const struct fl_agenda *a, struct fl_agenda_sums *out)
{
	*out = (struct fl_agenda_sums){ .exhausted = true };
	for (size_t i = 0; i < a->l->nspots; i++) {
		const struct fl_spot *s = &a->l->spots[i];
		enum fl_left left = fl_agenda_left(a, i);

		out->left[left]++;
		if (left == FL_LEFT_TODO || left == FL_LEFT_PARTLY)
			out->todo += faults_left(a, s);
		if (left == FL_LEFT_DRAW)
			out->found++;
		if (!fl_left_is_scope(left))
			continue;
		out->exhausted &= left == FL_LEFT_NOTHING;
		out->found++;
		out->injected += s->injected;
		out->missed += s->missed && !s->injected;
		out->unstable += s->unstable;
	}
	if (!a->l->nspots || a->o.random || a->o.unproven || fl_agenda_is_empty(out))
		out->exhausted = false;
}
