/* SPDX-License-Identifier: GPL-2.0-or-later */
/* module_layout.h - where the programs of a sweep find a module's text. */
#ifndef FL_MODULE_LAYOUT_H
#define FL_MODULE_LAYOUT_H

#include "emit.h"

/*
 * Fill in task_flags and module of @emit from the kernel's types. NULL, or why
 * that is impossible, as a clause that lives as long as @k.
 */
const char *fl_find_sweep_offsets(struct fl_kernel *k, struct fl_emit_opts *emit);

#endif /* FL_MODULE_LAYOUT_H */
