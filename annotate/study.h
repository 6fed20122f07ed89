/* SPDX-License-Identifier: GPL-2.0-or-later */
/* study.h - one file's functions, by libclang. */
#ifndef FL_STUDY_H
#define FL_STUDY_H

#include "findings.h"

struct fl_source_file {
	const char *path;   /* absolute */
	const char *shown;  /* as reports name it */
	const char *folder; /* where its compiler runs */
	const char **args;  /* the compiler's, without its name and the file's */
	size_t nargs;
};

/*
 * Parse and study. Changes to the file's folder. @macro: a name to find the
 * macro definition of, or NULL.
 */
void fl_study(const struct fl_source_file *file, const char *macro, struct fl_findings *out);

#endif /* FL_STUDY_H */
