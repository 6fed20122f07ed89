/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manifest.h"

#include <string.h>

#include "sema_impl.h"
#include "fl_abi.h"

struct maker {
	const struct fl_plan *plan;
	const struct fl_script *script;
	struct fl_arena *kept;
	struct fl_object *obj;
	size_t uses_cap;
};

static const char *keep(struct maker *m, const char *text)
{
	return text ? fl_arena_strndup(m->kept, text, strlen(text)) : NULL;
}

/* Room for @count of them in the list @name of @owner. */
#define KEEP_ARRAY(m, owner, name, count) \
	((owner)->n##name = (count),      \
	 (owner)->name = fl_arena_alloc((m)->kept, (owner)->n##name * sizeof(*(owner)->name)))

/* A knob's first value; one that is a parameter follows it later. */
static uint64_t knob(struct maker *m, size_t rule, enum fl_knob which, const struct fl_expr *e)
{
	struct fl_object *obj = m->obj;

	if (e->kind == FL_EXPR_PARAM) {
		obj->param_uses = fl_arena_grow(m->kept, obj->param_uses, obj->nparam_uses,
						&m->uses_cap, sizeof(*obj->param_uses));
		obj->param_uses[obj->nparam_uses++] =
			(struct fl_obj_param_use){ e->index, (uint32_t)rule, which };
	}
	return e->value;
}

static void fill_nth(struct maker *m, size_t rule, const struct fl_schedule *s,
		     struct fl_rule_knobs *k)
{
	bool only = !s->last && !s->is_open;

	k->nth_first = knob(m, rule, only ? FL_KNOB_NTH_ONLY : FL_KNOB_NTH_FIRST, s->first);
	k->nth_last = only	? k->nth_first
		      : s->last ? knob(m, rule, FL_KNOB_NTH_LAST, s->last)
				: FL_NEVER;
	if (s->step)
		k->nth_step = knob(m, rule, FL_KNOB_NTH_STEP, s->step);
}

static void fill_schedule(struct maker *m, size_t rule, const struct fl_schedule *s,
			  struct fl_rule_knobs *k)
{
	switch (s->kind) {
	case FL_SCHED_NTH:
		fill_nth(m, rule, s, k);
		break;
	case FL_SCHED_EVERY:
		k->every = knob(m, rule, FL_KNOB_EVERY, s->first);
		break;
	case FL_SCHED_TIMES:
		k->times = knob(m, rule, FL_KNOB_TIMES, s->first);
		break;
	case FL_SCHED_AFTER:
		if (s->is_time)
			k->after_ns = knob(m, rule, FL_KNOB_AFTER_NS, s->first);
		else
			k->after = knob(m, rule, FL_KNOB_AFTER, s->first);
		break;
	case FL_SCHED_FOR:
		k->for_ns = knob(m, rule, FL_KNOB_FOR_NS, s->first);
		break;
	case FL_SCHED_PER:
		m->obj->uses_keys = m->obj->rules[rule].per_key = true;
		break;
	}
}

static const struct fl_action *return_of(const struct fl_rule *rule)
{
	/* the instance's, which sema has annotated */
	return rule->ninstances
		       ? fl_find_action(rule->instances[0].acts, rule->nacts, FL_ACT_RETURN)
		       : NULL;
}

static void keep_rule(struct maker *m, size_t index)
{
	const struct fl_rule *rule = &m->script->rules[index];
	struct fl_obj_rule *out = &m->obj->rules[index];
	struct fl_rule_knobs *k = fl_arena_alloc(m->kept, sizeof(*k));
	const struct fl_action *ret = return_of(rule);
	unsigned int column;
	struct fl_buf text;

	fl_buf_init(&text, m->kept);
	fl_print_rule(&text, rule);
	out->text = text.text;
	out->label = keep(m, rule->label);
	out->source = keep(m, rule->span.src->name);
	fl_source_position(rule->span.src, rule->span.off, &out->line, &column);
	out->returns = rule->ret != NULL;
	out->fixed_value = rule->fixed_value;
	out->has_rate = rule->has_rate;
	out->rate_param = rule->rate_param;
	out->child_only = rule->child_only;
	out->resolved = rule->ninstances > 0;
	*k = (struct fl_rule_knobs){
		.enabled = 1,
		.rate = rule->has_rate ? rule->rate : FL_RATE_ALWAYS,
		.gate = FL_RATE_ALWAYS,
		.value = ret && rule->fixed_value ? (int64_t)ret->choices[0].value->value : 0,
		.nth_last = FL_NEVER,
		.nth_step = 1,
		.every = 1,
		.times = FL_NEVER,
		.for_ns = FL_NEVER,
	};
	for (size_t i = 0; i < rule->nscheds; i++)
		fill_schedule(m, index, &rule->scheds[i], k);
	out->knobs = k;
}

/*
 * Which of a rule's targets means the function; a system call's name is not looked
 * up.
 */
static uint32_t target_of(const struct fl_rule *rule, const struct fl_func *f)
{
	for (size_t i = 0; i < rule->nons; i++) {
		size_t target = (size_t)(rule->ons[i].target - rule->targets);

		if (fl_same_func(rule->ons[i].func, f) && target < rule->ntargets)
			return (uint32_t)target;
	}
	return 0;
}

static void keep_waits(struct maker *m)
{
	const struct fl_script *script = m->script;
	struct fl_object *obj = m->obj;

	KEEP_ARRAY(m, obj, waits, script->nwaits);
	for (size_t i = 0; i < script->nwaits; i++)
		obj->waits[i] = (struct fl_obj_wait){
			.rule = script->waits[i].rule,
			.target = script->waits[i].target,
			.module = keep(m, script->waits[i].module),
			.name = keep(m, script->waits[i].name),
		};
}

static void keep_progs(struct maker *m)
{
	const struct fl_plan *plan = m->plan;
	struct fl_object *obj = m->obj;
	size_t at = 0, slot = 0;

	KEEP_ARRAY(m, obj, progs, plan->nprogs);
	KEEP_ARRAY(m, obj, attaches, plan->nattaches);
	KEEP_ARRAY(m, obj, slots, plan->nslots);
	for (size_t i = 0; i < plan->nprogs; i++) {
		const struct fl_plan_prog *prog = &plan->progs[i];

		obj->progs[i] = (struct fl_obj_prog){
			.name = keep(m, prog->name),
			.backend = prog->backend,
			.reason = keep(m, prog->reason),
			.is_tracker = prog->tracker != NULL,
			.first_attach = at,
			.nattaches = prog->nattaches,
		};
		for (size_t j = 0; j < prog->nattaches; j++, at++) {
			const struct fl_on *on = prog->attaches[j].on;

			obj->attaches[at] = (struct fl_obj_attach){
				.prog = (uint32_t)i,
				.func = keep(m, on->func->name),
				.shown =
					keep(m, on->is_syscall ? on->target->name : on->func->name),
				.module = keep(m, on->func->module),
				.btf_id = on->fmod_ret_id,
				.tag = on->func->tag,
				.ret = on->func->ret.kind,
				.cookie = (uint64_t)prog->attaches[j].func_index << 32 | j,
			};
			for (size_t k = 0; k < prog->nslots; k++, slot++) {
				obj->slots[slot].rule = prog->slots[k].rule_index;
				obj->slots[slot].attach = (uint32_t)at;
				obj->slots[slot].cond = prog->slots[k].instance->number;
				obj->slots[slot].target = target_of(prog->slots[k].rule, on->func);
			}
		}
	}
	KEEP_ARRAY(m, obj, funcs, plan->nfuncs);
	for (size_t i = 0; i < plan->nfuncs; i++)
		obj->funcs[i] = keep(m, plan->funcs[i]);
}

static void keep_conds(struct maker *m)
{
	const struct fl_plan *plan = m->plan;
	struct fl_object *obj = m->obj;

	KEEP_ARRAY(m, obj, conds, plan->script->ninstances);
	for (size_t i = 0; i < obj->nconds; i++) {
		const struct fl_plan_cond *cond = &plan->conds[i];
		struct fl_obj_cond *out = &obj->conds[i];

		KEEP_ARRAY(m, out, tests, cond->nterms);
		out->nsure = cond->nsure;
		for (size_t j = 0; j < cond->nterms; j++) {
			struct fl_buf text;

			fl_buf_init(&text, m->kept);
			fl_print_expr(&text, cond->terms[j]);
			out->tests[j] = (struct fl_obj_test){ text.text, cond->costs[j] };
		}
	}
}

static void keep_params(struct maker *m)
{
	const struct fl_script *script = m->script;
	struct fl_object *obj = m->obj;

	KEEP_ARRAY(m, obj, params, script->nparams);
	for (size_t i = 0; i < script->nparams; i++) {
		const struct fl_param_def *p = &script->params[i];

		obj->params[i] = (struct fl_obj_param){
			.name = keep(m, p->name),
			.help = keep(m, p->help),
			.string = keep(m, p->string),
			.value = (int64_t)p->value->value,
			.is_duration = p->is_duration,
			.is_fraction = p->value->type == FL_VALUE_FRACTION,
		};
	}
}

static struct fl_obj_log_arg log_arg(const struct fl_expr *e)
{
	enum fl_text text = fl_text_of(e);

	return (struct fl_obj_log_arg){
		.kind = text == FL_TEXT_NONE   ? FL_LOG_NUMBER
			: text == FL_TEXT_FUNC ? FL_LOG_FUNC
					       : FL_LOG_STRING,
		.words = fl_log_words(e),
	};
}

static void keep_logs(struct maker *m)
{
	const struct fl_script *script = m->script;
	struct fl_object *obj = m->obj;

	KEEP_ARRAY(m, obj, logs, script->nlogs);
	for (size_t i = 0; i < script->nlogs; i++) {
		const struct fl_action *act = script->logs[i];
		struct fl_obj_log *log = &obj->logs[i];

		log->format = keep(m, act->format);
		KEEP_ARRAY(m, log, args, act->nargs);
		for (size_t j = 0; j < act->nargs; j++)
			log->args[j] = log_arg(act->args[j]);
	}
}

static void keep_states(struct maker *m)
{
	const struct fl_script *script = m->script;
	struct fl_object *obj = m->obj;

	KEEP_ARRAY(m, obj, states, script->nstates);
	for (size_t i = 0; i < script->nstates; i++)
		obj->states[i] = (struct fl_obj_state){
			.name = keep(m, script->states[i].name),
			.nkeys = script->states[i].nkeys,
			.key_words = script->states[i].key_words,
		};
}

struct ops {
	struct maker *m;
	struct fl_obj_expect *x;
	size_t cap;
};

static void add_op(struct ops *o, enum fl_code code, uint32_t arg, int64_t value)
{
	struct fl_obj_expect *x = o->x;

	x->ops = fl_arena_grow(o->m->kept, x->ops, x->nops, &o->cap, sizeof(*x->ops));
	x->ops[x->nops++] = (struct fl_obj_op){ code, arg, value };
}

static void compile_ops(struct ops *o, const struct fl_expr *e);

/* "x in {1, 2}" as (x == 1) || (x == 2); x has no side effects. */
static void compile_in(struct ops *o, const struct fl_expr *e)
{
	for (size_t i = 0; i < e->nitems; i++) {
		enum fl_code code = !e->is_range ? FL_CODE_EQ : i ? FL_CODE_LE : FL_CODE_GE;

		compile_ops(o, e->left);
		compile_ops(o, e->items[i]);
		add_op(o, code, 0, 0);
		if (i)
			add_op(o, e->is_range ? FL_CODE_ANDAND : FL_CODE_OROR, 0, 0);
	}
}

static void compile_ops(struct ops *o, const struct fl_expr *e)
{
	if (e->is_constant) {
		add_op(o, FL_CODE_PUSH, 0, (int64_t)e->value);
		return;
	}
	switch (e->kind) {
	case FL_EXPR_PARAM:
		add_op(o, FL_CODE_PARAM, 0, e->index);
		break;
	case FL_EXPR_NAME:
		o->x->needs_exit |= e->text[0] == 'e';
		add_op(o, e->text[0] == 'e' ? FL_CODE_EXIT : FL_CODE_SPLATS, 0, 0);
		break;
	case FL_EXPR_MEMBER:
		add_op(o, FL_CODE_COUNTER, (uint32_t)e->value, e->index);
		break;
	case FL_EXPR_UNARY:
		compile_ops(o, e->left);
		add_op(o, fl_op_code(e->op), 0, 0);
		break;
	case FL_EXPR_BINARY:
		compile_ops(o, e->left);
		compile_ops(o, e->right);
		add_op(o, fl_op_code(e->op), fl_sign_flags(e), 0);
		break;
	case FL_EXPR_TERNARY:
		compile_ops(o, e->left);
		compile_ops(o, e->right);
		compile_ops(o, e->third);
		add_op(o, FL_CODE_CHOOSE, 0, 0);
		break;
	default:
		compile_in(o, e);
	}
}

static void keep_expects(struct maker *m)
{
	const struct fl_script *script = m->script;
	struct fl_object *obj = m->obj;

	KEEP_ARRAY(m, obj, expects, script->nexpects);
	for (size_t i = 0; i < script->nexpects; i++) {
		const struct fl_expect *x = &script->expects[i];
		struct fl_obj_expect *out = &obj->expects[i];
		struct ops ops = { .m = m, .x = out };
		unsigned int column;
		struct fl_buf text;

		fl_buf_init(&text, m->kept);
		fl_print_expr(&text, x->cond);
		out->text = text.text;
		out->message = keep(m, x->message);
		out->source = keep(m, x->span.src->name);
		fl_source_position(x->span.src, x->span.off, &out->line, &column);
		compile_ops(&ops, x->cond);
	}
}

static size_t count_steps(const struct fl_script *script, enum fl_step kind)
{
	size_t n = 0;

	for (size_t i = 0; i < script->nsteps; i++)
		n += script->steps[i].kind == kind;
	return n;
}

static struct fl_obj_command *keep_commands(struct maker *m, enum fl_step kind, size_t *n)
{
	const struct fl_script *script = m->script;
	struct fl_obj_command *list;
	unsigned int column;

	list = fl_arena_alloc(m->kept, count_steps(script, kind) * sizeof(*list));
	*n = 0;
	for (size_t i = 0; i < script->nsteps; i++) {
		const struct fl_step_item *step = &script->steps[i];
		struct fl_obj_command *out = &list[*n];

		if (step->kind != kind)
			continue;
		out->command = keep(m, step->text);
		out->message = keep(m, step->note);
		out->source = keep(m, step->span.src->name);
		fl_source_position(step->span.src, step->span.off, &out->line, &column);
		++*n;
	}
	return list;
}

static void keep_allows(struct maker *m)
{
	const struct fl_script *script = m->script;
	struct fl_object *obj = m->obj;
	struct fl_obj_allow *out;
	unsigned int column;

	KEEP_ARRAY(m, obj, allows, count_steps(script, FL_STEP_ALLOW));
	out = obj->allows;
	for (size_t i = 0; i < script->nsteps; i++) {
		const struct fl_step_item *step = &script->steps[i];

		if (step->kind != FL_STEP_ALLOW)
			continue;
		out->pattern = keep(m, step->text);
		out->reason = keep(m, step->note);
		out->source = keep(m, step->span.src->name);
		fl_source_position(step->span.src, step->span.off, &out->line, &column);
		out++;
	}
}

static void keep_workload(struct maker *m)
{
	struct fl_object *obj = m->obj;
	struct fl_obj_command *run;
	size_t nruns;

	obj->setups = keep_commands(m, FL_STEP_SETUP, &obj->nsetups);
	run = keep_commands(m, FL_STEP_RUN, &nruns);
	obj->run = nruns ? run : NULL;
	obj->cleanups = keep_commands(m, FL_STEP_CLEANUP, &obj->ncleanups);
	obj->checks = keep_commands(m, FL_STEP_CHECK, &obj->nchecks);
	keep_allows(m);
}

struct fl_object *fl_make_object(const struct fl_plan *plan, const struct fl_emit_opts *emit,
				 const struct fl_buf *text, struct fl_arena *kept)
{
	struct fl_object *obj = fl_arena_alloc(kept, sizeof(*obj));
	struct maker m = { .plan = plan, .script = plan->script, .kept = kept, .obj = obj };

	obj->c_text = fl_arena_strndup(kept, text->text, text->len);
	obj->c_len = text->len;
	obj->ncpus = (unsigned int)fl_round_up(emit->ncpus);
	obj->tracks_children = plan->tracks_children || emit->tracks_children;
	obj->seeded = emit->seeded;
	obj->sweep = emit->sweep;
	KEEP_ARRAY(&m, obj, rules, plan->script->nrules);
	for (size_t i = 0; i < obj->nrules; i++)
		keep_rule(&m, i);
	keep_progs(&m);
	keep_conds(&m);
	keep_params(&m);
	keep_logs(&m);
	keep_states(&m);
	keep_waits(&m);
	keep_expects(&m);
	keep_workload(&m);
	obj->memory = kept->blocks;
	return obj;
}
