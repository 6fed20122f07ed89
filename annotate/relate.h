/* SPDX-License-Identifier: GPL-2.0-or-later */
/* relate.h - what the files say about each other's functions. */
#ifndef FL_RELATE_H
#define FL_RELATE_H

#include "findings.h"

/*
 * Assign calls to their callees; drop calls of functions without side effects
 * from what happens first; and resolve values returned from functions that were
 * read.
 */
void fl_relate(struct fl_findings *f);

#endif /* FL_RELATE_H */
