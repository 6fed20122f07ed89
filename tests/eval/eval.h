/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * eval.h - what a script means, worked out the plain way.
 *
 * An interpreter over the tree that sema annotated, written from the language's
 * description and not from the emitter: what the kernel is made to do is held
 * against it. It takes names and types from the tree, asks struct fl_kernel
 * where members are, and shares no other code with the compiler.
 */
#ifndef EVAL_H
#define EVAL_H

#include "ast.h"

#define EVAL_ARGS 12
#define EVAL_LOG 65536

/* Who makes the calls. */
struct eval_task {
	char comm[16];
	int64_t pid, tid, ppid, uid, gid, cpu, node;
	uint64_t cgroup;
};

struct eval_opts {
	const struct eval_task *task;
	/* Copy from the kernel's memory or the user's; false: a fault. */
	bool (*read)(uint64_t address, void *to, size_t size, bool user);
	bool seeded;
	uint64_t seed;
	bool force_return;
};

/* A function on the kernel's stack. */
struct eval_frame {
	const char *module; /* or NULL */
	const char *func;
	const struct eval_frame *caller; /* or NULL */
};

struct eval_call {
	struct eval_frame frame;
	uint64_t arg[EVAL_ARGS]; /* registers, then words of the stack */
	uint64_t retval;
	bool in_irq;
};

struct eval_counts {
	uint64_t calls, matched, injected, fired;
};

struct eval;

/* NULL without memory. @script, which has no errors, and @k are borrowed. */
struct eval *eval_new(const struct fl_script *script, struct fl_kernel *k,
		      const struct eval_opts *opts);
void eval_free(struct eval *ev);

void eval_enable(struct eval *ev, size_t rule, bool on);
void eval_set_param(struct eval *ev, size_t param, int64_t value);
/* How long ago it was armed, from now on. */
void eval_set_elapsed(struct eval *ev, uint64_t ns);

/* A function begins: true when a rule ends it with *value. */
bool eval_enter(struct eval *ev, const struct eval_call *call, uint64_t *value);
void eval_leave(struct eval *ev, const struct eval_call *call);

/* Of the rule on the function that is its @on'th. */
const struct eval_counts *eval_counts(const struct eval *ev, size_t rule, size_t on);
/* What rules logged, a line each, since it was last cleared. */
const char *eval_log(const struct eval *ev);
void eval_clear_log(struct eval *ev);

#endif /* EVAL_H */
