/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compile.c - the way of a script through the compiler, stage by stage:
 *
 *	text	fl_source	given
 *	lex	lexer.c		text to tokens with byte spans
 *	parse	parser.c	tokens to the tree of ast.h
 *	sema	sema.c		names and types against kernel facts (kernel.h);
 *		sema_expr.c	  types of expressions, folded constants
 *		sema_func.c	  functions, and what was perhaps meant
 *	plan	plan.c		programs, back ends, order of evaluation
 *	emit	emit.c		C that stands on bpf-templates/
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
#include "lexer.h"
#include "parser.h"

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

/* Offsets that the programs which follow a command's tasks need. */
static bool find_task_offsets(struct compilation *c)
{
	const struct fl_kernel_ops *ops = c->kernel->ops;
	struct fl_member pid, tgid;
	struct fl_type task;
	const char *problem = ops->btf_problem(c->kernel);

	if (!c->plan.tracks_children)
		return true;
	if (ops->find_type(c->kernel, FL_TYPE_STRUCT, "task_struct", &task) ||
	    ops->member(c->kernel, task.id, "pid", &pid) ||
	    ops->member(c->kernel, task.id, "tgid", &tgid)) {
		fl_report(c->diags, FL_E_NO_CHILD, c->script.rules[0].span,
			  *problem ? problem : "its type information has no task_struct", NULL);
		return false;
	}
	c->emit.task_pid = pid.bit_offset / 8;
	c->emit.task_tgid = tgid.bit_offset / 8;
	return true;
}

static const char *keep(struct compilation *c, const char *text)
{
	return text ? fl_arena_strndup(&c->kept, text, strlen(text)) : NULL;
}

static void keep_rule(struct compilation *c, const struct fl_rule *rule, struct fl_obj_rule *out)
{
	unsigned int column;
	struct fl_buf text;

	fl_buf_init(&text, &c->kept);
	fl_print_rule(&text, rule);
	out->text = text.text;
	out->label = keep(c, rule->label);
	out->source = keep(c, rule->span.src->name);
	fl_source_position(rule->span.src, rule->span.off, &out->line, &column);
	out->rate = rule->rate;
	out->value = rule->action.result;
	out->child_only = rule->child_only;
}

static void keep_prog(struct compilation *c, const struct fl_plan_prog *prog,
		      struct fl_obj_prog *out)
{
	out->name = keep(c, prog->name);
	out->func = keep(c, prog->func->name);
	out->module = keep(c, prog->func->module);
	out->backend = prog->backend;
	out->reason = keep(c, prog->reason);
	out->btf_id = prog->func->btf_id;
	out->tag = prog->func->tag;
	out->ret = prog->func->ret.kind;
}

static struct fl_object *make_object(struct compilation *c)
{
	const struct fl_plan *plan = &c->plan;
	struct fl_object *obj = fl_arena_alloc(&c->kept, sizeof(*obj));
	size_t slot = 0;

	obj->c_text = fl_arena_strndup(&c->kept, c->text.text, c->text.len);
	obj->c_len = c->text.len;
	obj->ncpus = (unsigned int)fl_round_up(c->emit.ncpus);
	obj->tracks_children = plan->tracks_children;
	obj->nrules = plan->script->nrules;
	obj->rules = fl_arena_alloc(&c->kept, obj->nrules * sizeof(obj->rules[0]));
	for (size_t i = 0; i < obj->nrules; i++)
		keep_rule(c, &plan->script->rules[i], &obj->rules[i]);
	obj->nprogs = plan->nprogs;
	obj->progs = fl_arena_alloc(&c->kept, obj->nprogs * sizeof(obj->progs[0]));
	obj->nslots = plan->nslots;
	obj->slots = fl_arena_alloc(&c->kept, obj->nslots * sizeof(obj->slots[0]));
	for (size_t i = 0; i < obj->nprogs; i++) {
		keep_prog(c, &plan->progs[i], &obj->progs[i]);
		for (size_t j = 0; j < plan->progs[i].nslots; j++, slot++) {
			obj->slots[slot].rule = plan->progs[i].slots[j].rule_index;
			obj->slots[slot].prog = (uint32_t)i;
		}
	}
	obj->memory = c->kept.blocks;
	return obj;
}

static bool front_end(struct compilation *c)
{
	struct fl_tokens tokens;

	fl_lex(c->src, &c->arena, c->diags, &tokens);
	fl_parse(&tokens, &c->arena, c->diags, &c->script);
	if (!c->diags->full)
		fl_sema(&c->script, c->kernel, &c->opts->sema, &c->arena, c->diags);
	if (c->diags->nerrors)
		return false;
	fl_plan(&c->script, &c->opts->plan, &c->arena, c->diags, &c->plan);
	return !c->diags->nerrors && find_task_offsets(c);
}

static int back_end(struct fl_object *obj, char **log)
{
	const struct fl_clang_opts opts = {
		.headers = fl_templates,
		.nheaders = fl_ntemplates,
		.arch = "x86",
	};
	struct fl_clang_result result = { 0 };
	int err;

	err = fl_clang_compile("rules.bpf.c", obj->c_text, obj->c_len, &opts, &result);
	if (err) {
		*log = result.log;
		result.log = NULL;
		fl_clang_result_release(&result);
		return err == -ENOMEM ? -ENOMEM : -EIO;
	}
	obj->elf = result.elf;
	obj->elf_len = result.elf_len;
	result.elf = NULL;
	fl_clang_result_release(&result);
	return 0;
}

/* Everything that may run out of memory; what it allocated is in @c. */
static int run(struct compilation *c, char **log)
{
	int err = -EINVAL;

	c->arena.on_oom = c->kept.on_oom = c->diags->on_oom = &c->on_oom;
	if (setjmp(c->on_oom))
		return -ENOMEM;
	if (front_end(c)) {
		fl_buf_init(&c->text, &c->arena);
		fl_emit(&c->plan, &c->emit, &c->text);
		c->object = make_object(c);
		err = c->opts->emit == FL_EMIT_OBJECT ? back_end(c->object, log) : 0;
	}
	return err;
}

int fl_compile(const struct fl_source *src, struct fl_kernel *k, const struct fl_compile_opts *opts,
	       struct fl_diags *ds, struct fl_object **out, char **log)
{
	struct compilation c = { .src = src, .kernel = k, .opts = opts, .diags = ds };
	int err;

	*out = NULL;
	*log = NULL;
	c.emit.ncpus = k->ncpus;
	c.emit.seeded = opts->seeded;
	err = run(&c, log);
	ds->on_oom = NULL;
	fl_arena_release(&c.arena);
	if (err)
		fl_arena_release(&c.kept);
	else
		*out = c.object;
	return err;
}
