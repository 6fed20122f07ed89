/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prepare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void fl_refusals_release(struct fl_refusals *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free((char *)r->list[i].func);
		free((char *)r->list[i].module);
		free((char *)r->list[i].why);
	}
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

static enum fl_prepare_result compile(const struct fl_source *src, struct fl_kernel *k,
				      const struct fl_compile_opts *opts, struct fl_diags *ds,
				      struct fl_prepared *out, char **log)
{
	switch (fl_compile(src, k, opts, ds, &out->obj, log)) {
	case 0:
		return FL_PREPARED;
	case -EINVAL:
		return FL_PREPARE_SCRIPT;
	case -ENOMEM:
		return FL_PREPARE_MEMORY;
	default:
		return FL_PREPARE_CLANG;
	}
}

static enum fl_prepare_result enter(const struct fl_session_opts *opts, struct fl_prepared *out,
				    struct fl_fault *fault)
{
	int err;

	if (fl_session_new(out->obj, opts, &out->session))
		return FL_PREPARE_MEMORY;
	err = fl_session_load(out->session, fault);
	if (!err)
		err = fl_session_attach(out->session, fault);
	return err ? FL_PREPARE_KERNEL : FL_PREPARED;
}

enum fl_prepare_result fl_prepare(const struct fl_source *src, struct fl_kernel *k,
				  const struct fl_compile_opts *compile_opts,
				  const struct fl_session_opts *session_opts, struct fl_diags *ds,
				  struct fl_prepared *out, struct fl_fault *fault, char **log)
{
	struct fl_compile_opts opts = *compile_opts;
	struct fl_refusals refusals = { .n = 0 };
	enum fl_prepare_result result;
	bool again;

	do {
		memset(out, 0, sizeof(*out));
		opts.plan.refusals = refusals.list;
		opts.plan.nrefusals = refusals.n;
		result = compile(src, k, &opts, ds, out, log);
		if (result == FL_PREPARED)
			result = enter(session_opts, out, fault);
		again = result == FL_PREPARE_KERNEL &&
			fl_refusals_note(&refusals, out->obj, fault, opts.plan.backend);
		if (again)
			fl_fault_release(fault);
		if (result != FL_PREPARED) {
			fl_session_free(out->session);
			fl_object_free(out->obj);
		}
	} while (again);
	fl_refusals_release(&refusals);
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): fl_refusals_release() has them all */
	return result;
}
