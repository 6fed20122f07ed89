/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The targets. One row of FL_PLAIN is one function, its body included:
 *
 *	X(RETURNS, NAME, PARAMETERS, KIND, TAG, FORM, CALL, ANSWER)
 *
 * KIND		how the answer is shown: int long s64 s8 s16 u32 u64 bool ptr void
 * TAG		as in ALLOW_ERROR_INJECTION, or NONE for one that is not injectable
 * FORM		how arguments are read, a letter each: i number, b number
 *		of which a bool is made, o object, s kernel string, u user string
 * CALL		the arguments of the call: I O S U with an index
 * ANSWER	what the function says when nothing is injected: 1000 and more for
 *		small positive arguments, so it is never taken for an error
 *
 * FL_SPECIAL is the same without ANSWER, for functions written out in
 * fl_functions.c.
 */
#ifndef FL_FUNCTIONS_H
#define FL_FUNCTIONS_H

#include "fl_targets.h"

#define FL_PLAIN(X)							\
	/* Numbers of parameters. */					\
	X(int, fl_int0, (void), int, ERRNO, "", (), 1000)		\
	X(int, fl_int1, (int a), int, ERRNO, "i", (I(0)), 1000 + a)	\
	X(int, fl_int2, (int a, int b), int, ERRNO, "ii",		\
	  (I(0), I(1)), 1000 + a + b)					\
	X(int, fl_int3, (int a, int b, int c), int, ERRNO, "iii",	\
	  (I(0), I(1), I(2)), 1000 + a + b + c)				\
	X(int, fl_int4, (int a, int b, int c, int d), int, ERRNO,	\
	  "iiii", (I(0), I(1), I(2), I(3)), 1000 + a + b + c + d)	\
	X(int, fl_int5, (int a, int b, int c, int d, int e), int,	\
	  ERRNO, "iiiii", (I(0), I(1), I(2), I(3), I(4)),		\
	  1000 + a + b + c + d + e)					\
	X(int, fl_int6, (int a, int b, int c, int d, int e, int f),	\
	  int, ERRNO, "iiiiii", (I(0), I(1), I(2), I(3), I(4), I(5)),	\
	  1000 + a + b + c + d + e + f)					\
	X(int, fl_int7,							\
	  (int a, int b, int c, int d, int e, int f, int g), int,	\
	  ERRNO, "iiiiiii",						\
	  (I(0), I(1), I(2), I(3), I(4), I(5), I(6)),			\
	  1000 + a + b + c + d + e + f + g)				\
	/* Widths and signs of parameters. */				\
	X(int, fl_arg8, (s8 a, u8 b), int, ERRNO, "ii", (I(0), I(1)),	\
	  1000 + a + b)							\
	X(int, fl_arg16, (s16 a, u16 b), int, ERRNO, "ii",		\
	  (I(0), I(1)), 1000 + a + b)					\
	X(int, fl_arg32, (s32 a, u32 b), int, ERRNO, "ii",		\
	  (I(0), I(1)), 1000 + a + b)					\
	X(int, fl_arg64, (s64 a, u64 b), int, ERRNO, "ii",		\
	  (I(0), I(1)), 1000 + (a & 0xff) + (b & 0xff))			\
	X(int, fl_arg_long, (long a, unsigned long b), int, ERRNO,	\
	  "ii", (I(0), I(1)), 1000 + (a & 0xff) + (b & 0xff))		\
	X(int, fl_arg_bool, (bool yes, enum fl_color color), int,	\
	  ERRNO, "bi", (I(0), I(1)), 1000 + yes + color)		\
	X(int, fl_arg_char, (char c, unsigned char u), int, ERRNO,	\
	  "ii", (I(0), I(1)), 1000 + c + u)				\
	X(int, fl_arg_mixed,						\
	  (u8 a, s16 b, u32 c, s64 d, bool e, void *f), int, ERRNO,	\
	  "iiiibo", (I(0), I(1), I(2), I(3), I(4), O(5)),		\
	  1000 + a + b + c + d + e + !!f)				\
	X(int, fl_arg_pair, (struct fl_pair pair, int last), int,	\
	  ERRNO, "iii", ((struct fl_pair){ I(0), I(1) }, I(2)),		\
	  1000 + pair.first + pair.second + last)			\
	/* Kinds of returns. */						\
	X(long, fl_ret_long, (long a), long, ERRNO, "i", (I(0)),	\
	  1000 + a)							\
	X(s64, fl_ret_s64, (s64 a), s64, ERRNO, "i", (I(0)), 1000 + a)	\
	X(s8, fl_ret_s8, (int a), s8, ERRNO, "i", (I(0)), 100 + a)	\
	X(s16, fl_ret_s16, (int a), s16, ERRNO, "i", (I(0)), 1000 + a)	\
	X(u32, fl_ret_u32, (int a), u32, ERRNO, "i", (I(0)), 1000 + a)	\
	X(u64, fl_ret_u64, (int a), u64, ERRNO, "i", (I(0)), 1000 + a)	\
	X(bool, fl_ret_bool, (int a), bool, TRUE, "i", (I(0)), a < 0)	\
	X(struct fl_object *, fl_ret_ptr, (unsigned int index), ptr,	\
	  ERRNO, "i", (I(0)), &fl_objects[index % FL_OBJECTS])		\
	X(struct fl_object *, fl_ret_ptr_errno_null,			\
	  (unsigned int index), ptr, ERRNO_NULL, "i", (I(0)),		\
	  &fl_objects[index % FL_OBJECTS])				\
	X(struct fl_object *, fl_ret_ptr_null, (unsigned int index),	\
	  ptr, NULL, "i", (I(0)), &fl_objects[index % FL_OBJECTS])	\
	X(const char *, fl_ret_name, (unsigned int index), ptr, NULL,	\
	  "i", (I(0)), fl_objects[index % FL_OBJECTS].name)		\
	/* Structures: no target follows its pointer, so any will do. */ \
	X(int, fl_object, (struct fl_object *obj), int, ERRNO, "o",	\
	  (O(0)), 1000 + !!obj)						\
	X(int, fl_object2,						\
	  (const struct fl_object *obj, struct fl_object *other, int a), \
	  int, ERRNO, "ooi", (O(0), O(1), I(2)),			\
	  1000 + !!obj + !!other + a)					\
	X(int, fl_opaque, (void *data, int a), int, ERRNO, "oi",	\
	  (O(0), I(1)), 1000 + !!data + a)				\
	X(int, fl_indirect, (struct fl_object **where), int, ERRNO,	\
	  "o", (&OBJECT(0)), 1000 + !!where)				\
	X(int, fl_string, (const char *name), int, ERRNO, "s", (S(0)),	\
	  1000 + !!name)						\
	X(int, fl_user_string, (const char __user *path, int a), int,	\
	  ERRNO, "ui", (U(0), I(1)), 1000 + !!path + a)			\
	/* Not injectable. */						\
	X(int, fl_traceable, (int a), int, NONE, "i", (I(0)), 1000 + a)

#define FL_SPECIAL(X)							\
	X(void, fl_void, (int a), void, NONE, "i", (I(0)))		\
	X(int, fl_recurse, (int depth), int, ERRNO, "i", (I(0)))	\
	X(int, fl_outer, (int a), int, ERRNO, "i", (I(0)))		\
	X(int, fl_middle, (int a), int, ERRNO, "i", (I(0)))		\
	X(int, fl_inner, (int a), int, ERRNO, "i", (I(0)))		\
	X(int, fl_other, (int a), int, ERRNO, "i", (I(0)))		\
	X(int, fl_uses_inline, (int a), int, ERRNO, "i", (I(0)))	\
	X(int, fl_in_irq, (int a), int, ERRNO, "i", (I(0)))		\
	X(int, fl_notrace, (int a), int, ERRNO, "i", (I(0)))		\
	X(int, fl_slow, (unsigned int milliseconds), int, ERRNO, "i",	\
	  (I(0)))							\
	X(int, fl_call_twice_a, (int a), int, NONE, "i", (I(0)))	\
	X(int, fl_call_twice_b, (int a), int, NONE, "i", (I(0)))

#define FL_DECLARE_PLAIN(ret, name, params, kind, tag, form, call, answer) \
	ret name params;
#define FL_DECLARE_SPECIAL(ret, name, params, kind, tag, form, call)	\
	ret name params;

FL_PLAIN(FL_DECLARE_PLAIN)
FL_SPECIAL(FL_DECLARE_SPECIAL)

/* fl_call_in_irq: fl_in_irq() from a hardware interrupt, and its answer. */
int fl_call_in_irq(int a);

#endif
