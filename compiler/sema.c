/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sema.c - one walk over a script's items.
 *
 * Order matters: parameters and lets before their uses; of a rule the
 * targets before its expressions, whose names are the targets' arguments;
 * rules before expectations, which name their labels.
 *
 * A rule on several functions is one instance where its expressions do not
 * depend on the function, and otherwise an instance for each, with a tree of
 * its own: the same name may be another type there.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sema_impl.h"

/* The first rand < N of a rule's condition becomes its knob. */
static void note_rate(struct fl_rule *rule, const struct fl_instance *in)
{
	struct fl_expr **limit, *e = fl_find_rate(in->target, in->cond, &limit);

	if (!e || !e->type)
		return;
	rule->has_rate = true;
	rule->rate_param = (*limit)->kind == FL_EXPR_PARAM ? (int)(*limit)->index : -1;
	if (rule->rate_param < 0) {
		e->is_rate = true;
		rule->rate = e->value;
	}
}

static void note_changing(const struct fl_expr *e, void *arg)
{
	bool *changes = arg;

	if (e->kind == FL_EXPR_PARAM || e->kind == FL_EXPR_STATE || e->kind == FL_EXPR_CALL ||
	    (e->kind == FL_EXPR_NAME && fl_builtin_find(e->text)))
		*changes = true;
}

/* A value that is only known at the call is held to the tag of each function. */
static bool tags_matter(const struct fl_rule *rule)
{
	bool changes = false, differ = false;

	for (size_t i = 1; i < rule->nons; i++)
		differ |= rule->ons[i].func->tag != rule->ons[0].func->tag;
	for (size_t i = 0; differ && i < rule->nacts; i++) {
		for (size_t j = 0; j < rule->acts[i].nchoices; j++)
			fl_walk(rule->acts[i].choices[j].value, note_changing, &changes);
	}
	return changes;
}

struct dependence {
	const struct fl_script *script;
	bool found;
};

static void note_dependence(const struct fl_expr *e, void *arg)
{
	struct dependence *d = arg;

	d->found = d->found || fl_depends_on_func(d->script, e);
}

static bool rule_depends(const struct fl_script *script, const struct fl_rule *rule)
{
	const struct fl_schedule *per = fl_find_schedule(rule, FL_SCHED_PER);
	struct dependence d = { .script = script };

	if (tags_matter(rule))
		return true;

	for (size_t i = 0; i < rule->ntargets; i++) {
		if (rule->targets[i].has_renames)
			return true;
	}
	if ((rule->cond && fl_depends_on_func(script, rule->cond)) ||
	    (per && fl_depends_on_func(script, per->first)))
		return true;
	for (size_t i = 0; i < rule->nacts; i++)
		fl_walk_action(&rule->acts[i], note_dependence, &d);
	return d.found;
}

static void check_instance(struct fl_sema *s, struct fl_rule *rule, struct fl_instance *in)
{
	const struct fl_schedule *per = fl_find_schedule(rule, FL_SCHED_PER);

	s->instance = in;
	in->number = s->script->ninstances++;
	/* each instance has the same draws */
	rule->ndraws = 0;
	if (rule->cond) {
		in->cond = fl_clone_expr(rule->cond, s->arena);
		s->place = FL_PLACE_COND;
		fl_check_expr(s, in->cond);
		if (in->cond->type && fl_want_truth(s, in->cond) && in->cond->is_constant)
			fl_report(s->diags, FL_W_CONSTANT, in->cond->span,
				  in->cond->value ? "true" : "false", NULL);
		note_rate(rule, in);
	}
	if (per) {
		in->per = fl_clone_expr(per->first, s->arena);
		s->place = FL_PLACE_COND;
		fl_check_expr(s, in->per);
		fl_key_words(s, in->per);
	}
	in->acts = fl_clone_actions(rule->acts, rule->nacts, s->arena);
	fl_check_actions(s, rule, in);
	s->instance = NULL;
}

static void make_instances(struct fl_sema *s, struct fl_rule *rule)
{
	bool depends = rule_depends(s->script, rule);

	/* Report other errors of a rule whose functions are unknown. */
	if (!rule->nons && depends)
		return;
	rule->ninstances = depends ? rule->nons : 1;
	rule->instances = fl_arena_alloc(s->arena, rule->ninstances * sizeof(*rule->instances));
	for (size_t i = 0; i < rule->nons; i++)
		rule->ons[i].instance = &rule->instances[depends ? i : 0];
	for (size_t i = 0; i < rule->ninstances && !s->diags->full; i++) {
		if (rule->nons) {
			rule->instances[i].func = rule->ons[i].func;
			rule->instances[i].target = rule->ons[i].target;
		}
		check_instance(s, rule, &rule->instances[i]);
	}
}

static void find_return(struct fl_sema *s, struct fl_rule *rule)
{
	for (size_t i = 0; i < rule->nacts; i++) {
		if (rule->acts[i].kind != FL_ACT_RETURN)
			continue;
		if (rule->ret)
			fl_report(s->diags, FL_E_RETURN_TWICE, rule->acts[i].span, NULL);
		rule->ret = &rule->acts[i];
	}
}

static void check_label(struct fl_sema *s, const struct fl_rule *rule)
{
	for (const struct fl_rule *r = s->script->rules; r < rule; r++) {
		if (rule->label && r->label && !strcmp(r->label, rule->label)) {
			fl_report(s->diags, FL_E_DUPLICATE_LABEL, rule->label_span, rule->label,
				  NULL);
			return;
		}
	}
}

static void check_rule(struct fl_sema *s, struct fl_rule *rule)
{
	s->rule = rule;
	rule->rate_param = -1;
	check_label(s, rule);
	find_return(s, rule);
	fl_check_targets(s, rule);
	fl_check_schedules(s, rule);
	make_instances(s, rule);
	/* After the condition: the names that it uses are known by then. */
	fl_check_scope(s, rule);
	fl_check_reachable(s, rule);
	s->rule = NULL;
}

/* A name that already has another meaning. */
static void check_free_name(struct fl_sema *s, struct fl_span span, const char *name)
{
	if (fl_builtin_find(name) || fl_errno_number(name) || !strcmp(name, "true") ||
	    !strcmp(name, "false") || !strcmp(name, "NULL"))
		fl_report(s->diags, FL_E_NAME_TAKEN, span, name, NULL);
}

static void check_param(struct fl_sema *s, struct fl_param_def *p)
{
	struct fl_expr *e = p->value;

	for (const struct fl_param_def *q = s->script->params; q < p; q++) {
		if (!strcmp(q->name, p->name)) {
			fl_report(s->diags, FL_E_PARAM_TWICE, p->span, p->name, NULL);
			break;
		}
	}
	s->place = FL_PLACE_CONSTANT;
	if (p->is_set && e->kind == FL_EXPR_NAME && !fl_is_constant_name(s, e->text)) {
		fl_report(s->diags, FL_E_PARAM_SET, (struct fl_span){ NULL, 0, 0 }, e->text,
			  p->name, "a number, or the name of one", NULL);
		return;
	}
	fl_check_expr(s, e);
	if (!e->type)
		return;
	if (e->type == FL_VALUE_STRING)
		p->string = e->text;
	p->is_duration = e->is_duration;
}

static void check_let(struct fl_sema *s, struct fl_let *let)
{
	check_free_name(s, let->span, let->name);
	for (const struct fl_let *l = s->script->lets; l < let; l++) {
		if (!strcmp(l->name, let->name)) {
			fl_report(s->diags, FL_E_LET_TWICE, let->span, let->name, NULL);
			break;
		}
	}
	s->place = FL_PLACE_CONSTANT;
	if (let->value)
		fl_check_expr(s, let->value);
	for (size_t i = 0; i < let->nitems; i++) {
		struct fl_expr *item = let->items[i], *first = let->items[0];

		fl_check_expr(s, item);
		if (item->type && first->type &&
		    (item->type == FL_VALUE_STRING) != (first->type == FL_VALUE_STRING)) {
			fl_report(s->diags, FL_E_SET_MIXED, item->span, NULL);
			/* once is enough */
			let->nitems = i;
		}
	}
}

static const char *require_version(const struct fl_sema *s, const char *wanted)
{
	const char *have = s->kernel->release;
	char *end;

	if (!*have)
		return NULL;
	/* number by number; numbers that the kernel's version lacks are 0 */
	for (const char *w = wanted; *w;) {
		unsigned long a = strtoul(w, &end, 10), b;

		w = *end == '.' ? end + 1 : end;
		b = isdigit((unsigned char)*have) ? strtoul(have, &end, 10) : 0;
		if (b != a)
			return b > a ? NULL : s->kernel->release;
		have = *end == '.' ? end + 1 : "";
	}
	return NULL;
}

static void check_require(struct fl_sema *s, const struct fl_require *r)
{
	struct fl_kernel *k = s->kernel;
	const struct fl_range *ranges;
	const char *value, *problem = NULL, *wanted;
	struct fl_func f;
	size_t n;
	bool known;
	int err;

	switch (r->kind) {
	case FL_REQUIRE_KERNEL:
		if (require_version(s, r->name))
			problem = fl_arena_printf(s->arena, "this is kernel %s", k->release);
		wanted = fl_arena_printf(s->arena, "kernel >= %s", r->name);
		break;
	case FL_REQUIRE_FUNCTION:
		err = k->ops->find_func(k, NULL, r->name, &f);
		if (err == -ENOENT)
			err = k->ops->ranges(k, NULL, r->name, &ranges, &n);
		if (err == -ENOENT)
			problem = "this kernel has no such function";
		wanted = fl_arena_printf(s->arena, "function %s", r->name);
		break;
	case FL_REQUIRE_MODULE:
		if (!k->ops->has_module(k, r->name))
			problem = "it is not loaded";
		wanted = fl_arena_printf(s->arena, "module %s", r->name);
		break;
	case FL_REQUIRE_CONFIG:
		value = k->ops->config(k, strncmp(r->name, "CONFIG_", 7) ? r->name : r->name + 7,
				       &known);
		if (!value)
			problem =
				known ? "it is not set" : "cannot read this kernel's configuration";
		wanted = fl_arena_printf(s->arena, "config %s", r->name);
		break;
	case FL_REQUIRE_ARCH:
	default:
		if (strcmp(r->name, k->arch))
			problem = fl_arena_printf(s->arena, "this is %s", k->arch);
		wanted = fl_arena_printf(s->arena, "arch %s", r->name);
		break;
	}
	/* a script is checked elsewhere than where it will run */
	if (problem)
		fl_report(s->diags, s->opts->lenient ? FL_W_REQUIRE : FL_E_REQUIRE, r->name_span,
			  wanted, problem, NULL);
}

static void check_expect(struct fl_sema *s, struct fl_expect *x)
{
	s->place = FL_PLACE_EXPECT;
	fl_check_expr(s, x->cond);
	if (x->cond->type && fl_want_truth(s, x->cond) && x->cond->is_constant)
		fl_report(s->diags, FL_W_CONSTANT, x->cond->span, x->cond->value ? "true" : "false",
			  NULL);
}

/* Where arguments are has to be known of all that can be compiled. */
static bool find_arch(struct fl_sema *s)
{
	const struct fl_script *script = s->script;
	const struct fl_rule *first = script->rules;

	s->arch = fl_arch_find(s->kernel->arch);
	if (!s->arch && script->nrules)
		fl_report(s->diags, FL_E_ARCH,
			  first->ntargets ? first->targets[0].span : first->span, s->kernel->arch,
			  fl_arch_names(), NULL);
	return s->arch || !script->nrules;
}

void fl_sema(struct fl_script *script, struct fl_kernel *k, const struct fl_sema_opts *opts,
	     struct fl_arena *a, struct fl_diags *ds)
{
	struct fl_sema s = { .script = script, .kernel = k, .opts = opts, .arena = a, .diags = ds };
	size_t errors = ds->nerrors;

	for (size_t i = 0; i < script->nrequires; i++)
		check_require(&s, &script->requires[i]);
	/* on a kernel that the script is not for, errors are expected */
	if (ds->nerrors > errors || !find_arch(&s))
		return;
	for (size_t i = 0; i < script->nparams; i++)
		check_param(&s, &script->params[i]);
	for (; s.nlets < script->nlets; s.nlets++)
		check_let(&s, &script->lets[s.nlets]);
	for (size_t i = 0; i < script->nrules && !ds->full; i++)
		check_rule(&s, &script->rules[i]);
	for (size_t i = 0; i < script->nexpects; i++)
		check_expect(&s, &script->expects[i]);
	fl_check_steps(&s);
	fl_check_sweep(&s);
	/*
	 * After an error its use may have been lost; without rules, or where a rule waits for a
	 * module, others may use it.
	 */
	for (size_t i = 0;
	     i < script->nparams && ds->nerrors == errors && script->nrules && !opts->wait; i++) {
		if (!script->params[i].is_used)
			fl_report(ds, FL_W_PARAM_UNUSED, script->params[i].span,
				  script->params[i].name, NULL);
	}
}
