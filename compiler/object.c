/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "object.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sema_impl.h"

#define MAX_ERRNO 4095 /* include/linux/err.h */
#define MAX_STACK 2048 /* FL_MAX_NESTING parentheses, in each one value per precedence */

void fl_object_free(struct fl_object *obj)
{
	struct fl_arena memory;

	if (!obj)
		return;
	free(obj->elf);
	/* The object itself lives in its memory too. */
	memory.blocks = obj->memory;
	fl_arena_release(&memory);
}

const char *fl_value_name(const struct fl_obj_attach *attach, int64_t value, char *buf, size_t len)
{
	const char *name = NULL;

	if (value < 0 && value >= -MAX_ERRNO)
		name = fl_errno_name((int)-value);
	if (name)
		snprintf(buf, len, "-%s", name);
	else if (value == 0 && (attach->ret == FL_TYPE_PTR || attach->tag == FL_TAG_NULL))
		snprintf(buf, len, "NULL");
	else if ((value == 0 || value == 1) &&
		 (attach->ret == FL_TYPE_BOOL || attach->tag == FL_TAG_TRUE))
		snprintf(buf, len, "%s", value ? "true" : "false");
	else
		snprintf(buf, len, "%" PRId64, value);
	return buf;
}

bool fl_tag_allows(enum fl_tag tag, int64_t value)
{
	bool is_errno = value <= -1 && value >= -MAX_ERRNO;

	switch (tag) {
	case FL_TAG_NULL:
		return value == 0;
	case FL_TAG_ERRNO:
		return is_errno;
	case FL_TAG_ERRNO_NULL:
		return is_errno || value == 0;
	case FL_TAG_TRUE:
		return value == 1;
	default:
		return true;
	}
}

const char *fl_tag_values(enum fl_tag tag)
{
	switch (tag) {
	case FL_TAG_NULL:
		return "NULL";
	case FL_TAG_ERRNO:
		return "an errno, -1 to -4095";
	case FL_TAG_ERRNO_NULL:
		return "an errno, -1 to -4095, or NULL";
	case FL_TAG_TRUE:
		return "true";
	default:
		return "anything";
	}
}

static uint64_t apply_unary(enum fl_op op, uint64_t v)
{
	switch (op) {
	case FL_OP_NOT:
		return !v;
	case FL_OP_TILDE:
		return ~v;
	case FL_OP_NEGATE:
		return 0 - v;
	default:
		return v;
	}
}

/* One step of an expectation; the new height of the stack. */
static size_t step(const struct fl_obj_op *op, const struct fl_outcome *o, uint64_t *stack,
		   size_t n)
{
	switch (op->kind) {
	case FL_DO_PUSH:
		stack[n] = (uint64_t)op->value;
		return n + 1;
	case FL_DO_PARAM:
		stack[n] = (uint64_t)o->param(o->arg, (uint32_t)op->value);
		return n + 1;
	case FL_DO_COUNTER:
		stack[n] = o->counter(o->arg, (uint32_t)op->value, (enum fl_counter)op->arg);
		return n + 1;
	case FL_DO_EXIT:
		stack[n] = (uint64_t)o->exit_status;
		return n + 1;
	case FL_DO_SPLATS:
		stack[n] = o->splats;
		return n + 1;
	case FL_DO_UNARY:
		stack[n - 1] = apply_unary((enum fl_op)op->arg, stack[n - 1]);
		return n;
	case FL_DO_BINARY:
		stack[n - 2] = fl_fold((enum fl_op)op->arg, stack[n - 2], stack[n - 1],
				       op->value & 1, op->value & 2);
		return n - 1;
	case FL_DO_CHOOSE:
		stack[n - 3] = stack[n - 3] ? stack[n - 2] : stack[n - 1];
		return n - 2;
	}
	return n;
}

bool fl_expect_holds(const struct fl_obj_expect *x, const struct fl_outcome *outcome)
{
	uint64_t stack[MAX_STACK] = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < x->nops && n < MAX_STACK; i++)
		n = step(&x->ops[i], outcome, stack, n);
	return n && stack[0];
}
