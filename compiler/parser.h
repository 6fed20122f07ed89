/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parser.h - tokens to the tree of ast.h. */
#ifndef FL_PARSER_H
#define FL_PARSER_H

#include "ast.h"
#include "lexer.h"

#define FL_MAX_NESTING 200 /* parentheses inside parentheses */
#define FL_MAX_DEPTH 2000  /* operators above an operand: a || b || c ... */
#define FL_MAX_RULES 4096
#define FL_MAX_ARGS 16 /* of a log, of renamed arguments */

/* What a use statement leads to; called where it stands, so that order holds. */
struct fl_use_handler {
	void (*use)(const struct fl_use *use, void *arg);
	void *arg;
};

/*
 * Add the items of @tokens to @script. Reports every mistake it finds: after
 * one it goes on at the next item.
 */
void fl_parse(const struct fl_tokens *tokens, const struct fl_use_handler *use, struct fl_arena *a,
	      struct fl_diags *ds, struct fl_script *script);

#endif /* FL_PARSER_H */
