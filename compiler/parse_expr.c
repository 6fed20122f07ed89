/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_expr.c - expressions by recursive descent. */
#include <string.h>

#include "parse.h"

static const struct {
	enum fl_tok tok;
	enum fl_op op;
} binary_ops[] = {
#define FL_OP(id, text, prec, code) { FL_TOK_##id, FL_OP_##id },
#include "op.def"
#undef FL_OP
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct fl_expr *new_expr(struct fl_parser *p, enum fl_expr_kind kind, uint32_t from)
{
	struct fl_expr *e = fl_arena_alloc(p->arena, sizeof(*e));

	e->kind = kind;
	e->span = fl_span_since(p, from);
	e->depth = 1;
	return e;
}

/* Later passes recurse over the tree; this keeps their stacks small. */
static bool too_deep(struct fl_parser *p, struct fl_span span, unsigned int depth,
		     unsigned int limit)
{
	if (depth <= limit)
		return false;
	fl_report(p->diags, FL_E_TOO_DEEP, span, fl_arena_printf(p->arena, "%u", limit), NULL);
	return true;
}

/*
 * @e is the parent of @below; NULL after a report when the tree gets too deep.
 */
static struct fl_expr *above(struct fl_parser *p, struct fl_expr *e, const struct fl_expr *below)
{
	if (!e || !below)
		return NULL;
	if (below->depth >= e->depth)
		e->depth = below->depth + 1;
	return too_deep(p, e->span, e->depth, FL_MAX_DEPTH) ? NULL : e;
}

static bool add_item(struct fl_parser *p, struct fl_expr ***items, size_t *nitems, size_t *cap,
		     struct fl_expr *item)
{
	if (!item)
		return false;
	*items = fl_arena_grow(p->arena, *items, *nitems, cap, sizeof(**items));
	(*items)[(*nitems)++] = item;
	return true;
}

/* The expression between @open, already taken, and @close. */
static bool parse_items(struct fl_parser *p, enum fl_tok close,
			struct fl_expr *(*one)(struct fl_parser *p), struct fl_expr ***items,
			size_t *nitems)
{
	size_t cap = 0;

	do {
		if (!add_item(p, items, nitems, &cap, one(p)))
			return false;
	} while (fl_accept(p, FL_TOK_COMMA));
	return fl_expect(p, close, NULL);
}

static struct fl_expr *above_items(struct fl_parser *p, struct fl_expr *e)
{
	for (size_t i = 0; e && i < e->nitems; i++)
		e = above(p, e, e->items[i]);
	return e;
}

bool fl_parse_set(struct fl_parser *p, struct fl_expr *(*one)(struct fl_parser *p),
		  struct fl_expr ***items, size_t *nitems)
{
	return fl_expect(p, FL_TOK_LBRACE, "write a set as {1, 2} or {\"ip\", \"tc\"}") &&
	       parse_items(p, FL_TOK_RBRACE, one, items, nitems);
}

struct fl_expr *fl_parse_state(struct fl_parser *p)
{
	const struct fl_token *t = fl_next(p);
	struct fl_expr *e = new_expr(p, FL_EXPR_STATE, t->off);

	e->text = t->text;
	if (fl_accept(p, FL_TOK_LBRACKET) &&
	    !parse_items(p, FL_TOK_RBRACKET, fl_parse_expr, &e->items, &e->nitems))
		return NULL;
	e->span = fl_span_since(p, t->off);
	return above_items(p, e);
}

/* Words that no function of the kernel can have as its name, being C's. */
static bool may_be_function(const struct fl_token *t)
{
	return t->text && (t->kind == FL_TOK_NAME || t->kind > FL_TOK_ASSIGN) &&
	       t->kind != FL_TOK_if && t->kind != FL_TOK_for && t->kind != FL_TOK_return;
}

bool fl_parse_pattern(struct fl_parser *p, struct fl_pattern *out)
{
	const struct fl_token *t = fl_peek(p), *first = t;

	memset(out, 0, sizeof(*out));
	if (!may_be_function(t)) {
		fl_expected(p, "a function", NULL);
		return false;
	}
	fl_next(p);
	if (fl_accept(p, FL_TOK_COLON)) {
		out->module = t->text;
		t = fl_peek(p);
		if (!may_be_function(t)) {
			fl_expected(p, "a function", NULL);
			return false;
		}
		fl_next(p);
	}
	out->name = t->text;
	out->span = fl_span_since(p, first->off);
	return true;
}

static bool at_type(const struct fl_parser *p);
static bool parse_type(struct fl_parser *p, struct fl_typename *type);

/* _IOW("f", 19, long): the last may be a type, which is kept as e->cast. */
static bool parse_ioctl(struct fl_parser *p, struct fl_expr *e)
{
	size_t cap = 0;

	do {
		if (e->nitems == 2 && at_type(p)) {
			e->cast = fl_arena_alloc(p->arena, sizeof(*e->cast));
			if (!parse_type(p, e->cast))
				return false;
			break;
		}
		if (!add_item(p, &e->items, &e->nitems, &cap, fl_parse_expr(p)))
			return false;
	} while (fl_accept(p, FL_TOK_COMMA));
	return fl_expect(p, FL_TOK_RPAREN, NULL);
}

/* NAME "(" ..., the parenthesis already taken. */
static struct fl_expr *parse_call(struct fl_parser *p, const struct fl_token *name)
{
	struct fl_expr *e = new_expr(p, FL_EXPR_CALL, name->off);
	bool has_pattern = !strcmp(name->text, "caller") || !strcmp(name->text, "within");

	e->text = name->text;
	if (has_pattern) {
		e->pattern = fl_arena_alloc(p->arena, sizeof(*e->pattern));
		if (!fl_parse_pattern(p, e->pattern))
			return NULL;
		if (fl_accept(p, FL_TOK_if)) {
			e->left = fl_parse_expr(p);
			if (!above(p, e, e->left))
				return NULL;
		}
		if (!fl_expect(p, FL_TOK_RPAREN, NULL))
			return NULL;
	} else if (!strncmp(name->text, "_IO", 3)) {
		if (!parse_ioctl(p, e))
			return NULL;
	} else if (!fl_accept(p, FL_TOK_RPAREN) &&
		   !parse_items(p, FL_TOK_RPAREN, fl_parse_expr, &e->items, &e->nitems)) {
		return NULL;
	}
	e->span = fl_span_since(p, name->off);
	return above_items(p, e);
}

static const char *const int_words[] = {
	"char",	   "short",   "int",	   "long",     "unsigned", "signed",   "bool",	 "_Bool",
	"u8",	   "u16",     "u32",	   "u64",      "s8",	   "s16",      "s32",	 "s64",
	"__u8",	   "__u16",   "__u32",	   "__u64",    "__s8",	   "__s16",    "__s32",	 "__s64",
	"size_t",  "ssize_t", "uint8_t",   "uint16_t", "uint32_t", "uint64_t", "int8_t", "int16_t",
	"int32_t", "int64_t", "uintptr_t", "loff_t",   "gfp_t",	   "umode_t",  "void",
};

static bool is_int_word(const struct fl_token *t)
{
	for (size_t i = 0; t->kind == FL_TOK_NAME && i < COUNT(int_words); i++) {
		if (!strcmp(t->text, int_words[i]))
			return true;
	}
	return false;
}

static bool is_tag_word(const struct fl_token *t)
{
	return t->kind == FL_TOK_NAME && (!strcmp(t->text, "struct") || !strcmp(t->text, "union") ||
					  !strcmp(t->text, "enum") || !strcmp(t->text, "const"));
}

/* Does a type follow, up to ")"? "(name *)" has one, "(name)" a value. */
static bool at_type(const struct fl_parser *p)
{
	const struct fl_token *t = fl_peek(p);

	if (is_tag_word(t) || is_int_word(t))
		return true;
	if (t->kind != FL_TOK_NAME || fl_peek_at(p, 1)->kind != FL_TOK_STAR)
		return false;
	for (size_t i = 2;; i++) {
		enum fl_tok kind = fl_peek_at(p, i)->kind;

		if (kind != FL_TOK_STAR)
			return kind == FL_TOK_RPAREN;
	}
}

static bool parse_type(struct fl_parser *p, struct fl_typename *type)
{
	const struct fl_token *t = fl_peek(p), *first = t;
	struct fl_buf words;

	memset(type, 0, sizeof(*type));
	while (fl_at_word(p, "const"))
		t = (fl_next(p), fl_peek(p));
	if (is_tag_word(t)) {
		type->kind = t->text[0] == 's'	 ? FL_TYPE_STRUCT
			     : t->text[0] == 'u' ? FL_TYPE_UNION
						 : FL_TYPE_ENUM;
		fl_next(p);
		t = fl_peek(p);
		if (t->kind != FL_TOK_NAME) {
			fl_expected(p, "the name of a type", NULL);
			return false;
		}
		fl_next(p);
		type->name = t->text;
	} else if (is_int_word(t)) {
		type->kind = FL_TYPE_INT;
		fl_buf_init(&words, p->arena);
		for (; is_int_word(fl_peek(p)); fl_next(p))
			fl_buf_printf(&words, "%s%s", words.len ? " " : "", fl_peek(p)->text);
		type->name = words.text;
	} else if (t->kind == FL_TOK_NAME) {
		fl_next(p);
		type->name = t->text;
	} else {
		fl_expected(p, "a type", NULL);
		return false;
	}
	while (fl_at_word(p, "const"))
		fl_next(p);
	for (; fl_accept(p, FL_TOK_STAR); type->stars++)
		fl_note_role(p, FL_ROLE_TYPE_STAR);
	type->span = fl_span_since(p, first->off);
	return true;
}

static struct fl_expr *parse_primary(struct fl_parser *p)
{
	const struct fl_token *t = fl_peek(p);
	struct fl_expr *e;

	switch (t->kind) {
	case FL_TOK_INT:
	case FL_TOK_DURATION:
	case FL_TOK_FRACTION:
		fl_next(p);
		e = new_expr(p, t->kind == FL_TOK_FRACTION ? FL_EXPR_FRACTION : FL_EXPR_INT,
			     t->off);
		e->value = t->value;
		e->is_duration = t->kind == FL_TOK_DURATION;
		return e;
	case FL_TOK_STRING:
	case FL_TOK_PARAM:
		fl_next(p);
		e = new_expr(p, t->kind == FL_TOK_PARAM ? FL_EXPR_PARAM : FL_EXPR_STRING, t->off);
		e->text = t->text;
		return e;
	case FL_TOK_STATE:
		return fl_parse_state(p);
	/*
	 * "in" is an argument of many functions, and not an operator where a
	 * value is expected
	 */
	case FL_TOK_in:
	case FL_TOK_use:
	case FL_TOK_exit:
	case FL_TOK_NAME:
		fl_next(p);
		if (fl_accept(p, FL_TOK_LPAREN)) {
			fl_note_role(p, FL_ROLE_CALL);
			return parse_call(p, t);
		}
		e = new_expr(p, FL_EXPR_NAME, t->off);
		e->text = t->text;
		return e;
	case FL_TOK_LPAREN:
		fl_next(p);
		e = fl_parse_expr(p);
		if (!e || !fl_expect(p, FL_TOK_RPAREN, NULL))
			return NULL;
		e->span = fl_span_since(p, t->off);
		return e;
	default:
		fl_expected(p, "a value", NULL);
		return NULL;
	}
}

/* What may follow a value: .name ->name [index] */
static struct fl_expr *parse_postfix(struct fl_parser *p)
{
	struct fl_expr *left = parse_primary(p), *e;

	while (left) {
		const struct fl_token *t = fl_peek(p);

		if (t->kind == FL_TOK_DOT || t->kind == FL_TOK_ARROW) {
			fl_next(p);
			if (!fl_peek(p)->text || fl_peek(p)->kind == FL_TOK_STRING) {
				fl_expected(p, "the name of a member", NULL);
				return NULL;
			}
			e = new_expr(p, FL_EXPR_MEMBER, left->span.off);
			e->is_arrow = t->kind == FL_TOK_ARROW;
			e->text = fl_next(p)->text;
		} else if (fl_accept(p, FL_TOK_LBRACKET)) {
			e = new_expr(p, FL_EXPR_INDEX, left->span.off);
			e->right = fl_parse_expr(p);
			if (!above(p, e, e->right) || !fl_expect(p, FL_TOK_RBRACKET, NULL))
				return NULL;
		} else {
			break;
		}
		e->span = fl_span_since(p, left->span.off);
		e->left = left;
		left = above(p, e, left);
	}
	return left;
}

static struct fl_expr *parse_unary(struct fl_parser *p);

/* "(" type ")" value, the parenthesis being the next token. */
static struct fl_expr *parse_cast(struct fl_parser *p)
{
	const struct fl_token *t = fl_next(p);
	struct fl_expr *e = new_expr(p, FL_EXPR_CAST, t->off);

	e->cast = fl_arena_alloc(p->arena, sizeof(*e->cast));
	if (!parse_type(p, e->cast) || !fl_expect(p, FL_TOK_RPAREN, NULL))
		return NULL;
	fl_note_role(p, FL_ROLE_CAST);
	e->left = parse_unary(p);
	e->span = fl_span_since(p, t->off);
	return above(p, e, e->left);
}

static struct fl_expr *parse_operand(struct fl_parser *p)
{
	static const struct {
		enum fl_tok tok;
		enum fl_op op;
	} unary_ops[] = {
		{ FL_TOK_NOT, FL_OP_NOT },	{ FL_TOK_TILDE, FL_OP_TILDE },
		{ FL_TOK_MINUS, FL_OP_NEGATE }, { FL_TOK_PLUS, FL_OP_POSITIVE },
		{ FL_TOK_STAR, FL_OP_FOLLOW },
	};
	const struct fl_token *t = fl_peek(p);
	struct fl_expr *e;
	size_t save = p->pos;

	for (size_t i = 0; i < COUNT(unary_ops); i++) {
		if (t->kind != unary_ops[i].tok)
			continue;
		fl_next(p);
		fl_note_role(p, FL_ROLE_PREFIX);
		e = new_expr(p, FL_EXPR_UNARY, t->off);
		e->op = unary_ops[i].op;
		e->left = parse_unary(p);
		e->span = fl_span_since(p, t->off);
		return above(p, e, e->left);
	}
	if (fl_accept(p, FL_TOK_LPAREN)) {
		bool is_cast = at_type(p);

		p->pos = save;
		if (is_cast)
			return parse_cast(p);
	}
	return parse_postfix(p);
}

static struct fl_expr *parse_unary(struct fl_parser *p)
{
	struct fl_expr *e;

	if (too_deep(p, fl_token_span(p, fl_peek(p)), p->depth + 1, FL_MAX_NESTING))
		return NULL;
	p->depth++;
	e = parse_operand(p);
	p->depth--;
	return e;
}

static struct fl_expr *parse_binary(struct fl_parser *p, int least);

/* After "in": a set, a range, or the name of a set. */
static struct fl_expr *parse_in(struct fl_parser *p, struct fl_expr *left)
{
	struct fl_expr *e = new_expr(p, FL_EXPR_IN, left->span.off), *item;
	size_t cap = 0;

	e->left = left;
	if (fl_peek(p)->kind == FL_TOK_LBRACE) {
		if (!fl_parse_set(p, fl_parse_expr, &e->items, &e->nitems))
			return NULL;
		e->is_set = true;
	} else {
		item = parse_binary(p, FL_PREC_IN + 1);
		if (!add_item(p, &e->items, &e->nitems, &cap, item))
			return NULL;
		if (fl_accept(p, FL_TOK_RANGE)) {
			item = parse_binary(p, FL_PREC_IN + 1);
			if (!add_item(p, &e->items, &e->nitems, &cap, item))
				return NULL;
			e->is_range = true;
		} else if (item->kind != FL_EXPR_NAME) {
			fl_expected(p, "'..'",
				    "write a set as {1, 2} or {\"ip\", \"tc\"}, a range 3..7");
			return NULL;
		}
	}
	e->span = fl_span_since(p, left->span.off);
	return above(p, above_items(p, e), left);
}

static enum fl_op binary_op(enum fl_tok tok)
{
	for (size_t i = 0; i < COUNT(binary_ops); i++) {
		if (binary_ops[i].tok == tok)
			return binary_ops[i].op;
	}
	return FL_OP_NONE;
}

/* Operators of precedence @least and above, left to right. */
static struct fl_expr *parse_binary(struct fl_parser *p, int least)
{
	struct fl_expr *left = parse_unary(p);

	while (left) {
		enum fl_op op = binary_op(fl_peek(p)->kind);
		struct fl_expr *e, *right;

		if (fl_peek(p)->kind == FL_TOK_in && least <= FL_PREC_IN) {
			fl_next(p);
			left = parse_in(p, left);
			continue;
		}
		if (!op || fl_op_precedence(op) < least)
			break;
		fl_next(p);
		right = parse_binary(p, fl_op_precedence(op) + 1);
		if (!right)
			return NULL;
		e = new_expr(p, FL_EXPR_BINARY, left->span.off);
		e->op = op;
		e->left = left;
		e->right = right;
		left = above(p, above(p, e, left), right);
	}
	return left;
}

static struct fl_expr *parse_ternary(struct fl_parser *p)
{
	struct fl_expr *cond = parse_binary(p, FL_PREC_TERNARY + 1), *e, *yes, *no;

	if (!cond || !fl_accept(p, FL_TOK_QUESTION))
		return cond;
	yes = fl_parse_expr(p);
	if (!yes || !fl_expect(p, FL_TOK_COLON, NULL))
		return NULL;
	fl_note_role(p, FL_ROLE_CHOICE);
	no = fl_parse_expr(p);
	if (!no)
		return NULL;
	e = new_expr(p, FL_EXPR_TERNARY, cond->span.off);
	e->left = cond;
	e->right = yes;
	e->third = no;
	return above(p, above(p, above(p, e, cond), yes), no);
}

struct fl_expr *fl_parse_expr(struct fl_parser *p)
{
	struct fl_expr *e;

	if (too_deep(p, fl_token_span(p, fl_peek(p)), p->depth + 1, FL_MAX_NESTING))
		return NULL;
	p->depth++;
	e = parse_ternary(p);
	p->depth--;
	return e;
}

struct fl_expr *fl_parse_literal(struct fl_parser *p)
{
	enum fl_tok kind = fl_peek(p)->kind;

	if (kind == FL_TOK_MINUS)
		kind = fl_peek_at(p, 1)->kind;
	if (kind != FL_TOK_INT && kind != FL_TOK_FRACTION && kind != FL_TOK_DURATION &&
	    kind != FL_TOK_STRING && kind != FL_TOK_NAME) {
		fl_expected(p, "a number, a string or a time", NULL);
		return NULL;
	}
	return parse_unary(p);
}
