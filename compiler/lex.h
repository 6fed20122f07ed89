/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lex.h - what the lexer's files share. Internal to them. */
#ifndef FL_LEX_H
#define FL_LEX_H

#include "lexer.h"

struct fl_lexer {
	const struct fl_source *src;
	struct fl_arena *arena;
	struct fl_diags *diags;
	struct fl_tokens *out;
	size_t cap;
	size_t comments_cap;
	size_t pos;
	int depth;	  /* of parentheses */
	bool in_targets;  /* functions are being named ... */
	int target_depth; /* ... at this depth */
};

static inline struct fl_span span_of(const struct fl_lexer *lx, size_t from, size_t to)
{
	return (struct fl_span){ lx->src, (uint32_t)from, (uint32_t)(to - from) };
}

static inline char at(const struct fl_lexer *lx, size_t pos)
{
	return pos < lx->src->len ? lx->src->text[pos] : '\0';
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static inline bool is_name(char c)
{
	return is_name_start(c) || is_digit(c);
}

static inline int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One more token, from @from up to where the lexer is. */
struct fl_token *fl_lex_push(struct fl_lexer *lx, enum fl_tok kind, size_t from);

/* lex_number.c: a number, time or version, its first digit being next. */
void fl_lex_number(struct fl_lexer *lx);

#endif /* FL_LEX_H */
