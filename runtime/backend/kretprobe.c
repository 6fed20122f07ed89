/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kretprobe.c - kprobes that watch when functions have returned.
 *
 * Of the kprobes on a function the newest runs first, and those after one that
 * overrides do not run at all (aggr_pre_handler() in the kernel's
 * kernel/kprobes.c). So kretprobes, which are kprobes at a function's start,
 * are attached last, to see overridden return values.
 */
#include "ops.h"

static int attach(struct fl_attachment *a)
{
	return fl_kprobe_attach(a, true);
}

const struct fl_backend_ops fl_kretprobe_ops = {
	.attach = attach,
	.attach_last = true,
	.explain_attach = fl_kprobe_explain_attach,
};
