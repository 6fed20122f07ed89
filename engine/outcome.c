/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outcome.c - what became of a set of rules: expectations, and why nothing was injected. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine_impl.h"

#define COPIES_SOUGHT 8 /* functions of a rule: each takes a walk over the symbols */

static uint64_t counter(void *arg, uint32_t rule, enum fl_counter which)
{
	struct fl_totals t;

	fl_armed_rule_totals(arg, rule, &t);
	switch (which) {
	case FL_COUNT_CALLS:
		return t.calls;
	case FL_COUNT_MATCHED:
		return t.matched;
	case FL_COUNT_INJECTED:
		return t.injected;
	default:
		return t.fired;
	}
}

static int64_t param(void *arg, uint32_t number)
{
	return fl_armed_param(arg, number);
}

static void check_expectations(const struct fl_armed *a, const struct fl_command *c,
			       struct fl_armed_outcome *out)
{
	const struct fl_object *obj = a->parts[0]->obj;
	bool ended = c && c->pid && c->ended;
	const struct fl_outcome outcome = {
		.counter = counter,
		.param = param,
		.arg = (void *)a,
		.exit_status = ended ? fl_command_exit_status(c) : 0,
		.splats = out->splats,
	};

	for (size_t i = 0; i < obj->nexpects; i++) {
		out->held[i] = (ended || !obj->expects[i].needs_exit) &&
			       fl_expect_holds(&obj->expects[i], &outcome);
		out->failed += !out->held[i];
	}
}

static bool any_returns(const struct fl_object *obj)
{
	for (size_t i = 0; i < obj->nrules; i++) {
		if (obj->rules[i].returns)
			return true;
	}
	return false;
}

static bool any_condition(const struct fl_object *obj)
{
	for (size_t i = 0; i < obj->nconds; i++) {
		if (obj->conds[i].ntests)
			return true;
	}
	return false;
}

static enum fl_idle idle_reason(const struct fl_armed *a, const struct fl_totals *t)
{
	const struct fl_object *obj = a->parts[0]->obj;

	if (t->injected || !any_returns(obj))
		return FL_IDLE_NOT;
	if (!t->calls)
		return a->nwaits ? FL_IDLE_NO_MODULE : FL_IDLE_NO_CALL;
	if (t->matched)
		return FL_IDLE_HELD_BACK;
	return any_condition(obj) ? FL_IDLE_NO_MATCH : FL_IDLE_ALL_EXEMPT;
}

const char *fl_idle_text(enum fl_idle idle)
{
	static const char *const texts[] = {
		[FL_IDLE_NO_MODULE] = "the awaited module was not loaded",
		[FL_IDLE_NO_CALL] = "none of the functions was called",
		[FL_IDLE_HELD_BACK] = "every call that matched was held back by a schedule or a "
				      "limit",
		[FL_IDLE_NO_MATCH] = "the functions were called, but no condition matched",
		[FL_IDLE_ALL_EXEMPT] =
			"the functions were called, but only by tasks that are exempt: faultline, "
			"its ancestors and process 1 (--include-self, --include-init)",
	};

	return texts[idle];
}

/* "f.isra.*, f.part.*": the copies that the kernel has of a function; false: none. */
static bool find_copies(struct fl_kernel *k, struct fl_copied *of)
{
	static const char *const suffixes[] = { ".constprop.*", ".isra.*", ".part.*" };
	size_t len = 0;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		const struct fl_range *ranges;
		char name[sizeof(of->copies)];
		size_t n;
		int err;

		if (snprintf(name, sizeof(name), "%s%s", of->func, suffixes[i]) >=
		    (int)sizeof(name))
			continue;
		err = k->ops->ranges(k, of->module ? of->module : "vmlinux", name, &ranges, &n);
		/* where addresses are hidden, names are not */
		if (err && err != -EACCES)
			continue;
		len += (size_t)snprintf(of->copies + len, sizeof(of->copies) - len, "%s%s",
					len ? ", " : "", name);
		if (len >= sizeof(of->copies))
			break;
	}
	return len != 0;
}

static bool is_noted(const struct fl_armed_outcome *out, const struct fl_copied *c)
{
	for (size_t i = 0; i < out->ncopied; i++) {
		if (out->copied[i].rule == c->rule && !strcmp(out->copied[i].func, c->func))
			return true;
	}
	return false;
}

/* Of a rule without a call: what its functions' callers may use instead. */
static void note_copies(const struct fl_armed *a, uint32_t rule, struct fl_armed_outcome *out)
{
	size_t sought = 0;

	for (size_t i = 0; i < a->nparts; i++) {
		const struct fl_object *obj = a->parts[i]->obj;

		for (size_t j = 0; j < obj->nslots && sought < COPIES_SOUGHT; j++) {
			const struct fl_obj_attach *to = &obj->attaches[obj->slots[j].attach];
			struct fl_copied c = { .rule = rule,
					       .func = to->func,
					       .module = to->module };

			if (obj->slots[j].rule != rule)
				continue;
			sought++;
			if (!is_noted(out, &c) && find_copies(a->en->kernel, &c))
				out->copied[out->ncopied++] = c;
		}
	}
}

static int find_all_copies(const struct fl_armed *a, struct fl_armed_outcome *out)
{
	size_t nrules = a->parts[0]->obj->nrules;
	struct fl_totals t;

	out->copied = calloc(nrules * COPIES_SOUGHT + 1, sizeof(*out->copied));
	if (!out->copied)
		return -ENOMEM;
	for (uint32_t i = 0; i < nrules; i++) {
		fl_armed_rule_totals(a, i, &t);
		if (!t.calls)
			note_copies(a, i, out);
	}
	return 0;
}

int fl_armed_outcome(const struct fl_armed *a, const struct fl_command *c,
		     struct fl_armed_outcome *out)
{
	const struct fl_session *first = a->parts[0]->session;

	memset(out, 0, sizeof(*out));
	out->held = calloc(a->parts[0]->obj->nexpects + 1, sizeof(*out->held));
	if (!out->held)
		return -ENOMEM;
	fl_armed_totals(a, &out->all);
	out->keys_lost = fl_session_keys_lost(first);
	out->delays_skipped = fl_session_delays_skipped(first);
	out->splats = a->en->splats;
	for (size_t i = 0; i < a->nparts; i++)
		out->misses += fl_session_misses(a->parts[i]->session);
	check_expectations(a, c, out);
	out->idle = idle_reason(a, &out->all);
	if (!find_all_copies(a, out))
		return 0;
	fl_armed_outcome_release(out);
	return -ENOMEM;
}

void fl_armed_outcome_release(struct fl_armed_outcome *o)
{
	free(o->held);
	o->held = NULL;
	free(o->copied);
	o->copied = NULL;
}
