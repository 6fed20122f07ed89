/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "sema_impl.h"

static bool is_blank(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return !*text;
}

static void check_text(struct fl_sema *s, const struct fl_step_item *step)
{
	bool allows = step->kind == FL_STEP_ALLOW;
	size_t start = strlen(FL_SCRIPT_START);

	if (strncmp(step->text, FL_SCRIPT_START, start) != 0)
		start = 0;
	if (is_blank(step->text + start))
		fl_report(s->diags, FL_E_STEP_EMPTY, step->text_span,
			  allows ? "pattern" : "command", NULL);
	else if (allows && !step->text[strspn(step->text, "*")])
		fl_report(s->diags, FL_E_ALLOW_ALL, step->text_span, step->text, NULL);
	if (allows && is_blank(step->note))
		fl_report(s->diags, FL_E_STEP_EMPTY, step->note_span, "reason", NULL);
}

void fl_check_steps(struct fl_sema *s)
{
	bool runs = false;

	for (size_t i = 0; i < s->script->nsteps; i++) {
		const struct fl_step_item *step = &s->script->steps[i];

		check_text(s, step);
		if (step->kind != FL_STEP_RUN)
			continue;
		if (runs)
			fl_report(s->diags, FL_E_RUN_TWICE, step->span, NULL);
		runs = true;
	}
}

struct draws {
	struct fl_sema *s;
	bool found;
};

static void check_draw(const struct fl_expr *e, void *arg)
{
	struct draws *d = arg;

	if (d->found || (e->builtin != FL_BUILTIN_rand && e->builtin != FL_BUILTIN_random))
		return;
	d->found = true;
	fl_report(d->s->diags, FL_E_SWEEP, e->span, fl_builtin_name(e->builtin),
		  "remove it: each point fails in a trial of its own; or sweep with --random",
		  NULL);
}

/* Is @e one of the terms of @cond, a && b && c? */
static bool is_term(const struct fl_expr *cond, const struct fl_expr *e)
{
	for (; cond->kind == FL_EXPR_BINARY && cond->op == FL_OP_ANDAND; cond = cond->left) {
		if (cond->right == e)
			return true;
	}
	return cond == e;
}

/* A random campaign draws by one rate for each rule. */
static void check_rate(struct fl_sema *s, const struct fl_rule *rule)
{
	const struct fl_instance *in = rule->ninstances ? &rule->instances[0] : NULL;
	struct fl_expr **limit;
	const struct fl_expr *rate = in ? fl_find_rate(in->target, in->cond, &limit) : NULL;

	if (in && (!rate || rule->ndraws != 1 || !is_term(in->cond, rate)))
		fl_report(s->diags, FL_E_SWEEP_RATE, rule->targets[0].span, NULL);
}

void fl_check_sweep(struct fl_sema *s)
{
	for (size_t i = 0; i < s->script->nrules; i++) {
		const struct fl_rule *rule = &s->script->rules[i];
		struct draws d = { .s = s };

		if (!rule->ret || !s->opts->sweep)
			continue;
		for (size_t j = 0; j < rule->nscheds; j++)
			fl_report(s->diags, FL_E_SWEEP, rule->scheds[j].span,
				  fl_schedule_name(rule->scheds[j].kind),
				  "remove it: a campaign chooses the calls that fail", NULL);
		if (s->opts->sweep == FL_SWEEP_RANDOM)
			check_rate(s, rule);
		else if (rule->ninstances && rule->instances[0].cond)
			fl_walk(rule->instances[0].cond, check_draw, &d);
	}
}
