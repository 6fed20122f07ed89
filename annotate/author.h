/* SPDX-License-Identifier: GPL-2.0-or-later */
/* author.h - in whose name patches are written. */
#ifndef FL_AUTHOR_H
#define FL_AUTHOR_H

#include "mem.h"

/* "NAME <ADDRESS>", as git has it; NULL: it has none. */
const char *fl_author(struct fl_arena *a);

#endif /* FL_AUTHOR_H */
