/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fix_hint.h - `faultline doctor --fix-hint`: shell commands that provide what is missing.
 */
#ifndef FL_FIX_HINT_H
#define FL_FIX_HINT_H

#include <stdio.h>

#include "diagnosis.h"

/* @fragment: the path of faultline.config. Everything else is a comment. */
void fl_fix_hint(FILE *out, const struct fl_diagnosis *d, const char *fragment);

#endif /* FL_FIX_HINT_H */
