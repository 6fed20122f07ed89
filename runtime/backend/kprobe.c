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
	fault->kind = FL_FAULT_KERNEL;
	fl_fault_say(fault, "this kernel cannot override what '%s' returns by a kprobe", r->func);
	snprintf(fault->hint, sizeof(fault->hint),
		 "that needs CONFIG_BPF_KPROBE_OVERRIDE; it takes a kprobe because %s",
		 r->prog->reason);
	return true;
}

void fl_kprobe_explain_attach(struct fl_fault *fault, const struct fl_refused *r)
{
	fault->kind = FL_FAULT_KERNEL;
	switch (r->err) {
	case -EADDRNOTAVAIL:
		fl_fault_say(fault, "the kernel has several functions called '%s'", r->func);
		fl_fault_hint(fault, "a kprobe cannot tell them apart");
		break;
	case -ENOENT:
		fl_fault_say(fault, "the kernel has no function '%s' that a kprobe can be put on",
			     r->func);
		fl_fault_hint(fault,
			      "it may have been inlined, or its module was unloaded, or the kernel "
			      "has no CONFIG_KPROBES");
		break;
	case -EINVAL:
		fl_fault_say(fault, "the kernel does not let a kprobe override what '%s' returns",
			     r->func);
		fl_fault_hint(fault, "only functions on its list of injectable functions can be");
		break;
	default:
		fault->kind = FL_FAULT_SYSTEM;
		fl_fault_say(fault, "a kprobe cannot be put on '%s': %s", r->func,
			     fl_fault_error(r->err));
		break;
	}
}

const struct fl_backend_ops fl_kprobe_ops = {
	.attach = attach,
	.explain_load = fl_kprobe_explain_load,
	.explain_attach = fl_kprobe_explain_attach,
};
