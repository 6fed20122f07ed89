/* SPDX-License-Identifier: GPL-2.0-or-later */
/* armed.c - a set of rules: its parts, begin and end, knobs, counters. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine_impl.h"
#include "klog.h"

struct fl_armed *fl_armed_new(struct fl_engine *en, const struct fl_arming *arming)
{
	struct fl_armed *a = calloc(1, sizeof(*a)), **last = &en->sets;

	if (!a)
		return NULL;
	a->en = en;
	a->arming = *arming;
	while (*last)
		last = &(*last)->next;
	*last = a;
	return a;
}

void fl_armed_free(struct fl_armed *a)
{
	struct fl_armed **link;

	if (!a)
		return;
	fl_armed_end(a);
	for (link = &a->en->sets; *link != a;)
		link = &(*link)->next;
	*link = a->next;
	/* the first last: it is what the others extend */
	while (a->nparts > 0)
		fl_part_free(a->parts[--a->nparts]);
	free(a->parts);
	free(a->waits);
	fl_refusals_release(&a->refusals);
	fl_object_free(a->arming.object);
	free(a);
}

struct fl_part *fl_part_new(struct fl_armed *a)
{
	struct fl_part **more = realloc(a->parts, (a->nparts + 1) * sizeof(*more));
	struct fl_part *p = calloc(1, sizeof(*p));

	if (more)
		a->parts = more;
	if (!more || !p) {
		free(p);
		return NULL;
	}
	p->armed = a;
	return p;
}

static void on_event(const struct fl_event *e, void *arg)
{
	const struct fl_part *p = arg;
	const struct fl_engine_sink *sink = &p->armed->en->opts.sink;

	if (sink->event && e->slot < p->obj->nslots)
		sink->event(sink->arg, p->armed, p->obj, e);
}

void fl_part_drain(struct fl_part *p)
{
	if (p->session)
		fl_session_events(p->session, on_event, p);
}

void fl_engine_drain_parts(const struct fl_engine *en)
{
	for (const struct fl_armed *a = en->sets; a; a = a->next) {
		for (size_t i = 0; i < a->nparts; i++)
			fl_part_drain(a->parts[i]);
	}
}

static void take_events(void *arg)
{
	fl_part_drain(arg);
}

int fl_part_watch(struct fl_part *p)
{
	struct fl_engine *en = p->armed->en;
	int err = fl_loop_add(&en->loop, fl_session_event_fd(p->session), take_events, p);

	if (err)
		fl_engine_fail(en, err, FL_F_EVENTS, strerror(-err), NULL);
	return err;
}

void fl_part_free(struct fl_part *p)
{
	if (!p)
		return;
	if (p->session) {
		fl_loop_remove(&p->armed->en->loop, fl_session_event_fd(p->session));
		fl_session_free(p->session);
	}
	fl_object_free(p->obj);
	free(p->gone);
	free(p);
}

int fl_engine_states(const struct fl_engine *en, struct fl_state_map **maps, size_t *n)
{
	size_t most = 1;

	*n = 0;
	for (const struct fl_armed *a = en->sets; a; a = a->next) {
		for (size_t i = 0; i < a->nparts; i++)
			most += a->parts[i]->obj->nstates;
	}
	*maps = calloc(most, sizeof(**maps));
	if (!*maps)
		return -ENOMEM;
	for (const struct fl_armed *a = en->sets; a; a = a->next) {
		for (size_t i = 0; i < a->nparts; i++) {
			const struct fl_part *p = a->parts[i];

			for (size_t j = 0; p->session && j < p->obj->nstates; j++)
				fl_session_state(p->session, j, &(*maps)[(*n)++]);
		}
	}
	return 0;
}

void fl_engine_beat(struct fl_engine *en)
{
	for (const struct fl_armed *a = en->sets; a; a = a->next) {
		if (a->begun)
			fl_session_beat(a->parts[0]->session);
	}
}

/* --- begin and end ---------------------------------------------------------- */

int fl_armed_begin(struct fl_armed *a)
{
	const struct fl_engine_sink *sink = &a->en->opts.sink;
	const struct fl_object *obj = a->parts[0]->obj;

	fl_engine_open_klog(a->en);
	for (size_t i = 0; i < obj->nrules; i++)
		fl_klog("armed: %s", obj->rules[i].text);
	fl_session_arm(a->parts[0]->session);
	a->begun = true;
	a->ended = false;
	if (sink->armed)
		sink->armed(sink->arg, a);
	return fl_modules_begin(a);
}

void fl_armed_end(struct fl_armed *a)
{
	struct fl_totals t;

	if (!a->begun || a->ended)
		return;
	fl_session_disarm(a->parts[0]->session);
	a->ended = true;
	fl_armed_totals(a, &t);
	fl_klog("disarmed after %llu injections", (unsigned long long)t.injected);
}

void fl_engine_disarm(struct fl_engine *en)
{
	for (struct fl_armed *a = en->sets; a; a = a->next)
		fl_armed_end(a);
}

void fl_armed_set_user(struct fl_armed *a, void *user)
{
	a->user = user;
}

void *fl_armed_user(const struct fl_armed *a)
{
	return a->user;
}

uint64_t fl_armed_since(const struct fl_armed *a)
{
	return fl_session_armed_ns(a->parts[0]->session);
}

bool fl_armed_is_spent(const struct fl_armed *a)
{
	return fl_session_spent(a->parts[0]->session);
}

/* --- objects ------------------------------------------------------------------ */

size_t fl_armed_nparts(const struct fl_armed *a)
{
	return a->nparts;
}

struct fl_session *fl_armed_session(const struct fl_armed *a, size_t part)
{
	return a->parts[part]->session;
}

const struct fl_object *fl_armed_object(const struct fl_armed *a, size_t part)
{
	return a->parts[part]->obj;
}

const struct fl_obj_rule *fl_armed_rule(const struct fl_armed *a, size_t rule)
{
	size_t n = a->nparts;

	while (n > 1 && !a->parts[n - 1]->obj->rules[rule].resolved)
		n--;
	return &a->parts[n - 1]->obj->rules[rule];
}

size_t fl_object_functions(const struct fl_object *obj)
{
	size_t n = 0;

	for (size_t i = 0; i < obj->nprogs; i++)
		n += obj->progs[i].is_tracker ? 0 : obj->progs[i].nattaches;
	return n;
}

int fl_armed_figures(const struct fl_armed *a, size_t part, size_t prog, struct fl_figures *out)
{
	const struct fl_part *p = a->parts[part];

	return p->session ? fl_session_figures(p->session, prog, out) : -ENOENT;
}

void fl_armed_detach(struct fl_armed *a, size_t prog)
{
	fl_session_detach(a->parts[0]->session, prog);
}

/* --- counters ----------------------------------------------------------------- */

static void add(struct fl_totals *t, const struct fl_part *p, size_t slot)
{
	struct fl_counts c;

	fl_session_counts(p->session, slot, &c);
	t->calls += c.calls;
	t->matched += c.matched;
	t->injected += c.injected;
	t->fired += c.fired;
	t->lost += c.lost;
}

static void sum(const struct fl_armed *a, bool all, size_t rule, struct fl_totals *t)
{
	memset(t, 0, sizeof(*t));
	for (size_t i = 0; i < a->nparts; i++) {
		const struct fl_part *p = a->parts[i];

		for (size_t j = 0; j < p->obj->nslots; j++) {
			if (all || p->obj->slots[j].rule == rule)
				add(t, p, j);
		}
	}
}

void fl_armed_totals(const struct fl_armed *a, struct fl_totals *out)
{
	sum(a, true, 0, out);
}

void fl_armed_rule_totals(const struct fl_armed *a, size_t rule, struct fl_totals *out)
{
	sum(a, false, rule, out);
}

void fl_armed_slot_totals(const struct fl_armed *a, size_t part, size_t slot, struct fl_totals *out)
{
	memset(out, 0, sizeof(*out));
	add(out, a->parts[part], slot);
}

/* --- knobs: one memory, which the later parts share ----------------------------- */

static struct fl_session *knobs_of(const struct fl_armed *a)
{
	return a->parts[0]->session;
}

void fl_armed_rule_status(const struct fl_armed *a, size_t rule, struct fl_rule_status *out)
{
	fl_session_rule_status(knobs_of(a), rule, out);
}

int fl_armed_enable(struct fl_armed *a, size_t rule, bool enabled, struct fl_fault *fault)
{
	return fl_session_enable(knobs_of(a), rule, enabled, fault);
}

int fl_armed_set_rate(struct fl_armed *a, size_t rule, int64_t rate, struct fl_fault *fault)
{
	return fl_session_set_rate(knobs_of(a), rule, rate, fault);
}

int fl_armed_set_value(struct fl_armed *a, size_t rule, int64_t value, struct fl_fault *fault)
{
	return fl_session_set_value(knobs_of(a), rule, value, fault);
}

int fl_armed_set_times(struct fl_armed *a, size_t rule, uint64_t times, struct fl_fault *fault)
{
	return fl_session_set_times(knobs_of(a), rule, times, fault);
}

int fl_armed_change_param(struct fl_armed *a, size_t param, int64_t value, struct fl_fault *fault)
{
	return fl_session_change_param(knobs_of(a), param, value, fault);
}

void fl_armed_set_param(struct fl_armed *a, size_t param, int64_t value)
{
	fl_session_set_param(knobs_of(a), param, value);
}

int64_t fl_armed_param(const struct fl_armed *a, size_t param)
{
	return fl_session_param(knobs_of(a), param);
}

void fl_armed_set_deadline(struct fl_armed *a, uint64_t ns)
{
	fl_session_set_deadline(knobs_of(a), ns);
}

uint64_t fl_armed_deadline(const struct fl_armed *a)
{
	return fl_session_deadline(knobs_of(a));
}

void fl_armed_pause(struct fl_armed *a)
{
	fl_session_pause(knobs_of(a));
}

void fl_armed_resume(struct fl_armed *a)
{
	fl_session_resume(knobs_of(a));
}

bool fl_armed_is_active(const struct fl_armed *a)
{
	return fl_session_is_active(knobs_of(a));
}
