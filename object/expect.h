/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expect.h - expectations as code for a stack of numbers, and their evaluation.
 *
 * The numbers of codes are part of a serialised object: one that is given away
 * never changes its meaning.
 */
#ifndef FL_EXPECT_H
#define FL_EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fl_code {
	FL_CODE_NONE = 0,
	/* one number more */
	FL_CODE_PUSH = 1,    /* value */
	FL_CODE_PARAM = 2,   /* parameter number value */
	FL_CODE_COUNTER = 3, /* enum fl_counter arg of rule number value */
	FL_CODE_EXIT = 4,    /* the command's exit status */
	FL_CODE_SPLATS = 5,  /* warnings and worse in the kernel log */
	/* condition, yes, no: one of three stays */
	FL_CODE_CHOOSE = 8,
	/* one for one */
	FL_CODE_NOT = 16,
	FL_CODE_TILDE = 17,
	FL_CODE_NEGATE = 18,
	FL_CODE_POSITIVE = 19,
	/* one for two; arg: FL_CODE_UNSIGNED and the like */
	FL_CODE_OROR = 32,
	FL_CODE_ANDAND = 33,
	FL_CODE_OR = 34,
	FL_CODE_XOR = 35,
	FL_CODE_AND = 36,
	FL_CODE_EQ = 37,
	FL_CODE_NE = 38,
	FL_CODE_LT = 39,
	FL_CODE_LE = 40,
	FL_CODE_GT = 41,
	FL_CODE_GE = 42,
	FL_CODE_SHL = 43,
	FL_CODE_SHR = 44,
	FL_CODE_PLUS = 45,
	FL_CODE_MINUS = 46,
	FL_CODE_STAR = 47,
	FL_CODE_SLASH = 48,
	FL_CODE_PERCENT = 49,
};

#define FL_CODE_UNSIGNED 1	/* compare and divide without signs */
#define FL_CODE_LEFT_UNSIGNED 2 /* shift right without a sign */

enum fl_counter {
	FL_COUNT_CALLS = 0,
	FL_COUNT_MATCHED = 1,
	FL_COUNT_INJECTED = 2,
	FL_COUNT_FIRED = 3,
};

/* One step of an expectation in reverse Polish notation. */
struct fl_obj_op {
	enum fl_code code;
	uint32_t arg;
	int64_t value;
};

struct fl_obj_expect {
	const char *text;
	const char *message; /* or NULL */
	const char *source;
	unsigned int line;
	struct fl_obj_op *ops;
	size_t nops;
	bool needs_exit; /* only holds where a command came to its end */
};

/* What an expectation is held against. */
struct fl_outcome {
	uint64_t (*counter)(void *arg, uint32_t rule, enum fl_counter counter);
	int64_t (*param)(void *arg, uint32_t param);
	void *arg;
	int64_t exit_status;
	uint64_t splats;
};

/* Does it hold? Its code must be sound. */
bool fl_expect_holds(const struct fl_obj_expect *x, const struct fl_outcome *outcome);

/* Does its code leave one number, without underflow or overflow of the stack? */
bool fl_expect_is_sound(const struct fl_obj_expect *x);

/* What an operator of one or two operands makes of them, as BPF programs calculate. */
uint64_t fl_calc_unary(enum fl_code code, uint64_t v);
uint64_t fl_calc_binary(enum fl_code code, uint64_t a, uint64_t b, uint32_t flags);

#endif /* FL_EXPECT_H */
