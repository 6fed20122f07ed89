/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model.h - the functions of fl_targets as ordinary C in this process.
 *
 * The module's own sources say what there is: its table of functions with
 * their bodies (fl_functions.h), its objects and how they are set
 * (fl_objects.c), how a call is written (fl_parse.c). Only functions that
 * fl_functions.c writes out are written out again. Memory is this process's;
 * a page stands for the caller's.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_REGISTERS 12

/* A function is called. */
struct model_call {
	const char *func;
	uint64_t arg[MODEL_REGISTERS];
	bool in_irq;
	const struct model_call *caller; /* NULL: the kernel's way to the module */
};

struct model_hooks {
	/* Before the body; true: there is none, and *value is returned. */
	bool (*enter)(const struct model_call *call, uint64_t *value, void *arg);
	/* After the body, or what was instead of it. */
	void (*leave)(const struct model_call *call, uint64_t value, void *arg);
	void *arg;
};

void model_reset(void);
/* A line for debugfs `set`: 0 or -errno. */
int model_set(const char *line);
/* A line for debugfs `call`, and the answer as that file gives it. */
int model_run(const char *line, const struct model_hooks *hooks, char *answer, size_t size);

/* Copy from an address as a function may have it as argument; false: a fault. */
bool model_read(uint64_t address, void *to, size_t size, bool user);

/* Every function: its name, tag and the form of its arguments; NULL ends. */
const char *model_function(size_t i, const char **tag, const char **form);

#endif /* MODEL_H */
