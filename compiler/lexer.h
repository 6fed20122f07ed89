/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lexer.h - source text to tokens.
 *
 * The whole text becomes one array of tokens before the parser starts, so
 * looking ahead costs nothing. Mistakes are reported and skipped: the array
 * holds good tokens only and ends in FL_TOK_EOF.
 *
 * Where functions are named - after "on" and inside caller() and within() -
 * a word may have the characters * ? [ ] and dots: "mlx5_cmd_*" is one name.
 */
#ifndef FL_LEXER_H
#define FL_LEXER_H

#include <stdbool.h>
#include <stdint.h>

#include "diag.h"

#define FL_MAX_SOURCE ((size_t)1 << 20) /* bytes of one script file */

enum fl_tok {
	FL_TOK_EOF,
	FL_TOK_NAME,
	FL_TOK_INT,
	FL_TOK_FRACTION, /* 0.01 */
	FL_TOK_VERSION,	 /* 6.1.2 */
	FL_TOK_DURATION, /* 10ms */
	FL_TOK_STRING,
	FL_TOK_PARAM, /* $rate */
	FL_TOK_STATE, /* @seen */
	/* operators, longest first where one starts with another */
	FL_TOK_INCREMENT,
	FL_TOK_DECREMENT,
	FL_TOK_ADD_ASSIGN,
	FL_TOK_SUB_ASSIGN,
	FL_TOK_ARROW,
	FL_TOK_RANGE, /* .. */
	FL_TOK_DOT,
	FL_TOK_SHL,
	FL_TOK_SHR,
	FL_TOK_LE,
	FL_TOK_GE,
	FL_TOK_EQ,
	FL_TOK_NE,
	FL_TOK_ANDAND,
	FL_TOK_OROR,
	FL_TOK_LT,
	FL_TOK_GT,
	FL_TOK_NOT,
	FL_TOK_TILDE,
	FL_TOK_PLUS,
	FL_TOK_MINUS,
	FL_TOK_STAR,
	FL_TOK_SLASH,
	FL_TOK_PERCENT,
	FL_TOK_AND,
	FL_TOK_OR,
	FL_TOK_XOR,
	FL_TOK_QUESTION,
	FL_TOK_COLON,
	FL_TOK_SEMI,
	FL_TOK_COMMA,
	FL_TOK_LPAREN,
	FL_TOK_RPAREN,
	FL_TOK_LBRACE,
	FL_TOK_RBRACE,
	FL_TOK_LBRACKET,
	FL_TOK_RBRACKET,
	FL_TOK_ASSIGN,
/* keywords */
#define FL_KEYWORD(name) FL_TOK_##name,
#include "token.def"
#undef FL_KEYWORD
	FL_NTOKS
};

struct fl_token {
	enum fl_tok kind;
	uint32_t off;
	uint32_t len;
	uint64_t value;	  /* INT: the number; FRACTION: in 1e-9; DURATION: ns */
	const char *text; /* NAME, PARAM, STATE, STRING: NUL-terminated, escapes resolved */
};

/* From its first character to its last, the end of its line not included. */
struct fl_comment {
	uint32_t off;
	uint32_t len;
	size_t before; /* index of the token that it precedes */
};

struct fl_tokens {
	const struct fl_source *src;
	struct fl_token *list;
	size_t n; /* the FL_TOK_EOF included */
	struct fl_comment *comments;
	size_t ncomments;
};

void fl_lex(const struct fl_source *src, struct fl_arena *a, struct fl_diags *ds,
	    struct fl_tokens *out);

/* How a kind of token is called in a message: "'=='", "a number". */
const char *fl_tok_name(enum fl_tok kind);

bool fl_is_keyword(const char *word);
/* May names have this character? */
bool fl_is_name_char(char c);
/* Does @text have the characters of a name? It may be a keyword. */
bool fl_is_name(const char *text);

#endif /* FL_LEXER_H */
