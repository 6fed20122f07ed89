/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "refusals.h"

#include <stdlib.h>
#include <string.h>

#include "backend.h"

void fl_refusals_release(struct fl_refusals *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free((char *)r->list[i].func);
		free((char *)r->list[i].module);
		free((char *)r->list[i].why);
	}
	r->n = 0;
}

bool fl_refusals_note(struct fl_refusals *r, const struct fl_object *obj, const struct fl_fault *f,
		      enum fl_backend asked)
{
	const struct fl_obj_attach *attach;
	const struct fl_obj_prog *prog;
	struct fl_refusal *x = &r->list[r->n];

	if (f->kind != FL_FAULT_REFUSED || f->prog < 0 || r->n == FL_MAX_REFUSALS)
		return false;
	prog = &obj->progs[f->prog];
	attach = &obj->attaches[prog->first_attach];
	if (!fl_backend_has_other(prog->backend, asked, fl_is_hook(attach->func)))
		return false;
	x->backend = prog->backend;
	x->func = strdup(attach->func);
	x->module = attach->module ? strdup(attach->module) : NULL;
	x->why = strdup(f->text);
	r->n++;
	return x->func && x->why && (!attach->module || x->module);
}
