/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sema_return.c - what may be returned, which tasks a rule applies to, and
 * unreachable rules.
 */
#include <inttypes.h>
#include <string.h>

#include "sema_impl.h"

#define MAX_ERRNO 4095	   /* include/linux/err.h */
#define MAX_WEIGHT 1000000 /* sums of them stay far below 2^32 */

static bool tag_allows(enum fl_tag tag, const struct fl_expr *e, uint64_t value)
{
	/*
	 * where an errno is allowed, too, 0 is more likely a mistake than NULL
	 */
	if (tag == FL_TAG_ERRNO_NULL && !value && !e->is_null)
		return false;
	return fl_tag_allows(tag, (int64_t)value);
}

/* Can anything be returned from that function at all? */
static bool check_kind(struct fl_sema *s, const struct fl_action *act, const struct fl_func *f)
{
	if (!f->in_btf)
		return true;
	switch (f->ret.kind) {
	case FL_TYPE_VOID:
		fl_report(s->diags, FL_E_RETURN_VOID, act->span, f->name, NULL);
		return false;
	case FL_TYPE_STRUCT:
	case FL_TYPE_UNION:
	case FL_TYPE_FLOAT:
		fl_report(s->diags, FL_E_RETURN_STRUCT, act->span, f->name, NULL);
		return false;
	default:
		return true;
	}
}

static void check_value_on(struct fl_sema *s, const struct fl_expr *e, uint64_t value,
			   const struct fl_func *f)
{
	int64_t v = (int64_t)value;
	enum fl_tag tag = f->tag;

	/* An unverified function has no tag to check against. */
	if (s->opts->force_return || tag_allows(tag, e, value))
		return;
	if ((tag == FL_TAG_ERRNO || tag == FL_TAG_ERRNO_NULL) && v > 0 && v <= MAX_ERRNO)
		fl_report(s->diags, FL_E_RETURN_POSITIVE, e->span, fl_expr_text(s, e), NULL);
	else if (tag == FL_TAG_ERRNO && v == 0)
		fl_report(s->diags, FL_E_RETURN_SUCCESS, e->span, fl_expr_text(s, e), f->name,
			  NULL);
	else
		fl_report(s->diags, FL_E_RETURN_TAG, e->span, f->name, fl_tag_values(tag),
			  fl_tag_name(tag), NULL);
}

static void check_weight(struct fl_sema *s, struct fl_choice *c)
{
	enum fl_place place = s->place;
	uint64_t weight;

	c->share = 1;
	if (!c->weight)
		return;
	s->place = FL_PLACE_SCHEDULE;
	fl_check_expr(s, c->weight);
	s->place = place;
	if (!c->weight->type)
		return;
	if (!fl_initial_value(c->weight, &weight) || c->weight->is_duration || weight < 1 ||
	    weight > MAX_WEIGHT) {
		fl_report(s->diags, FL_E_WEIGHT, c->weight->span,
			  fl_arena_printf(s->arena, "%d", MAX_WEIGHT), NULL);
		return;
	}
	c->share = (uint32_t)weight;
}

static void check_choice(struct fl_sema *s, struct fl_rule *rule, struct fl_choice *c)
{
	struct fl_expr *e = c->value;
	uint64_t value;

	check_weight(s, c);
	fl_check_expr(s, e);
	if (!e->type)
		return;
	if (e->type != FL_VALUE_POINTER && !fl_want_number(s, e, FL_OP_NONE))
		return;
	/* A value computed at the call is checked against the tag then. */
	if (!fl_initial_value(e, &value))
		return;
	for (size_t i = 0; i < rule->nons; i++) {
		size_t before = s->diags->n;

		check_value_on(s, e, value, rule->ons[i].func);
		if (s->diags->n > before)
			return;
	}
}

void fl_check_return(struct fl_sema *s, struct fl_rule *rule, struct fl_action *act)
{
	if (rule->on_exit) {
		fl_report(s->diags, FL_E_RETURN_EXIT, act->span, NULL);
		return;
	}
	for (size_t i = 0; i < rule->nons; i++) {
		if (!check_kind(s, act, rule->ons[i].func))
			return;
	}
	for (size_t i = 0; i < act->nchoices; i++)
		check_choice(s, rule, &act->choices[i]);
	rule->fixed_value = act->nchoices == 1 && act->choices[0].value->is_constant;
}

struct mention {
	bool found;
};

static void mentions_task(const struct fl_expr *e, void *arg)
{
	struct mention *m = arg;

	if (fl_builtin_is_task(e->builtin) || fl_function_is_task(e->function) ||
	    e->name_kind == FL_NAME_ARGUMENT)
		m->found = true;
}

/* Can the condition only hold for calls by certain tasks? */
static bool limits_tasks(const struct fl_expr *e)
{
	struct mention m = { false };

	if (e->kind == FL_EXPR_BINARY && e->op == FL_OP_ANDAND)
		return limits_tasks(e->left) || limits_tasks(e->right);
	if (e->kind == FL_EXPR_BINARY && e->op == FL_OP_OROR)
		return limits_tasks(e->left) && limits_tasks(e->right);
	fl_walk(e, mentions_task, &m);
	return m.found;
}

/*
 * Functions of the core kernel are called by every task: require a condition on
 * tasks.
 */
void fl_check_scope(struct fl_sema *s, struct fl_rule *rule)
{
	const struct fl_expr *cond = rule->ninstances ? rule->instances[0].cond : NULL;

	rule->limits_tasks = cond && limits_tasks(cond);
	rule->child_only = !rule->limits_tasks && !s->opts->system_wide && s->opts->has_command;
	if (rule->limits_tasks || rule->child_only || s->opts->system_wide ||
	    !(fl_rule_traits(rule) & FL_ACT_HARMS))
		return;
	for (size_t i = 0; i < rule->nons; i++) {
		const struct fl_on *on = &rule->ons[i];

		if (!on->func->module) {
			fl_report(s->diags, FL_E_SCOPE, on->target->span, on->target->name, NULL);
			return;
		}
	}
}

static bool always(const struct fl_rule *r)
{
	const struct fl_expr *cond = r->ninstances ? r->instances[0].cond : NULL;

	return r->ret && !r->child_only && !r->nscheds &&
	       (!cond || (cond->is_constant && cond->value));
}

/* A rule after one on the same function that always returns. */
void fl_check_reachable(struct fl_sema *s, struct fl_rule *rule)
{
	for (const struct fl_rule *r = s->script->rules; r < rule; r++) {
		if (!always(r) || rule->on_exit)
			continue;
		for (size_t i = 0; i < r->nons * rule->nons; i++) {
			const struct fl_on *on = &rule->ons[i % rule->nons];

			if (fl_same_func(r->ons[i / rule->nons].func, on->func)) {
				fl_report(s->diags, FL_W_UNREACHABLE, on->target->span,
					  on->func->name, NULL);
				return;
			}
		}
	}
}
