/* SPDX-License-Identifier: GPL-2.0-or-later */
/* use.h - a script and the files that it uses, as one tree. */
#ifndef FL_USE_H
#define FL_USE_H

#include "compile.h"
#include "parser.h"

/*
 * Parse @src and, at each 'use', the used file: each file once, a cycle is
 * an error. Texts of used files live as long as @ds, which points into them.
 */
void fl_parse_files(const struct fl_source *src, const struct fl_compile_opts *opts,
		    struct fl_arena *a, struct fl_diags *ds, struct fl_script *script);

/* Parameters that were set from outside. */
void fl_apply_settings(const struct fl_compile_opts *opts, struct fl_arena *a, struct fl_diags *ds,
		       struct fl_script *script);

#endif /* FL_USE_H */
