/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lex.h"

#include <string.h>

static const struct {
	const char *text;
	enum fl_tok kind;
} operators[] = {
	{ "++", FL_TOK_INCREMENT },  { "--", FL_TOK_DECREMENT }, { "+=", FL_TOK_ADD_ASSIGN },
	{ "-=", FL_TOK_SUB_ASSIGN }, { "->", FL_TOK_ARROW },	 { "..", FL_TOK_RANGE },
	{ "<<", FL_TOK_SHL },	     { ">>", FL_TOK_SHR },	 { "<=", FL_TOK_LE },
	{ ">=", FL_TOK_GE },	     { "==", FL_TOK_EQ },	 { "!=", FL_TOK_NE },
	{ "&&", FL_TOK_ANDAND },     { "||", FL_TOK_OROR },	 { "<", FL_TOK_LT },
	{ ">", FL_TOK_GT },	     { "!", FL_TOK_NOT },	 { "~", FL_TOK_TILDE },
	{ "+", FL_TOK_PLUS },	     { "-", FL_TOK_MINUS },	 { "*", FL_TOK_STAR },
	{ "/", FL_TOK_SLASH },	     { "%", FL_TOK_PERCENT },	 { "&", FL_TOK_AND },
	{ "|", FL_TOK_OR },	     { "^", FL_TOK_XOR },	 { "?", FL_TOK_QUESTION },
	{ ":", FL_TOK_COLON },	     { ";", FL_TOK_SEMI },	 { ",", FL_TOK_COMMA },
	{ "(", FL_TOK_LPAREN },	     { ")", FL_TOK_RPAREN },	 { "{", FL_TOK_LBRACE },
	{ "}", FL_TOK_RBRACE },	     { "=", FL_TOK_ASSIGN },	 { "[", FL_TOK_LBRACKET },
	{ "]", FL_TOK_RBRACKET },    { ".", FL_TOK_DOT },
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
		[FL_TOK_STATE] = "a state",   [FL_TOK_INCREMENT] = "'++'",
		[FL_TOK_DECREMENT] = "'--'",  [FL_TOK_ADD_ASSIGN] = "'+='",
		[FL_TOK_SUB_ASSIGN] = "'-='", [FL_TOK_ARROW] = "'->'",
		[FL_TOK_RANGE] = "'..'",      [FL_TOK_DOT] = "'.'",
		[FL_TOK_LBRACKET] = "'['",    [FL_TOK_RBRACKET] = "']'",
		[FL_TOK_SHL] = "'<<'",	      [FL_TOK_SHR] = "'>>'",
		[FL_TOK_LE] = "'<='",	      [FL_TOK_GE] = "'>='",
		[FL_TOK_EQ] = "'=='",	      [FL_TOK_NE] = "'!='",
		[FL_TOK_ANDAND] = "'&&'",     [FL_TOK_OROR] = "'||'",
		[FL_TOK_LT] = "'<'",	      [FL_TOK_GT] = "'>'",
		[FL_TOK_NOT] = "'!'",	      [FL_TOK_TILDE] = "'~'",
		[FL_TOK_PLUS] = "'+'",	      [FL_TOK_MINUS] = "'-'",
		[FL_TOK_STAR] = "'*'",	      [FL_TOK_SLASH] = "'/'",
		[FL_TOK_PERCENT] = "'%'",     [FL_TOK_AND] = "'&'",
		[FL_TOK_OR] = "'|'",	      [FL_TOK_XOR] = "'^'",
		[FL_TOK_QUESTION] = "'?'",    [FL_TOK_COLON] = "':'",
		[FL_TOK_SEMI] = "';'",	      [FL_TOK_COMMA] = "','",
		[FL_TOK_LPAREN] = "'('",      [FL_TOK_RPAREN] = "')'",
		[FL_TOK_LBRACE] = "'{'",      [FL_TOK_RBRACE] = "'}'",
		[FL_TOK_ASSIGN] = "'='",
#define FL_KEYWORD(name) [FL_TOK_##name] = "'" #name "'",
#include "token.def"
#undef FL_KEYWORD
	};

	return names[kind];
}

bool fl_is_keyword(const char *word)
{
	for (size_t i = 0; i < COUNT(keywords); i++) {
		if (!strcmp(keywords[i].text, word))
			return true;
	}
	return false;
}

bool fl_is_name_char(char c)
{
	return is_name(c);
}

bool fl_is_name(const char *text)
{
	if (!is_name_start(*text))
		return false;
	while (is_name(*text))
		text++;
	return !*text;
}

struct fl_token *fl_lex_push(struct fl_lexer *lx, enum fl_tok kind, size_t from)
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

static void keep_comment(struct fl_lexer *lx, size_t from)
{
	struct fl_tokens *out = lx->out;
	size_t to = lx->pos;

	while (to > from && at(lx, to - 1) == '\r')
		to--;
	out->comments = fl_arena_grow(lx->arena, out->comments, out->ncomments, &lx->comments_cap,
				      sizeof(*out->comments));
	out->comments[out->ncomments++] =
		(struct fl_comment){ (uint32_t)from, (uint32_t)(to - from), out->n };
}

/* Blanks and comments. */
static void skip_blanks(struct fl_lexer *lx)
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

static const struct fl_token *last_token(const struct fl_lexer *lx)
{
	return lx->out->n ? &lx->out->list[lx->out->n - 1] : NULL;
}

/* A keyword opens or ends the naming of functions. */
static void note_keyword(struct fl_lexer *lx, enum fl_tok kind)
{
	if (kind == FL_TOK_on) {
		lx->in_targets = true;
		lx->target_depth = lx->depth;
	} else if (kind != FL_TOK_exit && lx->depth == lx->target_depth) {
		lx->in_targets = false;
	}
}

static void push_name(struct fl_lexer *lx, size_t from)
{
	const char *text = lx->src->text + from;
	size_t len = lx->pos - from;
	struct fl_token *t;

	for (size_t i = 0; i < COUNT(keywords); i++) {
		if (strlen(keywords[i].text) == len && !memcmp(keywords[i].text, text, len)) {
			note_keyword(lx, keywords[i].kind);
			t = fl_lex_push(lx, keywords[i].kind, from);
			t->text = keywords[i].text;
			return;
		}
	}
	t = fl_lex_push(lx, FL_TOK_NAME, from);
	t->text = fl_arena_strndup(lx->arena, text, len);
}

static void lex_name(struct fl_lexer *lx)
{
	size_t from = lx->pos;

	while (is_name(at(lx, lx->pos)))
		lx->pos++;
	push_name(lx, from);
}

static bool is_glob(char c)
{
	return is_name(c) || (c && strchr("*?.[%", c));
}

/* A function name, which may be a pattern or a class of system calls. */
static void lex_target(struct fl_lexer *lx)
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
static void lex_sigil(struct fl_lexer *lx, enum fl_tok kind)
{
	size_t from = lx->pos++;
	struct fl_token *t;

	while (is_name(at(lx, lx->pos)))
		lx->pos++;
	if (lx->pos - from < 2 || is_digit(at(lx, from + 1))) {
		fl_report(lx->diags, FL_E_BAD_SIGIL, span_of(lx, from, lx->pos),
			  kind == FL_TOK_PARAM ? "$" : "@",
			  kind == FL_TOK_PARAM ? "parameter" : "state",
			  kind == FL_TOK_PARAM ? "param rate = 10 makes $rate"
					       : "@seen = 1, @seen[tid] = 1",
			  NULL);
		return;
	}
	t = fl_lex_push(lx, kind, from);
	t->text = fl_arena_strndup(lx->arena, lx->src->text + from + 1, lx->pos - from - 1);
}

/* One escape after its backslash; -1 if unknown. */
static int lex_escape(struct fl_lexer *lx)
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

static void lex_string(struct fl_lexer *lx)
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
	t = fl_lex_push(lx, FL_TOK_STRING, from);
	t->text = b.text;
}

/* Parentheses, as far as they say where functions are named. */
static void note_operator(struct fl_lexer *lx, enum fl_tok kind)
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

/* What text from elsewhere has instead of the characters of a script. */
static const char *instead_of(uint32_t code)
{
	switch (code) {
	case '\'':
	case 0x2018:
	case 0x2019:
	case 0x201c:
	case 0x201d:
		return "use double quotes: \"ip\"";
	case 0x2260:
		return "write !=";
	case 0x2264:
		return "write <=";
	case 0x2265:
		return "write >=";
	case 0x2012:
	case 0x2013:
	case 0x2014:
	case 0x2212:
		return "write -";
	case 0xa0:
	case 0x2003:
	case 0x202f:
		return "this is not an ASCII space; use a space";
	case '\\':
		return "remove it: a rule can continue on the next line";
	default:
		return NULL;
	}
}

static bool is_quote(uint32_t code)
{
	return code == '\'' || (code >= 0x2018 && code <= 0x201d);
}

/* 'ip': complain once, and continue as if it were "ip". */
static void skip_quoted(struct fl_lexer *lx)
{
	const char *start = lx->src->text + lx->pos, *end = lx->src->text + lx->src->len;
	size_t from = lx->pos, len;
	uint32_t code;

	for (const char *p = start; p < end && *p != '\n'; p += len) {
		len = fl_utf8_decode(p, end, &code);
		if (!is_quote(code))
			continue;
		lx->pos += (size_t)(p - start) + len;
		fl_lex_push(lx, FL_TOK_STRING, from - 1)->text =
			fl_arena_strndup(lx->arena, start, (size_t)(p - start));
		return;
	}
}

static void bad_char(struct fl_lexer *lx)
{
	const char *p = lx->src->text + lx->pos;
	size_t from = lx->pos, len;
	const char *shown;
	uint32_t code;

	len = fl_utf8_decode(p, lx->src->text + lx->src->len, &code);
	lx->pos += len;
	if (!code)
		shown = fl_arena_printf(lx->arena, "0x%02x", (unsigned char)*p);
	else if (code < 0x80)
		shown = fl_arena_printf(lx->arena, "'%c'", *p);
	else
		shown = fl_arena_printf(lx->arena, "'%.*s' (U+%04X)", (int)len, p, code);
	fl_report(lx->diags, FL_E_BAD_CHAR, span_of(lx, from, lx->pos), shown, instead_of(code),
		  NULL);
	if (is_quote(code))
		skip_quoted(lx);
}

static void lex_operator(struct fl_lexer *lx)
{
	const char *rest = lx->src->text + lx->pos;
	size_t left = lx->src->len - lx->pos, from = lx->pos;

	for (size_t i = 0; i < COUNT(operators); i++) {
		size_t len = strlen(operators[i].text);

		if (len <= left && !memcmp(operators[i].text, rest, len)) {
			note_operator(lx, operators[i].kind);
			lx->pos += len;
			fl_lex_push(lx, operators[i].kind, from);
			return;
		}
	}
	bad_char(lx);
}

/* Control characters do not occur in scripts, but early in any other file. */
static bool is_text(struct fl_lexer *lx)
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
	struct fl_lexer lx = { .src = src, .arena = a, .diags = ds, .out = out };

	memset(out, 0, sizeof(*out));
	out->src = src;
	if (src->len > FL_MAX_SOURCE) {
		fl_report(ds, FL_E_TOO_LARGE, (struct fl_span){ src, 0, 0 },
			  fl_arena_printf(a, "%zu", src->len),
			  fl_arena_printf(a, "%zu", FL_MAX_SOURCE), NULL);
	} else if (is_text(&lx)) {
		/* some editors put a byte order mark before a text */
		if (src->len >= 3 && !memcmp(src->text, "\xef\xbb\xbf", 3))
			lx.pos = 3;
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
			} else if (is_digit(c))
				fl_lex_number(&lx);
			else if (c == '"')
				lex_string(&lx);
			else
				lex_operator(&lx);
		}
	}
	fl_lex_push(&lx, FL_TOK_EOF, lx.pos);
}
