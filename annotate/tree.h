/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.h - function bodies as our own trees, made from libclang's cursors.
 *
 * libclang shows C through cursors that lack the operators of expressions
 * before version 17. What is needed of them follows from types and implicit
 * conversions: an operand that is not loaded is stored to. Casts, parentheses
 * and conversions are left out of the tree.
 */
#ifndef FL_TREE_H
#define FL_TREE_H

#include <clang-c/Index.h>
#include <stdbool.h>
#include <stdint.h>

#include "mem.h"

enum fl_node_kind {
	FL_NODE_LIST,	  /* statements, or operands of nodes without their own kind */
	FL_NODE_IF,	  /* condition, then, else */
	FL_NODE_LOOP,	  /* all parts; the body is list[body] */
	FL_NODE_SWITCH,	  /* value, body */
	FL_NODE_CASE,	  /* the statement after the label */
	FL_NODE_LABEL,	  /* name; the statement after it */
	FL_NODE_GOTO,	  /* name */
	FL_NODE_BREAK,	  /* continue, too */
	FL_NODE_RETURN,	  /* value, or nothing */
	FL_NODE_VAR,	  /* var; the initialiser, or nothing */
	FL_NODE_CALL,	  /* name, or NULL for a pointer; callee, arguments */
	FL_NODE_LOCAL,	  /* var: a variable of the function or a parameter */
	FL_NODE_GLOBAL,	  /* name */
	FL_NODE_FUNCTION, /* name, except of a callee */
	FL_NODE_MEMBER,	  /* name, arrow; the structure */
	FL_NODE_INDEX,	  /* array, index */
	FL_NODE_DEREF,
	FL_NODE_ADDRESS,
	FL_NODE_STEP,	/* ++ or -- */
	FL_NODE_ASSIGN, /* compound; target, value */
	FL_NODE_CHOICE, /* condition, value, other value */
	FL_NODE_NOT,
	FL_NODE_CONST,
	FL_NODE_BLOCK, /* statements in an expression, which the last is the value of */
	FL_NODE_ASM,
};

struct fl_tree;
struct fl_node;

struct fl_var {
	CXCursor decl;
	const char *name;
	int param;	       /* its number, or -1 */
	bool escapes;	       /* its address is taken: others may store to it */
	struct fl_node **from; /* the values that it is given */
	size_t nfrom, cap;
	bool busy; /* being followed */
};

struct fl_node {
	enum fl_node_kind kind;
	bool arrow, compound, pointer; /* pointer: its value is one */
	bool is_text;		       /* a string constant */
	uint16_t body;
	unsigned int line, offset, end; /* in the file; of a macro's use, where that is */
	CXCursor cursor;		/* the outermost of casts and conversions */
	CXCursor called;		/* of a call: the callee */
	const char *name;
	const char *macro; /* the macro that it comes from, or NULL */
	struct fl_var *var;
	const struct fl_node *earlier; /* what the variable was before it was given this value */
	struct fl_node *parent;
	struct fl_node **list;
	size_t n;
};

struct fl_tree {
	struct fl_arena *arena;
	CXCursor cursor; /* the definition */
	const char *name;
	CXFile file;
	const char *text; /* of the file */
	size_t len;
	struct fl_node *body;
	struct fl_var **vars;
	size_t nvars, cap;
	unsigned int line, offset, brace; /* brace: of the closing one */
	size_t nodes;
};

/* Of a function's definition; NULL when it has no body. */
struct fl_tree *fl_tree_build(struct fl_arena *arena, CXTranslationUnit unit, CXCursor def);

/* A constant expression; false when it is not one. */
bool fl_node_number(const struct fl_node *n, long long *value);
bool fl_node_is_null(const struct fl_node *n);
/* The source of it on one line, at most @size bytes with a NUL. */
void fl_node_text(const struct fl_tree *t, const struct fl_node *n, char *out, size_t size);
/* Is @n in the subtree of @top? */
bool fl_node_within(const struct fl_node *n, const struct fl_node *top);
/* The value of a block of statements, or @n itself. */
const struct fl_node *fl_node_value(const struct fl_node *n);

/* A copy in the arena; disposes of @s. "" for none. */
const char *fl_cx_text(struct fl_arena *a, CXString s);

#endif /* FL_TREE_H */
