/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "expect.h"

#define MAX_STACK 2048 /* FL_MAX_NESTING parentheses, in each one value per precedence */

static bool less(uint64_t a, uint64_t b, uint32_t flags)
{
	return flags & FL_CODE_UNSIGNED ? a < b : (int64_t)a < (int64_t)b;
}

static uint64_t divide(uint64_t a, uint64_t b, uint32_t flags, bool want_rest)
{
	int64_t x = (int64_t)a, y = (int64_t)b;

	if (!b) /* as BPF does it; the compiler reports a constant zero */
		return want_rest ? a : 0;
	if (flags & FL_CODE_UNSIGNED)
		return want_rest ? a % b : a / b;
	if (y == -1) /* INT64_MIN / -1 overflows */
		return want_rest ? 0 : 0 - a;
	return (uint64_t)(want_rest ? x % y : x / y);
}

uint64_t fl_calc_unary(enum fl_code code, uint64_t v)
{
	switch (code) {
	case FL_CODE_NOT:
		return !v;
	case FL_CODE_TILDE:
		return ~v;
	case FL_CODE_NEGATE:
		return 0 - v;
	default:
		return v;
	}
}

uint64_t fl_calc_binary(enum fl_code code, uint64_t a, uint64_t b, uint32_t flags)
{
	switch (code) {
	case FL_CODE_OROR:
		return a || b;
	case FL_CODE_ANDAND:
		return a && b;
	case FL_CODE_OR:
		return a | b;
	case FL_CODE_XOR:
		return a ^ b;
	case FL_CODE_AND:
		return a & b;
	case FL_CODE_EQ:
		return a == b;
	case FL_CODE_NE:
		return a != b;
	case FL_CODE_LT:
		return less(a, b, flags);
	case FL_CODE_GE:
		return !less(a, b, flags);
	case FL_CODE_GT:
		return less(b, a, flags);
	case FL_CODE_LE:
		return !less(b, a, flags);
	case FL_CODE_SHL:
		return a << (b & 63);
	case FL_CODE_SHR:
		if (flags & FL_CODE_LEFT_UNSIGNED)
			return a >> (b & 63);
		return (uint64_t)((int64_t)a >> (b & 63));
	case FL_CODE_PLUS:
		return a + b;
	case FL_CODE_MINUS:
		return a - b;
	case FL_CODE_STAR:
		return a * b;
	case FL_CODE_SLASH:
		return divide(a, b, flags, false);
	default:
		return divide(a, b, flags, true);
	}
}

/* How many numbers a code takes off the stack; it leaves one. -1: unknown code. */
static int takes(enum fl_code code)
{
	if (code >= FL_CODE_PUSH && code <= FL_CODE_SPLATS)
		return 0;
	if (code >= FL_CODE_NOT && code <= FL_CODE_POSITIVE)
		return 1;
	if (code >= FL_CODE_OROR && code <= FL_CODE_PERCENT)
		return 2;
	return code == FL_CODE_CHOOSE ? 3 : -1;
}

bool fl_expect_is_sound(const struct fl_obj_expect *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->nops; i++) {
		int taken = takes(x->ops[i].code);

		if (taken < 0 || n < (size_t)taken || n - (size_t)taken >= MAX_STACK)
			return false;
		n = n - (size_t)taken + 1;
	}
	return n == 1;
}

/* The result of one step, of the numbers that it takes off. */
static uint64_t step(const struct fl_obj_op *op, const struct fl_outcome *o, const uint64_t *taken)
{
	switch (op->code) {
	case FL_CODE_PUSH:
		return (uint64_t)op->value;
	case FL_CODE_PARAM:
		return (uint64_t)o->param(o->arg, (uint32_t)op->value);
	case FL_CODE_COUNTER:
		return o->counter(o->arg, (uint32_t)op->value, (enum fl_counter)op->arg);
	case FL_CODE_EXIT:
		return (uint64_t)o->exit_status;
	case FL_CODE_SPLATS:
		return o->splats;
	case FL_CODE_CHOOSE:
		return taken[0] ? taken[1] : taken[2];
	default:
		if (takes(op->code) == 1)
			return fl_calc_unary(op->code, taken[0]);
		return fl_calc_binary(op->code, taken[0], taken[1], op->arg);
	}
}

bool fl_expect_holds(const struct fl_obj_expect *x, const struct fl_outcome *outcome)
{
	uint64_t stack[MAX_STACK] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < x->nops; i++) {
		n -= (size_t)takes(x->ops[i].code);
		stack[n] = step(&x->ops[i], outcome, &stack[n]);
		n++;
	}
	return stack[0];
}
