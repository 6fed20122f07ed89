/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * effect.h - side effects of expressions and statements, and which of them are
 * undone later.
 */
#ifndef FL_EFFECT_H
#define FL_EFFECT_H

#include "tree.h"

enum fl_effect_kind {
	FL_EFFECT_STORE,   /* through a pointer argument, or to a global */
	FL_EFFECT_LOCK,	   /* a lock, or interrupts and preemption off */
	FL_EFFECT_REF,	   /* a reference or a counter */
	FL_EFFECT_FREE,	   /* memory of others is given back */
	FL_EFFECT_CALL,	   /* a function that is not known to change nothing */
	FL_EFFECT_POINTER, /* a call through a pointer */
	FL_EFFECT_ASM,	   /* assembler */
	FL_EFFECT_UNLOCK,  /* these undo earlier ones */
	FL_EFFECT_UNREF,
};

struct fl_effect {
	enum fl_effect_kind kind;
	const struct fl_node *node;
	const char *what; /* the target of a store, the name of the callee */
	int param;	  /* of a store: the parameter that it goes through, or -1 */
};

struct fl_effects {
	struct fl_effect *list;
	size_t n, cap;
};

/* What a function does as a whole, for those that call it. */
struct fl_summary {
	uint32_t stores;     /* parameters that it stores through, as bits */
	bool changes;	     /* something else for certain */
	bool fails, is_zero; /* it returns errors for certain; it returns nothing but zero */
	bool busy;
	const char **calls; /* functions that it calls which are not known */
	size_t ncalls;
};

/* One translation unit. */
struct fl_unit {
	struct fl_arena *arena;
	CXTranslationUnit cx;
	struct fl_summary_entry *entries[1024];
	unsigned int depth;
};

/* Of a function that is defined in the unit; NULL for others and where recursion gets too deep. */
const struct fl_summary *fl_unit_summary(struct fl_unit *u, CXCursor function);
/* The same of a tree that was built already. */
void fl_summarize(struct fl_unit *u, const struct fl_tree *t, struct fl_summary *s);

/* Append all effects of @n, in the order of evaluation where the text has that order. */
void fl_effects_of(struct fl_unit *u, const struct fl_tree *t, const struct fl_node *n,
		   struct fl_effects *out);

/* Where an lvalue is, or what a pointer leads to. */
enum fl_place {
	FL_PLACE_LOCAL, /* the function's own variables, memory that it just got, or nothing */
	FL_PLACE_PARAM, /* arguments */
	FL_PLACE_SHARED,
};
enum fl_place fl_place_of(const struct fl_node *lvalue, int *param);
enum fl_place fl_place_behind(const struct fl_node *pointer, int *param);

#endif /* FL_EFFECT_H */
