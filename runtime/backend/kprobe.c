/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kprobe.c - kprobes, which return in a function's place by
 * bpf_override_return(), where the kernel has that.
 */
#include <errno.h>
#include <stdio.h>

#include "ops.h"

#define MAX_SYMBOL 256

int fl_kprobe_attach(struct fl_attachment *a, bool at_end)
{
	const struct fl_obj_attach *target = &a->targets[0];
	char symbol[MAX_SYMBOL];

	/* MODULE:FUNCTION is what the kernel's kprobe events understand */
	snprintf(symbol, sizeof(symbol), "%s%s%s", target->module ? target->module : "",
		 target->module ? ":" : "", target->func);
	a->link = bpf_program__attach_kprobe(a->bpf, at_end, symbol);
	return a->link ? 0 : -errno;
}

static int attach(struct fl_attachment *a)
{
	return fl_kprobe_attach(a, false);
}

/* check_helper_call() in the kernel's verifier, which was reworded. */
bool fl_kprobe_explain_load(struct fl_fault *fault, const struct fl_refused *r)
{
	if (!fl_fault_said(r->log, "unknown func bpf_override_return") &&
	    !fl_fault_said(r->log, "cannot use helper bpf_override_return"))
		return false;
	fl_fault_raise(fault, FL_F_NO_OVERRIDE, r->func, r->prog->reason, NULL);
	return true;
}

void fl_kprobe_explain_attach(struct fl_fault *fault, const struct fl_refused *r)
{
	switch (r->err) {
	case -EADDRNOTAVAIL:
		fl_fault_raise(fault, FL_F_SEVERAL, r->func, NULL);
		break;
	case -ENOENT:
		fl_fault_raise(fault, FL_F_NO_FUNCTION, r->func, NULL);
		break;
	case -EINVAL:
		fl_fault_raise(fault, FL_F_OVERRIDE, r->func, NULL);
		break;
	default:
		fl_fault_raise(fault, FL_F_KPROBE, r->func, fl_fault_error(r->err), NULL);
		break;
	}
}

const struct fl_backend_ops fl_kprobe_ops = {
	.attach = attach,
	.explain_load = fl_kprobe_explain_load,
	.explain_attach = fl_kprobe_explain_attach,
};
