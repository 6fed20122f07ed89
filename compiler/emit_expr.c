/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * emit_expr.c - C for conditions and values.
 *
 * Every value is 64 bits wide in C too, signed or unsigned as sema found, so
 * C's own conversions are the language's. Where memory is read, a variable
 * badN beside the comparison notes a fault, and the comparison is false then.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "emit.h"
#include "fl_abi.h"

static void emit_constant(struct fl_emitter *em, const struct fl_expr *e)
{
	int64_t v = (int64_t)e->value;

	if (e->type == FL_VALUE_UINT)
		fl_buf_printf(em->out, "%" PRIu64 "ULL", e->value);
	else if (v == INT64_MIN)
		fl_buf_puts(em->out, "(-9223372036854775807LL - 1)");
	else if (v < 0)
		fl_buf_printf(em->out, "(%" PRId64 "LL)", v);
	else
		fl_buf_printf(em->out, "%" PRId64 "LL", v);
}

static void emit_rand(struct fl_emitter *em, const struct fl_expr *e)
{
	bool on_left = e->left->type == FL_VALUE_RAND;
	const struct fl_expr *rand = on_left ? e->left : e->right;
	const struct fl_expr *limit = on_left ? e->right : e->left;
	bool below = on_left ? e->op == FL_OP_LT || e->op == FL_OP_LE
			     : e->op == FL_OP_GT || e->op == FL_OP_GE;
	bool at_most = on_left ? e->op == FL_OP_LE || e->op == FL_OP_GT
			       : e->op == FL_OP_GE || e->op == FL_OP_LT;

	fl_buf_printf(em->out, "(fl_draw(c, %u, %u) %s ", em->rule, rand->mention,
		      below ? "<" : ">=");
	if (e->is_rate)
		fl_buf_printf(em->out, "fl_rule[%u].rate)", em->rule);
	else if (limit->kind == FL_EXPR_PARAM)
		fl_buf_printf(em->out, "fl_param[%u].%s)", limit->index,
			      at_most ? "at_most" : "below");
	else
		fl_buf_printf(em->out, "%" PRIu64 "ULL)", e->value);
}

/* BPF divides unsigned numbers only, and by zero it gives something. */
static void emit_division(struct fl_emitter *em, const struct fl_expr *e)
{
	bool is_unsigned = e->type == FL_VALUE_UINT;

	fl_buf_printf(em->out, "%s(",
		      e->op == FL_OP_SLASH ? (is_unsigned ? "fl_udivide" : "fl_divide")
					   : (is_unsigned ? "fl_uremainder" : "fl_remainder"));
	fl_emit_expr(em, e->left, FL_PREC_TERNARY);
	fl_buf_puts(em->out, ", ");
	fl_emit_expr(em, e->right, FL_PREC_TERNARY);
	fl_buf_putc(em->out, ')');
}

static void emit_operator(struct fl_emitter *em, const struct fl_expr *e)
{
	bool shifts = e->op == FL_OP_SHL || e->op == FL_OP_SHR;
	int prec = fl_op_precedence(e->op);

	if (e->op == FL_OP_ANDAND || e->op == FL_OP_OROR) {
		fl_emit_truth(em, e->left, prec);
		fl_buf_printf(em->out, " %s ", fl_op_text(e->op));
		fl_emit_truth(em, e->right, prec + 1);
		return;
	}
	/* what comparisons give is 32 bits wide in C */
	if (shifts) {
		fl_buf_puts(em->out, e->left->type == FL_VALUE_INT ? "(s64)(" : "(u64)(");
		fl_emit_expr(em, e->left, FL_PREC_TERNARY);
		fl_buf_putc(em->out, ')');
	} else {
		fl_emit_expr(em, e->left, prec);
	}
	fl_buf_printf(em->out, " %s ", fl_op_text(e->op));
	/* C leaves a shift by more than the width open; BPF takes it modulo 64. */
	if (shifts && !e->right->is_constant) {
		fl_buf_putc(em->out, '(');
		fl_emit_expr(em, e->right, fl_op_precedence(FL_OP_AND) + 1);
		fl_buf_puts(em->out, " & 63)");
		return;
	}
	fl_emit_expr(em, e->right, prec + 1);
}

static void emit_binary(struct fl_emitter *em, const struct fl_expr *e)
{
	if (e->op == FL_OP_like)
		fl_emit_like(em, e);
	else if (e->left->type == FL_VALUE_STRING)
		fl_emit_same(em, e->left, e->right, e->op == FL_OP_NE);
	else if (e->left->type == FL_VALUE_RAND || e->right->type == FL_VALUE_RAND)
		emit_rand(em, e);
	else if (e->op == FL_OP_SLASH || e->op == FL_OP_PERCENT)
		emit_division(em, e);
	else
		emit_operator(em, e);
}

static void emit_in(struct fl_emitter *em, const struct fl_expr *e)
{
	bool strings = e->left->type == FL_VALUE_STRING;
	unsigned int n = ++em->names;

	if (strings) {
		fl_buf_putc(em->out, '(');
		for (size_t i = 0; i < e->nitems; i++) {
			if (i)
				fl_buf_puts(em->out, " || ");
			fl_emit_same(em, e->left, e->items[i], false);
		}
		fl_buf_putc(em->out, ')');
		return;
	}
	fl_buf_printf(em->out, "({ %s x%u = ", e->left->type == FL_VALUE_INT ? "s64" : "u64", n);
	fl_emit_expr(em, e->left, FL_PREC_TERNARY);
	fl_buf_puts(em->out, "; ");
	for (size_t i = 0; i < e->nitems; i++) {
		if (i)
			fl_buf_puts(em->out, e->is_range ? " && " : " || ");
		fl_buf_printf(em->out, "x%u %s ", n, !e->is_range ? "==" : i ? "<=" : ">=");
		fl_emit_expr(em, e->items[i], fl_op_precedence(FL_OP_SHL));
	}
	fl_buf_puts(em->out, "; })");
}

/* What a register has, cut to the argument's type: the rest of it is anything. */
static void emit_register(struct fl_emitter *em, const struct fl_expr *e, const char *what)
{
	static const char *const casts[2][4] = {
		{ "(s64)(u8)", "(s64)(u16)", "(s64)(u32)", "(u64)" },
		{ "(s64)(s8)", "(s64)(s16)", "(s64)(s32)", "(s64)" },
	};
	uint32_t size = e->base.size;

	if (!e->stars && e->base.kind == FL_TYPE_BOOL)
		fl_buf_puts(em->out, "(s64)!!(u8)");
	else if (!e->stars && size)
		fl_buf_puts(em->out, casts[e->base.is_signed][size >= 8	  ? 3
							      : size >= 4 ? 2
							      : size >= 2 ? 1
									  : 0]);
	else
		fl_buf_puts(em->out, e->type == FL_VALUE_INT ? "(s64)" : "(u64)");
	fl_buf_puts(em->out, what);
}

static void emit_name(struct fl_emitter *em, const struct fl_expr *e)
{
	char what[32];

	if (e->name_kind == FL_NAME_ARGUMENT) {
		snprintf(what, sizeof(what), "c->arg[%u]", e->index);
		emit_register(em, e, what);
	} else if (e->name_kind == FL_NAME_RETVAL) {
		emit_register(em, e, "c->retval");
	} else if (e->builtin == FL_BUILTIN_ordinal) {
		fl_buf_puts(em->out, "(s64)ordinal");
	} else if (e->builtin == FL_BUILTIN_random) {
		fl_buf_printf(em->out, "(s64)fl_draw(c, %u, %u)", em->rule, e->mention);
	} else {
		fl_buf_printf(em->out, "fl_%s()", fl_builtin_name(e->builtin));
	}
}

static void emit_cast(struct fl_emitter *em, const struct fl_expr *e)
{
	fl_buf_putc(em->out, '(');
	if (e->stars || e->base.kind == FL_TYPE_VOID)
		fl_buf_puts(em->out, "(u64)(");
	else if (e->base.kind == FL_TYPE_BOOL) /* of a number, not of a register's lowest byte */
		fl_buf_puts(em->out, "(s64)!!(");
	else
		emit_register(em, e, "(");
	fl_emit_expr(em, e->left, FL_PREC_TERNARY);
	fl_buf_puts(em->out, "))");
}

static void emit_call(struct fl_emitter *em, const struct fl_expr *e)
{
	const struct fl_pattern_set *set;

	if (e->function == FL_FUNCTION_cgroup) {
		fl_buf_printf(em->out, "fl_in_cgroup(%" PRIu64 "ULL, %u)", e->value, e->index);
		return;
	}
	em->uses_stack = true;
	if (e->left) {
		fl_buf_printf(em->out, "fl_is_inside(%u)", e->index);
		return;
	}
	em->uses_data = true;
	set = &em->plan->script->patterns[e->index];
	fl_buf_printf(em->out, "fl_is_%s(t, c, %zu, %zu)", fl_function_name(e->function),
		      set->first, set->nranges);
}

static void emit_state(struct fl_emitter *em, const struct fl_expr *e)
{
	const struct fl_state_def *def = &em->plan->script->states[e->index];
	unsigned int n = ++em->names;
	char name[24];
	struct fl_buf b;

	em->uses_data = true;
	fl_buf_init(&b, em->out->arena);
	fl_buf_printf(&b, "key%u", n);
	memcpy(name, b.text, b.len + 1 < sizeof(name) ? b.len + 1 : sizeof(name));
	fl_buf_printf(em->out, "({ u64 %s[%u] = { 0 }; ", name,
		      def->key_words ? def->key_words : 1);
	fl_emit_key(em, name, e->items, e->nitems);
	fl_buf_printf(em->out, "FL_STATE_GET(fl_at_%u, %s); })", e->index, name);
}

static int precedence(const struct fl_expr *e)
{
	if (e->is_constant)
		return FL_PREC_POSTFIX;
	switch (e->kind) {
	case FL_EXPR_TERNARY:
		return FL_PREC_TERNARY;
	case FL_EXPR_BINARY:
		if (e->op == FL_OP_SLASH || e->op == FL_OP_PERCENT || e->op == FL_OP_like)
			return FL_PREC_POSTFIX;
		return e->left->type == FL_VALUE_STRING ? FL_PREC_UNARY : fl_op_precedence(e->op);
	case FL_EXPR_UNARY:
	case FL_EXPR_NAME: /* with casts in front */
	case FL_EXPR_MEMBER:
	case FL_EXPR_INDEX:
		return FL_PREC_UNARY;
	default:
		return FL_PREC_POSTFIX;
	}
}

static void emit_bare(struct fl_emitter *em, const struct fl_expr *e)
{
	if (e->is_constant) {
		emit_constant(em, e);
		return;
	}
	if (e->in_memory) {
		fl_emit_load(em, e);
		return;
	}
	switch (e->kind) {
	case FL_EXPR_NAME:
		emit_name(em, e);
		break;
	case FL_EXPR_PARAM:
		fl_buf_printf(em->out, "fl_param[%u].value", e->index);
		break;
	case FL_EXPR_STATE:
		emit_state(em, e);
		break;
	case FL_EXPR_CAST:
		emit_cast(em, e);
		break;
	case FL_EXPR_CALL:
		emit_call(em, e);
		break;
	case FL_EXPR_UNARY:
		fl_buf_puts(em->out, fl_op_text(e->op));
		if (e->left->kind == FL_EXPR_UNARY)
			fl_buf_putc(em->out, ' ');
		if (e->op == FL_OP_NOT)
			fl_emit_truth(em, e->left, FL_PREC_UNARY);
		else
			fl_emit_expr(em, e->left, FL_PREC_UNARY);
		break;
	case FL_EXPR_BINARY:
		emit_binary(em, e);
		break;
	case FL_EXPR_TERNARY:
		fl_emit_truth(em, e->left, FL_PREC_TERNARY + 1);
		fl_buf_puts(em->out, " ? ");
		fl_emit_expr(em, e->right, FL_PREC_TERNARY + 1);
		fl_buf_puts(em->out, " : ");
		fl_emit_expr(em, e->third, FL_PREC_TERNARY);
		break;
	case FL_EXPR_IN:
		emit_in(em, e);
		break;
	default:
		break;
	}
}

static bool is_comparison(const struct fl_expr *e)
{
	return e->kind == FL_EXPR_IN ||
	       (e->kind == FL_EXPR_BINARY && e->op >= FL_OP_EQ && e->op <= FL_OP_like);
}

/* A place that a fault ends at: the value, or @otherwise. */
static void emit_guarded(struct fl_emitter *em, const struct fl_expr *e, const char *type,
			 const char *suffix)
{
	unsigned int saved = em->bad, n = ++em->names;

	em->bad = n;
	fl_buf_printf(em->out, "({ int bad%u = 0; %s r%u = (", n, type, n);
	emit_bare(em, e);
	fl_buf_printf(em->out, ")%s; bad%u ? 0 : r%u; })", suffix, n, n);
	em->bad = saved;
}

void fl_emit_expr(struct fl_emitter *em, const struct fl_expr *e, int least)
{
	bool parens = precedence(e) < least;

	if (is_comparison(e) && !e->is_constant && fl_reads_memory(e)) {
		emit_guarded(em, e, "int", "");
		return;
	}
	if (parens)
		fl_buf_putc(em->out, '(');
	emit_bare(em, e);
	if (parens)
		fl_buf_putc(em->out, ')');
}

/* Does @e itself say yes or no, after the faults inside of it? */
static bool is_truth(const struct fl_expr *e)
{
	return is_comparison(e) ||
	       (e->kind == FL_EXPR_BINARY && (e->op == FL_OP_ANDAND || e->op == FL_OP_OROR)) ||
	       (e->kind == FL_EXPR_UNARY && e->op == FL_OP_NOT);
}

void fl_emit_truth(struct fl_emitter *em, const struct fl_expr *e, int least)
{
	if (e->is_constant || is_truth(e) || !fl_reads_memory(e))
		fl_emit_expr(em, e, least);
	else
		emit_guarded(em, e, "int", " != 0");
}

void fl_emit_value(struct fl_emitter *em, const struct fl_expr *e)
{
	if (e->is_constant || is_truth(e) || !fl_reads_memory(e))
		fl_emit_expr(em, e, FL_PREC_TERNARY + 1);
	else
		emit_guarded(em, e, e->type == FL_VALUE_INT ? "s64" : "u64", "");
}
