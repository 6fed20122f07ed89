/* SPDX-License-Identifier: GPL-2.0-or-later */
/* eval.c - rules in order, their schedules and actions. */
#include "eval_impl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct eval *eval_new(const struct fl_script *script, struct fl_kernel *k,
		      const struct eval_opts *opts)
{
	struct eval *ev = calloc(1, sizeof(*ev));

	if (!ev)
		return NULL;
	ev->script = script;
	ev->kernel = k;
	ev->opts = *opts;
	ev->rules = calloc(script->nrules + 1, sizeof(*ev->rules));
	ev->params = calloc(script->nparams + 1, sizeof(*ev->params));
	ev->tracked = calloc(script->ntrackers + 1, sizeof(*ev->tracked));
	ev->log = calloc(1, EVAL_LOG);
	for (size_t i = 0; ev->rules && i < script->nrules; i++) {
		ev->rules[i].enabled = true;
		ev->rules[i].counts = calloc(script->rules[i].nons + 1, sizeof(struct eval_counts));
	}
	for (size_t i = 0; ev->params && i < script->nparams; i++)
		ev->params[i] = (int64_t)script->params[i].value->value;
	if (ev->rules && ev->params && ev->tracked && ev->log)
		return ev;
	eval_free(ev);
	return NULL;
}

static void free_entries(struct eval_entry *list)
{
	while (list) {
		struct eval_entry *next = list->next;

		free(list);
		list = next;
	}
}

void eval_free(struct eval *ev)
{
	if (!ev)
		return;
	for (size_t i = 0; ev->rules && i < ev->script->nrules; i++)
		free(ev->rules[i].counts);
	free_entries(ev->keys);
	free_entries(ev->states);
	free(ev->rules);
	free(ev->params);
	free(ev->tracked);
	free(ev->log);
	free(ev);
}

void eval_enable(struct eval *ev, size_t rule, bool on)
{
	ev->rules[rule].enabled = on;
}

void eval_set_param(struct eval *ev, size_t param, int64_t value)
{
	ev->params[param] = value;
}

void eval_set_elapsed(struct eval *ev, uint64_t ns)
{
	ev->elapsed = ns;
}

const struct eval_counts *eval_counts(const struct eval *ev, size_t rule, size_t on)
{
	return &ev->rules[rule].counts[on];
}

const char *eval_log(const struct eval *ev)
{
	return ev->log;
}

void eval_clear_log(struct eval *ev)
{
	ev->log_len = 0;
	*ev->log = '\0';
}

/* The entry of a key, made where there is none. */
static struct eval_entry *take_entry(struct eval_entry **list, const struct eval_entry *key)
{
	struct eval_entry *e = eval_find(*list, key);

	if (e)
		return e;
	e = malloc(sizeof(*e));
	if (!e)
		abort();
	*e = *key;
	e->next = *list;
	*list = e;
	return e;
}

static void drop_entry(struct eval_entry **list, const struct eval_entry *key)
{
	struct eval_entry *gone = eval_find(*list, key);

	for (; gone && *list; list = &(*list)->next) {
		if (*list == gone) {
			*list = gone->next;
			free(gone);
			return;
		}
	}
}

/* --- conditions ------------------------------------------------------------------ */

static void note_draw(const struct fl_expr *e, void *arg)
{
	bool *draws = arg;

	*draws |= e->builtin == FL_BUILTIN_rand || e->builtin == FL_BUILTIN_random;
}

static bool draws(const struct fl_expr *e)
{
	bool found = false;

	fl_walk(e, note_draw, &found);
	return found;
}

/*
 * The terms of a conjunction that draw, or those that do not: the latter are
 * looked at first, so that a call that is not meant uses up no random numbers.
 */
static bool terms_hold(struct eval *ev, const struct fl_expr *e, bool that_draw)
{
	if (e->kind == FL_EXPR_BINARY && e->op == FL_OP_ANDAND && !e->is_constant)
		return terms_hold(ev, e->left, that_draw) && terms_hold(ev, e->right, that_draw);
	return draws(e) != that_draw || eval_truth(ev, e);
}

/* --- schedules ------------------------------------------------------------------- */

static uint64_t amount(const struct eval *ev, const struct fl_expr *e)
{
	return e->kind == FL_EXPR_PARAM ? (uint64_t)ev->params[e->index] : e->value;
}

static bool nth_picks(const struct eval *ev, const struct fl_schedule *s, uint64_t ordinal)
{
	uint64_t first = amount(ev, s->first);
	uint64_t last = s->last ? amount(ev, s->last) : s->is_open ? UINT64_MAX : first;
	uint64_t step = s->step ? amount(ev, s->step) : 1;

	return ordinal >= first && ordinal <= last && (!step || (ordinal - first) % step == 0);
}

static uint64_t after_ns(const struct eval *ev, const struct fl_rule *rule)
{
	for (size_t i = 0; i < rule->nscheds; i++) {
		if (rule->scheds[i].kind == FL_SCHED_AFTER && rule->scheds[i].is_time)
			return amount(ev, rule->scheds[i].first);
	}
	return 0;
}

static bool picks(const struct eval *ev, const struct fl_rule *rule, const struct fl_schedule *s,
		  uint64_t ordinal)
{
	switch (s->kind) {
	case FL_SCHED_NTH:
		return nth_picks(ev, s, ordinal);
	case FL_SCHED_EVERY:
		return ordinal % amount(ev, s->first) == 0;
	case FL_SCHED_AFTER:
		return s->is_time ? ev->elapsed >= amount(ev, s->first)
				  : ordinal > amount(ev, s->first);
	case FL_SCHED_FOR:
		return ev->elapsed < after_ns(ev, rule) + amount(ev, s->first);
	default:
		return true;
	}
}

/* "times" counts what the others let through. */
static bool all_pick(const struct eval *ev, const struct fl_rule *rule, uint64_t ordinal,
		     uint64_t *passed)
{
	for (size_t i = 0; i < rule->nscheds; i++) {
		if (!picks(ev, rule, &rule->scheds[i], ordinal))
			return false;
	}
	for (size_t i = 0; i < rule->nscheds; i++) {
		if (rule->scheds[i].kind != FL_SCHED_TIMES)
			continue;
		if (*passed >= amount(ev, rule->scheds[i].first))
			return false;
		++*passed;
	}
	return true;
}

/* Counts a matched call; is it one that is acted on? */
static bool is_picked(struct eval *ev, const struct fl_rule *rule, const struct fl_instance *in)
{
	struct eval_rule *r = &ev->rules[ev->rule];
	uint64_t *ordinal = &r->ordinal, *passed = &r->passed;
	struct eval_entry key = { .map = (unsigned int)ev->rule }, *counts;

	if (in->per) {
		eval_key(ev, in->per, &key);
		counts = take_entry(&ev->keys, &key);
		ordinal = &counts->ordinal;
		passed = &counts->passed;
	}
	ev->ordinal = ++*ordinal;
	return all_pick(ev, rule, ev->ordinal, passed);
}

/* --- actions --------------------------------------------------------------------- */

static void log_text(struct eval *ev, const char *text, size_t len)
{
	if (ev->log_len + len + 1 > EVAL_LOG)
		return;
	memcpy(ev->log + ev->log_len, text, len);
	ev->log_len += len;
	ev->log[ev->log_len] = '\0';
}

static const char *errno_text(int64_t value, char *buf, size_t size)
{
	const char *name = fl_error_name(value);

	if (name)
		snprintf(buf, size, "-%s", name);
	else
		snprintf(buf, size, "%" PRId64, value);
	return buf;
}

static void log_value(struct eval *ev, const struct fl_expr *e, char directive)
{
	bool before = ev->fault;
	char text[MAX_STRING + 1];
	uint64_t n;

	if (directive == 's') {
		eval_string(ev, e, text);
		if (ev->fault && !before)
			*text = '\0';
		ev->fault = before;
		log_text(ev, text, strlen(text));
		return;
	}
	n = eval_value(ev, e);
	if (directive == 'e')
		errno_text((int64_t)n, text, sizeof(text));
	else if (directive == 'x')
		snprintf(text, sizeof(text), "%" PRIx64, n);
	else if (directive == 'u')
		snprintf(text, sizeof(text), "%" PRIu64, n);
	else
		snprintf(text, sizeof(text), "%" PRId64, (int64_t)n);
	log_text(ev, text, strlen(text));
}

static void do_log(struct eval *ev, const struct fl_action *act)
{
	size_t arg = 0;

	for (const char *p = act->format; *p; p++) {
		if (*p != '%')
			log_text(ev, p, 1);
		else if (*++p == '%')
			log_text(ev, p, 1);
		else
			log_value(ev, act->args[arg++], *p);
	}
	log_text(ev, "\n", 1);
}

static void do_assign(struct eval *ev, const struct fl_action *act)
{
	struct eval_entry key = { .map = act->state->index };
	int64_t value = 1;
	struct eval_entry *e;

	for (size_t i = 0; i < act->state->nitems; i++)
		eval_key(ev, act->state->items[i], &key);
	if (act->kind == FL_ACT_DELETE) {
		drop_entry(&ev->states, &key);
		return;
	}
	if (act->value)
		value = (int64_t)eval_value(ev, act->value);
	e = take_entry(&ev->states, &key);
	if (act->assign == FL_ASSIGN_SET)
		e->value = value;
	else if (act->assign == FL_ASSIGN_ADD)
		e->value = (int64_t)((uint64_t)e->value + (uint64_t)value);
	else
		e->value = (int64_t)((uint64_t)e->value - (uint64_t)value);
}

static const struct fl_expr *choose(struct eval *ev, const struct fl_rule *rule,
				    const struct fl_action *act)
{
	uint64_t sum = 0, pick;

	if (act->nchoices == 1)
		return act->choices[0].value;
	for (size_t i = 0; i < act->nchoices; i++)
		sum += act->choices[i].share;
	pick = (uint64_t)((unsigned __int128)eval_draw(ev, rule->ndraws) * sum >> 32);
	for (size_t i = 0; i < act->nchoices; i++) {
		if (pick < act->choices[i].share)
			return act->choices[i].value;
		pick -= act->choices[i].share;
	}
	abort();
}

static bool may_return(enum fl_tag tag, int64_t value)
{
	bool is_errno = value < 0 && value >= -4095;

	switch (tag) {
	case FL_TAG_ERRNO:
		return is_errno;
	case FL_TAG_NULL:
		return value == 0;
	case FL_TAG_ERRNO_NULL:
		return is_errno || value == 0;
	case FL_TAG_TRUE:
		return value == 1;
	default:
		return true;
	}
}

/* False: what was worked out may not be returned, and the rule ends here. */
static bool act_on(struct eval *ev, const struct fl_rule *rule, const struct fl_action *act,
		   uint64_t *value)
{
	switch (act->kind) {
	case FL_ACT_RETURN:
		*value = eval_value(ev, choose(ev, rule, act));
		return ev->opts.force_return || may_return(ev->on->func->tag, (int64_t)*value);
	case FL_ACT_LOG:
		do_log(ev, act);
		return true;
	case FL_ACT_DELETE:
	case FL_ACT_ASSIGN:
		do_assign(ev, act);
		return true;
	default: /* what is seen outside only */
		return true;
	}
}

/* --- calls ----------------------------------------------------------------------- */

static bool run_rule(struct eval *ev, size_t rule_index, size_t on_index, uint64_t *value)
{
	const struct fl_rule *rule = &ev->script->rules[rule_index];
	const struct fl_instance *in = rule->ons[on_index].instance;
	struct eval_counts *counts = &ev->rules[rule_index].counts[on_index];

	if (!ev->rules[rule_index].enabled)
		return false;
	ev->rule = rule_index;
	ev->on = &rule->ons[on_index];
	ev->has_drawn = ev->fault = false;
	counts->calls++;
	if (in->cond && (!terms_hold(ev, in->cond, false) || !terms_hold(ev, in->cond, true)))
		return false;
	counts->matched++;
	if (!is_picked(ev, rule, in))
		return false;
	for (size_t i = 0; i < rule->nacts; i++) {
		if (!act_on(ev, rule, &in->acts[i], value))
			return false;
	}
	if (rule->ret)
		counts->injected++;
	else
		counts->fired++;
	return rule->ret != NULL;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool is_on(const struct fl_on *on, const struct eval_call *call)
{
	return !strcmp(on->func->name, call->frame.func) &&
	       is_same(on->func->module, call->frame.module);
}

static bool run_rules(struct eval *ev, const struct eval_call *call, bool at_exit, uint64_t *value)
{
	ev->call = call;
	for (size_t i = 0; i < ev->script->nrules; i++) {
		const struct fl_rule *rule = &ev->script->rules[i];

		for (size_t j = 0; rule->on_exit == at_exit && j < rule->nons; j++) {
			if (is_on(&rule->ons[j], call) && run_rule(ev, i, j, value))
				return true;
		}
	}
	return false;
}

static void track(struct eval *ev, const struct eval_call *call, bool at_exit)
{
	for (size_t i = 0; i < ev->script->ntrackers; i++) {
		const struct fl_tracker *t = &ev->script->trackers[i];
		struct eval_tracked *in = &ev->tracked[i];

		if (!is_on(&t->on, call))
			continue;
		ev->call = call;
		ev->on = &t->on;
		ev->fault = false;
		if (at_exit)
			in->depth--;
		else
			in->holds[in->depth++] = eval_truth(ev, t->instance.cond);
	}
}

bool eval_enter(struct eval *ev, const struct eval_call *call, uint64_t *value)
{
	track(ev, call, false);
	return run_rules(ev, call, false, value);
}

void eval_leave(struct eval *ev, const struct eval_call *call)
{
	uint64_t unused;

	run_rules(ev, call, true, &unused);
	track(ev, call, true);
}
