/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tracing.c - what fmod_ret, fentry and fexit have in common: programs that BPF's
 * trampolines call.
 *
 * We do libbpf's lookup ourselves: the compiler already knows the function's BTF
 * id, and libbpf would parse all of the kernel's BTF to find it again. They are
 * declared as kprobes, because libbpf would load BTF for other types; the real
 * type is set when they are loaded.
 */
#include <errno.h>

#include "facts.h"
#include "ops.h"

int fl_tracing_load(struct fl_attachment *a, struct bpf_prog_load_opts *opts,
		    enum bpf_attach_type type)
{
	const struct fl_obj_attach *target = &a->targets[0];
	int err;

	if (target->module) {
		a->btf_fd = fl_btf_module_fd(target->module);
		if (a->btf_fd < 0)
			return a->btf_fd;
		opts->attach_btf_obj_fd = (__u32)a->btf_fd;
	}
	err = bpf_program__set_type(a->bpf, BPF_PROG_TYPE_TRACING);
	if (!err)
		err = bpf_program__set_expected_attach_type(a->bpf, type);
	opts->expected_attach_type = type;
	opts->attach_btf_id = target->btf_id;
	return err;
}

int fl_tracing_attach(struct fl_attachment *a)
{
	a->link = bpf_program__attach_trace(a->bpf);
	return a->link ? 0 : -errno;
}

bool fl_tracing_explain_load(struct fl_fault *fault, const struct fl_refused *r)
{
	const char *backend = fl_backend_name(r->prog->backend);

	switch (r->err) {
	case -EINVAL:
	case -ENOTSUP:
	case -ENOTSUPP:
	case -E2BIG:
	case -ENOENT:
		if (r->err == -EINVAL && fl_fault_was_verified(r->log))
			fl_fault_raise(fault, FL_F_REJECTED, r->func, NULL);
		else if (fl_fault_said(r->log, "is not modifiable"))
			fl_fault_raise(fault, FL_F_NOT_MODIFIABLE, r->func, NULL);
		else
			fl_fault_raise(fault, FL_F_NO_PROGRAM, backend, r->func, NULL);
		break;
	case -EPERM:
		if (!r->module || fl_fault_said(r->log, "BEGIN PROG LOAD LOG"))
			return false;
		fl_fault_raise(fault, FL_F_MODULE_TYPES, r->module, NULL);
		break;
	default:
		return false;
	}
	fault->kind = FL_FAULT_REFUSED;
	return true;
}

void fl_explain_refusal(struct fl_fault *fault, const struct fl_refused *r)
{
	/* BPF_MAX_TRAMP_LINKS in include/linux/bpf.h */
	const char *why = r->err == -E2BIG ? "attach limit (38) reached" : fl_fault_error(r->err);

	fl_fault_raise(fault, FL_F_ATTACH, fl_backend_name(r->prog->backend), r->func, why, NULL);
}
