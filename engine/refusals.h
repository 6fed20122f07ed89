/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refusals.h - programs that the kernel did not take, so that the next plan does without. */
#ifndef FL_REFUSALS_H
#define FL_REFUSALS_H

#include "plan.h"
#include "session.h"

#define FL_MAX_REFUSALS 64

struct fl_refusals {
	struct fl_refusal list[FL_MAX_REFUSALS]; /* for plan.refusals */
	size_t n;
};

/*
 * The kernel refused a program: remember. True: another plan may do; false: the
 * fault is final. @asked: the back end that the user insists on, or AUTO.
 */
bool fl_refusals_note(struct fl_refusals *r, const struct fl_object *obj, const struct fl_fault *f,
		      enum fl_backend asked);
void fl_refusals_release(struct fl_refusals *r);

#endif /* FL_REFUSALS_H */
