/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compile.c - the stages of the compiler:
 *
 *	text	fl_source	given
 *	lex	lexer.c		text to tokens with byte spans
 *	parse	parser.c	tokens to the tree of ast.h, item by item
 *		parse_rule.c	  rules
 *		parse_expr.c	  expressions
 *		use.c		  files that a script uses, where it says so
 *	sema	sema.c		names and types against kernel facts (kernel.h);
 *				  sema_impl.h lists its files
 *	plan	plan.c		programs, back ends, order of evaluation
 *	emit	emit.c		C that stands on bpf-templates/; emit.h tells its files
 *	make	manifest.c	the object that outlives all this
 *		lasting.c	  and outlives the process: the kernel it is for
 *	clang	clang.cpp	C to ELF bytes, in memory
 *
 * Order matters in one place: sema goes over everything even after syntax
 * errors, so that one run tells all; plan and later stages only see scripts
 * without errors. Memory comes from one arena; running out of it ends up in
 * fl_compile() by longjmp (mem.h).
 */
#include "compile.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "clang.h"
#include "emit.h"
#include "fl_templates.h"
#include "manifest.h"
#include "module_layout.h"
#include "use.h"

struct compilation {
	const struct fl_source *src;
	struct fl_kernel *kernel;
	const struct fl_compile_opts *opts;
	struct fl_diags *diags;
	struct fl_arena arena; /* tree and plan; gone at the end */
	struct fl_script script;
	struct fl_plan plan;
	struct fl_buf text;
	struct fl_emit_opts emit;
	struct fl_arena kept; /* the object and what it points to */
	struct fl_object *object;
	jmp_buf on_oom;
};

static bool no_field_at(struct compilation *c, struct fl_span span, const char *what,
			const char *why)
{
	fl_report(c->diags, FL_E_NO_FIELD, span, what, why, NULL);
	return false;
}

/* For a builtin in the script that depends on @need, which this kernel lacks. */
static bool no_field(struct compilation *c, unsigned int need, const char *why)
{
	int b = 1;

	while (b < FL_NBUILTINS - 1 &&
	       !(c->script.first_mention[b].src && (fl_builtin_needs((enum fl_builtin)b) & need)))
		b++;
	return no_field_at(c, c->script.first_mention[b], fl_builtin_name((enum fl_builtin)b), why);
}

/* What a sweep needs to know about every call, even if the script does not use it. */
static bool no_path(struct compilation *c, const char *why)
{
	return no_field_at(c, c->script.rules[0].targets[0].span, "call path", why);
}

/* Where the script says that it is about the command's tasks. */
static struct fl_span child_span(const struct compilation *c)
{
	const struct fl_script *s = &c->script;

	if (s->needs & FL_NEED_CHILDREN)
		return s->first_mention[FL_BUILTIN_child];
	for (size_t i = 0; i < s->nrules; i++) {
		if (s->rules[i].child_only)
			return s->rules[i].targets[0].span;
	}
	return s->rules[0].targets[0].span;
}

/* Offsets in struct task_struct that some programs need. */
static bool find_task_offsets(struct compilation *c)
{
	const struct fl_kernel_ops *ops = c->kernel->ops;
	struct fl_member pid, tgid, parent;
	struct fl_type task;
	const char *problem = ops->btf_problem(c->kernel);

	if (ops->find_type(c->kernel, NULL, FL_TYPE_STRUCT, "task_struct", &task) ||
	    ops->member(c->kernel, task.id, "pid", &pid) ||
	    ops->member(c->kernel, task.id, "tgid", &tgid) ||
	    ops->member(c->kernel, task.id, "real_parent", &parent)) {
		if (c->opts->sema.lenient)
			return true;
		if (!*problem)
			problem = "its type information has no task_struct";
		if (c->script.needs & FL_NEED_PARENT)
			return no_field(c, FL_NEED_PARENT, problem);
		fl_report(c->diags, FL_E_NO_CHILD, child_span(c), problem, NULL);
		return false;
	}
	c->emit.task_pid = pid.bit_offset / 8;
	c->emit.task_tgid = tgid.bit_offset / 8;
	c->emit.task_parent = parent.bit_offset / 8;
	return true;
}

/* Where the kernel keeps its preemption count. */
static bool find_preempt_count(struct compilation *c)
{
	const char *why;
	int err = c->emit.arch->preempt_count(c->kernel, &c->emit.preempt);

	if (!err || c->opts->sema.lenient)
		return true;
	why = err == -EACCES ? "the kernel hides its addresses"
			     : "its symbols do not show where it is counted";
	return c->script.needs & FL_NEED_PREEMPT ? no_field(c, FL_NEED_PREEMPT, why)
						 : no_path(c, why);
}

static bool find_sweep_offsets(struct compilation *c)
{
	const char *problem = fl_find_sweep_offsets(c->kernel, &c->emit);

	if (!problem || c->opts->sema.lenient)
		return true;
	return no_path(c, problem);
}

static bool find_offsets(struct compilation *c)
{
	if ((c->plan.tracks_children || c->emit.tracks_children ||
	     (c->script.needs & FL_NEED_PARENT)) &&
	    !find_task_offsets(c))
		return false;
	if (((c->script.needs & FL_NEED_PREEMPT) || c->emit.sweep) && !find_preempt_count(c))
		return false;
	return !c->emit.sweep || find_sweep_offsets(c);
}

/* May it matter to a rule what else is on its functions? See plan.h. */
static bool asks_for_others(const struct fl_script *s)
{
	for (size_t i = 0; i < s->nrules; i++) {
		for (size_t j = 0; j < s->rules[i].nons; j++) {
			if (s->rules[i].ons[j].on_list)
				return true;
		}
	}
	return false;
}

struct others {
	struct compilation *c;
	struct fl_attached *list;
	size_t n, cap;
};

static int add_other(const struct fl_attached *a, void *arg)
{
	struct others *o = arg;
	struct fl_arena *arena = &o->c->arena;
	struct fl_attached *copy;

	o->list = fl_arena_grow(arena, o->list, o->n, &o->cap, sizeof(*o->list));
	copy = &o->list[o->n++];
	*copy = *a;
	copy->func = fl_arena_strndup(arena, a->func, strlen(a->func));
	copy->module = a->module ? fl_arena_strndup(arena, a->module, strlen(a->module)) : NULL;
	return 0;
}

static void find_others(struct compilation *c, struct fl_plan_opts *plan)
{
	struct others o = { .c = c };

	if (!asks_for_others(&c->script))
		return;
	c->kernel->ops->each_attached(c->kernel, add_other, &o);
	plan->attached = o.list;
	plan->nattached = o.n;
}

/* A "run" in the script is a command, as one after "--" is. */
static bool runs_command(const struct fl_script *s)
{
	for (size_t i = 0; i < s->nsteps; i++) {
		if (s->steps[i].kind == FL_STEP_RUN)
			return true;
	}
	return false;
}

static bool front_end(struct compilation *c)
{
	struct fl_plan_opts plan = c->opts->plan;
	struct fl_sema_opts sema = c->opts->sema;

	fl_parse_files(c->src, c->opts, &c->arena, c->diags, &c->script);
	sema.sweep = c->opts->sweep;
	if (runs_command(&c->script)) {
		sema.has_command = true;
		c->emit.tracks_children |= sema.wait;
	}
	if (!c->diags->full)
		fl_apply_settings(c->opts, &c->arena, c->diags, &c->script);
	if (!c->diags->full)
		fl_sema(&c->script, c->kernel, &sema, &c->arena, c->diags);
	if (c->diags->nerrors || c->opts->emit == FL_EMIT_NONE)
		return false;
	find_others(c, &plan);
	plan.sweep = c->opts->sweep != FL_SWEEP_NONE;
	fl_plan(&c->script, &plan, &c->arena, c->diags, &c->plan);
	return !c->diags->nerrors && find_offsets(c);
}

static int back_end(struct compilation *c, char **log)
{
	struct fl_object *obj = c->object;
	const struct fl_clang_opts opts = {
		.headers = fl_templates,
		.nheaders = fl_ntemplates,
		.arch = c->emit.arch->target,
	};
	struct fl_clang_result result = { 0 };
	int err;

	if (c->opts->clang)
		err = c->opts->clang(c->opts->clang_arg, obj->c_text, obj->c_len, opts.arch,
				     &result);
	else
		err = fl_clang_compile("rules.bpf.c", obj->c_text, obj->c_len, &opts, &result);
	if (err) {
		*log = result.log;
		result.log = NULL;
		fl_clang_result_release(&result);
		return err == -ENOMEM || err == -ETIME || err == -ETIMEDOUT ? err : -EIO;
	}
	obj->elf = result.elf;
	obj->elf_len = result.elf_len;
	result.elf = NULL;
	fl_clang_result_release(&result);
	return 0;
}

static bool make_lasting(struct compilation *c)
{
	const char *unknown = fl_make_lasting(c->object, &c->plan, &c->emit, c->kernel, &c->kept);

	if (unknown)
		fl_report(c->diags, FL_E_NO_BUILD_ID, c->script.rules[0].targets[0].span, unknown,
			  NULL);
	return !unknown;
}

/* Everything that may run out of memory; what it allocated is in @c. */
static int run(struct compilation *c, char **log)
{
	bool good;

	c->arena.on_oom = c->kept.on_oom = c->diags->on_oom = &c->on_oom;
	if (setjmp(c->on_oom))
		return -ENOMEM;
	good = front_end(c);
	if (c->kernel->out_of_memory)
		return -ENOMEM;
	if (!good)
		return c->diags->nerrors ? -EINVAL : 0;
	fl_buf_init(&c->text, &c->arena);
	fl_emit(&c->plan, &c->emit, &c->text);
	c->object = fl_make_object(&c->plan, &c->emit, &c->text, &c->kept);
	if (c->opts->emit == FL_EMIT_FILE && !make_lasting(c))
		return -EINVAL;
	return c->opts->emit == FL_EMIT_C ? 0 : back_end(c, log);
}

int fl_compile(const struct fl_source *src, struct fl_kernel *k, const struct fl_compile_opts *opts,
	       struct fl_diags *ds, struct fl_object **out, char **log)
{
	struct compilation c = { .src = src, .kernel = k, .opts = opts, .diags = ds };
	int err;

	*out = NULL;
	*log = NULL;
	c.emit.ncpus = k->ncpus;
	c.emit.arch = fl_arch_find(k->arch);
	c.emit.seeded = opts->seeded;
	c.emit.force_return = opts->sema.force_return;
	c.emit.tracks_children = opts->tracks_children;
	c.emit.sweep = opts->sweep;
	err = run(&c, log);
	fl_diags_sort(ds);
	ds->on_oom = NULL;
	fl_arena_release(&c.arena);
	if (err)
		fl_arena_release(&c.kept);
	else
		*out = c.object;
	return err;
}
