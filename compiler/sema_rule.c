/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sema_rule.c - when a rule acts, and what it does. */
#include <inttypes.h>
#include <string.h>

#include "sema_impl.h"
#include "fl_abi.h"

const struct fl_schedule *fl_find_schedule(const struct fl_rule *rule, enum fl_schedule_kind kind)
{
	for (size_t i = 0; i < rule->nscheds; i++) {
		if (rule->scheds[i].kind == kind)
			return &rule->scheds[i];
	}
	return NULL;
}

static const char *const schedule_names[] = {
	[FL_SCHED_NTH] = "nth",	    [FL_SCHED_EVERY] = "every", [FL_SCHED_TIMES] = "times",
	[FL_SCHED_AFTER] = "after", [FL_SCHED_FOR] = "for",	[FL_SCHED_PER] = "per",
};

const char *fl_schedule_name(enum fl_schedule_kind kind)
{
	return schedule_names[kind];
}

/*
 * One number of a schedule, at least @least; a time only where one is allowed.
 */
static void check_amount(struct fl_sema *s, const struct fl_schedule *sched, struct fl_expr *e,
			 bool wants_time, uint64_t least)
{
	s->place = FL_PLACE_SCHEDULE;
	fl_check_expr(s, e);
	if (!e->type)
		return;
	if (!fl_is_number(e)) {
		fl_report(s->diags, FL_E_SCHEDULE_NUMBER, e->span, schedule_names[sched->kind],
			  NULL);
		return;
	}
	if (e->is_duration != wants_time) {
		fl_report(s->diags, wants_time ? FL_E_SCHEDULE_TIME : FL_E_SCHEDULE_COUNT, e->span,
			  schedule_names[sched->kind], NULL);
		return;
	}
	if ((int64_t)e->value < (int64_t)least)
		fl_report(s->diags, FL_E_SCHEDULE_LEAST, e->span, schedule_names[sched->kind],
			  fl_arena_printf(s->arena, "%" PRIu64, least), NULL);
}

static void check_nth(struct fl_sema *s, const struct fl_schedule *sched)
{
	check_amount(s, sched, sched->first, false, 1);
	if (sched->last)
		check_amount(s, sched, sched->last, false, 1);
	if (sched->step)
		check_amount(s, sched, sched->step, false, 1);
	if (sched->last && sched->last->is_constant && sched->first->is_constant &&
	    sched->last->value < sched->first->value)
		fl_report(s->diags, FL_E_RANGE, sched->span,
			  fl_turned_range(s, sched->first, sched->last), NULL);
}

static void check_schedule(struct fl_sema *s, struct fl_schedule *sched)
{
	struct fl_expr *e = sched->first;

	switch (sched->kind) {
	case FL_SCHED_NTH:
		check_nth(s, sched);
		break;
	case FL_SCHED_EVERY:
	case FL_SCHED_TIMES:
		check_amount(s, sched, e, false, 1);
		break;
	case FL_SCHED_AFTER:
		s->place = FL_PLACE_SCHEDULE;
		fl_check_expr(s, e);
		sched->is_time = e->is_duration;
		check_amount(s, sched, e, sched->is_time, 0);
		break;
	case FL_SCHED_FOR:
		sched->is_time = true;
		check_amount(s, sched, e, true, 1);
		break;
	case FL_SCHED_PER:
		/* a key is an expression of the call's: checked per function */
		break;
	}
}

/* "after 10 after 2s" counts and waits: these are two things. */
static bool same_schedule(const struct fl_schedule *a, const struct fl_schedule *b)
{
	return a->kind == b->kind &&
	       (a->kind != FL_SCHED_AFTER || a->first->is_duration == b->first->is_duration);
}

void fl_check_schedules(struct fl_sema *s, struct fl_rule *rule)
{
	for (size_t i = 0; i < rule->nscheds; i++) {
		check_schedule(s, &rule->scheds[i]);
		for (size_t j = 0; j < i; j++) {
			if (same_schedule(&rule->scheds[i], &rule->scheds[j])) {
				fl_report(s->diags, FL_E_SCHEDULE_TWICE, rule->scheds[i].span,
					  schedule_names[rule->scheds[i].kind], NULL);
				break;
			}
		}
	}
}

static void check_delay(struct fl_sema *s, struct fl_action *act)
{
	struct fl_expr *e = act->value;

	fl_check_expr(s, e);
	if (!e->type)
		return;
	if (!fl_is_number(e) || !e->is_duration)
		fl_report(s->diags, FL_E_DELAY_TIME, e->span, NULL);
	else if (e->value > FL_DELAY_MAX_NS)
		fl_report(s->diags, FL_E_DELAY_LONG, e->span, NULL);
}

static void check_signal(struct fl_sema *s, struct fl_action *act)
{
	act->signal_number = fl_signal_number(act->signal);
	if (!act->signal_number)
		fl_report(s->diags, FL_E_SIGNAL, act->signal_span, act->signal, NULL);
}

/* Where byte @n of a string is written, as an offset from its opening quote. */
static uint32_t written_at(struct fl_span span, size_t n)
{
	const char *source = span.src->text + span.off;
	uint32_t at = 1;

	for (; n && at + 1 < span.len; n--)
		at += source[at] != '\\' ? 1 : source[at + 1] == 'x' ? 4 : 2;
	return at < span.len ? at : span.len;
}

/* The directive that starts at byte @n of the format, underlined by itself. */
static void bad_directive(struct fl_sema *s, const struct fl_action *act, size_t n)
{
	struct fl_span span = act->format_span;
	const char *p = act->format + n + 1;
	uint32_t from = written_at(span, n);
	size_t len = *p ? 1 : 0;

	/* what C would take as part of it: %ld, %08x */
	while (p[len] && len < 8 && strchr("-+ #0123456789.hlqjzt", p[len - 1]))
		len++;
	span.len = written_at(span, n + 1 + len) - from;
	span.off += from;
	fl_report(s->diags, FL_E_LOG_FORMAT, span,
		  fl_arena_strndup(s->arena, act->format + n, len + 1), NULL);
}

/* The directives of a format in order; 0 at its end, '?' for an unknown one. */
static char next_directive(const char **p)
{
	while ((*p = strchr(*p, '%'))) {
		char c = (*p)[1];

		*p += c ? 2 : 1;
		if (c == '%')
			continue;
		return c && strchr("duxspe", c) ? c : '?';
	}
	return 0;
}

static void check_log_arg(struct fl_sema *s, const struct fl_expr *e, char directive)
{
	bool number = fl_is_number(e), pointer = e->type == FL_VALUE_POINTER;
	char shown[3] = { '%', directive, '\0' };
	const char *hint = NULL;

	if (!e->type)
		return;
	if (directive == 's'			   ? e->type == FL_VALUE_STRING
	    : directive == 'p' || directive == 'x' ? number || pointer
						   : number)
		return;
	if (e->type == FL_VALUE_STRING)
		hint = "use %s for strings";
	else if (pointer && directive == 's')
		hint = fl_arena_printf(s->arena, "str(%s) reads the string, %%p prints the pointer",
				       fl_expr_text(s, e));
	else if (pointer)
		hint = "use %p for pointers";
	else if (directive == 's')
		hint = "use %d, %u or %x for numbers";
	fl_report(s->diags, FL_E_LOG_TYPE, e->span, shown, fl_expr_text(s, e), hint, NULL);
}

static void check_log(struct fl_sema *s, struct fl_action *act)
{
	const char *p = act->format;
	size_t n = 0;
	char directive;

	for (size_t i = 0; i < act->nargs; i++)
		fl_check_expr(s, act->args[i]);
	while ((directive = next_directive(&p))) {
		if (directive == '?') {
			/* after it, unless the format ends there */
			bad_directive(s, act, (size_t)(p - act->format) - (p[-1] == '%' ? 1 : 2));
			return;
		}
		if (n < act->nargs)
			check_log_arg(s, act->args[n], directive);
		n++;
	}
	if (n != act->nargs)
		fl_report(s->diags, FL_E_LOG_COUNT,
			  n < act->nargs ? act->args[n]->span : act->format_span,
			  fl_arena_printf(s->arena, "%zu", n),
			  fl_arena_printf(s->arena, "%zu", act->nargs), NULL);
	act->site = (unsigned int)s->script->nlogs;
	*FL_APPEND(s->arena, s->script, logs) = act;
}

static void check_assign(struct fl_sema *s, struct fl_action *act)
{
	fl_check_expr(s, act->state);
	if (!act->value)
		return;
	fl_check_expr(s, act->value);
	if (act->value->type && act->value->type != FL_VALUE_POINTER)
		fl_want_number(s, act->value, FL_OP_PLUS);
}

void fl_check_actions(struct fl_sema *s, struct fl_rule *rule, struct fl_instance *in)
{
	for (size_t i = 0; i < rule->nacts; i++) {
		struct fl_action *act = &in->acts[i];

		s->place = FL_PLACE_ACTION;
		switch (act->kind) {
		case FL_ACT_RETURN:
			fl_check_return(s, rule, act);
			break;
		case FL_ACT_DELAY:
			check_delay(s, act);
			break;
		case FL_ACT_SIGNAL:
			check_signal(s, act);
			break;
		case FL_ACT_LOG:
			check_log(s, act);
			break;
		case FL_ACT_STACK:
			break;
		case FL_ACT_DELETE:
		case FL_ACT_ASSIGN:
			check_assign(s, act);
			break;
		}
	}
}
