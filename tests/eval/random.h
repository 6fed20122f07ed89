/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * random.h - rules made up from the grammar and the types of fl_targets' functions,
 * and calls of those.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include "game.h"

struct random_gen {
	uint64_t state;
	struct fl_kernel *kernel;
	const struct eval_task *task;
	bool seeded;	  /* rules may draw */
	bool only_kprobe; /* nothing that needs more than that */
};

uint64_t random_next(struct random_gen *r);
/* From 0 to n - 1. */
unsigned int random_below(struct random_gen *r, unsigned int n);

/* What rules of one script have in common: parameters, sets. */
const char *random_prologue(void);
/* A rule without mistakes, malloc'd. */
char *random_rule(struct random_gen *r);
/* A line for "set" or "call", or a "param" step; malloc'd text. */
struct step random_step(struct random_gen *r);

#endif /* RANDOM_H */
