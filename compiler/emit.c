/* SPDX-License-Identifier: GPL-2.0-or-later */
/* emit.c - the file as a whole, and its programs. */
#include "emit.h"

#include <inttypes.h>
#include <string.h>

#include "fl_abi.h"

#define MAX_CHILDREN 65536 /* processes of a command followed at a time */

/* How many words of arguments the function itself is called with. */
static unsigned int own_words(const struct fl_emitter *em, const struct fl_on *on)
{
	return on->is_syscall ? 1 : fl_arch_words(em->opts->arch, on->func, on->func->nparams);
}

/* The arguments of a system call are in the caller's registers. */
static void fetch_syscall_args(struct fl_emitter *em, const struct fl_plan_prog *prog)
{
	const struct fl_arch *arch = em->opts->arch;

	if (fl_backend_is_tracing(prog->backend))
		fl_buf_puts(em->out, "\tu64 regs = 0;\n\n"
				     "\tbpf_probe_read_kernel(&regs, sizeof(regs), ctx);\n");
	else
		fl_buf_printf(em->out, "\tu64 regs = ctx[%u];\n\n", arch->args[0] / 8);
	for (unsigned int i = 0; i < FL_SYSCALL_ARGS; i++) {
		if (prog->args & 1U << i)
			fl_buf_printf(
				em->out,
				"\tbpf_probe_read_kernel(&c.arg[%u], 8, (void *)(regs + %u));\n", i,
				arch->syscall_args[i]);
	}
}

/*
 * The verifier would treat a pointer among a traced function's arguments as
 * one, and forbid to compute with it. Read as memory they are numbers.
 */
static void fetch_tracing_args(struct fl_emitter *em, const struct fl_plan_prog *prog)
{
	unsigned int retval = own_words(em, prog->attaches[0].on), most = 0;

	for (unsigned int i = 0; i < FL_MAX_PARAMS; i++) {
		if (prog->args & 1U << i)
			most = i + 1;
	}
	if (!prog->args_are_mem) {
		for (unsigned int i = 0; i < most; i++) {
			if (prog->args & 1U << i)
				fl_buf_printf(em->out, "\tc.arg[%u] = ctx[%u];\n", i, i);
		}
		if (prog->uses_retval)
			fl_buf_printf(em->out, "\tc.retval = ctx[%u];\n", retval);
		return;
	}
	if (most)
		fl_buf_printf(em->out, "\tbpf_probe_read_kernel(c.arg, %u, ctx);\n", most * 8);
	if (prog->uses_retval)
		fl_buf_printf(em->out, "\tbpf_probe_read_kernel(&c.retval, 8, ctx + %u);\n",
			      retval);
}

static void fetch_kprobe_args(struct fl_emitter *em, const struct fl_plan_prog *prog)
{
	const struct fl_arch *arch = em->opts->arch;

	for (unsigned int i = 0; i < FL_MAX_PARAMS; i++) {
		struct fl_arg_place place;

		if (!(prog->args & 1U << i))
			continue;
		place = fl_arch_place(arch, prog->attaches[0].on->func, i);
		if (place.on_stack)
			fl_buf_printf(
				em->out,
				"\tbpf_probe_read_kernel(&c.arg[%u], 8, (void *)(ctx[%u] + %u));\n",
				i, arch->stack / 8, place.offset);
		else
			fl_buf_printf(em->out, "\tc.arg[%u] = ctx[%u];\n", i, place.offset / 8);
	}
	if (prog->uses_retval)
		fl_buf_printf(em->out, "\tc.retval = ctx[%u];\n", arch->ret / 8);
}

static void fetch(struct fl_emitter *em, const struct fl_plan_prog *prog)
{
	if (prog->uses_ip)
		fl_buf_puts(em->out, "\tc.ip = (u64)bpf_get_func_ip(ctx);\n");
	if (prog->attaches[0].on->is_syscall && prog->args) {
		fetch_syscall_args(em, prog);
		/* of the rest, only the result */
		if (prog->uses_retval)
			fl_buf_printf(
				em->out, "\tbpf_probe_read_kernel(&c.retval, 8, ctx + %u);\n",
				fl_backend_is_tracing(prog->backend) ? 1 : em->opts->arch->ret / 8);
	} else if (fl_backend_is_tracing(prog->backend)) {
		fetch_tracing_args(em, prog);
	} else {
		fetch_kprobe_args(em, prog);
	}
}

static void emit_calls(struct fl_emitter *em, const struct fl_plan_prog *prog)
{
	bool many = prog->nattaches > 1;

	for (size_t i = 0; i < prog->nslots; i++) {
		const struct fl_plan_slot *slot = &prog->slots[i];

		fl_buf_printf(em->out, many ? "\tc.slot = first + %zu;\n" : "\tc.slot = %zu;\n",
			      prog->first_slot + i);
		if (slot->rule->ret)
			fl_buf_printf(em->out, "\tif (fl_rule_%u(&c))\n\t\t%s;\n",
				      slot->instance->number, fl_backend_returns(prog->backend));
		else
			fl_buf_printf(em->out, "\tfl_rule_%u(&c);\n", slot->instance->number);
	}
}

/* Rules @from to @to of a program as a function: did one of them return? */
static void emit_part(struct fl_emitter *em, const struct fl_plan_prog *prog, size_t index,
		      size_t from, size_t to)
{
	fl_buf_printf(em->out,
		      "\nFL_GLOBAL int fl_part_%zu_%zu(struct fl_call *c, u64 first)\n{\n"
		      "\tif (!c)\n\t\treturn 0;\n",
		      index, from);
	for (size_t i = from; i < to; i++) {
		const struct fl_plan_slot *slot = &prog->slots[i];

		fl_buf_printf(em->out, "\tc->slot = first + %zu;\n", prog->first_slot + i);
		fl_buf_printf(em->out,
			      slot->rule->ret ? "\tif (fl_rule_%u(c))\n\t\treturn 1;\n"
					      : "\tfl_rule_%u(c);\n",
			      slot->instance->number);
	}
	fl_buf_puts(em->out, "\treturn 0;\n}\n");
}

static void emit_parts(struct fl_emitter *em, const struct fl_plan_prog *prog, size_t index)
{
	size_t part = em->plan->part, to;

	for (size_t from = 0; part && from < prog->nslots; from = to) {
		to = from + part < prog->nslots ? from + part : prog->nslots;
		emit_part(em, prog, index, from, to);
	}
}

static void emit_part_calls(struct fl_emitter *em, const struct fl_plan_prog *prog, size_t index)
{
	const char *first = prog->nattaches > 1 ? "first" : "0";

	for (size_t from = 0; from < prog->nslots; from += em->plan->part) {
		if (prog->returns)
			fl_buf_printf(em->out, "\tif (fl_part_%zu_%zu(&c, %s))\n\t\t%s;\n", index,
				      from, first, fl_backend_returns(prog->backend));
		else
			fl_buf_printf(em->out, "\tfl_part_%zu_%zu(&c, %s);\n", index, from, first);
	}
}

static void emit_tracker_call(struct fl_emitter *em, const struct fl_plan_prog *prog)
{
	size_t i = (size_t)(prog->tracker - em->plan->script->trackers);

	em->uses_stack = em->uses_data = true;
	if (prog->on_exit)
		fl_buf_printf(em->out, "\tfl_inside_leave(%zu);\n", i);
	else
		fl_buf_printf(em->out, "\tfl_inside_enter(%zu, fl_tracked_%zu(&c));\n", i, i);
}

static void emit_prog(struct fl_emitter *em, const struct fl_plan_prog *prog, size_t index)
{
	const struct fl_plan_attach *first = &prog->attaches[0];
	bool many = prog->nattaches > 1;

	emit_parts(em, prog, index);
	/* many functions are named when the program is attached */
	fl_buf_printf(em->out, "\nSEC(\"%s/%s\") u64 %s(u64 *ctx)\n{\n",
		      fl_backend_name(prog->backend), many ? "many" : first->on->func->name,
		      prog->name);
	fl_buf_printf(em->out, "\tstruct fl_call c = { .prog = %zu, .func = %u };\n", index,
		      first->func_index);
	if (many)
		fl_buf_printf(
			em->out,
			"\tu64 cookie = bpf_get_attach_cookie(ctx), first = (u32)cookie * %zu;\n",
			prog->nslots);
	/* who went into a function must be seen to come out, while all is paused too */
	fl_buf_puts(em->out, prog->tracker ? "\n" : "\n\tif (!fl_run.armed)\n\t\treturn 0;\n");
	if (many)
		fl_buf_puts(em->out, "\tc.func = cookie >> 32;\n");
	fetch(em, prog);
	if (prog->tracker)
		emit_tracker_call(em, prog);
	else if (em->plan->part)
		emit_part_calls(em, prog, index);
	else
		emit_calls(em, prog);
	fl_buf_puts(em->out, "\treturn 0;\n}\n");
}

size_t fl_round_up(size_t n)
{
	size_t power = 1;

	while (power < n)
		power *= 2;
	return power;
}

static void emit_sizes(const struct fl_emitter *em, struct fl_buf *out)
{
	const struct fl_plan *plan = em->plan;
	const struct fl_script *script = plan->script;

	fl_buf_printf(out, "#define FL_NRULES %zu\n#define FL_NSLOTS %zu\n#define FL_NCPUS %zu\n",
		      fl_round_up(script->nrules), fl_round_up(plan->nslots),
		      fl_round_up(em->opts->ncpus));
	if (script->nparams)
		fl_buf_printf(out, "#define FL_NPARAMS %zu\n", script->nparams);
	if (em->opts->seeded)
		fl_buf_puts(out, "#define FL_SEEDED\n");
	if (em->opts->sweep)
		fl_buf_puts(out, "#define FL_SWEEP\n");
	if (plan->separate)
		fl_buf_puts(out, "#define FL_SEPARATE\n");
	if (em->uses_fired)
		fl_buf_puts(out, "#define FL_FIRES\n");
	if (em->uses_delay)
		fl_buf_puts(out, "#define FL_DELAYS\n");
	if (em->uses_per)
		fl_buf_puts(out, "#define FL_PER\n");
	if (script->ntrackers)
		fl_buf_printf(out, "#define FL_NTRACKERS %zu\n", script->ntrackers);
	if (em->uses_data)
		fl_buf_printf(out, "#define FL_NPROGS %zu\n#define FL_NSTRINGS %u\n",
			      plan->nprogs ? plan->nprogs : 1,
			      em->most_strings ? em->most_strings : 1);
	fl_buf_puts(out, "#include \"fl_core.bpf.h\"\n");
}

/* Addresses of the functions that caller() and within() name. */
static void emit_ranges(const struct fl_emitter *em, struct fl_buf *out)
{
	const struct fl_script *script = em->plan->script;
	size_t total = 0;

	for (size_t i = 0; i < script->npatterns; i++)
		total += script->patterns[i].nranges;
	if (!script->npatterns)
		return;
	fl_buf_printf(out,
		      "\n#define FL_NRANGES %zu\nstatic const struct {\n\tu64 start, end;\n"
		      "} fl_ranges[FL_NRANGES] = {\n",
		      fl_round_up(total));
	for (size_t i = 0; i < script->npatterns; i++) {
		const struct fl_pattern_set *set = &script->patterns[i];

		fl_buf_printf(out, "\t/* %s%s%s */\n",
			      set->pattern->module ? set->pattern->module : "",
			      set->pattern->module ? ":" : "", set->pattern->name);
		for (size_t j = 0; j < set->nranges; j++)
			fl_buf_printf(out, "\t{ 0x%" PRIx64 "ULL, 0x%" PRIx64 "ULL },\n",
				      set->ranges[j].start, set->ranges[j].end);
	}
	fl_buf_puts(out, total ? "};\n" : "\t{ 0, 0 },\n};\n");
}

static void emit_states(const struct fl_emitter *em, struct fl_buf *out)
{
	const struct fl_script *script = em->plan->script;

	for (size_t i = 0; i < script->nstates; i++) {
		const struct fl_state_def *def = &script->states[i];

		fl_buf_printf(out, "\n/* @%s */\nFL_STATE(fl_at_%zu, %u);\n", def->name, i,
			      def->key_words ? def->key_words : 1);
	}
}

static void emit_interrupted(const struct fl_preempt *p, struct fl_buf *out)
{
	fl_buf_puts(out, "\nFL_INLINE u32 fl_interrupted(void)\n{\n\tint bad = 0;\n");
	if (p->in_task)
		fl_buf_puts(out, "\tu64 base = bpf_get_current_task();\n");
	else
		fl_buf_printf(out,
			      "\tu64 base = FL_LOAD(u64, 0x%" PRIx64
			      "ULL + 8 * bpf_get_smp_processor_id(), bad);\n",
			      p->bases);
	/* HARDIRQ_MASK, NMI_MASK, SOFTIRQ_OFFSET: include/linux/preempt.h */
	fl_buf_printf(out,
		      "\tu32 count = FL_LOAD(u32, base + 0x%" PRIx64 "ULL, bad);\n\n"
		      "\treturn bad ? 0 : count & 0xff0100;\n}\n",
		      p->offset);
}

/* What only some scripts need to know of the kernel. */
static void emit_kernel(const struct fl_emitter *em, struct fl_buf *out)
{
	const struct fl_emit_opts *o = em->opts;
	const struct fl_script *script = em->plan->script;

	if (em->plan->tracks_children || o->tracks_children) {
		fl_buf_printf(out, "#define FL_NCHILDREN %d\n", MAX_CHILDREN);
		fl_buf_printf(out, "#define FL_TASK_PID %u\n#define FL_TASK_TGID %u\n", o->task_pid,
			      o->task_tgid);
		fl_buf_puts(out, "#include \"fl_child.bpf.h\"\n");
	}
	if (script->needs & FL_NEED_PARENT)
		fl_buf_printf(out,
			      "\nFL_INLINE s64 fl_ppid(void)\n{\n\tint bad = 0;\n"
			      "\tu64 parent = FL_LOAD(u64, bpf_get_current_task() + %u, bad);\n\n"
			      "\treturn FL_LOAD(u32, parent + %u, bad);\n}\n",
			      o->task_parent, o->task_tgid);
	if ((script->needs & FL_NEED_PREEMPT) || o->sweep)
		emit_interrupted(&o->preempt, out);
	if (script->needs & FL_NEED_PREEMPT)
		fl_buf_puts(out, "\n#define fl_irq() ((s64)(fl_interrupted() != 0))\n");
}

static void emit_sweep(const struct fl_emitter *em, struct fl_buf *out)
{
	const struct fl_module_offsets *m = &em->opts->module;

	if (!em->opts->sweep)
		return;
	fl_buf_printf(out,
		      "\n#define FL_TASK_FLAGS %u\n#define FL_MODULE_NAME %u\n"
		      "#define FL_MODULE_LIST %u\n#define FL_MODULE_TEXT %u\n"
		      "#define FL_MODULE_TEXT_SIZE %u\n#define FL_MODULE_INIT %u\n"
		      "#define FL_MODULE_INIT_SIZE %u\n#include \"fl_sweep.bpf.h\"\n",
		      em->opts->task_flags, m->name, m->list, m->text, m->text_size, m->init,
		      m->init_size);
}

void fl_emit(const struct fl_plan *plan, const struct fl_emit_opts *opts, struct fl_buf *out)
{
	struct fl_emitter em = { .plan = plan, .opts = opts };
	struct fl_buf body;

	fl_buf_init(&body, out->arena);
	fl_buf_init(&em.prelude, out->arena);
	em.out = &body;
	em.uses_stack = plan->script->ntrackers || plan->script->npatterns || opts->sweep;
	em.uses_data = em.uses_stack || plan->script->nstates;
	fl_emit_rules(&em);
	for (size_t i = 0; i < plan->nprogs; i++)
		emit_prog(&em, &plan->progs[i], i);

	/* what goes before is known now */
	fl_buf_puts(out, "/* Written by faultline. */\n");
	emit_sizes(&em, out);
	emit_kernel(&em, out);
	if (em.uses_data)
		fl_buf_puts(out, "#include \"fl_data.bpf.h\"\n");
	emit_ranges(&em, out);
	if (em.uses_stack)
		fl_buf_puts(out, "#include \"fl_stack.bpf.h\"\n");
	emit_sweep(&em, out);
	emit_states(&em, out);
	if (em.prelude.len)
		fl_buf_add(out, em.prelude.text, em.prelude.len);
	fl_buf_add(out, body.text, body.len);
}
