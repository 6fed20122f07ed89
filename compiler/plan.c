/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan.h"

#include <string.h>

#define INLINE_SLOTS 8	/* rules in one program that are written into it */
#define INLINE_TOTAL 32 /* rules in all of them */
#define MOST_PARTS 200	/* of a program; BPF_MAX_SUBPROGS in the kernel is 256 */

#define COST_ARGUMENT 1
#define COST_MEMORY 4
#define COST_STRING 5
#define COST_STATE 3
#define COST_DRAW 7

/* See builtin.def; 0 for constants. */
static void add_cost(const struct fl_expr *e, void *arg)
{
	unsigned int *most = arg, cost = 0;

	if (e->is_constant)
		return;
	if (e->builtin)
		cost = fl_builtin_cost(e->builtin);
	else if (e->function)
		cost = fl_function_cost(e->function);
	else if (e->in_memory)
		cost = e->type == FL_VALUE_STRING ? COST_STRING : COST_MEMORY;
	else if (e->kind == FL_EXPR_STATE)
		cost = COST_STATE;
	else if (e->name_kind == FL_NAME_ARGUMENT)
		cost = COST_ARGUMENT;
	if (cost > *most)
		*most = cost;
}

static unsigned int cost(const struct fl_expr *e)
{
	unsigned int most = 0;

	fl_walk(e, add_cost, &most);
	return most;
}

static size_t count_terms(const struct fl_expr *e)
{
	size_t n = 1;

	for (; e->kind == FL_EXPR_BINARY && e->op == FL_OP_ANDAND; e = e->left)
		n++;
	return n;
}

/* An implicit "child". */
static const struct fl_expr *child_term(struct fl_arena *a)
{
	struct fl_expr *e = fl_arena_alloc(a, sizeof(*e));

	*e = (struct fl_expr){
		.kind = FL_EXPR_NAME,
		.text = fl_builtin_name(FL_BUILTIN_child),
		.depth = 1,
		.type = fl_builtin_type(FL_BUILTIN_child),
		.builtin = FL_BUILTIN_child,
	};
	return e;
}

/* After those of equal cost, to keep the script's order. */
static void insert_term(struct fl_plan_cond *cond, size_t n, const struct fl_expr *term)
{
	unsigned int c = cost(term);

	while (n > 0 && cond->costs[n - 1] > c) {
		cond->terms[n] = cond->terms[n - 1];
		cond->costs[n] = cond->costs[n - 1];
		n--;
	}
	cond->terms[n] = term;
	cond->costs[n] = c;
}

/* a && b && c as three terms, and one in front of them for rules on the command's tasks. */
static void plan_cond(const struct fl_expr *e, bool child_only, struct fl_arena *a,
		      struct fl_plan_cond *cond)
{
	size_t written = e ? count_terms(e) : 0, n = written + child_only;
	const struct fl_expr **terms = fl_arena_alloc(a, n * sizeof(cond->terms[0]));

	cond->nterms = n;
	cond->terms = fl_arena_alloc(a, n * sizeof(cond->terms[0]));
	cond->costs = fl_arena_alloc(a, n * sizeof(cond->costs[0]));
	if (child_only)
		terms[0] = child_term(a);
	for (; written > 1; written--, e = e->left)
		terms[--n] = e->right;
	if (e)
		terms[--n] = e;
	for (size_t i = 0; i < cond->nterms; i++)
		insert_term(cond, i, terms[i]);
	while (cond->nsure < cond->nterms && cond->costs[cond->nsure] < COST_DRAW)
		cond->nsure++;
}

static bool same_module(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_func(const struct fl_func *a, const struct fl_func *b)
{
	return !strcmp(a->name, b->name) && same_module(a->module, b->module);
}

static struct fl_plan_prog *find_prog(const struct fl_plan *plan, const struct fl_func *f,
				      bool on_exit)
{
	for (size_t i = 0; i < plan->nprogs; i++) {
		struct fl_plan_prog *prog = &plan->progs[i];

		if (prog->on_exit == on_exit && !prog->tracker &&
		    same_func(prog->attaches[0].on->func, f))
			return prog;
	}
	return NULL;
}

static struct fl_plan_prog *add_prog(struct fl_plan *plan, const struct fl_on *on, bool on_exit,
				     struct fl_arena *a)
{
	struct fl_plan_prog *prog;

	plan->progs = fl_arena_grow(a, plan->progs, plan->nprogs, &plan->cap_progs, sizeof(*prog));
	prog = &plan->progs[plan->nprogs++];
	memset(prog, 0, sizeof(*prog));
	prog->on_exit = on_exit;
	prog->attaches = fl_arena_grow(a, NULL, 0, &prog->attach_cap, sizeof(*prog->attaches));
	prog->attaches[prog->nattaches++].on = on;
	return prog;
}

/* The number of a function by the name that scripts use. */
static uint32_t func_index(struct fl_plan *plan, const char *name, struct fl_arena *a)
{
	for (size_t i = 0; i < plan->nfuncs; i++) {
		if (!strcmp(plan->funcs[i], name))
			return (uint32_t)i;
	}
	plan->funcs = fl_arena_grow(a, plan->funcs, plan->nfuncs, &plan->cap_funcs,
				    sizeof(plan->funcs[0]));
	plan->funcs[plan->nfuncs] = name;
	return (uint32_t)plan->nfuncs++;
}

static const char *asked_name(const struct fl_on *on)
{
	return on->is_syscall ? on->target->name : on->func->name;
}

/* One more rule on a program's function: it may know more about that. */
static void join_rule(struct fl_plan_prog *prog, const struct fl_on *on, struct fl_diags *ds)
{
	const struct fl_on *known = prog->attaches[0].on;

	/* arguments are in other places for the one than for the other */
	if (known->is_syscall != on->is_syscall)
		fl_report(ds, FL_E_TWO_NAMES, on->target->span, asked_name(on), asked_name(known),
			  NULL);
	else if ((on->on_list && !known->on_list) ||
		 (on->func->tag != FL_TAG_NONE && known->func->tag == FL_TAG_NONE))
		prog->attaches[0].on = on;
}

static void add_rule(struct fl_plan *plan, const struct fl_rule *rule, uint32_t index,
		     struct fl_arena *a, struct fl_diags *ds)
{
	for (size_t i = 0; i < rule->nons; i++) {
		const struct fl_on *on = &rule->ons[i];
		struct fl_plan_prog *prog = find_prog(plan, on->func, rule->on_exit);

		if (!prog)
			prog = add_prog(plan, on, rule->on_exit, a);
		else
			join_rule(prog, on, ds);
		prog->slots = fl_arena_grow(a, prog->slots, prog->nslots, &prog->slot_cap,
					    sizeof(*prog->slots));
		prog->slots[prog->nslots++] = (struct fl_plan_slot){ rule, index, on->instance };
		prog->returns |= rule->ret != NULL;
	}
}

/* Collects what the entry of a program has to fetch. */
static void note_needs(const struct fl_expr *e, struct fl_plan_prog *prog)
{
	/* another program evaluates what is inside within() */
	if (e->kind == FL_EXPR_CALL && e->pattern)
		prog->uses_ip = true;
	if (e->name_kind == FL_NAME_ARGUMENT) {
		prog->args |= 1U << e->index;
		prog->args_are_mem |=
			e->type == FL_VALUE_POINTER || e->base.kind == FL_TYPE_UNKNOWN;
	}
	if (e->name_kind == FL_NAME_RETVAL) {
		prog->uses_retval = true;
		prog->args_are_mem |= e->type == FL_VALUE_POINTER;
	}
}

static void walk_needs(const struct fl_expr *e, void *arg)
{
	struct fl_plan_prog *prog = arg;

	if (!e)
		return;
	note_needs(e, prog);
	if (e->kind == FL_EXPR_CALL && e->pattern)
		return;
	walk_needs(e->left, prog);
	walk_needs(e->right, prog);
	walk_needs(e->third, prog);
	for (size_t i = 0; i < e->nitems; i++)
		walk_needs(e->items[i], prog);
}

static void instance_needs(const struct fl_instance *in, size_t nacts, struct fl_plan_prog *prog)
{
	walk_needs(in->cond, prog);
	walk_needs(in->per, prog);
	for (size_t i = 0; i < nacts; i++)
		fl_walk_action(&in->acts[i], walk_needs, prog);
}

/* Do both have the same rules, so that one program serves both functions? */
static bool same_slots(const struct fl_plan_prog *a, const struct fl_plan_prog *b)
{
	if (a->nslots != b->nslots || a->on_exit != b->on_exit || a->returns != b->returns ||
	    a->tracker || b->tracker)
		return false;
	for (size_t i = 0; i < a->nslots; i++) {
		if (a->slots[i].instance != b->slots[i].instance)
			return false;
	}
	return true;
}

/* The kernel's refusal of a back end on a function, or on any; NULL: none. */
static const char *refused(const struct fl_plan_opts *opts, const struct fl_func *f,
			   enum fl_backend backend)
{
	for (size_t i = 0; i < opts->nrefusals; i++) {
		const struct fl_refusal *r = &opts->refusals[i];

		if (r->backend != backend)
			continue;
		if (!f || (!strcmp(r->func, f->name) && same_module(r->module, f->module)))
			return r->why;
	}
	return NULL;
}

/*
 * May a rule return zero? What is only known at the call is checked against the
 * tag then, which may rule it out.
 */
static bool returns_zero(const struct fl_plan_prog *prog, bool force)
{
	enum fl_tag tag = prog->attaches[0].on->func->tag;
	bool may_work_out_zero = force || (tag != FL_TAG_ERRNO && tag != FL_TAG_TRUE);

	for (size_t i = 0; i < prog->nslots; i++) {
		const struct fl_action *acts = prog->slots[i].instance->acts;

		for (size_t j = 0; j < prog->slots[i].rule->nacts; j++) {
			for (size_t k = 0; k < acts[j].nchoices; k++) {
				const struct fl_expr *e = acts[j].choices[k].value;

				if (e->is_constant ? !e->value : may_work_out_zero)
					return true;
			}
		}
	}
	return false;
}

static void note_attached(struct fl_backend_facts *f, const struct fl_func *func,
			  const struct fl_plan_opts *opts)
{
	for (size_t i = 0; i < opts->nattached; i++) {
		const struct fl_attached *a = &opts->attached[i];

		if (strcmp(a->func, func->name) != 0 || !same_module(a->module, func->module))
			continue;
		f->probed |= a->probe;
		f->trampolined |= a->trampoline;
	}
}

/* All that the choice depends on but for what other programs do, which is not chosen yet. */
static void find_facts(struct fl_plan_prog *prog, const struct fl_plan_opts *opts)
{
	const struct fl_on *on = prog->attaches[0].on;
	struct fl_backend_facts *f = &prog->facts;

	f->asked = opts->backend;
	f->returns = prog->returns;
	f->may_be_zero = prog->returns && returns_zero(prog, opts->force_return);
	f->at_exit = prog->on_exit;
	f->uses_args = prog->args != 0;
	f->is_syscall = on->is_syscall;
	f->nfuncs = 1;
	f->on_list = on->on_list;
	f->in_module = on->func->module != NULL;
	f->in_btf = on->fmod_ret_id != 0;
	f->no_trampoline = on->func->no_trampoline;
	note_attached(f, on->func, opts);
	for (int b = FL_BACKEND_AUTO + 1; b < FL_NBACKENDS; b++)
		f->refused[b] = refused(opts, on->func, (enum fl_backend)b);
	/* one of many functions that cannot be attached is not named */
	f->refused[FL_BACKEND_KPROBE_MULTI] = refused(opts, NULL, FL_BACKEND_KPROBE_MULTI);
}

/* Is there something to do at its end that a kretprobe cannot? */
static bool needs_fexit(const struct fl_plan *plan, const struct fl_func *f)
{
	const struct fl_plan_prog *prog = find_prog(plan, f, true);

	return prog && prog->args;
}

/* Would one kprobe.multi program be the better way for @nfuncs functions with these rules? */
static bool can_join(const struct fl_plan_prog *prog, size_t nfuncs)
{
	struct fl_backend_facts f = prog->facts;
	struct fl_why_not why;

	f.nfuncs = nfuncs;
	return fl_backend_can(FL_BACKEND_KPROBE_MULTI, &f, &why);
}

static size_t count_same(const struct fl_plan *plan, size_t first)
{
	size_t n = 1;

	for (size_t i = first + 1; i < plan->nprogs; i++)
		n += plan->progs[i].may_join && same_slots(&plan->progs[first], &plan->progs[i]);
	return n;
}

/* Many functions with the same rules become one program by kprobe.multi. */
static void join_progs(struct fl_plan *plan, struct fl_arena *a)
{
	for (size_t i = 0; i < plan->nprogs; i++) {
		struct fl_plan_prog *prog = &plan->progs[i];
		size_t kept = i + 1;

		if (!prog->may_join || !can_join(prog, count_same(plan, i)))
			continue;
		for (size_t j = i + 1; j < plan->nprogs; j++) {
			struct fl_plan_prog *other = &plan->progs[j];

			if (!other->may_join || !same_slots(prog, other)) {
				plan->progs[kept++] = *other;
				continue;
			}
			prog->attaches = fl_arena_grow(a, prog->attaches, prog->nattaches,
						       &prog->attach_cap, sizeof(*prog->attaches));
			prog->attaches[prog->nattaches++] = other->attaches[0];
		}
		plan->nprogs = kept;
		prog->backend = FL_BACKEND_KPROBE_MULTI;
		prog->reason = fl_backend_chosen(FL_BACKEND_KPROBE_MULTI);
	}
}

/* Does one of our kprobes return instead of the function? */
static bool is_overridden(const struct fl_plan *plan, const struct fl_func *f)
{
	for (size_t i = 0; i < plan->nprogs; i++) {
		const struct fl_plan_prog *prog = &plan->progs[i];

		if (!prog->returns || !prog->backend || fl_backend_is_tracing(prog->backend))
			continue;
		for (size_t j = 0; j < prog->nattaches; j++) {
			if (same_func(prog->attaches[j].on->func, f))
				return true;
		}
	}
	return false;
}

/* No back end is possible. */
static void report_none(const struct fl_plan_prog *prog, const struct fl_backend_choice *c,
			struct fl_diags *ds)
{
	const struct fl_on *on = prog->attaches[0].on;
	enum fl_backend b = prog->facts.asked ? prog->facts.asked : c->preferred;
	struct fl_why_not why;

	/* at a function's exit, registers no longer have its arguments */
	if (c->last.id == FL_WHY_EXIT_ARGS) {
		fl_report(ds, FL_E_EXIT_ARGS, on->target->span, on->func->name, c->against.text,
			  NULL);
	} else if (c->last.id == FL_WHY_TRAMPOLINED) {
		fl_report(ds, FL_E_UNDONE, on->target->span, on->func->name, c->against.text, NULL);
	} else {
		fl_backend_can(b, &prog->facts, &why);
		fl_report(ds, FL_E_BACKEND, on->target->span, on->func->name, fl_backend_name(b),
			  why.text, NULL);
	}
}

static void choose_backend(struct fl_plan_prog *prog, struct fl_diags *ds)
{
	const struct fl_on *on = prog->attaches[0].on;
	struct fl_why_not why;
	struct fl_backend_choice c;

	fl_backend_choose(&prog->facts, &c);
	prog->backend = c.backend;
	prog->reason = c.reason;
	if (!c.backend)
		report_none(prog, &c, ds);
	else if (fl_backend_harms(c.backend, &prog->facts, &why) && why.id == FL_WHY_UNDOES)
		fl_report(ds, FL_W_UNDOES, on->target->span, on->func->name,
			  fl_backend_name(c.backend), NULL);
}

/*
 * The back end of rules that only watch depends on that of rules that return.
 */
static void choose_backends(struct fl_plan *plan, struct fl_arena *a, struct fl_diags *ds)
{
	for (size_t i = 0; i < plan->nprogs; i++) {
		struct fl_plan_prog *prog = &plan->progs[i];

		prog->facts.exit_args =
			prog->returns && needs_fexit(plan, prog->attaches[0].on->func);
		prog->may_join = can_join(prog, SIZE_MAX);
	}
	join_progs(plan, a);
	for (size_t i = 0; i < plan->nprogs; i++) {
		if (!plan->progs[i].backend && plan->progs[i].returns)
			choose_backend(&plan->progs[i], ds);
	}
	for (size_t i = 0; i < plan->nprogs; i++) {
		struct fl_plan_prog *prog = &plan->progs[i];

		if (prog->backend || prog->returns)
			continue;
		prog->facts.overridden = is_overridden(plan, prog->attaches[0].on->func);
		choose_backend(prog, ds);
	}
}

static void name_prog(struct fl_plan_prog *prog, size_t index, struct fl_arena *a)
{
	char *name = fl_arena_printf(a, "fl%zu_%s", index, prog->attaches[0].on->func->name);

	for (char *p = name; *p; p++) {
		bool good = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			    (*p >= '0' && *p <= '9') || *p == '_';

		if (!good)
			*p = '_';
	}
	prog->name = name;
}

static void add_trackers(struct fl_plan *plan, struct fl_arena *a)
{
	for (size_t i = 0; i < plan->script->ntrackers; i++) {
		const struct fl_tracker *t = &plan->script->trackers[i];

		add_prog(plan, &t->on, false, a)->tracker = t;
		add_prog(plan, &t->on, true, a)->tracker = t;
	}
}

static void number_slots(struct fl_plan *plan, struct fl_arena *a)
{
	size_t most = 0;
	size_t written = 0; /* rules, as often as they would be in programs */

	for (size_t i = 0; i < plan->nprogs; i++) {
		struct fl_plan_prog *prog = &plan->progs[i];

		name_prog(prog, i, a);
		prog->first_slot = plan->nslots;
		prog->first_attach = plan->nattaches;
		plan->nslots += prog->nslots * prog->nattaches;
		plan->nattaches += prog->nattaches;
		most = prog->nslots > most ? prog->nslots : most;
		written += prog->nslots;
		for (size_t j = 0; j < prog->nattaches; j++) {
			const struct fl_on *on = prog->attaches[j].on;

			prog->attaches[j].func_index = func_index(plan, asked_name(on), a);
		}
	}
	if (most <= INLINE_SLOTS && written <= INLINE_TOTAL)
		return;
	/* a rule that several programs share is compiled once */
	plan->separate = written > plan->script->ninstances && most <= MOST_PARTS;
	if (!plan->separate)
		plan->part = most <= MOST_PARTS * INLINE_SLOTS
				     ? INLINE_SLOTS
				     : (most + MOST_PARTS - 1) / MOST_PARTS;
}

void fl_plan(const struct fl_script *script, const struct fl_plan_opts *opts, struct fl_arena *a,
	     struct fl_diags *ds, struct fl_plan *plan)
{
	memset(plan, 0, sizeof(*plan));
	plan->script = script;
	plan->tracks_children = (script->needs & FL_NEED_CHILDREN) != 0;
	plan->conds = fl_arena_alloc(a, script->ninstances * sizeof(plan->conds[0]));
	for (size_t i = 0; i < script->nrules; i++) {
		const struct fl_rule *rule = &script->rules[i];

		for (size_t j = 0; j < rule->ninstances; j++)
			plan_cond(rule->instances[j].cond, rule->child_only, a,
				  &plan->conds[rule->instances[j].number]);
		plan->tracks_children |= rule->child_only;
		add_rule(plan, rule, (uint32_t)i, a, ds);
	}
	add_trackers(plan, a);
	for (size_t i = 0; i < plan->nprogs; i++) {
		struct fl_plan_prog *prog = &plan->progs[i];

		for (size_t j = 0; j < prog->nslots; j++) {
			const struct fl_rule *rule = prog->slots[j].rule;

			instance_needs(prog->slots[j].instance, rule->nacts, prog);
			prog->uses_ip |= (fl_rule_traits(rule) & FL_ACT_NEEDS_IP) != 0;
		}
		prog->uses_ip |= opts->sweep && prog->returns;
		if (prog->tracker && !prog->on_exit)
			instance_needs(&prog->tracker->instance, 0, prog);
		find_facts(prog, opts);
	}
	choose_backends(plan, a, ds);
	number_slots(plan, a);
}
