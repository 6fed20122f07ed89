/* SPDX-License-Identifier: GPL-2.0-or-later */
/* generate.h - scripts by the grammar, about the fake kernel. */
#ifndef FUZZ_GENERATE_H
#define FUZZ_GENERATE_H

#include <stddef.h>
#include <stdint.h>

struct fuzz_out {
	char *data;
	size_t len;
	size_t size;
};

/* Adds text where it fits. */
void fuzz_put(struct fuzz_out *o, const char *text, size_t len);

/* A number below @below, 0 for 0; moves @seed on. */
uint32_t fuzz_draw(unsigned int *seed, uint32_t below);

/* A script that compiles more often than not. */
void fuzz_generate(struct fuzz_out *o, unsigned int *seed);

#endif /* FUZZ_GENERATE_H */
