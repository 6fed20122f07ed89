/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lexer.h"

#include <string.h>

struct lexer {
	const struct fl_source *src;
	struct fl_arena *arena;
	struct fl_diags *diags;
	struct fl_tokens *out;
	size_t cap;
	size_t pos;
};

static const struct {
	const char *text;
	enum fl_tok kind;
} operators[] = {
	{ "<<", FL_TOK_SHL },	 { ">>", FL_TOK_SHR },	  { "<=", FL_TOK_LE },
	{ ">=", FL_TOK_GE },	 { "==", FL_TOK_EQ },	  { "!=", FL_TOK_NE },
	{ "&&", FL_TOK_ANDAND }, { "||", FL_TOK_OROR },	  { "<", FL_TOK_LT },
	{ ">", FL_TOK_GT },	 { "!", FL_TOK_NOT },	  { "~", FL_TOK_TILDE },
	{ "+", FL_TOK_PLUS },	 { "-", FL_TOK_MINUS },	  { "*", FL_TOK_STAR },
	{ "/", FL_TOK_SLASH },	 { "%", FL_TOK_PERCENT }, { "&", FL_TOK_AND },
	{ "|", FL_TOK_OR },	 { "^", FL_TOK_XOR },	  { "?", FL_TOK_QUESTION },
	{ ":", FL_TOK_COLON },	 { ";", FL_TOK_SEMI },	  { ",", FL_TOK_COMMA },
	{ "(", FL_TOK_LPAREN },	 { ")", FL_TOK_RPAREN },  { "{", FL_TOK_LBRACE },
	{ "}", FL_TOK_RBRACE },	 { "=", FL_TOK_ASSIGN },
};

static const struct {
	const char *text;
	enum fl_tok kind;
} keywords[] = {
#define FL_KEYWORD(name) { #name, FL_TOK_##name },
#include "token.def"
#undef FL_KEYWORD
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *fl_tok_name(enum fl_tok kind)
{
	static const char *const names[FL_NTOKS] = {
		[FL_TOK_EOF] = "the end",     [FL_TOK_NAME] = "a name",
		[FL_TOK_INT] = "a number",    [FL_TOK_FRACTION] = "a number",
		[FL_TOK_STRING] = "a string", [FL_TOK_SHL] = "'<<'",
		[FL_TOK_SHR] = "'>>'",	      [FL_TOK_LE] = "'<='",
		[FL_TOK_GE] = "'>='",	      [FL_TOK_EQ] = "'=='",
		[FL_TOK_NE] = "'!='",	      [FL_TOK_ANDAND] = "'&&'",
		[FL_TOK_OROR] = "'||'",	      [FL_TOK_LT] = "'<'",
		[FL_TOK_GT] = "'>'",	      [FL_TOK_NOT] = "'!'",
		[FL_TOK_TILDE] = "'~'",	      [FL_TOK_PLUS] = "'+'",
		[FL_TOK_MINUS] = "'-'",	      [FL_TOK_STAR] = "'*'",
		[FL_TOK_SLASH] = "'/'",	      [FL_TOK_PERCENT] = "'%'",
		[FL_TOK_AND] = "'&'",	      [FL_TOK_OR] = "'|'",
		[FL_TOK_XOR] = "'^'",	      [FL_TOK_QUESTION] = "'?'",
		[FL_TOK_COLON] = "':'",	      [FL_TOK_SEMI] = "';'",
		[FL_TOK_COMMA] = "','",	      [FL_TOK_LPAREN] = "'('",
		[FL_TOK_RPAREN] = "')'",      [FL_TOK_LBRACE] = "'{'",
		[FL_TOK_RBRACE] = "'}'",      [FL_TOK_ASSIGN] = "'='",
#define FL_KEYWORD(name) [FL_TOK_##name] = "'" #name "'",
#include "token.def"
#undef FL_KEYWORD
	};

	return names[kind];
}

static struct fl_span span_of(const struct lexer *lx, size_t from, size_t to)
{
	return (struct fl_span){ lx->src, (uint32_t)from, (uint32_t)(to - from) };
}

static char at(const struct lexer *lx, size_t pos)
{
	return pos < lx->src->len ? lx->src->text[pos] : '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(char c)
{
	return is_name_start(c) || is_digit(c);
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct fl_token *push(struct lexer *lx, enum fl_tok kind, size_t from)
{
	struct fl_tokens *out = lx->out;
	struct fl_token *t;

	out->list = fl_arena_grow(lx->arena, out->list, out->n, &lx->cap, sizeof(*out->list));
	t = &out->list[out->n++];
	memset(t, 0, sizeof(*t));
	t->kind = kind;
	t->off = (uint32_t)from;
	t->len = (uint32_t)(lx->pos - from);
	return t;
}

/* Blanks and comments; false at the end of a comment that does not end. */
static void skip_blanks(struct lexer *lx)
{
	for (;;) {
		char c = at(lx, lx->pos);
		size_t from = lx->pos;

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
			lx->pos++;
		} else if (c == '#' || (c == '/' && at(lx, lx->pos + 1) == '/')) {
			while (lx->pos < lx->src->len && at(lx, lx->pos) != '\n')
				lx->pos++;
		} else if (c == '/' && at(lx, lx->pos + 1) == '*') {
			lx->pos += 2;
			while (lx->pos < lx->src->len &&
			       !(at(lx, lx->pos) == '*' && at(lx, lx->pos + 1) == '/'))
				lx->pos++;
			if (lx->pos >= lx->src->len) {
				fl_report(lx->diags, FL_E_BAD_COMMENT, span_of(lx, from, from + 2),
					  NULL);
				return;
			}
			lx->pos += 2;
		} else {
			return;
		}
	}
}

static void lex_name(struct lexer *lx)
{
	size_t from = lx->pos;
	const char *text = lx->src->text + from;
	struct fl_token *t;
	size_t len;

	while (is_name(at(lx, lx->pos)))
		lx->pos++;
	len = lx->pos - from;
	for (size_t i = 0; i < COUNT(keywords); i++) {
		if (strlen(keywords[i].text) == len && !memcmp(keywords[i].text, text, len)) {
			t = push(lx, keywords[i].kind, from);
			t->text = keywords[i].text;
			return;
		}
	}
	t = push(lx, FL_TOK_NAME, from);
	t->text = fl_arena_strndup(lx->arena, text, len);
}

/* One escape after its backslash; -1 when it is none. */
static int lex_escape(struct lexer *lx)
{
	static const char from[] = "ntr\\\"", to[] = "\n\t\r\\\"";
	char c = at(lx, lx->pos++);
	const char *known = c ? strchr(from, c) : NULL;

	if (known)
		return to[known - from];
	if (c == 'x') {
		int high = hex_digit(at(lx, lx->pos)), low = hex_digit(at(lx, lx->pos + 1));

		if (high >= 0 && low >= 0) {
			lx->pos += 2;
			return high * 16 + low;
		}
	}
	return -1;
}

static void lex_string(struct lexer *lx)
{
	size_t from = lx->pos++;
	struct fl_token *t;
	struct fl_buf b;

	fl_buf_init(&b, lx->arena);
	fl_buf_add(&b, "", 0);
	for (;;) {
		char c = at(lx, lx->pos);
		size_t start = lx->pos;
		int value;

		if (lx->pos >= lx->src->len || c == '\n') {
			fl_report(lx->diags, FL_E_BAD_STRING, span_of(lx, from, lx->pos), NULL);
			break;
		}
		lx->pos++;
		if (c == '"')
			break;
		/* a backslash at the end of the line escapes nothing */
		if (c != '\\' || !at(lx, lx->pos) || at(lx, lx->pos) == '\n') {
			fl_buf_putc(&b, c);
			continue;
		}
		value = lex_escape(lx);
		if (value < 0) {
			char shown[] = { '\\', at(lx, start + 1), '\0' };

			fl_report(lx->diags, FL_E_BAD_ESCAPE, span_of(lx, start, start + 2), shown,
				  NULL);
		} else if (value == 0) {
			fl_report(lx->diags, FL_E_STRING_NUL, span_of(lx, start, lx->pos), NULL);
		} else {
			fl_buf_putc(&b, (char)value);
		}
	}
	t = push(lx, FL_TOK_STRING, from);
	t->text = b.text;
}

static unsigned int number_base(const struct lexer *lx, size_t pos)
{
	if (at(lx, pos) != '0')
		return 10;
	switch (at(lx, pos + 1) | 0x20) {
	case 'x':
		return 16;
	case 'o':
		return 8;
	case 'b':
		return 2;
	default:
		return 10;
	}
}

/* The digits of one number; false when it is too large. */
static bool scan_digits(struct lexer *lx, unsigned int base, uint64_t *value, size_t *ndigits)
{
	bool fits = true;

	*value = 0;
	*ndigits = 0;
	for (;; lx->pos++) {
		int digit = hex_digit(at(lx, lx->pos));

		if (at(lx, lx->pos) == '_' && *ndigits)
			continue;
		if (digit < 0 || (unsigned int)digit >= base)
			return fits;
		if (__builtin_mul_overflow(*value, (uint64_t)base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)digit, value))
			fits = false;
		(*ndigits)++;
	}
}

/* ".01" after a whole number; the value is kept in units of 1e-9. */
static void lex_fraction(struct lexer *lx, size_t from, uint64_t whole)
{
	uint64_t unit = 1000000000, value;
	struct fl_token *t;

	if (__builtin_mul_overflow(whole, unit, &value))
		value = UINT64_MAX / 2;
	lx->pos++;
	for (; is_digit(at(lx, lx->pos)); lx->pos++) {
		unit /= 10;
		value += unit * (uint64_t)(at(lx, lx->pos) - '0');
	}
	t = push(lx, FL_TOK_FRACTION, from);
	t->value = value;
}

static void bad_number(struct lexer *lx, size_t from, const char *hint)
{
	const char *text;

	while (is_name(at(lx, lx->pos)))
		lx->pos++;
	text = fl_arena_strndup(lx->arena, lx->src->text + from, lx->pos - from);
	fl_report(lx->diags, FL_E_BAD_NUMBER, span_of(lx, from, lx->pos), text, hint, NULL);
	push(lx, FL_TOK_INT, from);
}

static void lex_number(struct lexer *lx)
{
	static const char suffixes[] = "KMG";
	size_t from = lx->pos, ndigits;
	unsigned int base = number_base(lx, from);
	const char *suffix;
	uint64_t value;
	bool fits;
	char c;

	if (base != 10)
		lx->pos += 2;
	fits = scan_digits(lx, base, &value, &ndigits);
	if (!ndigits) {
		bad_number(lx, from, NULL);
		return;
	}
	if (base == 10 && at(lx, lx->pos) == '.' && is_digit(at(lx, lx->pos + 1))) {
		lex_fraction(lx, from, value);
		return;
	}
	c = at(lx, lx->pos);
	suffix = c && base == 10 ? strchr(suffixes, c) : NULL;
	if (suffix && !is_name(at(lx, lx->pos + 1))) {
		unsigned int shift = 10 * (unsigned int)(suffix - suffixes + 1);

		fits = fits && value <= UINT64_MAX >> shift;
		value <<= shift;
		lx->pos++;
	} else if (is_name(c)) {
		bad_number(lx, from, "a suffix may be K, M or G");
		return;
	}
	if (!fits) {
		fl_report(lx->diags, FL_E_BIG_NUMBER, span_of(lx, from, lx->pos),
			  fl_arena_strndup(lx->arena, lx->src->text + from, lx->pos - from), NULL);
	} else if (base == 10 && ndigits > 1 && at(lx, from) == '0') {
		size_t digits = from;

		while (at(lx, digits) == '0' && is_digit(at(lx, digits + 1)))
			digits++;
		fl_report(lx->diags, FL_E_OCTAL, span_of(lx, from, lx->pos),
			  fl_arena_strndup(lx->arena, lx->src->text + digits, lx->pos - digits),
			  NULL);
	}
	push(lx, FL_TOK_INT, from)->value = value;
}

static void lex_operator(struct lexer *lx)
{
	const char *rest = lx->src->text + lx->pos;
	size_t left = lx->src->len - lx->pos, from = lx->pos;
	const char *shown, *hint = NULL;

	for (size_t i = 0; i < COUNT(operators); i++) {
		size_t len = strlen(operators[i].text);

		if (len <= left && !memcmp(operators[i].text, rest, len)) {
			lx->pos += len;
			push(lx, operators[i].kind, from);
			return;
		}
	}
	lx->pos++;
	while (lx->pos < lx->src->len && ((unsigned char)at(lx, lx->pos) & 0xc0) == 0x80)
		lx->pos++;
	if ((unsigned char)*rest < 0x80)
		shown = fl_arena_printf(lx->arena, "'%c'", *rest);
	else
		shown = fl_arena_printf(lx->arena, "0x%02x", (unsigned char)*rest);
	if (*rest == '\'')
		hint = "strings stand in double quotes";
	fl_report(lx->diags, FL_E_BAD_CHAR, span_of(lx, from, lx->pos), shown, hint, NULL);
}

/* Control characters do not occur in scripts, but early in any other file. */
static bool is_text(struct lexer *lx)
{
	for (size_t i = 0; i < lx->src->len; i++) {
		unsigned char c = (unsigned char)lx->src->text[i];

		if ((c < 0x20 && !strchr("\t\n\r\f", c)) || c == 0 || c == 0x7f) {
			fl_report(lx->diags, FL_E_NOT_TEXT, span_of(lx, i, i + 1),
				  fl_arena_printf(lx->arena, "0x%02x", c), NULL);
			return false;
		}
	}
	return true;
}

void fl_lex(const struct fl_source *src, struct fl_arena *a, struct fl_diags *ds,
	    struct fl_tokens *out)
{
	struct lexer lx = { .src = src, .arena = a, .diags = ds, .out = out };

	memset(out, 0, sizeof(*out));
	out->src = src;
	if (src->len > FL_MAX_SOURCE) {
		fl_report(ds, FL_E_TOO_LARGE, (struct fl_span){ src, 0, 0 },
			  fl_arena_printf(a, "%zu", src->len),
			  fl_arena_printf(a, "%zu", FL_MAX_SOURCE), NULL);
	} else if (is_text(&lx)) {
		for (;;) {
			char c;

			skip_blanks(&lx);
			if (lx.pos >= src->len || ds->full)
				break;
			c = at(&lx, lx.pos);
			if (is_name_start(c))
				lex_name(&lx);
			else if (is_digit(c))
				lex_number(&lx);
			else if (c == '"')
				lex_string(&lx);
			else
				lex_operator(&lx);
		}
	}
	push(&lx, FL_TOK_EOF, lx.pos);
}
