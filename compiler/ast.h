/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ast.h - a script as the parser understood it and sema annotated it.
 *
 * Nodes live in the compilation's arena. Fields under "sema" are zero until
 * sema.c has been over them; no later pass writes to a node.
 */
#ifndef FL_AST_H
#define FL_AST_H

#include "diag.h"
#include "kernel.h"

enum fl_expr_kind {
	FL_EXPR_INT, /* also errno names, true, false, NULL */
	FL_EXPR_FRACTION,
	FL_EXPR_STRING,
	FL_EXPR_NAME, /* a builtin, or a constant by name */
	FL_EXPR_UNARY,
	FL_EXPR_BINARY,
	FL_EXPR_TERNARY,
	FL_EXPR_IN, /* left in { items } or left in items[0]..items[1] */
};

#define FL_PREC_TERNARY 0
#define FL_PREC_IN 7
#define FL_PREC_UNARY 11

enum fl_op {
	FL_OP_NONE,
#define FL_OP(id, text, prec) FL_OP_##id,
#include "op.def"
#undef FL_OP
	FL_OP_NOT, /* unary */
	FL_OP_TILDE,
	FL_OP_NEGATE,
	FL_OP_POSITIVE,
};

enum fl_builtin {
	FL_BUILTIN_NONE,
#define FL_BUILTIN(name, type, cost) FL_BUILTIN_##name,
#include "builtin.def"
#undef FL_BUILTIN
};

/* What an expression is worth. */
enum fl_value_type {
	FL_VALUE_ERROR, /* a mistake in it has been reported */
	FL_VALUE_INT,	/* 64 bits, signed */
	FL_VALUE_UINT,	/* 64 bits, unsigned */
	FL_VALUE_STRING,
	FL_VALUE_RAND, /* uniform over [0, 100) */
	FL_VALUE_FRACTION,
};

struct fl_expr {
	enum fl_expr_kind kind;
	enum fl_op op;
	struct fl_span span;
	uint64_t value;	      /* INT; FRACTION in 1e-9 */
	const char *text;     /* STRING, NAME */
	struct fl_expr *left; /* UNARY, BINARY, IN; TERNARY: the condition */
	struct fl_expr *right;
	struct fl_expr *third;
	struct fl_expr **items; /* IN */
	size_t nitems;
	bool is_range;	    /* IN */
	unsigned int depth; /* nodes on the longest way down */

	/* sema */
	enum fl_value_type type;
	bool is_constant; /* value is what it always is */
	bool is_null;	  /* the name NULL */
	bool is_errno;	  /* an errno by name, still positive */
	enum fl_builtin builtin;
	unsigned int mention; /* rand: which mention in its rule */
	bool is_rate;	      /* a comparison whose limit is the rule's rate knob */
};

struct fl_target {
	struct fl_span span; /* of the function's name */
	struct fl_span module_span;
	const char *module; /* or NULL */
	const char *name;

	/* sema */
	const struct fl_func *func; /* NULL: unknown, reported */
	bool on_list;		    /* of injectable functions, or taken to be */
};

/* What a rule does. */
struct fl_action {
	struct fl_span span;
	struct fl_expr *value;

	/* sema */
	int64_t result; /* what is returned */
};

struct fl_rule {
	struct fl_span span; /* from "on" to the last action */
	struct fl_span label_span;
	const char *label; /* or NULL */
	struct fl_target *targets;
	size_t ntargets;
	struct fl_expr *cond; /* or NULL */
	struct fl_action action;

	/* sema */
	unsigned int ndraws; /* mentions of rand */
	bool limits_tasks;   /* the condition says which tasks it hits */
	bool child_only;     /* limited to the command's tasks */
	bool has_rate;
	uint64_t rate; /* FL_RATE_ALWAYS and less, see fl_abi.h */
};

struct fl_script {
	struct fl_rule *rules;
	size_t nrules;
	size_t cap;
};

/* "<=" */
const char *fl_op_text(enum fl_op op);
int fl_op_precedence(enum fl_op op);

/* A rule or expression as canonical source text on one line. */
void fl_print_rule(struct fl_buf *out, const struct fl_rule *rule);
void fl_print_expr(struct fl_buf *out, const struct fl_expr *e);
/* A string in quotes with its escapes. */
void fl_print_string(struct fl_buf *out, const char *text);

/* Errno by name ("EIO") to its positive number, 0 when there is none. */
int fl_errno_number(const char *name);
/* The reverse, NULL when it has no name. */
const char *fl_errno_name(int number);

#endif /* FL_AST_H */
