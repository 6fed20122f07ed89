/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format.h - a script in its canonical form. */
#ifndef FL_FORMAT_H
#define FL_FORMAT_H

#include "diag.h"

/*
 * Write @src canonically. Returns 0 with *text, NUL-terminated and yours to
 * free, and its length; -EINVAL with the mistakes of the syntax in @ds; -ENOMEM;
 * or -EIO when the result would not mean the same, which is a bug in faultline.
 * It needs the text only: no kernel and no other file.
 */
int fl_format(const struct fl_source *src, struct fl_diags *ds, char **text, size_t *len);

#endif /* FL_FORMAT_H */
