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

/* The role of a token, where its kind does not imply it; for the formatter. */
enum fl_role {
	FL_ROLE_PLAIN,
	FL_ROLE_ITEM,	   /* the first of an item */
	FL_ROLE_LABEL,	   /* the colon after a label */
	FL_ROLE_CLAUSE,	   /* the first of a rule's condition, schedules, action without braces */
	FL_ROLE_BODY,	   /* the brace that opens the actions of a rule */
	FL_ROLE_BODY_END,  /* and the one that closes them */
	FL_ROLE_ACTION,	   /* the first of an action in braces */
	FL_ROLE_PREFIX,	   /* an operator before its operand */
	FL_ROLE_CAST,	   /* the parenthesis that closes a type */
	FL_ROLE_TYPE_STAR, /* a pointer's, in a type */
	FL_ROLE_CALL,	   /* the parenthesis after a name */
	FL_ROLE_STEP,	   /* the plus of 3..9+2 */
	FL_ROLE_CHOICE,	   /* the colon of a ? b : c */
};

/*
 * Add the items of @tokens to @script. Reports every mistake it finds: after
 * one it continues at the next item.
 */
void fl_parse(const struct fl_tokens *tokens, const struct fl_use_handler *use, struct fl_arena *a,
	      struct fl_diags *ds, struct fl_script *script);

/* The same without following "use"; @roles has an enum fl_role for each token. */
void fl_parse_roles(const struct fl_tokens *tokens, uint8_t *roles, struct fl_arena *a,
		    struct fl_diags *ds, struct fl_script *script);

#endif /* FL_PARSER_H */
