/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan.h"

#include <string.h>

static const unsigned int costs[] = {
#define FL_BUILTIN(name, type, cost) [FL_BUILTIN_##name] = cost,
#include "builtin.def"
#undef FL_BUILTIN
};

/* See builtin.def; 0 for constants. */
static unsigned int cost(const struct fl_expr *e)
{
	unsigned int most = 0;
	const struct fl_expr *const below[] = { e->left, e->right, e->third };

	if (e->builtin)
		return costs[e->builtin];
	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
		if (below[i] && cost(below[i]) > most)
			most = cost(below[i]);
	}
	return most;
}

static size_t count_terms(const struct fl_expr *e)
{
	size_t n = 1;

	for (; e->kind == FL_EXPR_BINARY && e->op == FL_OP_ANDAND; e = e->left)
		n++;
	return n;
}

/* a && b && c as three terms; the order among equals is the writer's. */
static void plan_cond(const struct fl_rule *rule, struct fl_arena *a, struct fl_plan_cond *cond)
{
	const struct fl_expr *e = rule->cond;
	size_t n;

	if (!e)
		return;
	n = cond->nterms = count_terms(e);
	cond->terms = fl_arena_alloc(a, n * sizeof(cond->terms[0]));
	for (; n > 1; e = e->left)
		cond->terms[--n] = e->right;
	cond->terms[0] = e;
	for (size_t i = 1; i < cond->nterms; i++) {
		const struct fl_expr *term = cond->terms[i];
		size_t at = i;

		while (at > 0 && cost(cond->terms[at - 1]) > cost(term)) {
			cond->terms[at] = cond->terms[at - 1];
			at--;
		}
		cond->terms[at] = term;
	}
}

static bool same_module(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static struct fl_plan_prog *find_prog(struct fl_plan *plan, const struct fl_func *f)
{
	for (size_t i = 0; i < plan->nprogs; i++) {
		struct fl_plan_prog *prog = &plan->progs[i];

		if (!strcmp(prog->func->name, f->name) &&
		    same_module(prog->func->module, f->module))
			return prog;
	}
	return NULL;
}

static struct fl_plan_prog *add_prog(struct fl_plan *plan, const struct fl_target *t,
				     struct fl_arena *a)
{
	struct fl_plan_prog *prog;
	char *name;

	plan->progs = fl_arena_grow(a, plan->progs, plan->nprogs, &plan->cap, sizeof(*prog));
	prog = &plan->progs[plan->nprogs];
	memset(prog, 0, sizeof(*prog));
	prog->target = t;
	prog->func = t->func;
	name = fl_arena_printf(a, "fl%zu_%s", plan->nprogs, t->func->name);
	for (char *p = name; *p; p++) {
		if (*p == '.')
			*p = '_';
	}
	prog->name = name;
	plan->nprogs++;
	return prog;
}

static bool returns_zero(const struct fl_plan_prog *prog)
{
	for (size_t i = 0; i < prog->nslots; i++) {
		if (prog->slots[i].rule->action.result == 0)
			return true;
	}
	return false;
}

/* Why fmod_ret cannot do it; NULL when it can. */
static const char *against_fmod_ret(const struct fl_plan_prog *prog,
				    const struct fl_plan_opts *opts)
{
	const struct fl_func *f = prog->func;

	if (!f->in_btf)
		return "the kernel's type information does not have the function";
	if (f->variadic)
		return "the function takes a variable number of arguments";
	if (returns_zero(prog))
		return "fmod_ret runs the function when the value is 0";
	for (size_t i = 0; i < opts->nrefusals; i++) {
		const struct fl_refusal *r = &opts->refusals[i];

		if (!strcmp(r->func, f->name) && same_module(r->module, f->module))
			return r->why;
	}
	return NULL;
}

static void choose_backend(struct fl_plan_prog *prog, const struct fl_plan_opts *opts,
			   struct fl_diags *ds)
{
	const char *no_fmod_ret = against_fmod_ret(prog, opts);
	const char *no_kprobe = NULL;

	if (!prog->target->on_list)
		no_kprobe = "kprobes can only override functions on the injectable list";
	if (opts->backend == FL_BACKEND_KPROBE)
		no_fmod_ret = "the command line asks for kprobe";
	if (opts->backend == FL_BACKEND_FMOD_RET)
		no_kprobe = "the command line asks for fmod_ret";

	if (!no_fmod_ret) {
		prog->backend = FL_BACKEND_FMOD_RET;
		prog->reason = "the cheaper of the two that can";
	} else if (!no_kprobe) {
		prog->backend = FL_BACKEND_KPROBE;
		prog->reason = no_fmod_ret;
	} else if (opts->backend == FL_BACKEND_KPROBE) {
		fl_report(ds, FL_E_BACKEND, prog->target->span, prog->func->name, "kprobe",
			  no_kprobe, NULL);
	} else {
		fl_report(ds, FL_E_BACKEND, prog->target->span, prog->func->name, "fmod_ret",
			  no_fmod_ret, NULL);
	}
}

void fl_plan(const struct fl_script *script, const struct fl_plan_opts *opts, struct fl_arena *a,
	     struct fl_diags *ds, struct fl_plan *plan)
{
	memset(plan, 0, sizeof(*plan));
	plan->script = script;
	plan->conds = fl_arena_alloc(a, script->nrules * sizeof(plan->conds[0]));
	for (size_t i = 0; i < script->nrules; i++) {
		const struct fl_rule *rule = &script->rules[i];

		plan_cond(rule, a, &plan->conds[i]);
		plan->tracks_children |= rule->child_only;
		for (size_t j = 0; j < rule->ntargets; j++) {
			const struct fl_target *t = &rule->targets[j];
			struct fl_plan_prog *prog = find_prog(plan, t->func);

			if (!prog)
				prog = add_prog(plan, t, a);
			prog->slots = fl_arena_grow(a, prog->slots, prog->nslots, &prog->cap,
						    sizeof(*prog->slots));
			prog->slots[prog->nslots++] = (struct fl_plan_slot){ rule, (uint32_t)i };
		}
	}
	for (size_t i = 0; i < plan->nprogs; i++) {
		plan->progs[i].first_slot = plan->nslots;
		plan->nslots += plan->progs[i].nslots;
		choose_backend(&plan->progs[i], opts, ds);
	}
}
