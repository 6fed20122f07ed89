/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ops.h - what a back end does, one file each. Internal to runtime/.
 *
 * Its name, its features and its limits are data: the rows of backend.def,
 * which the compiler uses for planning. Common parts have no member: knobs and
 * counters are memory that programs share with this process, and whatever
 * attach() leaves is a link that goes away when it is destroyed.
 */
#ifndef FL_BACKEND_OPS_H
#define FL_BACKEND_OPS_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "refusal.h"
#include "object.h"

/* A program on its way into the kernel. */
struct fl_attachment {
	const struct fl_obj_prog *prog;
	const struct fl_obj_attach *targets; /* prog->nattaches of them */
	struct bpf_program *bpf;
	int btf_fd;	       /* module types that load() opened, for the caller to close; or -1 */
	struct bpf_link *link; /* what attach() leaves */
};

/* What the kernel did not take. */
struct fl_refused {
	const struct fl_obj_prog *prog;
	const char *func; /* the first of the program's */
	const char *module;
	const struct fl_fault_log *log;
	int err; /* negative errno */
};

struct fl_backend_ops {
	/*
	 * Set the type of a program before libbpf loads it. NULL if its section
	 * name is enough. 0 or -errno.
	 */
	int (*load)(struct fl_attachment *a, struct bpf_prog_load_opts *opts);
	int (*attach)(struct fl_attachment *a);
	/* A link takes a grace period of RCU tasks to close. */
	bool by_trampoline;
	/* Those of other back ends come first. */
	bool attach_last;
	/* Why a running program cannot begin to return @value, and what to do; NULL: it can. */
	const char *(*against)(int64_t value);
	/*
	 * Text and kind of failures specific to this back end. explain_load()
	 * returns false without touching the fault for others.
	 */
	bool (*explain_load)(struct fl_fault *fault, const struct fl_refused *r);
	void (*explain_attach)(struct fl_fault *fault, const struct fl_refused *r);
};

const struct fl_backend_ops *fl_backend_ops(enum fl_backend b);

#define FL_BACKEND(id, code, ops, ...) extern const struct fl_backend_ops fl_##ops##_ops;
#include "backend.def"
#undef FL_BACKEND

/*
 * tracing.c: for those that attach by BTF id. @type as in the kernel's header.
 */
int fl_tracing_load(struct fl_attachment *a, struct bpf_prog_load_opts *opts,
		    enum bpf_attach_type type);
int fl_tracing_attach(struct fl_attachment *a);
bool fl_tracing_explain_load(struct fl_fault *fault, const struct fl_refused *r);
/* explain_attach() of those that another back end may replace, kprobe.multi too. */
void fl_explain_refusal(struct fl_fault *fault, const struct fl_refused *r);

/* kprobe.c: at a function's start, or at its end. */
int fl_kprobe_attach(struct fl_attachment *a, bool at_end);
void fl_kprobe_explain_attach(struct fl_fault *fault, const struct fl_refused *r);
/* The helper that overrides is not there. False: that is not it. */
bool fl_kprobe_explain_load(struct fl_fault *fault, const struct fl_refused *r);

#endif /* FL_BACKEND_OPS_H */
