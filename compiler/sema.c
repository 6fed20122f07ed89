/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sema.c - one walk over the rules: names, types, what may be returned, and
 * whether a rule says which tasks it hits.
 */
#include "sema.h"

#include <inttypes.h>
#include <string.h>

#include "fl_abi.h"

#define MAX_ERRNO 4095 /* include/linux/err.h */

struct sema {
	struct fl_script *script;
	struct fl_kernel *kernel;
	const struct fl_sema_opts *opts;
	struct fl_arena *arena;
	struct fl_diags *diags;
};

static bool is_task_builtin(enum fl_builtin b)
{
	return b == FL_BUILTIN_comm || b == FL_BUILTIN_pid || b == FL_BUILTIN_tid ||
	       b == FL_BUILTIN_uid || b == FL_BUILTIN_gid;
}

static bool mentions_task(const struct fl_expr *e)
{
	if (!e)
		return false;
	if (is_task_builtin(e->builtin))
		return true;
	for (size_t i = 0; i < e->nitems; i++) {
		if (mentions_task(e->items[i]))
			return true;
	}
	return mentions_task(e->left) || mentions_task(e->right) || mentions_task(e->third);
}

/* Can the condition only hold for calls by certain tasks? */
static bool limits_tasks(const struct fl_expr *e)
{
	if (e->kind == FL_EXPR_BINARY && e->op == FL_OP_ANDAND)
		return limits_tasks(e->left) || limits_tasks(e->right);
	if (e->kind == FL_EXPR_BINARY && e->op == FL_OP_OROR)
		return limits_tasks(e->left) && limits_tasks(e->right);
	return mentions_task(e);
}

/*
 * How many of the 2^32 draws are below @limit percent. rand takes the values
 * draw * 100 / 2^32.
 */
static uint64_t rate_of(const struct fl_expr *limit, bool inclusive)
{
	const uint64_t nano = 1000000000;
	unsigned __int128 scaled;
	uint64_t units = limit->value;

	if (limit->type != FL_VALUE_FRACTION) {
		if (limit->type == FL_VALUE_INT && (int64_t)limit->value < 0)
			return 0;
		if (limit->value >= 100)
			return FL_RATE_ALWAYS;
		units *= nano;
	}
	if (units >= 100 * nano)
		return FL_RATE_ALWAYS;
	scaled = (unsigned __int128)units * FL_RATE_ALWAYS;
	/* draws strictly below: round up; below or equal: round down, plus one */
	if (inclusive)
		return (uint64_t)(scaled / (100 * nano)) + 1;
	return (uint64_t)((scaled + 100 * nano - 1) / (100 * nano));
}

/* Turn rand < N into a threshold; the rule's first one becomes its knob. */
static void find_rates(struct fl_rule *rule, struct fl_expr *e)
{
	if (!e)
		return;
	find_rates(rule, e->left);
	find_rates(rule, e->right);
	find_rates(rule, e->third);
	for (size_t i = 0; i < e->nitems; i++)
		find_rates(rule, e->items[i]);
	if (e->kind != FL_EXPR_BINARY || e->type == FL_VALUE_ERROR)
		return;
	if (e->left->type == FL_VALUE_RAND) {
		e->value = rate_of(e->right, e->op == FL_OP_LE || e->op == FL_OP_GT);
		e->is_rate = !rule->has_rate && (e->op == FL_OP_LT || e->op == FL_OP_LE);
	} else if (e->right->type == FL_VALUE_RAND) {
		e->value = rate_of(e->left, e->op == FL_OP_GE || e->op == FL_OP_LT);
		e->is_rate = !rule->has_rate && (e->op == FL_OP_GT || e->op == FL_OP_GE);
	}
	if (e->is_rate) {
		rule->has_rate = true;
		rule->rate = e->value;
	}
}

static const char *value_text(struct sema *s, const struct fl_expr *e)
{
	struct fl_buf b;

	fl_buf_init(&b, s->arena);
	fl_print_expr(&b, e);
	return b.text;
}

static const char *allowed_text(enum fl_tag tag)
{
	switch (tag) {
	case FL_TAG_NULL:
		return "NULL";
	case FL_TAG_ERRNO:
		return "an errno, -1 to -4095";
	case FL_TAG_ERRNO_NULL:
		return "an errno, -1 to -4095, or NULL";
	default:
		return "true";
	}
}

static bool tag_allows(enum fl_tag tag, const struct fl_expr *e)
{
	int64_t v = (int64_t)e->value;
	bool is_errno = v <= -1 && v >= -MAX_ERRNO;

	switch (tag) {
	case FL_TAG_NULL:
		return v == 0;
	case FL_TAG_ERRNO:
		return is_errno;
	case FL_TAG_ERRNO_NULL:
		return is_errno || (v == 0 && e->is_null);
	case FL_TAG_TRUE:
		return v == 1;
	default:
		return true;
	}
}

static void check_return_on(struct sema *s, const struct fl_rule *rule, const struct fl_func *f)
{
	const struct fl_expr *e = rule->action.value;
	int64_t v = (int64_t)e->value;
	/* A function that was taken unseen has no tag: nothing to hold it to. */
	enum fl_tag tag = f->tag;

	if (f->in_btf && f->ret.kind == FL_TYPE_VOID) {
		fl_report(s->diags, FL_E_RETURN_VOID, rule->action.span, f->name, NULL);
		return;
	}
	if (f->in_btf && (f->ret.kind == FL_TYPE_STRUCT || f->ret.kind == FL_TYPE_UNION ||
			  f->ret.kind == FL_TYPE_FLOAT)) {
		fl_report(s->diags, FL_E_RETURN_STRUCT, rule->action.span, f->name, NULL);
		return;
	}
	if (s->opts->force_return || tag_allows(tag, e))
		return;
	if ((tag == FL_TAG_ERRNO || tag == FL_TAG_ERRNO_NULL) && v > 0 && v <= MAX_ERRNO)
		fl_report(s->diags, FL_E_RETURN_POSITIVE, e->span, value_text(s, e), NULL);
	else if (tag == FL_TAG_ERRNO && v == 0)
		fl_report(s->diags, FL_E_RETURN_SUCCESS, e->span, value_text(s, e), f->name, NULL);
	else
		fl_report(s->diags, FL_E_RETURN_TAG, e->span, f->name, allowed_text(tag),
			  fl_tag_name(tag), NULL);
}

static void check_return(struct sema *s, struct fl_rule *rule)
{
	struct fl_expr *e = rule->action.value;

	fl_sema_value(e, s->arena, s->diags);
	if (!e->type)
		return;
	if (!e->is_constant || e->type == FL_VALUE_FRACTION) {
		fl_report(s->diags, FL_E_RETURN_CONSTANT, e->span, NULL);
		return;
	}
	rule->action.result = (int64_t)e->value;
	for (size_t i = 0; i < rule->ntargets; i++) {
		size_t before = s->diags->nerrors;

		if (rule->targets[i].func)
			check_return_on(s, rule, rule->targets[i].func);
		if (s->diags->nerrors > before)
			return;
	}
}

static bool same_func(const struct fl_func *a, const struct fl_func *b)
{
	if (!a || !b || strcmp(a->name, b->name))
		return false;
	return a->module == b->module || (a->module && b->module && !strcmp(a->module, b->module));
}

static void check_targets(struct sema *s, struct fl_rule *rule)
{
	for (size_t i = 0; i < rule->ntargets; i++) {
		struct fl_target *t = &rule->targets[i];

		fl_sema_target(t, s->kernel, s->opts, s->arena, s->diags);
		for (size_t j = 0; j < i; j++) {
			if (same_func(t->func, rule->targets[j].func)) {
				fl_report(s->diags, FL_E_DUPLICATE_TARGET, t->span, t->name, NULL);
				break;
			}
		}
	}
}

/* A function of the core kernel is called by everybody: say who is meant. */
static void check_scope(struct sema *s, struct fl_rule *rule)
{
	rule->limits_tasks = rule->cond && limits_tasks(rule->cond);
	rule->child_only = !rule->limits_tasks && s->opts->has_command;
	if (rule->limits_tasks || rule->child_only || s->opts->system_wide)
		return;
	for (size_t i = 0; i < rule->ntargets; i++) {
		const struct fl_target *t = &rule->targets[i];

		if (t->func && !t->func->module) {
			fl_report(s->diags, FL_E_SCOPE, t->span, t->name, NULL);
			return;
		}
	}
}

static void check_label(struct sema *s, const struct fl_rule *rule)
{
	for (const struct fl_rule *r = s->script->rules; r < rule; r++) {
		if (rule->label && r->label && !strcmp(r->label, rule->label)) {
			fl_report(s->diags, FL_E_DUPLICATE_LABEL, rule->label_span, rule->label,
				  NULL);
			return;
		}
	}
}

static bool always(const struct fl_rule *r)
{
	return !r->child_only && (!r->cond || (r->cond->is_constant && r->cond->value));
}

/* A rule behind one on the same function that returns whatever happens. */
static void check_reachable(struct sema *s, const struct fl_rule *rule, const struct fl_target *t)
{
	for (const struct fl_rule *r = s->script->rules; r < rule; r++) {
		for (size_t i = 0; always(r) && i < r->ntargets; i++) {
			if (same_func(r->targets[i].func, t->func)) {
				fl_report(s->diags, FL_W_UNREACHABLE, t->span, t->name, NULL);
				return;
			}
		}
	}
}

void fl_sema(struct fl_script *script, struct fl_kernel *k, const struct fl_sema_opts *opts,
	     struct fl_arena *a, struct fl_diags *ds)
{
	struct sema s = { script, k, opts, a, ds };

	for (size_t i = 0; i < script->nrules && !ds->full; i++) {
		struct fl_rule *rule = &script->rules[i];

		check_label(&s, rule);
		check_targets(&s, rule);
		if (rule->cond) {
			fl_sema_condition(rule->cond, &rule->ndraws, a, ds);
			find_rates(rule, rule->cond);
		}
		/* After the targets: what may be returned depends on them. */
		check_return(&s, rule);
		/* After the condition: builtins are known by then. */
		check_scope(&s, rule);
		for (size_t j = 0; j < rule->ntargets; j++)
			check_reachable(&s, rule, &rule->targets[j]);
	}
}
