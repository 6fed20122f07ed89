/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * terms.h - a call path as a condition of the language: caller() and within() of
 * its symbols. They have no offsets, so two calls of a function in the same
 * caller look alike; the ordinal distinguishes them.
 */
#ifndef FL_TERMS_H
#define FL_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger.h"

#define FL_MAX_TERMS 8

struct fl_terms {
	size_t frames[FL_MAX_TERMS]; /* of the point's path; 0 is caller(), others within() */
	size_t n;
	size_t alike;	 /* other points of the campaign for which they hold, too */
	uint32_t before; /* calls of those that come first */
};

/*
 * The terms for a point: the fewest that hold for no other point of its rule and
 * function, as far as any do; without @fewest the nearest frames.
 */
void fl_terms_choose(const struct fl_ledger *l, const struct fl_spot *s, bool fewest,
		     struct fl_terms *out);
/*
 * The function of a frame as the language names it, "f" or "m:f"; false: it has no
 * such name, being without a symbol or a compiler's copy.
 */
bool fl_terms_name(const char *frame, char *buf, size_t size);

#endif /* FL_TERMS_H */
