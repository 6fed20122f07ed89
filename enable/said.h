/* SPDX-License-Identifier: GPL-2.0-or-later */
/* said.h - annotate's verdicts on functions, by running it. */
#ifndef FL_SAID_H
#define FL_SAID_H

#include "target.h"

struct fl_said {
	bool found, qualifies;
	enum fl_tag tag;    /* that fits; FL_TAG_NONE */
	const char *reason; /* against it; "" */
	const char *file;
	unsigned int line;
};

struct fl_said_source {
	const char *program; /* annotate's */
	const char *build;   /* of the source; NULL: found above it */
	const char *path;    /* a file or a folder */
};

/*
 * An answer for each target. 0, or -1 with @fault raised; annotate printed details on
 * standard error then.
 */
int fl_said_read(struct fl_arena *a, const struct fl_said_source *source,
		 const struct fl_enable_targets *targets, struct fl_said **said,
		 struct fl_fault *fault);

#endif /* FL_SAID_H */
