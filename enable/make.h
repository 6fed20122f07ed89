/* SPDX-License-Identifier: GPL-2.0-or-later */
/* make.h - the module: its text, and the kernel's build system over that. */
#ifndef FL_MAKE_H
#define FL_MAKE_H

#include <stdio.h>

#include "kbuild.h"

/* "fl_enable_2f1d3c7a": the same functions and tags have the same name. */
const char *fl_module_name(struct fl_arena *a, const struct fl_enable_targets *targets);
/* The module's C. */
void fl_module_text(const struct fl_enable_targets *targets, FILE *out);

/*
 * Build it in a temporary folder, and put it at @path. 0, or -1
 * with @fault raised; its log is what make printed, yours to release.
 */
int fl_module_build(const struct fl_kbuild *k, const struct fl_enable_targets *targets,
		    const char *path, struct fl_fault *fault);

#endif /* FL_MAKE_H */
