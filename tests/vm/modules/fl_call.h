/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between fl_call.c, which calls, and fl_parse.c, which reads what to call. */
#ifndef FL_CALL_H
#define FL_CALL_H

#include <linux/types.h>

#define FL_ARGUMENTS 7

enum fl_kind {
	FL_int, FL_long, FL_s64, FL_s8, FL_s16, FL_u32, FL_u64,
	FL_bool, FL_ptr, FL_void,
};

struct fl_call {
	u64 number[FL_ARGUMENTS];
	void *pointer[FL_ARGUMENTS];
	/* A page of the caller's, when a text was put there. */
	unsigned long user;
};

struct fl_target {
	const char *name;
	const char *tag;
	const char *prototype;
	const char *form;
	enum fl_kind kind;
	u64 (*call)(struct fl_call *c);
};

/* Ends with a row without name. */
extern const struct fl_target fl_targets[];

/*
 * fl_read_call: the target and the arguments of a line, which is changed and
 * has to live as long as *c; NULL when the line is no call. A page at c->user
 * is to be unmapped by the caller, also after NULL.
 */
const struct fl_target *fl_read_call(char *line, u64 *count, struct fl_call *c);

#endif
