/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sema_expr.c - types of expressions, and constants folded.
 *
 * C's rules in 64 bits: narrower integers become signed 64-bit numbers, as
 * C's promotions keep their values; an operation is unsigned when either side
 * is; a comparison gives 0 or 1. Strings, pointers and rand are not numbers.
 */
#include <inttypes.h>
#include <string.h>

#include "sema_impl.h"
#include "rate.h"

#define COMM_MAX 15 /* TASK_COMM_LEN - 1 */

static bool is_comparison(enum fl_op op)
{
	return op >= FL_OP_EQ && op <= FL_OP_like;
}

static void check_unary(struct fl_sema *s, struct fl_expr *e)
{
	struct fl_expr *x = e->left;

	if (e->op == FL_OP_FOLLOW) {
		fl_check_follow(s, e);
		return;
	}
	fl_check_expr(s, x);
	if (!x->type)
		return;
	if (e->op == FL_OP_NOT) {
		if (fl_want_truth(s, x))
			e->type = FL_VALUE_INT;
	} else if (fl_want_number(s, x, e->op)) {
		e->type = x->type;
	}
	if (!e->type || !x->is_constant)
		return;
	switch (e->op) {
	case FL_OP_NOT:
		fl_set_constant(e, FL_VALUE_INT, !x->value);
		break;
	case FL_OP_TILDE:
		fl_set_constant(e, x->type, ~x->value);
		break;
	case FL_OP_NEGATE:
		fl_set_constant(e, x->type, 0 - x->value);
		break;
	default:
		fl_set_constant(e, x->type, x->value);
		e->is_errno = x->is_errno;
		break;
	}
}

/* What operator @e makes of two numbers. */
static uint64_t fold(const struct fl_expr *e, uint64_t a, uint64_t b)
{
	return fl_calc_binary(fl_op_code(e->op), a, b, fl_sign_flags(e));
}

bool fl_initial_value(const struct fl_expr *e, uint64_t *value)
{
	uint64_t a, b;

	if (!e->type)
		return false;
	if (e->is_constant || e->kind == FL_EXPR_PARAM) {
		*value = e->value;
		return fl_is_number(e);
	}
	if (e->kind == FL_EXPR_UNARY && e->op != FL_OP_FOLLOW && fl_initial_value(e->left, &a)) {
		*value = fl_calc_unary(fl_op_code(e->op), a);
		return true;
	}
	if (e->kind != FL_EXPR_BINARY || !fl_initial_value(e->left, &a) ||
	    !fl_initial_value(e->right, &b))
		return false;
	*value = fold(e, a, b);
	return true;
}

static const struct fl_expr *string_literal(const struct fl_expr *e)
{
	return e->type == FL_VALUE_STRING && e->kind == FL_EXPR_STRING ? e : NULL;
}

/* A literal that can never be what @e is. */
static void check_literal_length(struct fl_sema *s, const struct fl_expr *e,
				 const struct fl_expr *literal)
{
	size_t len = strlen(literal->text), most = 255;

	if (fl_text_of(e) == FL_TEXT_COMM) {
		if (len > COMM_MAX)
			fl_report(s->diags, FL_E_COMM_LENGTH, literal->span,
				  fl_arena_printf(s->arena, "%zu", len),
				  fl_arena_strndup(s->arena, literal->text, COMM_MAX), NULL);
		return;
	}
	if (e->base.kind == FL_TYPE_ARRAY && e->kind != FL_EXPR_CALL && e->base.nelems &&
	    e->base.nelems < most)
		most = e->base.nelems;
	if (len > most)
		fl_report(s->diags, FL_E_STRING_LENGTH, literal->span, fl_expr_text(s, e),
			  fl_arena_printf(s->arena, "%zu", most),
			  fl_arena_printf(s->arena, "%zu", len),
			  most < 255 ? fl_arena_printf(s->arena, "it is an array of %zu characters",
						       most)
				     : "use 'like' to compare a prefix",
			  NULL);
}

static void report_mixed(struct fl_sema *s, const struct fl_expr *e, const struct fl_expr *l,
			 const struct fl_expr *r)
{
	const struct fl_expr *other = l->type == FL_VALUE_STRING ? r : l;
	const char *hint = NULL;

	if (other->type == FL_VALUE_POINTER) {
		fl_report(s->diags, FL_E_STRING_POINTER, other->span, fl_expr_text(s, other), NULL);
		return;
	}
	if (other->kind == FL_EXPR_INT)
		hint = fl_arena_printf(s->arena, "put strings in quotes: \"%" PRIu64 "\"",
				       other->value);
	fl_report(s->diags, FL_E_STRING_INTEGER, e->span, hint, NULL);
}

/* A comparison with at least one string in it; false after a report. */
static bool check_strings(struct fl_sema *s, const struct fl_expr *e, struct fl_expr *l,
			  struct fl_expr *r)
{
	if (l->type != r->type) {
		report_mixed(s, e, l, r);
		return false;
	}
	if (e->kind == FL_EXPR_BINARY && e->op != FL_OP_EQ && e->op != FL_OP_NE &&
	    e->op != FL_OP_like) {
		fl_report(s->diags, FL_E_STRING_OPERATOR, e->span, fl_op_text(e->op), NULL);
		return false;
	}
	if (string_literal(l) && string_literal(r)) {
		fl_report(s->diags, FL_E_STRING_CONSTANT, e->span, NULL);
		return false;
	}
	if ((fl_text_of(l) == FL_TEXT_FUNC && !string_literal(r)) ||
	    (fl_text_of(r) == FL_TEXT_FUNC && !string_literal(l))) {
		fl_report(s->diags, FL_E_FUNC_COMPARE, e->span, NULL);
		return false;
	}
	if (e->op != FL_OP_like && string_literal(r))
		check_literal_length(s, l, r);
	if (e->op != FL_OP_like && string_literal(l))
		check_literal_length(s, r, l);
	return true;
}

#define MAX_LIKE 60 /* elements of a pattern: one bit each in the matcher */

/* A pattern: how many characters, stars and sets it has. */
static size_t count_elements(const char *p)
{
	size_t n = 0;

	while (*p) {
		if (*p == '[' && strchr(p + 1, ']'))
			p = strchr(p + 1, ']');
		p++;
		n++;
	}
	return n;
}

static bool check_like(struct fl_sema *s, struct fl_expr *e)
{
	size_t n;

	if (e->left->type != FL_VALUE_STRING) {
		const char *text = fl_expr_text(s, e->left);

		fl_report(s->diags, FL_E_LIKE, e->left->span, text,
			  e->left->type == FL_VALUE_POINTER
				  ? fl_arena_printf(s->arena, "use str(%s)", text)
				  : "comm like \"kworker*\"",
			  NULL);
		return false;
	}
	if (!string_literal(e->right)) {
		fl_report(s->diags, FL_E_LIKE_PATTERN, e->right->span, NULL);
		return false;
	}
	n = count_elements(e->right->text);
	if (n > MAX_LIKE) {
		fl_report(s->diags, FL_E_LIKE_LENGTH, e->right->span,
			  fl_arena_printf(s->arena, "%d", MAX_LIKE),
			  fl_arena_printf(s->arena, "%zu", n), NULL);
		return false;
	}
	return check_strings(s, e, e->left, e->right);
}

/*
 * rand < 10, 0.01 > rand, rand < $rate: the other side a number or parameter.
 * A number becomes a threshold of draws.
 */
static bool check_rand(struct fl_sema *s, struct fl_expr *e)
{
	struct fl_expr *rand = e->left->type == FL_VALUE_RAND ? e->left : e->right;
	struct fl_expr *limit = rand == e->left ? e->right : e->left;
	bool ordered =
		e->op == FL_OP_LT || e->op == FL_OP_LE || e->op == FL_OP_GT || e->op == FL_OP_GE;
	bool inclusive = rand == e->left ? e->op == FL_OP_LE || e->op == FL_OP_GT
					 : e->op == FL_OP_GE || e->op == FL_OP_LT;

	if (!ordered || (!fl_is_number(limit) && limit->type != FL_VALUE_FRACTION) ||
	    (!limit->is_constant && limit->kind != FL_EXPR_PARAM)) {
		fl_report(s->diags, FL_E_RAND_USE, e->span, NULL);
		return false;
	}
	e->value = fl_rate((int64_t)limit->value, limit->type == FL_VALUE_FRACTION, inclusive);
	return true;
}

/* Two pointers, or a pointer and NULL. */
static bool check_pointers(struct fl_sema *s, const struct fl_expr *e, const struct fl_expr *l,
			   const struct fl_expr *r)
{
	const struct fl_expr *other = l->type == FL_VALUE_POINTER ? r : l;

	if (l->type == r->type || (other->is_constant && !other->value && fl_is_number(other)))
		return true;
	if (fl_is_number(other)) {
		fl_report(s->diags, FL_E_POINTER_INTEGER, e->span,
			  fl_expr_text(s, other == r ? l : r), NULL);
		return false;
	}
	return fl_want_number(s, other, e->op);
}

static bool check_operands(struct fl_sema *s, const struct fl_expr *e)
{
	const struct fl_expr *l = e->left, *r = e->right;

	if (e->op == FL_OP_ANDAND || e->op == FL_OP_OROR)
		return fl_want_truth(s, l) && fl_want_truth(s, r);
	if (is_comparison(e->op) && (l->type == FL_VALUE_POINTER || r->type == FL_VALUE_POINTER))
		return check_pointers(s, e, l, r);
	return fl_want_number(s, l, e->op) && fl_want_number(s, r, e->op);
}

static enum fl_value_type result_type(const struct fl_expr *e)
{
	if (is_comparison(e->op) || e->op == FL_OP_ANDAND || e->op == FL_OP_OROR)
		return FL_VALUE_INT;
	if (e->op == FL_OP_SHL || e->op == FL_OP_SHR)
		return e->left->type;
	return e->left->type == FL_VALUE_UINT || e->right->type == FL_VALUE_UINT ? FL_VALUE_UINT
										 : FL_VALUE_INT;
}

/* What an operator does not take on its right as a constant. */
static bool check_constant_right(struct fl_sema *s, const struct fl_expr *e)
{
	const struct fl_expr *r = e->right;

	if (!r->is_constant)
		return true;
	if (!r->value && (e->op == FL_OP_SLASH || e->op == FL_OP_PERCENT)) {
		fl_report(s->diags, FL_E_DIVISION, e->span, NULL);
		return false;
	}
	if (r->value > 63 && (e->op == FL_OP_SHL || e->op == FL_OP_SHR)) {
		fl_report(s->diags, FL_E_SHIFT, r->span,
			  fl_arena_printf(s->arena, "%" PRId64, (int64_t)r->value), NULL);
		return false;
	}
	return true;
}

static void check_binary(struct fl_sema *s, struct fl_expr *e)
{
	struct fl_expr *l = e->left, *r = e->right;
	bool good;

	fl_check_expr(s, l);
	fl_check_expr(s, r);
	if (!l->type || !r->type)
		return;
	if (e->op == FL_OP_like)
		good = check_like(s, e);
	else if (is_comparison(e->op) && (l->type == FL_VALUE_STRING || r->type == FL_VALUE_STRING))
		good = check_strings(s, e, l, r);
	else if (is_comparison(e->op) && (l->type == FL_VALUE_RAND || r->type == FL_VALUE_RAND))
		good = check_rand(s, e);
	else
		good = check_operands(s, e) && check_constant_right(s, e);
	if (!good)
		return;
	e->type = result_type(e);
	if (l->is_constant && r->is_constant && fl_is_number(l) && fl_is_number(r))
		fl_set_constant(e, e->type, fold(e, l->value, r->value));
}

static void check_ternary(struct fl_sema *s, struct fl_expr *e)
{
	fl_check_expr(s, e->left);
	fl_check_expr(s, e->right);
	fl_check_expr(s, e->third);
	if (!e->left->type || !e->right->type || !e->third->type)
		return;
	if (!fl_want_truth(s, e->left) || !fl_want_number(s, e->right, FL_OP_NONE) ||
	    !fl_want_number(s, e->third, FL_OP_NONE))
		return;
	e->type = e->right->type == FL_VALUE_UINT ? FL_VALUE_UINT : e->third->type;
	if (e->left->is_constant && e->right->is_constant && e->third->is_constant)
		fl_set_constant(e, e->type, e->left->value ? e->right->value : e->third->value);
}

static void no_set(struct fl_sema *s, const struct fl_expr *name, bool strings)
{
	const char *hint = strings ? "let %s = {\"ip\", \"tc\"}" : "let %s = {1, 2, 7}";

	/* something with one value, perhaps */
	if (fl_find_let(s->script, name->text) || fl_errno_number(name->text))
		hint = "write a set of one as {%s}";
	fl_report(s->diags, FL_E_NO_SET, name->span, name->text,
		  fl_arena_printf(s->arena, hint, name->text), NULL);
}

/* "in NAME": the name of a set takes the place of its members. */
static bool open_set(struct fl_sema *s, struct fl_expr *e)
{
	const struct fl_let *let;
	struct fl_expr **items;

	if (e->is_range || e->is_set)
		return true;
	let = fl_find_let(s->script, e->items[0]->text);
	if (!let || let->value) {
		no_set(s, e->items[0], e->left->type == FL_VALUE_STRING);
		return false;
	}
	items = fl_arena_alloc(s->arena, let->nitems * sizeof(*items));
	for (size_t i = 0; i < let->nitems; i++)
		items[i] = fl_clone_expr(let->items[i], s->arena);
	e->items = items;
	e->nitems = let->nitems;
	e->is_set = true;
	return true;
}

const char *fl_turned_range(struct fl_sema *s, const struct fl_expr *low,
			    const struct fl_expr *high)
{
	if (low->kind != FL_EXPR_INT || high->kind != FL_EXPR_INT)
		return NULL;
	return fl_arena_printf(s->arena, "%" PRIu64 "..%" PRIu64, high->value, low->value);
}

static struct fl_span range_span(const struct fl_expr *low, const struct fl_expr *high)
{
	struct fl_span span = low->span;

	span.len = high->span.off + high->span.len - span.off;
	return span;
}

static bool check_in_item(struct fl_sema *s, struct fl_expr *e, struct fl_expr *item)
{
	fl_check_expr(s, item);
	if (!item->type)
		return false;
	if (e->is_range && (e->left->type == FL_VALUE_STRING || item->type == FL_VALUE_STRING)) {
		fl_report(s->diags, FL_E_STRING_OPERATOR, e->span, "..", NULL);
		return false;
	}
	if (e->left->type == FL_VALUE_STRING || item->type == FL_VALUE_STRING)
		return check_strings(s, e, e->left, item);
	if (e->left->type == FL_VALUE_POINTER)
		return check_pointers(s, e, e->left, item);
	return fl_want_number(s, item, FL_OP_EQ);
}

static void check_in(struct fl_sema *s, struct fl_expr *e)
{
	bool good = true;

	fl_check_expr(s, e->left);
	if (!e->left->type)
		return;
	if (e->left->type == FL_VALUE_RAND) {
		fl_report(s->diags, FL_E_RAND_USE, e->span, NULL);
		return;
	}
	if (e->left->type != FL_VALUE_STRING && e->left->type != FL_VALUE_POINTER &&
	    !fl_want_number(s, e->left, FL_OP_EQ))
		return;
	if (!open_set(s, e))
		return;
	for (size_t i = 0; i < e->nitems; i++)
		good = check_in_item(s, e, e->items[i]) && good;
	if (good && e->is_range) {
		const struct fl_expr *low = e->items[0], *high = e->items[1];
		bool is_unsigned = e->left->type == FL_VALUE_UINT || low->type == FL_VALUE_UINT ||
				   high->type == FL_VALUE_UINT;

		if (low->is_constant && high->is_constant &&
		    fl_calc_binary(FL_CODE_LT, high->value, low->value,
				   is_unsigned ? FL_CODE_UNSIGNED : 0)) {
			fl_report(s->diags, FL_E_RANGE, range_span(low, high),
				  fl_turned_range(s, low, high), NULL);
			return;
		}
	}
	if (good)
		e->type = FL_VALUE_INT;
}

void fl_check_expr(struct fl_sema *s, struct fl_expr *e)
{
	switch (e->kind) {
	case FL_EXPR_INT:
		fl_set_constant(e, e->value > INT64_MAX ? FL_VALUE_UINT : FL_VALUE_INT, e->value);
		break;
	case FL_EXPR_FRACTION:
		fl_set_constant(e, FL_VALUE_FRACTION, e->value);
		break;
	case FL_EXPR_STRING:
		e->type = FL_VALUE_STRING;
		break;
	case FL_EXPR_NAME:
		fl_check_name(s, e);
		break;
	case FL_EXPR_PARAM:
		fl_check_param(s, e);
		break;
	case FL_EXPR_STATE:
		fl_check_state(s, e);
		break;
	case FL_EXPR_MEMBER:
		fl_check_member(s, e);
		break;
	case FL_EXPR_INDEX:
		fl_check_index(s, e);
		break;
	case FL_EXPR_CAST:
		fl_check_cast(s, e);
		break;
	case FL_EXPR_CALL:
		fl_check_call(s, e);
		break;
	case FL_EXPR_UNARY:
		check_unary(s, e);
		break;
	case FL_EXPR_BINARY:
		check_binary(s, e);
		break;
	case FL_EXPR_TERNARY:
		check_ternary(s, e);
		break;
	case FL_EXPR_IN:
		check_in(s, e);
		break;
	}
}
