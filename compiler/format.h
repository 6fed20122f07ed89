/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format.h - a script in its canonical form. */
#ifndef FL_FORMAT_H
#define FL_FORMAT_H

#include "diag.h"

/*
 * Write @src canonically. Returns 0 with *text, NUL-terminated and yours to
 * free, and its length; -EINVAL with the mistakes of the syntax in @ds; -ENOMEM;
 * or -EIO when the result would not say the same, which is a defect of
 * faultline. What it takes is the text alone: no kernel and no other file.
 */
int fl_format(const struct fl_source *src, struct fl_diags *ds, char **text, size_t *len);

#endif /* FL_FORMAT_H */
