/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "refusal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "backend/ops.h"
#include "lockdown.h"

static bool is_confidential(void)
{
	char lockdown[FL_LOCKDOWN_SIZE];

	return !fl_lockdown("", lockdown) && !strcmp(lockdown, "confidentiality");
}

static void fill(struct fl_refused *r, const struct fl_object *obj, int prog)
{
	const struct fl_obj_attach *attach;

	r->prog = &obj->progs[prog];
	attach = &obj->attaches[r->prog->first_attach];
	r->func = attach->func;
	r->module = attach->module;
}

/* libbpf falls back to bpf_probe_read() when ..._kernel() is missing. */
static bool lacks_reading(const struct fl_fault_log *log)
{
	return fl_fault_said(log, "unknown func bpf_probe_read") ||
	       fl_fault_said(log, "cannot use helper bpf_probe_read");
}

/*
 * More instructions than the verifier's limit, or more string buffers than
 * per-CPU memory allows.
 */
static bool is_too_large(const struct fl_fault_log *log, int err)
{
	return err == -E2BIG &&
	       (fl_fault_was_verified(log) || fl_fault_said(log, "map 'fl_scratches'"));
}

/* Which program libbpf was at: it names the program before its log. */
static int failed_prog(const struct fl_object *obj, const struct fl_fault_log *log)
{
	for (size_t i = 0; i < obj->nprogs; i++) {
		char quoted[192];

		snprintf(quoted, sizeof(quoted), "prog '%s':", obj->progs[i].name);
		if (fl_fault_said(log, quoted))
			return (int)i;
	}
	return -1;
}

/* What the back end of @prog knows of it. */
static bool explain(struct fl_fault *fault, const struct fl_refused *r)
{
	const struct fl_backend_ops *ops = fl_backend_ops(r->prog->backend);

	return ops->explain_load && ops->explain_load(fault, r);
}

/* The verifier's word: it had begun, or had come to an end. */
static bool was_rejected(const struct fl_fault_log *log, int err)
{
	if (err == -EPERM || err == -EACCES)
		return fl_fault_said(log, "BEGIN PROG LOAD LOG");
	return err == -EINVAL && fl_fault_was_verified(log);
}

static void explain_load(struct fl_fault *fault, const struct fl_refused *r)
{
	const struct fl_fault_log *log = r->log;
	int err = r->err;

	if (err == -ENOSYS)
		fl_fault_raise(fault, FL_F_NO_BPF, NULL);
	else if (is_too_large(log, err) && r->prog)
		fl_fault_raise(fault, FL_F_TOO_LARGE, r->func, NULL);
	else if (is_too_large(log, err))
		fl_fault_raise(fault, FL_F_ALL_TOO_LARGE, NULL);
	else if (r->prog && lacks_reading(log) && is_confidential())
		fl_fault_raise(fault, FL_F_LOCKED_READ, r->func, NULL);
	else if (r->prog && explain(fault, r))
		return;
	else if (r->prog && was_rejected(log, err))
		fl_fault_raise(fault, FL_F_REJECTED, r->func, NULL);
	else if (err == -EPERM || err == -EACCES)
		fl_fault_raise(fault, FL_F_NOT_PERMITTED, NULL);
	else if (r->prog)
		fl_fault_raise(fault, FL_F_PROGRAM, r->func, fl_fault_error(err), NULL);
	else
		fl_fault_raise(fault, FL_F_LOAD, fl_fault_error(err), NULL);
}

/* Raising a fault clears it, so these come last. */
static void add_facts(struct fl_fault *fault, int prog, const struct fl_fault_log *log)
{
	fault->prog = prog;
	fault->log = log->text ? strdup(log->text) : NULL;
}

void fl_fault_load(struct fl_fault *fault, const struct fl_object *obj,
		   const struct fl_fault_log *log, int err)
{
	struct fl_refused r = { .log = log, .err = err };
	int prog = failed_prog(obj, log);

	if (prog >= 0)
		fill(&r, obj, prog);
	explain_load(fault, &r);
	add_facts(fault, prog, log);
}

void fl_fault_attach(struct fl_fault *fault, const struct fl_object *obj, int i,
		     const struct fl_fault_log *log, int err)
{
	struct fl_refused r = { .log = log, .err = err };

	fill(&r, obj, i);
	if (err != -EPERM && err != -EACCES)
		fl_backend_ops(r.prog->backend)->explain_attach(fault, &r);
	else if (is_confidential())
		fl_fault_raise(fault, FL_F_LOCKED_KPROBE, r.func, NULL);
	else
		fl_fault_raise(fault, FL_F_NOT_PERMITTED, NULL);
	add_facts(fault, i, log);
}
