/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain_rules.c - `faultline explain -e RULES`: what they become. The programs
 * are loaded, so that the kernel tells how large they are and what its verifier
 * had to do, and attached to nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "facts.h"
#include "inspect.h"
#include "json.h"
#include "plan_text.h"
#include "prepare.h"
#include "run.h"
#include "run_impl.h"

struct plan {
	const struct fl_options *o;
	struct fl_input in;
	struct fl_kernel *k;
	struct fl_object *obj;
	struct fl_session *session; /* loaded; NULL: not measured */
	struct fl_refusals refusals;
	struct fl_fault fault; /* why not */
};

static int compile(struct plan *p)
{
	struct fl_compile_opts opts = fl_compile_options(p->o);

	opts.emit = *p->o->sysroot ? FL_EMIT_C : FL_EMIT_OBJECT;
	opts.plan.refusals = p->refusals.list;
	opts.plan.nrefusals = p->refusals.n;
	return fl_build(&p->in, p->k, &opts, p->o->json ? stdout : NULL, &p->obj);
}

static int load(struct plan *p)
{
	struct fl_session_opts opts = fl_session_options(p->o);
	int err;

	opts.keep_figures = true;
	p->fault = (struct fl_fault){ .prog = -1, .text = "out of memory" };
	err = fl_session_new(p->obj, &opts, &p->session);
	if (!err)
		err = fl_session_load(p->session, &p->fault);
	if (!err)
		return 0;
	fl_session_free(p->session);
	p->session = NULL;
	return err;
}

/* Until the kernel takes the programs, or will not whatever the plan. An fl_exit. */
static int make(struct plan *p)
{
	int status = compile(p);

	while (!status && !*p->o->sysroot && load(p)) {
		if (!fl_refusals_note(&p->refusals, p->obj, &p->fault, p->o->backend))
			return fl_fault_exit(&p->fault);
		fl_fault_release(&p->fault);
		fl_object_free(p->obj);
		p->obj = NULL;
		status = compile(p);
	}
	return status;
}

static void print_rules(const struct fl_object *obj, size_t prog)
{
	for (size_t i = 0; i < obj->nslots; i++) {
		const struct fl_obj_slot *slot = &obj->slots[i];

		if (!fl_plan_is_slot_of(obj, slot, prog))
			continue;
		printf("  rule %u: %s\n", slot->rule + 1, obj->rules[slot->rule].text);
		fl_plan_text_order(stdout, obj, slot);
	}
}

static const char *why_not_measured(const struct plan *p)
{
	return p->session	? NULL
	       : *p->o->sysroot ? "these are another kernel's facts"
				: p->fault.text;
}

static void print_text(const struct plan *p)
{
	const struct fl_object *obj = p->obj;
	struct fl_figures figures;

	for (size_t i = 0; i < obj->nprogs; i++) {
		fl_plan_text_prog(stdout, obj, i);
		print_rules(obj, i);
		if (p->session && !fl_session_figures(p->session, i, &figures))
			fl_plan_text_figures(stdout, &figures);
	}
	for (size_t i = 0; i < obj->nwaits; i++)
		printf("%s%s%s of rule %u: not there yet\n",
		       obj->waits[i].module ? obj->waits[i].module : "",
		       obj->waits[i].module ? ":" : "", obj->waits[i].name, obj->waits[i].rule + 1);
	if (!p->session) {
		printf("sizes were not measured: %s\n", why_not_measured(p));
		if (p->fault.hint[0])
			printf("hint: %s\n", p->fault.hint);
		if (p->o->verbose && p->fault.log)
			fputs(p->fault.log, stdout);
	}
	printf("\n%.*s", (int)obj->c_len, obj->c_text);
}

static void put_functions(struct fl_json *j, const struct fl_object *obj, size_t prog)
{
	const struct fl_obj_prog *p = &obj->progs[prog];

	fl_json_open(j, "functions", '[');
	for (size_t i = 0; i < p->nattaches; i++) {
		const struct fl_obj_attach *a = &obj->attaches[p->first_attach + i];

		fl_json_open(j, NULL, '{');
		fl_json_string(j, "function", a->shown);
		fl_json_string(j, "module", a->module);
		fl_json_close(j, '{');
	}
	fl_json_close(j, '[');
}

static void put_rules(struct fl_json *j, const struct fl_object *obj, size_t prog)
{
	fl_json_open(j, "rules", '[');
	for (size_t i = 0; i < obj->nslots; i++) {
		const struct fl_obj_slot *slot = &obj->slots[i];
		const struct fl_obj_cond *cond = &obj->conds[slot->cond];

		if (!fl_plan_is_slot_of(obj, slot, prog))
			continue;
		fl_json_open(j, NULL, '{');
		fl_json_number(j, "rule", slot->rule + 1);
		fl_json_string(j, "label", obj->rules[slot->rule].label);
		fl_json_string(j, "text", obj->rules[slot->rule].text);
		fl_json_open(j, "order", '[');
		for (size_t k = 0; k < cond->ntests; k++) {
			fl_json_open(j, NULL, '{');
			fl_json_string(j, "test", cond->tests[k].text);
			fl_json_number(j, "cost", cond->tests[k].cost);
			fl_json_bool(j, "after_guard", k >= cond->nsure);
			fl_json_close(j, '{');
		}
		fl_json_close(j, '[');
		fl_json_close(j, '{');
	}
	fl_json_close(j, '[');
}

static void put_figures(struct fl_json *j, const struct fl_figures *f)
{
	fl_json_open(j, "figures", '{');
	fl_json_number(j, "instructions", f->insns);
	fl_json_number(j, "machine_bytes", f->machine_bytes);
	fl_json_number(j, "verified", f->verified);
	fl_json_number(j, "states", f->states);
	fl_json_number(j, "peak_states", f->peak_states);
	fl_json_string(j, "stack", f->stack);
	fl_json_close(j, '{');
}

static void print_json(const struct plan *p, int status)
{
	const struct fl_object *obj = p->obj;
	struct fl_json j = { .out = stdout };
	struct fl_figures figures;

	fl_json_open(&j, NULL, '{');
	fl_json_number(&j, "v", 1);
	fl_json_string(&j, "type", "plan");
	fl_json_open(&j, "programs", '[');
	for (size_t i = 0; i < obj->nprogs; i++) {
		fl_json_open(&j, NULL, '{');
		put_functions(&j, obj, i);
		fl_json_string(&j, "backend", fl_backend_name(obj->progs[i].backend));
		fl_json_string(&j, "reason", fl_plan_reason(&obj->progs[i]));
		put_rules(&j, obj, i);
		if (p->session && !fl_session_figures(p->session, i, &figures))
			put_figures(&j, &figures);
		else
			fl_json_string(&j, "figures", NULL);
		fl_json_close(&j, '{');
	}
	fl_json_close(&j, '[');
	fl_json_string(&j, "not_measured", why_not_measured(p));
	fl_json_string(&j, "hint", p->fault.hint[0] ? p->fault.hint : NULL);
	fl_json_string(&j, "c", obj->c_text);
	fl_json_number(&j, "exit", status);
	fl_json_close(&j, '{');
	fl_json_line(&j);
}

int fl_explain_rules(const struct fl_options *o)
{
	struct plan p = { .o = o };
	int status = fl_read_rules(o, &p.in);

	if (!status)
		status = fl_open_facts(o, &p.k);
	if (!status)
		status = make(&p);
	if (p.obj && o->json)
		print_json(&p, status);
	else if (p.obj)
		print_text(&p);
	fl_fault_release(&p.fault);
	fl_session_free(p.session);
	fl_object_free(p.obj);
	fl_refusals_release(&p.refusals);
	fl_facts_close(p.k);
	fl_input_release(&p.in);
	return status;
}
