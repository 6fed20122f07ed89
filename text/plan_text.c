/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan_text.h"

bool fl_plan_is_slot_of(const struct fl_object *obj, const struct fl_obj_slot *slot, size_t prog)
{
	return slot->attach == obj->progs[prog].first_attach;
}

const char *fl_plan_reason(const struct fl_obj_prog *p)
{
	return p->is_tracker ? "watched for within()" : p->reason;
}

static void put_functions(FILE *out, const struct fl_obj_attach *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%s%s%s", i ? ", " : "", a[i].module ? a[i].module : "",
			a[i].module ? ":" : "", a[i].func);
}

void fl_plan_text_prog(FILE *out, const struct fl_object *obj, size_t prog)
{
	const struct fl_obj_prog *p = &obj->progs[prog];

	put_functions(out, &obj->attaches[p->first_attach], p->nattaches);
	fprintf(out, " by %s: %s\n", fl_backend_name(p->backend), fl_plan_reason(p));
}

void fl_plan_text_order(FILE *out, const struct fl_object *obj, const struct fl_obj_slot *slot)
{
	const struct fl_obj_cond *cond = &obj->conds[slot->cond];

	for (size_t i = 0; i <= cond->ntests; i++) {
		if (i == cond->nsure)
			fputs("    guard   heartbeat, deadline, exempt tasks\n", out);
		if (i < cond->ntests)
			fprintf(out, "    cost %u  %s\n", cond->tests[i].cost, cond->tests[i].text);
	}
}

void fl_plan_text_figures(FILE *out, const struct fl_figures *f)
{
	fprintf(out, "  %u instructions, ", f->insns);
	if (f->machine_bytes)
		fprintf(out, "%u bytes of machine code\n", f->machine_bytes);
	else
		fputs("interpreted: the kernel's JIT is off\n", out);
	fprintf(out, "  the verifier looked at %u instructions", f->verified);
	if (f->states)
		fprintf(out, " in %u states (%u at a time)", f->states, f->peak_states);
	if (*f->stack)
		fprintf(out, ", stack %s bytes", f->stack);
	fputc('\n', out);
}
