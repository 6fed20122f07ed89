/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fmod_ret.c - trampolines that return in a function's place: BPF_MODIFY_RETURN.
 * The function is called when the program returns 0 (do_mod_ret in
 * arch/x86/net/bpf_jit_comp.c), so that 0 cannot be injected.
 */
#include "ops.h"

static int load(struct fl_attachment *a, struct bpf_prog_load_opts *opts)
{
	return fl_tracing_load(a, opts, BPF_MODIFY_RETURN);
}

static const char *against(int64_t value)
{
	return value ? NULL
		     : "it is attached by fmod_ret, which runs the function when the value is 0; "
		       "start again with --backend kprobe";
}

const struct fl_backend_ops fl_fmod_ret_ops = {
	.load = load,
	.attach = fl_tracing_attach,
	.by_trampoline = true,
	.against = against,
	.explain_load = fl_tracing_explain_load,
	.explain_attach = fl_explain_refusal,
};
