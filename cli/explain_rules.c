/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain_rules.c - `faultline explain -e RULES`: how they are compiled. The
 * programs are loaded, to get their sizes and verifier statistics from the
 * kernel, but not attached.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "errors.h"
#include "inspect.h"
#include "json.h"
#include "plan_text.h"

struct plan {
	const struct fl_options *o;
	struct fl_input in;
	struct fl_errors errors;
	struct fl_engine *engine;
	struct fl_armed *armed; /* NULL: not loaded, because the facts are another kernel's */
	struct fl_object *own;
	const struct fl_object *obj; /* own, or the set's */
	struct fl_fault fault;	     /* why the kernel would not load it; text "": it did */
};

static void on_diags(void *arg, const struct fl_diags *ds)
{
	fl_errors_diags(&((struct plan *)arg)->errors, ds);
}

/* With a plan to show it is a part of the answer, and an error otherwise. */
static void on_fault(void *arg, const struct fl_fault *fault)
{
	struct plan *p = arg;

	p->fault = *fault;
	p->fault.log = fault->log ? strdup(fault->log) : NULL;
}

static int open_engine(struct plan *p)
{
	const struct fl_engine_sink sink = { .arg = p, .diags = on_diags, .fault = on_fault };

	return fl_errors_engine(p->o, &p->errors, &sink, &p->engine);
}

/* An fl_exit; with p->obj there is something to show. */
static int make(struct plan *p)
{
	struct fl_arming arming = {
		.src = p->in.source,
		.compile = fl_compile_options(p->o),
		.session = fl_arming_options(p->o),
		.measure = true,
	};

	if (*p->o->sysroot) {
		arming.compile.emit = FL_EMIT_C;
		fl_engine_compile(p->engine, &arming.src, &arming.compile, &p->own);
		p->obj = p->own;
	} else {
		fl_engine_prepare(p->engine, &arming, &p->armed);
		p->obj = p->armed ? fl_armed_object(p->armed, 0) : NULL;
	}
	if (p->fault.text[0] && !p->obj)
		fl_errors_fault(&p->errors, &p->fault);
	return p->fault.text[0] ? fl_fault_exit(&p->fault) : p->errors.status;
}

static bool figures_of(const struct plan *p, size_t prog, struct fl_figures *out)
{
	return p->armed && !fl_armed_figures(p->armed, 0, prog, out);
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
	if (p->fault.text[0])
		return p->fault.text;
	return p->armed ? NULL : "these are another kernel's facts";
}

static void print_text(const struct plan *p)
{
	const struct fl_object *obj = p->obj;
	struct fl_figures figures;

	for (size_t i = 0; i < obj->nprogs; i++) {
		fl_plan_text_prog(stdout, obj, i);
		print_rules(obj, i);
		if (figures_of(p, i, &figures))
			fl_plan_text_figures(stdout, &figures);
	}
	for (size_t i = 0; i < obj->nwaits; i++)
		printf("%s%s%s of rule %u: not there yet\n",
		       obj->waits[i].module ? obj->waits[i].module : "",
		       obj->waits[i].module ? ":" : "", obj->waits[i].name, obj->waits[i].rule + 1);
	if (why_not_measured(p)) {
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
		if (figures_of(p, i, &figures))
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
	struct plan p = {
		.o = o,
		.errors = fl_errors_of(o),
	};
	int status = fl_input_of(&p.in, o);

	if (!status)
		status = open_engine(&p);
	if (!status)
		status = make(&p);
	if (p.obj && o->form == FL_FORM_JSON)
		print_json(&p, status);
	else if (p.obj)
		print_text(&p);
	fl_fault_release(&p.fault);
	fl_object_free(p.own);
	fl_engine_free(p.engine);
	fl_input_release(&p.in);
	return status;
}
