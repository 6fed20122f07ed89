/* SPDX-License-Identifier: GPL-2.0-or-later */
/* relate.h - what the files say about each other's functions. */
#ifndef FL_RELATE_H
#define FL_RELATE_H

#include "findings.h"

/*
 * Calls are given to the functions that they call; a call of a function that
 * turns out to change nothing is taken off what happens first; and what is
 * returned from a function that was read becomes its values.
 */
void fl_relate(struct fl_findings *f);

#endif /* FL_RELATE_H */
