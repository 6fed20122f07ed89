/* SPDX-License-Identifier: GPL-2.0-or-later */
/* first.h - the first error return of a function, and what happens before it. */
#ifndef FL_FIRST_H
#define FL_FIRST_H

#include "effect.h"

struct fl_first {
	const struct fl_node *exit;   /* the return or goto; NULL: none was found */
	const struct fl_node **fails; /* calls whose failure it reports */
	size_t nfails;
	struct fl_effects before; /* what has happened by then and is not undone */
	size_t undone;		  /* how many were */
};

/* @truth: what counts is the first return that may be true. */
void fl_first_error(struct fl_unit *u, const struct fl_tree *t, bool truth, struct fl_first *out);

#endif /* FL_FIRST_H */
