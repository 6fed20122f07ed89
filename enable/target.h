/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target.h - functions that a module adds to the kernel's list of injectable
 * functions.
 *
 * The list is filled from a section of each module that is loaded, and emptied of
 * what came from it when that goes (lib/error-inject.c). Nothing asks whether the
 * functions are the module's own; a reference to an exported symbol keeps the
 * module that has it from going first.
 */
#ifndef FL_ENABLE_TARGET_H
#define FL_ENABLE_TARGET_H

#include "fault.h"
#include "mem.h"
#include "names.h"

#define FL_ENABLE_PREFIX "fl_enable_" /* of the modules' names */

struct fl_enable_target {
	const char *function;
	enum fl_tag tag;
	const char *module; /* that has it, "mlx5_core"; "vmlinux" */
	const char *space;  /* the name space of its export; "" for none */
};

struct fl_enable_targets {
	struct fl_enable_target *list;
	size_t n;
};

#endif /* FL_ENABLE_TARGET_H */
