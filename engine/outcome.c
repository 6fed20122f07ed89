/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outcome.c - what became of a set of rules: expectations, and why nothing was injected. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine_impl.h"

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
		[FL_IDLE_NO_MODULE] = "the module that it waited for did not come",
		[FL_IDLE_NO_CALL] = "none of the functions was called",
		[FL_IDLE_HELD_BACK] = "every call that matched was held back by a schedule or a "
				      "limit",
		[FL_IDLE_NO_MATCH] = "the functions were called, but no condition ever held",
		[FL_IDLE_ALL_EXEMPT] =
			"the functions were called, but only by tasks that are exempt: faultline, "
			"its ancestors and process 1 (--include-self, --include-init)",
	};

	return texts[idle];
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
	return 0;
}

void fl_armed_outcome_release(struct fl_armed_outcome *o)
{
	free(o->held);
	o->held = NULL;
}
