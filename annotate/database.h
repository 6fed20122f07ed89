/* SPDX-License-Identifier: GPL-2.0-or-later */
/* database.h - compile_commands.json, and flags that Clang takes. */
#ifndef FL_DATABASE_H
#define FL_DATABASE_H

#include "fault.h"
#include "study.h"

struct fl_sources {
	struct fl_arena *arena;
	struct fl_source_file *list;
	size_t n, cap;
	size_t unlisted;      /* files of folders that the database does not have */
	size_t dropped;	      /* different flags that Clang does not know */
	size_t flags;	      /* different flags */
	const char **unknown; /* the dropped ones */
};

/*
 * The sources that @words name, one at least, files and folders, with how @build compiles
 * them. 0, or -1 with @fault raised.
 */
int fl_sources_find(struct fl_sources *s, const char *build, char **words, int nwords,
		    struct fl_fault *fault);

/* The build folder of a source: the nearest above it with a database; NULL: none. */
const char *fl_build_above(struct fl_arena *a, const char *path);

#endif /* FL_DATABASE_H */
