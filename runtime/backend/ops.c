/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops.h"

#include <errno.h>

const struct fl_backend_ops *fl_backend_ops(enum fl_backend b)
{
	static const struct fl_backend_ops *const table[FL_NBACKENDS] = {
#define FL_BACKEND(id, code, ops, ...) [FL_BACKEND_##id] = &fl_##ops##_ops,
#include "backend.def"
#undef FL_BACKEND
	};

	return table[b];
}

void fl_explain_refusal(struct fl_fault *fault, const struct fl_refused *r)
{
	/* BPF_MAX_TRAMP_LINKS in include/linux/bpf.h */
	const char *why = r->err == -E2BIG ? "as many are on it as there may be (38)"
					   : fl_fault_error(r->err);

	fl_fault_raise(fault, FL_F_ATTACH, fl_backend_name(r->prog->backend), r->func, why, NULL);
}
