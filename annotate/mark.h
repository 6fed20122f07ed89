/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mark.h - lines of a source that name functions: exports and marks. */
#ifndef FL_MARK_H
#define FL_MARK_H

#include "findings.h"

/* Exported, marked as injectable, kept from probes: into @f's traits and tag. */
void fl_marks_of(const char *text, size_t len, struct fl_function *f, struct fl_arena *a);

#endif /* FL_MARK_H */
