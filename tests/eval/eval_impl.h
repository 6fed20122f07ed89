/* SPDX-License-Identifier: GPL-2.0-or-later */
/* eval_impl.h - what eval.c and eval_expr.c share. Internal to them. */
#ifndef EVAL_IMPL_H
#define EVAL_IMPL_H

#include "eval.h"

#define MAX_STRING 256 /* bytes of a string that is read */
#define MAX_KEY 1024
#define KEY_STRING 64 /* bytes of a string that count in a key */

/* What is counted or kept under a key. */
struct eval_entry {
	unsigned int map;
	unsigned char key[MAX_KEY];
	size_t key_len;
	uint64_t ordinal, passed; /* of a "per" */
	int64_t value;		  /* of a state */
	struct eval_entry *next;
};

struct eval_rule {
	bool enabled;
	uint64_t ordinal, passed, draws;
	struct eval_counts *counts; /* one per function */
};

/* The calls of a tracked function that the task is in. */
struct eval_tracked {
	bool holds[4096];
	size_t depth;
};

struct eval {
	const struct fl_script *script;
	struct fl_kernel *kernel;
	struct eval_opts opts;
	struct eval_rule *rules;
	int64_t *params;
	struct eval_tracked *tracked;
	struct eval_entry *keys;   /* map: the rule */
	struct eval_entry *states; /* map: the state */
	uint64_t elapsed;
	char *log;
	size_t log_len;
	/* the evaluation at hand */
	const struct eval_call *call;
	const struct fl_on *on;
	size_t rule;
	bool has_drawn;
	uint64_t evaluation;
	uint64_t ordinal;
	bool fault;
};

/* A number; ev->fault is set when memory could not be read. */
uint64_t eval_number(struct eval *ev, const struct fl_expr *e);
/* At most MAX_STRING bytes and a NUL. */
void eval_string(struct eval *ev, const struct fl_expr *e, char *to);
/* Is it true? Not after a fault in it. */
bool eval_truth(struct eval *ev, const struct fl_expr *e);
/* A number by itself: 0 after a fault. */
uint64_t eval_value(struct eval *ev, const struct fl_expr *e);
/* A draw of 32 bits. */
uint32_t eval_draw(struct eval *ev, unsigned int mention);
/* Add an item to a key. */
void eval_key(struct eval *ev, const struct fl_expr *e, struct eval_entry *key);
struct eval_entry *eval_find(struct eval_entry *list, const struct eval_entry *key);

#endif /* EVAL_IMPL_H */
