/* SPDX-License-Identifier: GPL-2.0-or-later */
/* patch.h - marks for functions that qualify, as mails that git am takes. */
#ifndef FL_PATCH_H
#define FL_PATCH_H

#include "database.h"
#include "judge.h"
#include "view.h"

struct fl_patch_opts {
	const char *folder; /* of a file for each patch; NULL: all to standard output */
	bool signoff;
	bool quiet; /* names of files that were written are not printed */
};

/*
 * A patch for each file that has functions to mark: those that @view shows, that
 * qualify and have no mark. 0, or -1 with @fault raised.
 */
int fl_patch_write(const struct fl_patch_opts *opts, const struct fl_view *view,
		   struct fl_arena *arena, const struct fl_verdicts *v, struct fl_fault *fault);

#endif /* FL_PATCH_H */
