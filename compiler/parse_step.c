/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_step.c - the items of a workload: setup, run, cleanup, check, allow. */
#include "parse.h"

static const char *const examples[] = {
#define FL_STEP(word, example) example,
#include "step.def"
#undef FL_STEP
};

/* "{" STRING [ ";" ] { STRING [ ";" ] } "}": the lines of a script. */
static bool parse_lines(struct fl_parser *p, const char *example, struct fl_buf *text)
{
	fl_note_role(p, FL_ROLE_BODY);
	fl_buf_puts(text, FL_SCRIPT_START);
	do {
		const struct fl_token *t = fl_peek(p);

		if (!fl_expect(p, FL_TOK_STRING, example))
			return false;
		fl_note_role(p, FL_ROLE_ACTION);
		fl_buf_printf(text, "\n%s", t->text);
		while (fl_accept(p, FL_TOK_SEMI))
			;
	} while (!fl_accept(p, FL_TOK_RBRACE));
	fl_note_role(p, FL_ROLE_BODY_END);
	return true;
}

static bool parse_text(struct fl_parser *p, const char *example, struct fl_step_item *out)
{
	const struct fl_token *t = fl_peek(p);
	struct fl_buf text;

	if (out->kind != FL_STEP_ALLOW && fl_accept(p, FL_TOK_LBRACE)) {
		fl_buf_init(&text, p->arena);
		if (!parse_lines(p, example, &text))
			return false;
		out->text = text.text;
	} else {
		if (!fl_expect(p, FL_TOK_STRING, example))
			return false;
		out->text = t->text;
	}
	out->text_span = fl_span_since(p, t->off);
	return true;
}

/* A check may have a message, and what is allowed has a reason. */
static bool parse_note(struct fl_parser *p, const char *example, struct fl_step_item *out)
{
	const struct fl_token *t = fl_peek(p);

	if (out->kind != FL_STEP_CHECK && out->kind != FL_STEP_ALLOW)
		return true;
	if (out->kind == FL_STEP_CHECK && t->kind != FL_TOK_STRING)
		return true;
	if (!fl_expect(p, FL_TOK_STRING, example))
		return false;
	out->note = t->text;
	out->note_span = fl_token_span(p, t);
	return true;
}

bool fl_parse_step(struct fl_parser *p, struct fl_step_item *out)
{
	int step = fl_step_at(p);
	const struct fl_token *first = fl_next(p);

	out->kind = (enum fl_step)step;
	if (!parse_text(p, examples[step], out) || !parse_note(p, examples[step], out))
		return false;
	out->span = fl_span_since(p, first->off);
	return true;
}
