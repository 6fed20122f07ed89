/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_token.c - the token array: the next token, and errors about it. */
#include <string.h>

#include "parse.h"

const struct fl_token *fl_peek_at(const struct fl_parser *p, size_t ahead)
{
	size_t i = p->pos + ahead;

	return &p->tokens->list[i < p->tokens->n ? i : p->tokens->n - 1];
}

const struct fl_token *fl_peek(const struct fl_parser *p)
{
	return fl_peek_at(p, 0);
}

const struct fl_token *fl_next(struct fl_parser *p)
{
	const struct fl_token *t = fl_peek(p);

	if (t->kind != FL_TOK_EOF)
		p->pos++;
	return t;
}

bool fl_accept(struct fl_parser *p, enum fl_tok kind)
{
	if (fl_peek(p)->kind != kind)
		return false;
	fl_next(p);
	return true;
}

void fl_note_role(struct fl_parser *p, enum fl_role role)
{
	if (p->roles && p->pos)
		p->roles[p->pos - 1] = (uint8_t)role;
}

bool fl_at_word(const struct fl_parser *p, const char *word)
{
	const struct fl_token *t = fl_peek(p);

	return t->text && t->kind != FL_TOK_STRING && !strcmp(t->text, word);
}

struct fl_span fl_token_span(const struct fl_parser *p, const struct fl_token *t)
{
	return (struct fl_span){ p->tokens->src, t->off, t->len };
}

struct fl_span fl_span_since(const struct fl_parser *p, uint32_t from)
{
	const struct fl_token *last = &p->tokens->list[p->pos ? p->pos - 1 : 0];

	return (struct fl_span){ p->tokens->src, from, last->off + last->len - from };
}

int fl_step_at(const struct fl_parser *p)
{
	static const char *const words[] = {
#define FL_STEP(word, example) #word,
#include "step.def"
#undef FL_STEP
	};

	if (fl_peek(p)->kind != FL_TOK_NAME || fl_peek_at(p, 1)->kind == FL_TOK_COLON)
		return -1;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (fl_at_word(p, words[i]))
			return (int)i;
	}
	return -1;
}

/*
 * Such a word and what must follow it: enough to recover there after an error.
 */
static bool is_step(const struct fl_parser *p)
{
	enum fl_tok next = fl_peek_at(p, 1)->kind;

	return fl_step_at(p) >= 0 && (next == FL_TOK_STRING || next == FL_TOK_LBRACE);
}

bool fl_starts_item(const struct fl_parser *p)
{
	switch (fl_peek(p)->kind) {
	case FL_TOK_EOF:
	case FL_TOK_on:
	case FL_TOK_param:
	case FL_TOK_let:
	case FL_TOK_use:
	case FL_TOK_require:
	case FL_TOK_expect:
		return true;
	case FL_TOK_NAME:
		return is_step(p) || (fl_peek_at(p, 1)->kind == FL_TOK_COLON &&
				      fl_peek_at(p, 2)->kind == FL_TOK_on);
	default:
		return false;
	}
}

static const char *found(const struct fl_parser *p, const struct fl_token *t)
{
	const char *text = p->tokens->src->text + t->off;

	switch (t->kind) {
	case FL_TOK_NAME:
	case FL_TOK_INT:
	case FL_TOK_FRACTION:
	case FL_TOK_VERSION:
	case FL_TOK_DURATION:
	case FL_TOK_PARAM:
	case FL_TOK_STATE:
		return fl_arena_printf(p->arena, "'%.*s'", (int)(t->len < 60 ? t->len : 60), text);
	default:
		return fl_tok_name(t->kind);
	}
}

/*
 * Has the lexer complained about the text before the next token, or about an
 * unterminated string? That explains what is missing.
 */
static bool was_reported(const struct fl_parser *p)
{
	const struct fl_token *last = p->pos ? &p->tokens->list[p->pos - 1] : NULL;
	uint32_t from = last ? last->off + last->len : 0;

	for (size_t i = 0; i < p->diags->n; i++) {
		const struct fl_diag *d = &p->diags->list[i];

		if (d->severity != FL_SEV_ERROR || d->span.src != p->tokens->src)
			continue;
		if (d->span.off >= from && d->span.off < fl_peek(p)->off)
			return true;
		if (d->tag == FL_E_BAD_STRING && last && d->span.off == last->off)
			return true;
	}
	return false;
}

void fl_expected(struct fl_parser *p, const char *what, const char *hint)
{
	const struct fl_token *t = fl_peek(p);
	struct fl_span span = fl_token_span(p, t);

	if (was_reported(p))
		return;
	/* something is missing, and not the next item wrong */
	if (p->pos && fl_starts_item(p)) {
		const struct fl_token *last = &p->tokens->list[p->pos - 1];

		span.off = last->off + last->len;
		span.len = 1;
	}
	fl_report(p->diags, FL_E_EXPECTED, span, what, found(p, t), hint, NULL);
}

bool fl_expect(struct fl_parser *p, enum fl_tok kind, const char *hint)
{
	if (fl_accept(p, kind))
		return true;
	fl_expected(p, fl_tok_name(kind), hint);
	return false;
}
