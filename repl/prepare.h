/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prepare.h - rules to an attached session, by whatever back ends the kernel takes. */
#ifndef FL_PREPARE_H
#define FL_PREPARE_H

#include "compile.h"
#include "session.h"

#define FL_MAX_REFUSALS 64

/* What the kernel has refused so far, for plan.refusals of the next plan. */
struct fl_refusals {
	struct fl_refusal list[FL_MAX_REFUSALS];
	size_t n;
};

/*
 * The kernel would not have a program on a function: remember. True: another
 * plan may do; false: the fault is final.
 */
bool fl_refusals_note(struct fl_refusals *r, const struct fl_object *obj, const struct fl_fault *f,
		      enum fl_backend asked);
void fl_refusals_release(struct fl_refusals *r);

struct fl_prepared {
	struct fl_object *obj;
	struct fl_session *session; /* attached, not armed */
};

enum fl_prepare_result {
	FL_PREPARED,
	FL_PREPARE_SCRIPT, /* diagnostics tell */
	FL_PREPARE_CLANG,  /* *log tells: a defect of faultline, or no memory there */
	FL_PREPARE_KERNEL, /* *fault tells */
	FL_PREPARE_MEMORY,
};

/*
 * Compile, load and attach; again with another plan where the kernel refuses a
 * program of one kind and another kind may do. @ds has all warnings too. On
 * FL_PREPARED *out is yours, obj to be freed after session.
 */
enum fl_prepare_result fl_prepare(const struct fl_source *src, struct fl_kernel *k,
				  const struct fl_compile_opts *compile,
				  const struct fl_session_opts *session, struct fl_diags *ds,
				  struct fl_prepared *out, struct fl_fault *fault, char **log);

#endif /* FL_PREPARE_H */
