/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sema_expr.c - types of expressions, and constants folded.
 *
 * C's rules in 64 bits: an operation is unsigned when either side is, a
 * comparison gives 0 or 1. Strings and rand are no numbers and only compare.
 */
#include <inttypes.h>
#include <string.h>

#include "sema.h"

#define COMM_MAX 15 /* TASK_COMM_LEN - 1 */

struct context {
	struct fl_arena *arena;
	struct fl_diags *diags;
	unsigned int *ndraws; /* NULL: rand makes no sense here */
};

static void check(struct context *c, struct fl_expr *e);

static bool is_number(const struct fl_expr *e)
{
	return e->type == FL_VALUE_INT || e->type == FL_VALUE_UINT;
}

static bool is_comparison(enum fl_op op)
{
	return op >= FL_OP_EQ && op <= FL_OP_GE;
}

static void constant(struct fl_expr *e, enum fl_value_type type, uint64_t value)
{
	e->type = type;
	e->is_constant = true;
	e->value = value;
}

static const struct {
	const char *name;
	enum fl_builtin id;
	enum fl_value_type type;
} builtins[] = {
#define FL_BUILTIN(name, type, cost) { #name, FL_BUILTIN_##name, FL_VALUE_##type },
#include "builtin.def"
#undef FL_BUILTIN
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void unknown_name(struct context *c, const struct fl_expr *e)
{
	const char *best = NULL;
	unsigned int least = 3;

	for (size_t i = 0; i < COUNT(builtins); i++) {
		unsigned int d = fl_distance(e->text, builtins[i].name, 2);

		if (d < least) {
			least = d;
			best = builtins[i].name;
		}
	}
	if (!best && fl_errno_number(fl_arena_printf(c->arena, "E%s", e->text)))
		best = fl_arena_printf(c->arena, "E%s", e->text);
	fl_report(c->diags, FL_E_UNKNOWN_NAME, e->span, e->text, best, NULL);
}

static void check_name(struct context *c, struct fl_expr *e)
{
	int number = fl_errno_number(e->text);

	if (number) {
		constant(e, FL_VALUE_INT, (uint64_t)number);
		e->is_errno = true;
		return;
	}
	if (!strcmp(e->text, "true") || !strcmp(e->text, "false") || !strcmp(e->text, "NULL")) {
		constant(e, FL_VALUE_INT, e->text[0] == 't');
		e->is_null = e->text[0] == 'N';
		return;
	}
	for (size_t i = 0; i < COUNT(builtins); i++) {
		if (strcmp(builtins[i].name, e->text))
			continue;
		e->builtin = builtins[i].id;
		e->type = builtins[i].type;
		if (e->builtin == FL_BUILTIN_rand && c->ndraws)
			e->mention = (*c->ndraws)++;
		return;
	}
	unknown_name(c, e);
}

/* @e is an operand of arithmetic: say what is wrong when it is no number. */
static bool want_number(struct context *c, const struct fl_expr *e, enum fl_op op)
{
	if (is_number(e))
		return true;
	if (e->type == FL_VALUE_STRING)
		fl_report(c->diags, FL_E_STRING_OPERATOR, e->span, fl_op_text(op), NULL);
	else if (e->type == FL_VALUE_RAND)
		fl_report(c->diags, FL_E_RAND_USE, e->span, NULL);
	else if (e->type == FL_VALUE_FRACTION)
		fl_report(c->diags, FL_E_FRACTION, e->span, NULL);
	return false;
}

/* @e is asked whether it is true. */
static bool want_truth(struct context *c, const struct fl_expr *e)
{
	struct fl_buf b;

	if (e->type != FL_VALUE_STRING)
		return want_number(c, e, FL_OP_NONE);
	fl_buf_init(&b, c->arena);
	fl_print_expr(&b, e);
	fl_report(c->diags, FL_E_STRING_CONDITION, e->span, b.text, NULL);
	return false;
}

static void check_unary(struct context *c, struct fl_expr *e)
{
	struct fl_expr *x = e->left;

	check(c, x);
	if (e->op == FL_OP_NOT) {
		if (want_truth(c, x))
			e->type = FL_VALUE_INT;
	} else if (want_number(c, x, e->op)) {
		e->type = x->type;
	}
	if (!e->type || !x->is_constant)
		return;
	switch (e->op) {
	case FL_OP_NOT:
		constant(e, FL_VALUE_INT, !x->value);
		break;
	case FL_OP_TILDE:
		constant(e, x->type, ~x->value);
		break;
	case FL_OP_NEGATE:
		constant(e, x->type, 0 - x->value);
		break;
	default:
		constant(e, x->type, x->value);
		e->is_errno = x->is_errno;
		break;
	}
}

static bool less(const struct fl_expr *a, const struct fl_expr *b, bool is_unsigned)
{
	return is_unsigned ? a->value < b->value : (int64_t)a->value < (int64_t)b->value;
}

static uint64_t divide(uint64_t a, uint64_t b, bool is_unsigned, bool want_rest)
{
	int64_t x = (int64_t)a, y = (int64_t)b;

	if (!b) /* has been reported */
		return 0;
	if (is_unsigned)
		return want_rest ? a % b : a / b;
	if (y == -1) /* INT64_MIN / -1 overflows */
		return want_rest ? 0 : 0 - a;
	return (uint64_t)(want_rest ? x % y : x / y);
}

static uint64_t fold(const struct fl_expr *e, bool is_unsigned)
{
	const struct fl_expr *l = e->left, *r = e->right;
	uint64_t a = l->value, b = r->value;

	switch (e->op) {
	case FL_OP_OROR:
		return a || b;
	case FL_OP_ANDAND:
		return a && b;
	case FL_OP_OR:
		return a | b;
	case FL_OP_XOR:
		return a ^ b;
	case FL_OP_AND:
		return a & b;
	case FL_OP_EQ:
		return a == b;
	case FL_OP_NE:
		return a != b;
	case FL_OP_LT:
		return less(l, r, is_unsigned);
	case FL_OP_GE:
		return !less(l, r, is_unsigned);
	case FL_OP_GT:
		return less(r, l, is_unsigned);
	case FL_OP_LE:
		return !less(r, l, is_unsigned);
	case FL_OP_SHL:
		return a << b;
	case FL_OP_SHR:
		if (l->type == FL_VALUE_UINT)
			return a >> b;
		return (uint64_t)((int64_t)a >> b);
	case FL_OP_PLUS:
		return a + b;
	case FL_OP_MINUS:
		return a - b;
	case FL_OP_STAR:
		return a * b;
	case FL_OP_SLASH:
		return divide(a, b, is_unsigned, false);
	default:
		return divide(a, b, is_unsigned, true);
	}
}

static void check_comm_literal(struct context *c, const struct fl_expr *e)
{
	size_t len = strlen(e->text);

	if (len > COMM_MAX)
		fl_report(c->diags, FL_E_COMM_LENGTH, e->span,
			  fl_arena_printf(c->arena, "%zu", len),
			  fl_arena_strndup(c->arena, e->text, COMM_MAX), NULL);
}

/* A comparison with at least one string in it; false after a report. */
static bool check_strings(struct context *c, const struct fl_expr *e, struct fl_expr *l,
			  struct fl_expr *r)
{
	const struct fl_expr *number = l->type == FL_VALUE_STRING ? r : l;

	if (l->type != r->type) {
		const char *hint = NULL;

		if (number->kind == FL_EXPR_INT)
			hint = fl_arena_printf(c->arena,
					       "a string stands in quotes: \"%" PRIu64 "\"",
					       number->value);
		if (number->type != FL_VALUE_ERROR)
			fl_report(c->diags, FL_E_STRING_INTEGER, e->span, hint, NULL);
		return false;
	}
	if (e->kind == FL_EXPR_BINARY && e->op != FL_OP_EQ && e->op != FL_OP_NE) {
		fl_report(c->diags, FL_E_STRING_OPERATOR, e->span, fl_op_text(e->op), NULL);
		return false;
	}
	if (l->kind == FL_EXPR_STRING && r->kind == FL_EXPR_STRING) {
		fl_report(c->diags, FL_E_STRING_CONSTANT, e->span, NULL);
		return false;
	}
	if (l->builtin == FL_BUILTIN_comm && r->kind == FL_EXPR_STRING)
		check_comm_literal(c, r);
	if (r->builtin == FL_BUILTIN_comm && l->kind == FL_EXPR_STRING)
		check_comm_literal(c, l);
	return true;
}

/* rand < 10, 0.01 > rand: one side rand, the other a constant number. */
static bool check_rand(struct context *c, struct fl_expr *e)
{
	struct fl_expr *rand = e->left->type == FL_VALUE_RAND ? e->left : e->right;
	struct fl_expr *limit = rand == e->left ? e->right : e->left;

	if (limit->type == FL_VALUE_ERROR)
		return false;
	if (!c->ndraws || e->op < FL_OP_LT || !limit->is_constant ||
	    !(is_number(limit) || limit->type == FL_VALUE_FRACTION)) {
		fl_report(c->diags, FL_E_RAND_USE, e->span, NULL);
		return false;
	}
	return true;
}

static void check_binary(struct context *c, struct fl_expr *e)
{
	struct fl_expr *l = e->left, *r = e->right;
	bool is_unsigned;

	check(c, l);
	check(c, r);
	if (!l->type || !r->type)
		return;
	if (is_comparison(e->op) && (l->type == FL_VALUE_STRING || r->type == FL_VALUE_STRING)) {
		if (check_strings(c, e, l, r))
			e->type = FL_VALUE_INT;
		return;
	}
	if (is_comparison(e->op) && (l->type == FL_VALUE_RAND || r->type == FL_VALUE_RAND)) {
		if (check_rand(c, e))
			e->type = FL_VALUE_INT;
		return;
	}
	if (e->op == FL_OP_ANDAND || e->op == FL_OP_OROR) {
		if (!want_truth(c, l) || !want_truth(c, r))
			return;
	} else if (!want_number(c, l, e->op) || !want_number(c, r, e->op)) {
		return;
	}
	is_unsigned = l->type == FL_VALUE_UINT || r->type == FL_VALUE_UINT;
	if (r->is_constant && !r->value && (e->op == FL_OP_SLASH || e->op == FL_OP_PERCENT)) {
		fl_report(c->diags, FL_E_DIVISION, e->span, NULL);
		return;
	}
	if (r->is_constant && r->value > 63 && (e->op == FL_OP_SHL || e->op == FL_OP_SHR)) {
		fl_report(c->diags, FL_E_SHIFT, r->span,
			  fl_arena_printf(c->arena, "%" PRId64, (int64_t)r->value), NULL);
		return;
	}
	if (is_comparison(e->op) || e->op == FL_OP_ANDAND || e->op == FL_OP_OROR)
		e->type = FL_VALUE_INT;
	else if (e->op == FL_OP_SHL || e->op == FL_OP_SHR)
		e->type = l->type;
	else
		e->type = is_unsigned ? FL_VALUE_UINT : FL_VALUE_INT;
	if (l->is_constant && r->is_constant)
		constant(e, e->type, fold(e, is_unsigned));
}

static void check_ternary(struct context *c, struct fl_expr *e)
{
	check(c, e->left);
	check(c, e->right);
	check(c, e->third);
	if (!e->left->type || !e->right->type || !e->third->type)
		return;
	if (!want_truth(c, e->left) || !want_number(c, e->right, FL_OP_NONE) ||
	    !want_number(c, e->third, FL_OP_NONE))
		return;
	e->type = e->right->type == FL_VALUE_UINT ? FL_VALUE_UINT : e->third->type;
	if (e->left->is_constant && e->right->is_constant && e->third->is_constant)
		constant(e, e->type, e->left->value ? e->right->value : e->third->value);
}

static void check_in(struct context *c, struct fl_expr *e)
{
	bool good = true;

	check(c, e->left);
	if (!e->left->type)
		return;
	if (e->left->type == FL_VALUE_RAND) {
		fl_report(c->diags, FL_E_RAND_USE, e->span, NULL);
		return;
	}
	for (size_t i = 0; i < e->nitems; i++) {
		struct fl_expr *item = e->items[i];

		check(c, item);
		if (!item->type)
			good = false;
		else if (e->left->type == FL_VALUE_STRING || item->type == FL_VALUE_STRING)
			good = check_strings(c, e, e->left, item) && good;
		else
			good = want_number(c, item, FL_OP_EQ) && good;
	}
	if (good)
		e->type = FL_VALUE_INT;
}

static void check(struct context *c, struct fl_expr *e)
{
	switch (e->kind) {
	case FL_EXPR_INT:
		constant(e, e->value > INT64_MAX ? FL_VALUE_UINT : FL_VALUE_INT, e->value);
		break;
	case FL_EXPR_FRACTION:
		constant(e, FL_VALUE_FRACTION, e->value);
		break;
	case FL_EXPR_STRING:
		e->type = FL_VALUE_STRING;
		break;
	case FL_EXPR_NAME:
		check_name(c, e);
		break;
	case FL_EXPR_UNARY:
		check_unary(c, e);
		break;
	case FL_EXPR_BINARY:
		check_binary(c, e);
		break;
	case FL_EXPR_TERNARY:
		check_ternary(c, e);
		break;
	case FL_EXPR_IN:
		check_in(c, e);
		break;
	}
}

void fl_sema_condition(struct fl_expr *e, unsigned int *ndraws, struct fl_arena *a,
		       struct fl_diags *ds)
{
	struct context c = { .arena = a, .diags = ds, .ndraws = ndraws };

	check(&c, e);
	if (e->type && want_truth(&c, e) && e->is_constant)
		fl_report(ds, FL_W_CONSTANT, e->span, e->value ? "true" : "false", NULL);
}

void fl_sema_value(struct fl_expr *e, struct fl_arena *a, struct fl_diags *ds)
{
	struct context c = { .arena = a, .diags = ds };

	check(&c, e);
}
