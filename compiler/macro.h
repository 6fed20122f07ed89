/* SPDX-License-Identifier: GPL-2.0-or-later */
/* macro.h - constants that C has as macros, so that no type information has them. */
#ifndef FL_MACRO_H
#define FL_MACRO_H

#include "arch.h"

/*
 * Constant @name on a kernel of architecture @arch: of arch/constant.def, or of
 * gfp.def, whose values are the kernel's choice. -ENOENT: no such name; -ENODATA:
 * a name that this kernel gives no value, and *why is a clause that says so.
 */
int fl_macro_find(struct fl_kernel *k, const struct fl_arch *arch, const char *name,
		  uint64_t *value, const char **why);

/* All names, those of other architectures too; NULL after the last. */
const char *fl_macro_at(size_t i);

#endif /* FL_MACRO_H */
