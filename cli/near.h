/* SPDX-License-Identifier: GPL-2.0-or-later */
/* near.h - the names that come nearest to one that was asked for. */
#ifndef FL_NEAR_H
#define FL_NEAR_H

#include <stdbool.h>
#include <stddef.h>

#define FL_NEAR_MOST 6
#define FL_NEAR_NAME 160

enum fl_near_kind {
	FL_NEAR_TYPO, /* perhaps it was meant */
	FL_NEAR_KIN,  /* it begins with the same words */
};

struct fl_near_name {
	char name[FL_NEAR_NAME]; /* MODULE:FUNCTION, or the function alone */
	unsigned int rank;	 /* less is nearer */
};

struct fl_near {
	enum fl_near_kind kind;
	char wanted[FL_NEAR_NAME];
	bool is_prefix; /* only a name's beginning is compared, with what a glob begins with */
	struct fl_near_name best[FL_NEAR_MOST];
	size_t n;
};

/* @pattern may be a glob. */
void fl_near_init(struct fl_near *near, enum fl_near_kind kind, const char *pattern);
void fl_near_consider(struct fl_near *near, const char *module, const char *name);
/* "'a', 'b' or 'c'" for a hint; false when there is nothing near. */
bool fl_near_text(const struct fl_near *near, char *out, size_t size);

#endif /* FL_NEAR_H */
