/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lexer.h"

#include <string.h>

struct lexer {
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

static const struct {
	const char *text;
	enum fl_tok kind;
} operators[] = {
	{ "++", FL_TOK_INCREMENT }, { "--", FL_TOK_DECREMENT }, { "+=", FL_TOK_ADD_ASSIGN },
	{ "-=", FL_TOK_SUB_ASSIGN }, { "->", FL_TOK_ARROW }, { "..", FL_TOK_RANGE },
	{ "<<", FL_TOK_SHL },	 { ">>", FL_TOK_SHR },	  { "<=", FL_TOK_LE },
	{ ">=", FL_TOK_GE },	 { "==", FL_TOK_EQ },	  { "!=", FL_TOK_NE },
	{ "&&", FL_TOK_ANDAND }, { "||", FL_TOK_OROR },	  { "<", FL_TOK_LT },
	{ ">", FL_TOK_GT },	 { "!", FL_TOK_NOT },	  { "~", FL_TOK_TILDE },
	{ "+", FL_TOK_PLUS },	 { "-", FL_TOK_MINUS },	  { "*", FL_TOK_STAR },
	{ "/", FL_TOK_SLASH },	 { "%", FL_TOK_PERCENT }, { "&", FL_TOK_AND },
	{ "|", FL_TOK_OR },	 { "^", FL_TOK_XOR },	  { "?", FL_TOK_QUESTION },
	{ ":", FL_TOK_COLON },	 { ";", FL_TOK_SEMI },	  { ",", FL_TOK_COMMA },
	{ "(", FL_TOK_LPAREN },	 { ")", FL_TOK_RPAREN },  { "{", FL_TOK_LBRACE },
	{ "}", FL_TOK_RBRACE },	 { "=", FL_TOK_ASSIGN }, { "[", FL_TOK_LBRACKET },
	{ "]", FL_TOK_RBRACKET }, { ".", FL_TOK_DOT },
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
		[FL_TOK_STRING] = "a string", [FL_TOK_VERSION] = "a version",
		[FL_TOK_DURATION] = "a time", [FL_TOK_PARAM] = "a parameter",
		[FL_TOK_STATE] = "a state", [FL_TOK_INCREMENT] = "'++'",
		[FL_TOK_DECREMENT] = "'--'", [FL_TOK_ADD_ASSIGN] = "'+='",
		[FL_TOK_SUB_ASSIGN] = "'-='", [FL_TOK_ARROW] = "'->'",
		[FL_TOK_RANGE] = "'..'", [FL_TOK_DOT] = "'.'",
		[FL_TOK_LBRACKET] = "'['", [FL_TOK_RBRACKET] = "']'",
		[FL_TOK_SHL] = "'<<'",
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

static void keep_comment(struct lexer *lx, size_t from)
{
	struct fl_tokens *out = lx->out;
	size_t to = lx->pos;

	while (to > from && at(lx, to - 1) == '\r')
		to--;
	out->comments = fl_arena_grow(lx->arena, out->comments, out->ncomments, &lx->comments_cap,
				      sizeof(*out->comments));
	out->comments[out->ncomments++] = (struct fl_comment){ (uint32_t)from,
							       (uint32_t)(to - from), out->n };
}

/* Blanks and comments. */
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
			keep_comment(lx, from);
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
			keep_comment(lx, from);
		} else {
			return;
		}
	}
}

static const struct fl_token *last_token(const struct lexer *lx)
{
	return lx->out->n ? &lx->out->list[lx->out->n - 1] : NULL;
}

/* A keyword opens or ends the naming of functions. */
static void note_keyword(struct lexer *lx, enum fl_tok kind)
{
	if (kind == FL_TOK_on) {
		lx->in_targets = true;
		lx->target_depth = lx->depth;
	} else if (kind != FL_TOK_exit && lx->depth == lx->target_depth) {
		lx->in_targets = false;
	}
}

static void push_name(struct lexer *lx, size_t from)
{
	const char *text = lx->src->text + from;
	size_t len = lx->pos - from;
	struct fl_token *t;

	for (size_t i = 0; i < COUNT(keywords); i++) {
		if (strlen(keywords[i].text) == len && !memcmp(keywords[i].text, text, len)) {
			note_keyword(lx, keywords[i].kind);
			t = push(lx, keywords[i].kind, from);
			t->text = keywords[i].text;
			return;
		}
	}
	t = push(lx, FL_TOK_NAME, from);
	t->text = fl_arena_strndup(lx->arena, text, len);
}

static void lex_name(struct lexer *lx)
{
	size_t from = lx->pos;

	while (is_name(at(lx, lx->pos)))
		lx->pos++;
	push_name(lx, from);
}

static bool is_glob(char c)
{
	return is_name(c) || (c && strchr("*?.[", c));
}

/* A function's name, which may be a pattern. */
static void lex_target(struct lexer *lx)
{
	size_t from = lx->pos;

	while (is_glob(at(lx, lx->pos))) {
		size_t end = lx->pos;

		/* "[a-z]"; a bracket that does not close is an operator */
		if (at(lx, lx->pos) == '[') {
			while (is_name(at(lx, end + 1)) || at(lx, end + 1) == '-' ||
			       at(lx, end + 1) == '!' || at(lx, end + 1) == '^')
				end++;
			if (at(lx, end + 1) != ']')
				break;
			lx->pos = end + 1;
		}
		lx->pos++;
	}
	if (lx->pos == from) /* '[' alone */
		lx->pos++;
	push_name(lx, from);
}

/* "$rate", "@seen": one token, the name without its sign as text. */
static void lex_sigil(struct lexer *lx, enum fl_tok kind)
{
	size_t from = lx->pos++;
	struct fl_token *t;

	while (is_name(at(lx, lx->pos)))
		lx->pos++;
	if (lx->pos - from < 2 || is_digit(at(lx, from + 1))) {
		fl_report(lx->diags, FL_E_BAD_SIGIL, span_of(lx, from, lx->pos),
			  kind == FL_TOK_PARAM ? "$" : "@",
			  kind == FL_TOK_PARAM ? "parameter" : "state", NULL);
		return;
	}
	t = push(lx, kind, from);
	t->text = fl_arena_strndup(lx->arena, lx->src->text + from + 1, lx->pos - from - 1);
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

static const struct {
	const char *text;
	uint64_t factor;
	enum fl_tok kind;
} suffixes[] = {
	{ "K", UINT64_C(1) << 10, FL_TOK_INT },
	{ "M", UINT64_C(1) << 20, FL_TOK_INT },
	{ "G", UINT64_C(1) << 30, FL_TOK_INT },
	{ "ns", 1, FL_TOK_DURATION },
	{ "us", 1000, FL_TOK_DURATION },
	{ "ms", 1000000, FL_TOK_DURATION },
	{ "s", UINT64_C(1000000000), FL_TOK_DURATION },
	{ "m", 60 * UINT64_C(1000000000), FL_TOK_DURATION },
	{ "h", 3600 * UINT64_C(1000000000), FL_TOK_DURATION },
};

/* The suffix behind a number, as an index; -1: none; -2: an unknown one. */
static int find_suffix(const struct lexer *lx)
{
	size_t len = 0;

	while (is_name(at(lx, lx->pos + len)))
		len++;
	if (!len)
		return -1;
	for (size_t i = 0; i < COUNT(suffixes); i++) {
		if (strlen(suffixes[i].text) == len &&
		    !memcmp(suffixes[i].text, lx->src->text + lx->pos, len))
			return (int)i;
	}
	return -2;
}

/* "6.1.2" from its first dot on. */
static bool lex_version(struct lexer *lx, size_t from)
{
	size_t pos = lx->pos + 1;

	while (is_digit(at(lx, pos)))
		pos++;
	if (at(lx, pos) != '.' || !is_digit(at(lx, pos + 1)))
		return false;
	for (pos++; is_digit(at(lx, pos)); pos++)
		;
	lx->pos = pos;
	push(lx, FL_TOK_VERSION, from);
	return true;
}

static void lex_number(struct lexer *lx)
{
	size_t from = lx->pos, ndigits;
	unsigned int base = number_base(lx, from);
	enum fl_tok kind = FL_TOK_INT;
	uint64_t value;
	bool fits;
	int suffix;

	if (base != 10)
		lx->pos += 2;
	fits = scan_digits(lx, base, &value, &ndigits);
	if (!ndigits) {
		bad_number(lx, from, NULL);
		return;
	}
	if (base == 10 && at(lx, lx->pos) == '.' && is_digit(at(lx, lx->pos + 1))) {
		if (!lex_version(lx, from))
			lex_fraction(lx, from, value);
		return;
	}
	suffix = find_suffix(lx);
	if (suffix == -2 || (suffix >= 0 && base != 10)) {
		bad_number(lx, from, "a suffix may be K, M, G, or a time: ns, us, ms, s, m, h");
		return;
	}
	if (suffix >= 0) {
		fits = fits && !__builtin_mul_overflow(value, suffixes[suffix].factor, &value);
		lx->pos += strlen(suffixes[suffix].text);
		kind = suffixes[suffix].kind;
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
	push(lx, kind, from)->value = value;
}

/* Parentheses, as far as they say where functions are named. */
static void note_operator(struct lexer *lx, enum fl_tok kind)
{
	const struct fl_token *last = last_token(lx);

	if (kind == FL_TOK_LPAREN) {
		lx->depth++;
		if (last && last->kind == FL_TOK_NAME &&
		    (!strcmp(last->text, "caller") || !strcmp(last->text, "within"))) {
			lx->in_targets = true;
			lx->target_depth = lx->depth;
		}
	} else if (kind == FL_TOK_RPAREN) {
		lx->depth--;
		if (lx->depth < lx->target_depth)
			lx->in_targets = false;
	} else if (kind == FL_TOK_LBRACE || kind == FL_TOK_SEMI) {
		lx->in_targets = false;
	}
}

static void lex_operator(struct lexer *lx)
{
	const char *rest = lx->src->text + lx->pos;
	size_t left = lx->src->len - lx->pos, from = lx->pos;
	const char *shown, *hint = NULL;

	for (size_t i = 0; i < COUNT(operators); i++) {
		size_t len = strlen(operators[i].text);

		if (len <= left && !memcmp(operators[i].text, rest, len)) {
			note_operator(lx, operators[i].kind);
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
			if (lx.in_targets && lx.depth == lx.target_depth && is_glob(c))
				lex_target(&lx);
			else if (is_name_start(c))
				lex_name(&lx);
			else if (c == '$')
				lex_sigil(&lx, FL_TOK_PARAM);
			else if (c == '@') {
				lx.in_targets = false;
				lex_sigil(&lx, FL_TOK_STATE);
			}
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
