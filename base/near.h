/* SPDX-License-Identifier: GPL-2.0-or-later */
/* near.h - "did you mean": the names closest to an unknown one. */
#ifndef FL_NEAR_H
#define FL_NEAR_H

#include <stdbool.h>
#include <stddef.h>

#define FL_NEAR_MOST 6
#define FL_NEAR_NAME 160
#define FL_NEAR_FAR (-1U)

/* Edit distance; a swap of neighbours is one edit. More than @most is @most + 1. */
unsigned int fl_distance(const char *a, const char *b, unsigned int most);

/*
 * The nearest of few names: *best becomes @name where that is nearer to @wanted
 * than *best_distance, which begins as one more than the distance to allow.
 */
void fl_nearest(const char *wanted, const char *name, const char **best,
		unsigned int *best_distance);

enum fl_near_kind {
	FL_NEAR_TYPO, /* similar enough to suggest */
	FL_NEAR_KIN,  /* it begins with the same words */
};

struct fl_near_name {
	char name[FL_NEAR_NAME]; /* MODULE:FUNCTION, or the function alone */
	size_t function;	 /* where in name the function begins */
	unsigned int rank;	 /* less is nearer */
};

/* The nearest of many names, in order. */
struct fl_near {
	enum fl_near_kind kind;
	char wanted[FL_NEAR_NAME];
	bool is_prefix;	   /* only the beginning of names is compared, with that of a glob */
	bool any_module;   /* a function is listed once, whichever modules have it */
	unsigned int most; /* the distance of typos to allow */
	struct fl_near_name best[FL_NEAR_MOST];
	size_t n;
};

/* @pattern may be a glob. */
void fl_near_init(struct fl_near *near, enum fl_near_kind kind, const char *pattern);
/* Less is nearer; FL_NEAR_FAR: it would not be taken. */
unsigned int fl_near_rank(const struct fl_near *near, const char *name);
/* @module may be NULL. */
void fl_near_consider(struct fl_near *near, const char *module, const char *name);
/* How many of best a hint names. */
size_t fl_near_offered(const struct fl_near *near);
/* "'a' or 'b' or 'c'" for a hint; false when there is nothing near. */
bool fl_near_text(const struct fl_near *near, char *out, size_t size);

#endif /* FL_NEAR_H */
