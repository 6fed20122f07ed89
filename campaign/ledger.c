/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ledger.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "lookup.h"

struct fl_ledger_index {
	struct fl_lookup spots; /* by key */
	struct fl_lookup tried; /* by fault */
};

void fl_ledger_init(struct fl_ledger *l)
{
	*l = (struct fl_ledger){ .status = -1 };
	l->index = calloc(1, sizeof(*l->index));
	l->no_memory = !l->index;
}

static void free_strings(char **list, size_t n)
{
	for (size_t i = 0; list && i < n; i++)
		free(list[i]);
	free(list);
}

static void free_options(struct fl_ledger *l)
{
	for (size_t i = 0; i < l->noptions; i++) {
		free((char *)l->options[i].name);
		free((char *)l->options[i].value);
	}
	free(l->options);
	l->options = NULL;
	l->noptions = 0;
}

void fl_ledger_release(struct fl_ledger *l)
{
	for (size_t i = 0; i < l->nspots; i++) {
		free(l->spots[i].key);
		free(l->spots[i].function);
		free(l->spots[i].module);
		free(l->spots[i].context);
		free_strings(l->spots[i].path, l->spots[i].npath);
	}
	for (size_t i = 0; i < l->nfindings; i++) {
		free(l->findings[i].kind);
		free(l->findings[i].fingerprint);
		free(l->findings[i].title);
	}
	free_options(l);
	free_strings(l->argv, l->nargv);
	free(l->script);
	free(l->kernel);
	free(l->build_id);
	free(l->faultline);
	free(l->boot);
	free(l->reason);
	free(l->spots);
	free(l->tried);
	free(l->ran);
	free(l->findings);
	free(l->unscanned);
	if (l->index) {
		fl_lookup_release(&l->index->spots);
		fl_lookup_release(&l->index->tried);
	}
	free(l->index);
	*l = (struct fl_ledger){ 0 };
}

/* --- small pieces --------------------------------------------------------- */

static char *copy(struct fl_ledger *l, const char *text)
{
	char *s = text ? strdup(text) : NULL;

	l->no_memory |= text && !s;
	return s;
}

static void keep(struct fl_ledger *l, char **to, const char *text)
{
	free(*to);
	*to = copy(l, text);
}

static char **copy_list(struct fl_ledger *l, const char *const *list, size_t n)
{
	char **to = calloc(n + 1, sizeof(*to));

	l->no_memory |= !to;
	for (size_t i = 0; to && i < n; i++)
		to[i] = copy(l, list[i]);
	return to;
}

/* Room for one more: the array's length is doubled at powers of two. */
static void *one_more(struct fl_ledger *l, void **array, size_t n, size_t size)
{
	if (!(n & (n - 1))) {
		void *more = realloc(*array, (n ? 2 * n : 1) * size);

		if (!more) {
			l->no_memory = true;
			return NULL;
		}
		*array = more;
	}
	if (*array)
		memset((char *)*array + n * size, 0, size);
	return *array ? (char *)*array + n * size : NULL;
}

static uint64_t hash_fault(const struct fl_fault_at *f, bool pair)
{
	uint64_t h = fl_lookup_mix(f->point * UINT64_C(4294967311) + f->occurrence);

	h ^= fl_lookup_mix((uint64_t)f->value * 16 + f->mode * 4u + f->has_value * 2u + pair);
	return h;
}

struct same_fault {
	const struct fl_ledger *l;
	const struct fl_fault_at *f;
	bool pair;
};

static bool same_fault(const void *arg, uint32_t i)
{
	const struct same_fault *s = arg;
	const struct fl_tried *t = &s->l->tried[i];

	return t->fault.point == s->f->point && t->fault.occurrence == s->f->occurrence &&
	       t->fault.mode == s->f->mode && t->fault.has_value == s->f->has_value &&
	       t->fault.value == s->f->value && t->pair == s->pair;
}

const struct fl_tried *fl_ledger_tried(const struct fl_ledger *l, const struct fl_fault_at *f,
				       bool pair)
{
	const struct same_fault s = { l, f, pair };
	uint32_t i = fl_lookup_find(&l->index->tried, hash_fault(f, pair), same_fault, &s);

	return i == FL_LOOKUP_NONE ? NULL : &l->tried[i];
}

struct same_key {
	const struct fl_ledger *l;
	const char *key;
};

static bool same_key(const void *arg, uint32_t i)
{
	const struct same_key *s = arg;

	return !strcmp(s->l->spots[i].key, s->key);
}

const struct fl_spot *fl_ledger_spot(const struct fl_ledger *l, const char *key)
{
	const struct same_key s = { l, key };
	uint32_t i = fl_lookup_find(&l->index->spots, fl_lookup_text(key), same_key, &s);

	return i == FL_LOOKUP_NONE ? NULL : &l->spots[i];
}

size_t fl_ledger_spot_number(const struct fl_ledger *l, const struct fl_spot *s)
{
	return (size_t)(s - l->spots);
}

uint32_t fl_ledger_finding(const struct fl_ledger *l, const char *fingerprint)
{
	for (size_t i = 0; i < l->nfindings; i++) {
		if (!strcmp(l->findings[i].fingerprint, fingerprint))
			return (uint32_t)i + 1;
	}
	return 0;
}

bool fl_finding_is_damage(const struct fl_known_finding *f)
{
	return f->kind && !strcmp(f->kind, "damage");
}

bool fl_finding_is_late(const struct fl_known_finding *f)
{
	return f->nshown || fl_finding_is_damage(f);
}

/* --- records -------------------------------------------------------------- */

static void apply_campaign(struct fl_ledger *l, const struct fl_record *r)
{
	keep(l, &l->script, r->script);
	keep(l, &l->kernel, r->kernel);
	keep(l, &l->build_id, r->build_id);
	keep(l, &l->faultline, r->faultline);
	free_strings(l->argv, l->nargv);
	l->argv = copy_list(l, r->argv, r->nargv);
	l->nargv = r->nargv;
}

static void apply_start(struct fl_ledger *l, const struct fl_record *r)
{
	l->starts++;
	l->nwasted += l->nrepeated;
	l->nrepeated = 0;
	l->torn += r->torn != 0;
	l->status = -1;
	l->nbaselines = 0;
	if (!l->boot || strcmp(l->boot, r->boot) != 0) {
		l->dirty = false;
		l->hit = (struct fl_record){ 0 };
	}
	keep(l, &l->boot, r->boot);
	free_options(l);
	l->options = calloc(r->noptions + 1, sizeof(*l->options));
	l->no_memory |= !l->options;
	for (size_t i = 0; l->options && i < r->noptions; i++) {
		l->options[i].name = copy(l, r->options[i].name);
		l->options[i].value = copy(l, r->options[i].value);
		l->noptions++;
	}
}

static const char *apply_point(struct fl_ledger *l, const struct fl_record *r)
{
	struct fl_spot *s;

	if (r->id != l->nspots)
		return "points are not numbered in order";
	s = one_more(l, (void **)&l->spots, l->nspots, sizeof(*s));
	if (!s)
		return NULL;
	s->key = copy(l, r->key);
	s->function = copy(l, r->function);
	s->module = copy(l, r->module);
	s->context = copy(l, r->context);
	s->path = copy_list(l, r->path, r->npath);
	s->npath = r->npath;
	s->rule = r->rule;
	s->trial = r->trial;
	s->calls = r->calls;
	s->reached = !r->after;
	if (r->after)
		s->revealed_by = l->begun.faults[0];
	/* no baseline had it */
	s->unstable = !r->after && r->trial;
	if (s->key && fl_lookup_add(&l->index->spots, fl_lookup_text(s->key), r->id))
		l->no_memory = true;
	l->nspots++;
	return NULL;
}

static const char *apply_reached(struct fl_ledger *l, const struct fl_record *r)
{
	if (r->id >= l->nspots)
		return "a point is reached that was not found before";
	l->spots[r->id].reached = true;
	l->spots[r->id].unstable = true;
	l->spots[r->id].calls = r->calls;
	return NULL;
}

static const char *apply_unstable(struct fl_ledger *l, const struct fl_record *r)
{
	if (r->id >= l->nspots)
		return "a point is unstable that was not found before";
	l->spots[r->id].unstable = true;
	return NULL;
}

static const char *apply_begin(struct fl_ledger *l, const struct fl_record *r)
{
	for (size_t i = 0; i < r->nfaults; i++) {
		if (r->faults[i].point >= l->nspots)
			return "a fault has a point that was not found before";
	}
	l->open = true;
	l->begun = *r;
	l->nrepeated += r->again;
	if (r->n > l->last)
		l->last = r->n;
	return NULL;
}

static struct fl_tried *tried(struct fl_ledger *l, const struct fl_fault_at *f, bool pair)
{
	struct fl_tried *t = (struct fl_tried *)fl_ledger_tried(l, f, pair);

	if (t)
		return t;
	t = one_more(l, (void **)&l->tried, l->ntried, sizeof(*t));
	if (!t)
		return NULL;
	t->fault = *f;
	t->pair = pair;
	if (fl_lookup_add(&l->index->tried, hash_fault(f, pair), (uint32_t)l->ntried))
		l->no_memory = true;
	l->ntried++;
	return t;
}

static void remember_unscanned(struct fl_ledger *l, const struct fl_record *b)
{
	struct fl_unscanned *u = one_more(l, (void **)&l->unscanned, l->nunscanned, sizeof(*u));

	if (!u)
		return;
	u->n = b->n;
	u->nfaults = b->nfaults;
	memcpy(u->faults, b->faults, sizeof(u->faults));
	l->nunscanned++;
}

bool fl_tried_settled(const struct fl_tried *t)
{
	return t->outcome != FL_OUTCOME_NONE &&
	       (t->outcome != FL_OUTCOME_MISSED || t->tries >= FL_MAX_TRIES);
}

/* A fault whose call was not reached counts once it has been tried often enough. */
static void settle(struct fl_ledger *l, struct fl_tried *t, const struct fl_record *r)
{
	struct fl_spot *s;

	if (!t)
		return;
	s = &l->spots[t->fault.point];
	if (t->outcome != FL_OUTCOME_NONE)
		l->outcomes[t->outcome]--;
	s->settled -= fl_tried_settled(t);
	t->outcome = r->outcome;
	t->trial = (uint32_t)r->n;
	t->tries++;
	l->outcomes[t->outcome]++;
	s->settled += fl_tried_settled(t);
	if (r->outcome == FL_OUTCOME_MISSED)
		s->missed = t->tries >= FL_MAX_TRIES;
	else
		s->injected = true;
}

/* Of several faults it is only known that all of them had an effect. */
static void settle_drawn(struct fl_ledger *l, const struct fl_record *b, const struct fl_record *r)
{
	l->outcomes[r->outcome]++;
	for (size_t i = 0; r->injected >= b->nfaults && i < b->nfaults; i++)
		l->spots[b->faults[i].point].injected = true;
}

bool fl_same_faults(const struct fl_fault_at *faults, size_t n, const struct fl_record *begin)
{
	if (n != begin->nfaults)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct fl_fault_at *x = &faults[i], *y = &begin->faults[i];

		if (x->point != y->point || x->occurrence != y->occurrence || x->mode != y->mode ||
		    x->has_value != y->has_value || x->value != y->value)
			return false;
	}
	return true;
}

/* A repetition that the machine did not survive is not tried once more. */
static void forget_unscanned(struct fl_ledger *l, const struct fl_record *b)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->nunscanned; i++) {
		if (!fl_same_faults(l->unscanned[i].faults, l->unscanned[i].nfaults, b))
			l->unscanned[kept++] = l->unscanned[i];
	}
	l->nunscanned = kept;
}

static bool may_have_leaked(const struct fl_record *end)
{
	return !end->dirty &&
	       (end->outcome == FL_OUTCOME_HANDLED || end->outcome == FL_OUTCOME_ABSORBED ||
		end->outcome == FL_OUTCOME_FINDING);
}

static void remember_ran(struct fl_ledger *l, const struct fl_record *b,
			 const struct fl_record *end)
{
	struct fl_ran *ran = one_more(l, (void **)&l->ran, l->nran, sizeof(*ran));

	if (!ran)
		return;
	*ran = (struct fl_ran){
		.n = end->n,
		.us = end->us,
		.fault = b->faults[b->nfaults - 1],
		.first = b->faults[0].point,
		.start = (uint32_t)l->starts,
		.outcome = end->outcome,
		.pair = b->nfaults > 1,
		.drawn = b->drawn ? (uint32_t)b->nfaults : 0,
		.again = b->again,
	};
	l->nran++;
}

/* A trial is repeated that showed what an earlier one may have caused. */
static void make_sure(struct fl_ledger *l, const struct fl_record *b, const struct fl_record *end)
{
	if (!l->unsure.n || !fl_same_faults(l->unsure.faults, l->unsure.nfaults, b))
		return;
	l->unsure.n = 0;
	/* the earlier one's fault does damage, and would spoil the trials after it once more */
	if (end->outcome != FL_OUTCOME_FINDING)
		forget_unscanned(l, &l->blamed);
}

static const char *apply_end(struct fl_ledger *l, const struct fl_record *r)
{
	const struct fl_record *b = &l->begun;

	if (!l->open || b->n != r->n)
		return "a trial ends that did not begin";
	l->open = false;
	l->dirty |= r->dirty;
	if (r->injected)
		l->hit = *b;
	if (r->silent)
		l->silent = *b;
	l->busy_us += r->us;
	remember_ran(l, b, r);
	if (r->outcome == FL_OUTCOME_CUT)
		return NULL;
	if (b->again && (r->dirty || r->outcome == FL_OUTCOME_CRASH))
		forget_unscanned(l, b);
	if (b->again)
		return NULL;
	l->trials++;
	make_sure(l, b, r);
	if (b->drawn)
		settle_drawn(l, b, r);
	else
		settle(l, tried(l, &b->faults[b->nfaults - 1], b->nfaults > 1), r);
	if (may_have_leaked(r))
		remember_unscanned(l, b);
	return NULL;
}

static const char *apply_finding(struct fl_ledger *l, const struct fl_record *r)
{
	struct fl_known_finding *f;

	if (r->id != l->nfindings + 1)
		return "findings are not numbered in order";
	f = one_more(l, (void **)&l->findings, l->nfindings, sizeof(*f));
	if (!f)
		return NULL;
	f->kind = copy(l, r->kind);
	f->fingerprint = copy(l, r->fingerprint);
	f->title = copy(l, r->title);
	l->nfindings++;
	return NULL;
}

/* The trial that is blamed is mostly one of the last. */
static void mark_ran(struct fl_ledger *l, uint64_t n, uint32_t finding)
{
	size_t i = l->nran;

	while (i && l->ran[i - 1].n != n)
		i--;
	if (i)
		l->ran[i - 1].finding = finding;
}

static const char *apply_blame(struct fl_ledger *l, const struct fl_record *r)
{
	struct fl_known_finding *f;
	const struct fl_record *b = r->n == l->hit.n ? &l->hit : &l->begun;

	if (!r->id || r->id > l->nfindings)
		return "a finding is blamed on a trial that was not found before";
	f = &l->findings[r->id - 1];
	/* to try it again would spoil the trials after it once more */
	if (fl_finding_is_damage(f))
		forget_unscanned(l, b);
	if (r->late) {
		l->blamed = *b;
		l->unsure = l->begun;
	}
	if (!r->late && f->nshown && fl_same_faults(f->shown, f->nshown, b)) {
		mark_ran(l, f->trial, 0);
		f->blames = 0;
	}
	mark_ran(l, r->n, r->id);
	if (!f->blames++) {
		f->nshown = r->late ? l->begun.nfaults : 0;
		memcpy(f->shown, l->begun.faults, sizeof(f->shown));
		f->trial = r->n;
		f->nfaults = b->nfaults;
		memcpy(f->faults, b->faults, sizeof(f->faults));
	}
	return NULL;
}

static void apply_scan(struct fl_ledger *l, const struct fl_record *r)
{
	size_t kept = 0;

	l->busy_us += r->us;
	for (size_t i = 0; i < l->nunscanned; i++) {
		if (l->unscanned[i].n > r->n)
			l->unscanned[kept++] = l->unscanned[i];
	}
	l->nunscanned = kept;
	l->nrepeated = 0;
	l->nwasted /= 2;
}

static const char *apply(struct fl_ledger *l, const struct fl_record *r)
{
	switch (r->type) {
	case FL_RECORD_CAMPAIGN:
		apply_campaign(l, r);
		return NULL;
	case FL_RECORD_START:
		apply_start(l, r);
		return NULL;
	case FL_RECORD_POINT:
		return apply_point(l, r);
	case FL_RECORD_REACHED:
		return apply_reached(l, r);
	case FL_RECORD_UNSTABLE:
		return apply_unstable(l, r);
	case FL_RECORD_BASELINE:
		l->nbaselines++;
		l->busy_us += r->us;
		l->matched = r->matched;
		if (l->nbaselines == 1 || r->us < l->baseline_us)
			l->baseline_us = r->us;
		return NULL;
	case FL_RECORD_BEGIN:
		return apply_begin(l, r);
	case FL_RECORD_END:
		return apply_end(l, r);
	case FL_RECORD_FINDING:
		return apply_finding(l, r);
	case FL_RECORD_BLAME:
		return apply_blame(l, r);
	case FL_RECORD_SCAN:
		apply_scan(l, r);
		return NULL;
	case FL_RECORD_DONE:
		l->status = r->status;
		keep(l, &l->reason, r->reason);
		return NULL;
	}
	return NULL;
}

int fl_ledger_apply(struct fl_ledger *l, const struct fl_record *r, const char **why)
{
	*why = l->no_memory ? NULL : apply(l, r);
	if (l->no_memory)
		return -ENOMEM;
	return *why ? -EINVAL : 0;
}

int fl_ledger_record(void *arg, const struct fl_record *r)
{
	struct fl_ledger_reader *rd = arg;

	return fl_ledger_apply(rd->l, r, &rd->why);
}

int fl_ledger_read(struct fl_ledger *l, const char *dir, struct fl_fault *fault)
{
	struct fl_ledger_reader rd = { .l = l };
	struct fl_journal_stat stat;
	struct fl_fault own = { .tag = FL_NO_FAULT };
	int err = fl_journal_read(dir, fl_ledger_record, &rd, &stat, &own);

	if (own.tag && fault)
		*fault = own;
	else if (err == -ENOENT)
		fl_refuse(fault, FL_C_NO_JOURNAL, dir, NULL);
	else if (err == -EINVAL)
		fl_refuse(fault, FL_C_INCONSISTENT, dir, fl_digits((int64_t)stat.lines).text,
			  rd.why, NULL);
	else if (!err && stat.torn)
		l->torn++;
	return err;
}
