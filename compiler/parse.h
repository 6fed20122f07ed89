/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parse.h - what the parser's files share. Internal to them.
 *
 *	parser.c	items: statements, and recovery after an error
 *	parse_rule.c	rules: targets, schedules, actions
 *	parse_step.c	the items of a workload
 *	parse_expr.c	expressions
 *	parse_token.c	the token array
 *
 * A function per construct, named after it. Each returns false (or NULL) when
 * it has reported a mistake; callees of parse_item() pass that on, and
 * parse_item() recovers.
 */
#ifndef FL_PARSE_H
#define FL_PARSE_H

#include "parser.h"

struct fl_parser {
	const struct fl_tokens *tokens;
	const struct fl_use_handler *use;
	struct fl_arena *arena;
	struct fl_diags *diags;
	struct fl_script *script;
	uint8_t *roles; /* or NULL */
	size_t pos;
	unsigned int depth;
};

/* parse_token.c */
const struct fl_token *fl_peek_at(const struct fl_parser *p, size_t ahead);
const struct fl_token *fl_peek(const struct fl_parser *p);
const struct fl_token *fl_next(struct fl_parser *p);
bool fl_accept(struct fl_parser *p, enum fl_tok kind);
/* The token that was taken last is there for @role. */
void fl_note_role(struct fl_parser *p, enum fl_role role);
/* Complain about the next token; an end is shown after the last token. */
void fl_expected(struct fl_parser *p, const char *what, const char *hint);
bool fl_expect(struct fl_parser *p, enum fl_tok kind, const char *hint);
/* Is the next token this name? For contextual keywords. */
bool fl_at_word(const struct fl_parser *p, const char *word);
struct fl_span fl_token_span(const struct fl_parser *p, const struct fl_token *t);
/* From the first byte of @from to the last one of the token just taken. */
struct fl_span fl_span_since(const struct fl_parser *p, uint32_t from);

/* The enum fl_step whose word is next, as the start of an item; -1: none. */
int fl_step_at(const struct fl_parser *p);
/* Is the next token the start of an item, or the end? */
bool fl_starts_item(const struct fl_parser *p);

/* parse_expr.c */
struct fl_expr *fl_parse_expr(struct fl_parser *p);
/* A state and its keys, the "@name" being the next token. */
struct fl_expr *fl_parse_state(struct fl_parser *p);
/* A constant by itself: number, string, name, with a sign. */
struct fl_expr *fl_parse_literal(struct fl_parser *p);
/* [ MODULE ":" ] NAME-OR-GLOB */
bool fl_parse_pattern(struct fl_parser *p, struct fl_pattern *out);
/* "{" a { "," a } "}", the brace being the next token. */
bool fl_parse_set(struct fl_parser *p, struct fl_expr *(*one)(struct fl_parser *p),
		  struct fl_expr ***items, size_t *nitems);

/* parse_step.c */
bool fl_parse_step(struct fl_parser *p, struct fl_step_item *step);

/* parse_rule.c */
bool fl_parse_rule(struct fl_parser *p, struct fl_rule *rule);

#endif /* FL_PARSE_H */
