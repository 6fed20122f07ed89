/* SPDX-License-Identifier: GPL-2.0-or-later */
/* caller.h - what callers do with results. */
#ifndef FL_CALLER_H
#define FL_CALLER_H

#include "effect.h"
#include "findings.h"

/* Add the calls in @t, and the functions whose address it takes. */
void fl_callers_add(struct fl_unit *u, const struct fl_tree *t, const char *file,
		    struct fl_findings *out);

#endif /* FL_CALLER_H */
