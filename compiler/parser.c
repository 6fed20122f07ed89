/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parser.c - recursive descent over the token array.
 *
 * A function per construct, named after it. Each returns false (or NULL) when
 * it has reported a mistake; whoever is called by parse_item() lets that pass
 * through, and parse_item() finds the place to go on.
 */
#include "parser.h"

#include <string.h>

struct parser {
	const struct fl_tokens *tokens;
	struct fl_arena *arena;
	struct fl_diags *diags;
	struct fl_script *script;
	size_t pos;
	unsigned int depth;
};

static const struct {
	enum fl_tok tok;
	enum fl_op op;
} binary_ops[] = {
#define FL_OP(id, text, prec) { FL_TOK_##id, FL_OP_##id },
#include "op.def"
#undef FL_OP
};

static struct fl_expr *parse_expr(struct parser *p);

static const struct fl_token *peek_at(const struct parser *p, size_t ahead)
{
	size_t i = p->pos + ahead;

	return &p->tokens->list[i < p->tokens->n ? i : p->tokens->n - 1];
}

static const struct fl_token *peek(const struct parser *p)
{
	return peek_at(p, 0);
}

static const struct fl_token *next(struct parser *p)
{
	const struct fl_token *t = peek(p);

	if (t->kind != FL_TOK_EOF)
		p->pos++;
	return t;
}

static bool accept(struct parser *p, enum fl_tok kind)
{
	if (peek(p)->kind != kind)
		return false;
	next(p);
	return true;
}

static struct fl_span span_of(const struct parser *p, const struct fl_token *t)
{
	return (struct fl_span){ p->tokens->src, t->off, t->len };
}

/* From the first byte of @from to the last one of the token just taken. */
static struct fl_span span_since(const struct parser *p, uint32_t from)
{
	const struct fl_token *last = &p->tokens->list[p->pos ? p->pos - 1 : 0];

	return (struct fl_span){ p->tokens->src, from, last->off + last->len - from };
}

static const char *found(const struct parser *p, const struct fl_token *t)
{
	const char *text = p->tokens->src->text + t->off;

	if (t->kind == FL_TOK_NAME || t->kind == FL_TOK_INT || t->kind == FL_TOK_FRACTION)
		return fl_arena_printf(p->arena, "'%.*s'", (int)(t->len < 60 ? t->len : 60), text);
	return fl_tok_name(t->kind);
}

/* Complain about the next token; an end is shown behind the last thing read. */
static void expected(struct parser *p, const char *what, const char *hint)
{
	const struct fl_token *t = peek(p);
	struct fl_span span = span_of(p, t);

	if (t->kind == FL_TOK_EOF && p->pos) {
		const struct fl_token *last = &p->tokens->list[p->pos - 1];

		span.off = last->off + last->len;
		span.len = 1;
	}
	fl_report(p->diags, FL_E_EXPECTED, span, what, found(p, t), hint, NULL);
}

static bool expect(struct parser *p, enum fl_tok kind, const char *hint)
{
	if (accept(p, kind))
		return true;
	expected(p, fl_tok_name(kind), hint);
	return false;
}

static struct fl_expr *new_expr(struct parser *p, enum fl_expr_kind kind, uint32_t from)
{
	struct fl_expr *e = fl_arena_alloc(p->arena, sizeof(*e));

	e->kind = kind;
	e->span = span_since(p, from);
	e->depth = 1;
	return e;
}

/* Later passes recurse over the tree; this keeps their stacks small. */
static bool too_deep(struct parser *p, struct fl_span span, unsigned int depth, unsigned int limit)
{
	if (depth <= limit)
		return false;
	fl_report(p->diags, FL_E_TOO_DEEP, span, fl_arena_printf(p->arena, "%u", limit), NULL);
	return true;
}

static struct fl_expr *parse_primary(struct parser *p)
{
	const struct fl_token *t = peek(p);
	struct fl_expr *e;

	switch (t->kind) {
	case FL_TOK_INT:
	case FL_TOK_FRACTION:
		next(p);
		e = new_expr(p, t->kind == FL_TOK_INT ? FL_EXPR_INT : FL_EXPR_FRACTION, t->off);
		e->value = t->value;
		return e;
	case FL_TOK_STRING:
	case FL_TOK_NAME:
		next(p);
		e = new_expr(p, t->kind == FL_TOK_NAME ? FL_EXPR_NAME : FL_EXPR_STRING, t->off);
		e->text = t->text;
		return e;
	case FL_TOK_LPAREN:
		next(p);
		e = parse_expr(p);
		if (!e || !expect(p, FL_TOK_RPAREN, NULL))
			return NULL;
		e->span = span_since(p, t->off);
		return e;
	default:
		expected(p, "a value", NULL);
		return NULL;
	}
}

static struct fl_expr *parse_unary(struct parser *p)
{
	static const struct {
		enum fl_tok tok;
		enum fl_op op;
	} unary_ops[] = {
		{ FL_TOK_NOT, FL_OP_NOT },
		{ FL_TOK_TILDE, FL_OP_TILDE },
		{ FL_TOK_MINUS, FL_OP_NEGATE },
		{ FL_TOK_PLUS, FL_OP_POSITIVE },
	};
	const struct fl_token *t = peek(p);
	struct fl_expr *e = NULL, *operand;

	if (too_deep(p, span_of(p, t), p->depth + 1, FL_MAX_NESTING))
		return NULL;
	p->depth++;
	for (size_t i = 0; i < sizeof(unary_ops) / sizeof(unary_ops[0]); i++) {
		if (t->kind != unary_ops[i].tok)
			continue;
		next(p);
		operand = parse_unary(p);
		if (operand) {
			e = new_expr(p, FL_EXPR_UNARY, t->off);
			e->op = unary_ops[i].op;
			e->left = operand;
			e->depth = operand->depth + 1;
		}
		p->depth--;
		return e;
	}
	e = parse_primary(p);
	p->depth--;
	return e;
}

static bool add_item(struct parser *p, struct fl_expr *in, size_t *cap, struct fl_expr *item)
{
	if (!item)
		return false;
	in->items = fl_arena_grow(p->arena, in->items, in->nitems, cap, sizeof(*in->items));
	in->items[in->nitems++] = item;
	if (item->depth >= in->depth)
		in->depth = item->depth + 1;
	return true;
}

/* "{" expr { "," expr } "}", after "in" */
static struct fl_expr *parse_in(struct parser *p, struct fl_expr *left)
{
	struct fl_expr *e = new_expr(p, FL_EXPR_IN, left->span.off);
	size_t cap = 0;

	e->left = left;
	e->depth = left->depth + 1;
	if (!expect(p, FL_TOK_LBRACE, "a set reads {1, 2} or {\"ip\", \"tc\"}"))
		return NULL;
	do {
		if (!add_item(p, e, &cap, parse_expr(p)))
			return NULL;
	} while (accept(p, FL_TOK_COMMA));
	if (!expect(p, FL_TOK_RBRACE, NULL))
		return NULL;
	e->span = span_since(p, left->span.off);
	return e;
}

static enum fl_op binary_op(enum fl_tok tok)
{
	for (size_t i = 0; i < sizeof(binary_ops) / sizeof(binary_ops[0]); i++) {
		if (binary_ops[i].tok == tok)
			return binary_ops[i].op;
	}
	return FL_OP_NONE;
}

/* Operators of precedence @least and above, left to right. */
static struct fl_expr *parse_binary(struct parser *p, int least)
{
	struct fl_expr *left = parse_unary(p);

	while (left) {
		const struct fl_token *t = peek(p);
		enum fl_op op = binary_op(t->kind);
		struct fl_expr *right, *e;

		if (t->kind == FL_TOK_in && FL_PREC_IN >= least) {
			next(p);
			left = parse_in(p, left);
			if (left && too_deep(p, left->span, left->depth, FL_MAX_DEPTH))
				return NULL;
			continue;
		}
		if (!op || fl_op_precedence(op) < least)
			break;
		next(p);
		right = parse_binary(p, fl_op_precedence(op) + 1);
		if (!right)
			return NULL;
		e = new_expr(p, FL_EXPR_BINARY, left->span.off);
		e->op = op;
		e->left = left;
		e->right = right;
		e->depth = 1 + (left->depth > right->depth ? left->depth : right->depth);
		if (too_deep(p, e->span, e->depth, FL_MAX_DEPTH))
			return NULL;
		left = e;
	}
	return left;
}

static struct fl_expr *parse_expr(struct parser *p)
{
	struct fl_expr *cond, *e;

	if (too_deep(p, span_of(p, peek(p)), p->depth + 1, FL_MAX_NESTING))
		return NULL;
	p->depth++;
	cond = parse_binary(p, FL_PREC_TERNARY + 1);
	if (cond && accept(p, FL_TOK_QUESTION)) {
		struct fl_expr *yes = parse_expr(p), *no;

		if (!yes || !expect(p, FL_TOK_COLON, NULL))
			return NULL;
		no = parse_expr(p);
		if (!no)
			return NULL;
		e = new_expr(p, FL_EXPR_TERNARY, cond->span.off);
		e->left = cond;
		e->right = yes;
		e->third = no;
		e->depth = cond->depth > yes->depth ? cond->depth : yes->depth;
		e->depth = 1 + (e->depth > no->depth ? e->depth : no->depth);
		if (too_deep(p, e->span, e->depth, FL_MAX_DEPTH))
			return NULL;
		cond = e;
	}
	p->depth--;
	return cond;
}

/* [ MODULE ":" ] NAME; kernel functions may be called like our keywords. */
static bool parse_target(struct parser *p, struct fl_target *target)
{
	const struct fl_token *t = peek(p);

	memset(target, 0, sizeof(*target));
	if (!t->text || t->kind == FL_TOK_STRING) {
		expected(p, "a function", NULL);
		return false;
	}
	next(p);
	if (peek(p)->kind == FL_TOK_COLON) {
		target->module = t->text;
		target->module_span = span_of(p, t);
		next(p);
		t = peek(p);
		if (!t->text || t->kind == FL_TOK_STRING) {
			expected(p, "a function", NULL);
			return false;
		}
		next(p);
	}
	target->name = t->text;
	target->span = span_of(p, t);
	return true;
}

static bool parse_targets(struct parser *p, struct fl_rule *rule)
{
	size_t cap = 0;

	do {
		rule->targets = fl_arena_grow(p->arena, rule->targets, rule->ntargets, &cap,
					      sizeof(*rule->targets));
		if (!parse_target(p, &rule->targets[rule->ntargets]))
			return false;
		rule->ntargets++;
	} while (accept(p, FL_TOK_COMMA));
	return true;
}

static bool parse_rule(struct parser *p, struct fl_rule *rule)
{
	const struct fl_token *t = peek(p);

	memset(rule, 0, sizeof(*rule));
	if (t->kind == FL_TOK_NAME && peek_at(p, 1)->kind == FL_TOK_COLON) {
		rule->label = t->text;
		rule->label_span = span_of(p, t);
		next(p);
		next(p);
	}
	t = peek(p);
	if (!expect(p, FL_TOK_on, "a rule reads: on FUNCTION if CONDITION return -EIO") ||
	    !parse_targets(p, rule))
		return false;
	if (accept(p, FL_TOK_if)) {
		rule->cond = parse_expr(p);
		if (!rule->cond)
			return false;
	}
	rule->action.span = span_of(p, peek(p));
	if (!accept(p, FL_TOK_return)) {
		expected(p, rule->cond ? "an operator or 'return'" : "'if' or 'return'", NULL);
		return false;
	}
	rule->action.value = parse_expr(p);
	if (!rule->action.value)
		return false;
	rule->span = span_since(p, t->off);
	return true;
}

/* After a mistake: on to what looks like the start of the next rule. */
static void recover(struct parser *p, size_t start)
{
	if (p->pos == start)
		next(p);
	for (;;) {
		const struct fl_token *t = peek(p);

		if (t->kind == FL_TOK_EOF || t->kind == FL_TOK_on)
			return;
		if (t->kind == FL_TOK_NAME && peek_at(p, 1)->kind == FL_TOK_COLON &&
		    peek_at(p, 2)->kind == FL_TOK_on)
			return;
		next(p);
	}
}

static void parse_item(struct parser *p)
{
	struct fl_script *s = p->script;
	size_t start = p->pos;
	struct fl_rule rule;

	p->depth = 0;
	if (!parse_rule(p, &rule)) {
		recover(p, start);
		return;
	}
	if (s->nrules == FL_MAX_RULES) {
		fl_report(p->diags, FL_E_LIMIT, rule.span,
			  fl_arena_printf(p->arena, "%d", FL_MAX_RULES), "rules", NULL);
		p->pos = p->tokens->n - 1;
		return;
	}
	s->rules = fl_arena_grow(p->arena, s->rules, s->nrules, &s->cap, sizeof(*s->rules));
	s->rules[s->nrules++] = rule;
}

void fl_parse(const struct fl_tokens *tokens, struct fl_arena *a, struct fl_diags *ds,
	      struct fl_script *script)
{
	struct parser p = { .tokens = tokens, .arena = a, .diags = ds, .script = script };

	while (peek(&p)->kind != FL_TOK_EOF && !ds->full) {
		if (!accept(&p, FL_TOK_SEMI))
			parse_item(&p);
	}
	if (!script->nrules && !ds->nerrors)
		fl_report(ds, FL_E_EMPTY, (struct fl_span){ tokens->src, 0, 0 }, NULL);
}
