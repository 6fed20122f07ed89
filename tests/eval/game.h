/* SPDX-License-Identifier: GPL-2.0-or-later */
/* game.h - a script played through by the evaluator, on the model of fl_targets. */
#ifndef GAME_H
#define GAME_H

#include "table.h"

#define GAME_ANSWER 65536

struct game {
	jmp_buf no_memory;
	struct fl_arena arena;
	struct fl_diags diags;
	struct fl_source src;
	struct fl_script script;
	struct fl_kernel *kernel;
	struct eval *ev;
};

struct game_opts {
	const struct eval_task *task;
	bool seeded, force;
	uint64_t seed;
	bool quiet; /* mistakes are not printed */
};

/* 0, or -EINVAL after the mistakes in @text were printed. Needs game_close() either way. */
int game_open(struct game *g, const char *text, struct fl_kernel *k, const struct game_opts *opts);
void game_close(struct game *g);

/* Do a step; counts are those of @nrules rules from @first on. 0 or -errno. */
int game_step(struct game *g, const struct step *s, size_t first, size_t nrules, char *answer);

/* Which parameter and what value a "param" step means: index or -1. */
int game_param(const struct game *g, const char *text, int64_t *value);

/* A system call's number and arguments from a "sys" step; -1: unknown. */
#define GAME_SYSCALLS 6
long game_syscall(const char *text, char *name, size_t size, uint64_t args[6]);

#endif /* GAME_H */
