/* SPDX-License-Identifier: GPL-2.0-or-later */
/* book.c - what a sweep learns goes into the journal and the ledger at once. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sweep_impl.h"

int fl_book(struct sweep *s, const struct fl_record *r)
{
	const char *why;
	int err = fl_ledger_apply(s->l, r, &why);

	if (err == -EINVAL)
		return fl_refuse(s->fault, FL_C_UNFIT, why, NULL);
	if (err)
		return fl_refuse_memory(s->fault);
	if (s->journal)
		fl_journal_put(s->journal, r);
	return 0;
}

int fl_book_sync(struct sweep *s)
{
	return s->journal ? fl_journal_sync(s->journal, s->fault) : 0;
}

static int book_new(struct sweep *s, size_t i, uint64_t n, const struct fl_world_point *p,
		    const char *key)
{
	bool after;
	const uint64_t calls = s->world->calls(s->world_arg, i, &after);
	const struct fl_record r = {
		.type = FL_RECORD_POINT,
		.id = (uint32_t)s->l->nspots,
		.key = key,
		.rule = p->rule,
		.function = p->function,
		.module = p->module,
		.context = p->context,
		.path = p->path,
		.npath = p->npath,
		.trial = n,
		.after = after,
		.calls = calls,
	};

	return fl_book(s, &r);
}

static int remember(struct sweep *s, size_t i, uint32_t spot)
{
	if (!(i & (i - 1)) || !s->spot_of) {
		uint32_t *more = realloc(s->spot_of, 2 * (i + 1) * sizeof(*more));

		if (!more)
			return fl_refuse_memory(s->fault);
		s->spot_of = more;
	}
	s->spot_of[i] = spot;
	return 0;
}

static bool is_of_checker(const struct fl_world_point *p)
{
	char symbol[256];

	for (size_t i = 0; i < p->npath; i++) {
		snprintf(symbol, sizeof(symbol), "%.*s", (int)strcspn(p->path[i], "+."),
			 p->path[i]);
		if (fl_splat_is_checker(symbol))
			return true;
	}
	return false;
}

/* A point that this process sees for the first time. */
static int meet(struct sweep *s, size_t i, uint64_t n)
{
	struct fl_world_point p;
	const struct fl_spot *spot;
	char key[24];
	int err = 0;

	if (!s->world->point(s->world_arg, i, &p) || is_of_checker(&p))
		return remember(s, i, UINT32_MAX);
	snprintf(key, sizeof(key), "%016" PRIx64, p.key);
	spot = fl_ledger_spot(s->l, key);
	if (!spot)
		err = book_new(s, i, n, &p, key);
	if (err)
		return err;
	spot = fl_ledger_spot(s->l, key);
	return remember(s, i, (uint32_t)fl_ledger_spot_number(s->l, spot));
}

/* One that was only seen after a fault may now be reached without. */
static int look_again(struct sweep *s, size_t i)
{
	const struct fl_spot *spot;
	struct fl_record r = { .type = FL_RECORD_REACHED };
	bool after;

	if (s->spot_of[i] == UINT32_MAX)
		return 0;
	spot = &s->l->spots[s->spot_of[i]];
	if (spot->reached)
		return 0;
	r.calls = s->world->calls(s->world_arg, i, &after);
	if (!r.calls || after)
		return 0;
	r.id = s->spot_of[i];
	return fl_book(s, &r);
}

int fl_book_points(struct sweep *s, uint64_t n)
{
	size_t npoints = s->world->npoints(s->world_arg);
	int err = 0;

	for (; !err && s->seen < npoints; s->seen++)
		err = meet(s, s->seen, n);
	for (size_t i = 0; !err && i < s->seen; i++)
		err = look_again(s, i);
	return err;
}

int fl_book_blame(struct sweep *s, uint32_t id, uint64_t n, bool late)
{
	const struct fl_record r = { .type = FL_RECORD_BLAME, .n = n, .id = id, .late = late };
	int err = fl_book(s, &r);

	return err ? err : fl_book_sync(s);
}

static int book_finding(struct sweep *s, const struct fl_found *f, uint64_t n, bool late)
{
	uint32_t id = fl_ledger_finding(s->l, f->fingerprint);
	struct fl_record r = { .type = FL_RECORD_FINDING, .n = n };
	bool fresh = !id;
	uint64_t before = fresh ? 0 : s->l->findings[id - 1].trial;
	int err = 0;

	if (fresh) {
		id = (uint32_t)s->l->nfindings + 1;
		r.id = id;
		r.kind = f->kind;
		r.fingerprint = f->fingerprint;
		r.title = f->title;
		err = fl_book(s, &r);
	}
	if (!err)
		err = fl_book_blame(s, id, n, late);
	if (err)
		return err;
	if (s->l->findings[id - 1].trial != before)
		fl_finding_write(s, id, f);
	if (fresh && s->sink->finding)
		s->sink->finding(s->sink->arg, id, &s->l->findings[id - 1]);
	return 0;
}

int fl_book_findings(struct sweep *s, uint64_t n, bool late)
{
	int err = 0;

	if (s->found.no_memory)
		return fl_refuse_memory(s->fault);
	for (size_t i = 0; !err && i < s->found.n; i++)
		err = book_finding(s, &s->found.list[i], n, late);
	return err;
}
