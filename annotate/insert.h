/* SPDX-License-Identifier: GPL-2.0-or-later */
/* insert.h - where in a source the lines of a mark go. */
#ifndef FL_INSERT_H
#define FL_INSERT_H

#include "diff.h"

/* So many lines come before the mark of a function whose body ends in line @brace, from 1. */
size_t fl_insert_mark(const struct fl_lines *lines, size_t brace);

/*
 * Adds `#include <linux/error-injection.h>` unless it is there: sorted in where
 * the headers of linux/ are sorted, else after the last of them.
 */
void fl_insert_include(struct fl_edit *e);

#endif /* FL_INSERT_H */
