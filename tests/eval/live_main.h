/* SPDX-License-Identifier: GPL-2.0-or-later */
/* live_main.h - what the program "live" does; each gives an exit status. */
#ifndef LIVE_MAIN_H
#define LIVE_MAIN_H

#include "live.h"

/* The tables in @files (NULL ends), at most @most rows in one object. */
int live_tables(struct fl_kernel *k, const struct eval_task *task, char *const *files,
		enum fl_backend backend, size_t most);

/* About @count random rules; scripts from the @first'th on. */
int live_random(struct fl_kernel *k, const struct eval_task *task, uint64_t seed, uint64_t count,
		uint64_t first);

/* rand, weights and seeds. */
int live_chances(struct fl_kernel *k);
/* Many rules, many functions, many parentheses. */
int live_size(struct fl_kernel *k);

/* Every feature on a security_ function, at most @most rules at a time. */
int live_security(struct fl_kernel *k, size_t most);

#endif /* LIVE_MAIN_H */
