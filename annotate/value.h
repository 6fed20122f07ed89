/* SPDX-License-Identifier: GPL-2.0-or-later */
/* value.h - what a function returns, by the values and not by the type. */
#ifndef FL_VALUE_H
#define FL_VALUE_H

#include "effect.h"

enum {
	FL_VALUE_ERRNO = 1,	 /* a negative error number */
	FL_VALUE_ZERO = 2,	 /* 0 or false */
	FL_VALUE_POSITIVE = 4,	 /* a constant above 0, true */
	FL_VALUE_NULL = 8,	 /* a null pointer */
	FL_VALUE_ERR_PTR = 16,	 /* an error number as a pointer */
	FL_VALUE_OBJECT = 32,	 /* the address of something */
	FL_VALUE_FORWARDED = 64, /* what a function that was not read returns */
	FL_VALUE_BOOL = 128,	 /* a comparison */
	FL_VALUE_OTHER = 256,	 /* computed, read from memory or an argument */
};

struct fl_values {
	unsigned int bits;
	const char *errors[8]; /* how they are written: -ENOMEM */
	size_t nerrors;
	const char *forwarded[8]; /* functions whose values these are */
	size_t nforwarded;
};

/* Add the values of an expression; those of variables are all that they are ever given. */
void fl_values_of(struct fl_unit *u, const struct fl_tree *t, const struct fl_node *n,
		  struct fl_values *v);
void fl_values_returned(struct fl_unit *u, const struct fl_tree *t, struct fl_values *v);

#endif /* FL_VALUE_H */
