/* SPDX-License-Identifier: GPL-2.0-or-later */
/* known.h - what functions do whose source is not read, by name. */
#ifndef FL_KNOWN_H
#define FL_KNOWN_H

#include <stdbool.h>

enum fl_known {
	FL_KNOWN_NOT,
	FL_KNOWN_PURE,
	FL_KNOWN_FILL,
	FL_KNOWN_FILL_LAST,
	FL_KNOWN_ALLOC,
	FL_KNOWN_FREE,
	FL_KNOWN_LOCK,
	FL_KNOWN_UNLOCK,
	FL_KNOWN_REF,
	FL_KNOWN_UNREF,
	FL_KNOWN_SCOPE,
};

/* @name may be NULL. */
enum fl_known fl_known(const char *name);
/* Does the name say that it gives back, takes down or switches off? */
bool fl_known_releases(const char *name);

#endif /* FL_KNOWN_H */
