/* SPDX-License-Identifier: GPL-2.0-or-later */
/* random_impl.h - what random.c and random_expr.c share. Internal to them. */
#ifndef RANDOM_IMPL_H
#define RANDOM_IMPL_H

#include <stdio.h>

#include "random.h"

/* Where an expression is written. */
struct random_place {
	struct random_gen *r;
	FILE *out;
	const struct fl_func *func; /* whose arguments there are; NULL: none */
	const char *const *renames; /* of its parameters, or NULL */
	bool in_action;
	bool in_tracker; /* inside within() */
	bool on_exit;
};

void random_number(struct random_place *p, unsigned int depth);
void random_truth(struct random_place *p, unsigned int depth);
/* What a "per" or a state may be counted by. */
void random_key(struct random_place *p);
/* A string that is no literal. */
void random_text(struct random_place *p);

#define PICK(r, list) ((list)[random_below(r, (unsigned int)(sizeof(list) / sizeof((list)[0])))])

/* Texts that strings of the tests have, or nearly. */
extern const char *const random_words[12];

#endif /* RANDOM_IMPL_H */
