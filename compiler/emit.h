/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * emit.h - a plan as C for bpf-templates/.
 *
 * The user's text only gets into the C as numbers, and in comments printed from
 * the tree; names come from the kernel's facts.
 *
 *	emit.c		what the file defines and includes; programs
 *	emit_rule.c	rules and their actions
 *	emit_expr.c	conditions and values
 *	emit_mem.c	the kernel's memory, strings, keys
 */
#ifndef FL_EMIT_H
#define FL_EMIT_H

#include "arch.h"
#include "plan.h"

/* Byte offsets in struct module. */
struct fl_module_offsets {
	uint32_t name;
	uint32_t list;
	uint32_t text;
	uint32_t text_size;
	uint32_t init;
	uint32_t init_size;
};

struct fl_emit_opts {
	unsigned int ncpus; /* possible ones */
	bool seeded;
	bool force_return;
	bool tracks_children; /* even if no rule needs it */
	enum fl_sweep sweep;
	const struct fl_arch *arch;
	/* Byte offsets in struct task_struct, if something needs them. */
	uint32_t task_pid;
	uint32_t task_tgid;
	uint32_t task_parent;
	uint32_t task_flags;
	struct fl_module_offsets module; /* of a sweep */
	struct fl_preempt preempt;	 /* likewise */
};

/* To a power of two: what arrays are sized by, so that an index can be masked. */
size_t fl_round_up(size_t n);

void fl_emit(const struct fl_plan *plan, const struct fl_emit_opts *opts, struct fl_buf *out);

/* --- internal to the emitter --- */

struct fl_emitter {
	const struct fl_plan *plan;
	const struct fl_emit_opts *opts;
	struct fl_buf *out;
	struct fl_buf prelude; /* functions that rules call */
	uint32_t rule;	       /* whose condition is being written */
	unsigned int names;    /* variables so far */
	unsigned int bad;      /* the one that records a fault; 0: none */
	unsigned int nstrings; /* of the current rule */
	unsigned int most_strings;
	unsigned int nlikes;
	bool uses_data; /* fl_data.bpf.h */
	bool uses_stack;
	bool uses_per;
	bool uses_fired;
	bool uses_delay;
};

void fl_emit_expr(struct fl_emitter *em, const struct fl_expr *e, int least);
/* As a number by itself; 0 after a fault. */
void fl_emit_value(struct fl_emitter *em, const struct fl_expr *e);
/* As a condition; false after a fault. */
void fl_emit_truth(struct fl_emitter *em, const struct fl_expr *e, int least);
/* Does it read memory or the stack, so that a rule needs its scratch buffer? */
bool fl_needs_scratch(const struct fl_expr *e);

void fl_emit_load(struct fl_emitter *em, const struct fl_expr *e);
void fl_emit_address(struct fl_emitter *em, const struct fl_expr *e);
/* "fl_read_string(&t->string[2], ..., user)": fills a string, notes a fault. */
unsigned int fl_emit_string(struct fl_emitter *em, const struct fl_expr *e);
void fl_emit_same(struct fl_emitter *em, const struct fl_expr *l, const struct fl_expr *r,
		  bool negate);
void fl_emit_like(struct fl_emitter *em, const struct fl_expr *e);
/* Statements that fill the array @name of the state's key; its words. */
void fl_emit_key(struct fl_emitter *em, const char *name, struct fl_expr *const *items,
		 size_t nitems);
bool fl_reads_memory(const struct fl_expr *e);

void fl_emit_rules(struct fl_emitter *em);

#endif /* FL_EMIT_H */
