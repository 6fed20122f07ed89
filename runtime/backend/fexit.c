/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fexit.c - trampolines that watch when functions have returned, with their arguments. */
#include "ops.h"

static int load(struct fl_attachment *a, struct bpf_prog_load_opts *opts)
{
	return fl_tracing_load(a, opts, BPF_TRACE_FEXIT);
}

const struct fl_backend_ops fl_fexit_ops = {
	.load = load,
	.attach = fl_tracing_attach,
	.by_trampoline = true,
	.explain_load = fl_tracing_explain_load,
	.explain_attach = fl_explain_refusal,
};
