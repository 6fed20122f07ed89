// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The functions of the test module fl_targets, from the module's own table;
 * and with FL_LIST, which of them are injectable.
 */
#ifdef FL_LIST
#include "fl_functions.h"
#undef NULL /* which is a tag here */
#define FL_LIST_PLAIN(ret, name, params, kind, tag, form, call, answer) ROW name tag
#define FL_LIST_SPECIAL(ret, name, params, kind, tag, form, call) ROW name tag
FL_PLAIN(FL_LIST_PLAIN)
FL_SPECIAL(FL_LIST_SPECIAL)
ROW fl_twice ERRNO ROW fl_twice ERRNO
#else
#include "fl_functions.h"

static u64 result[2];

#define FL_BODY_PLAIN(ret, name, params, kind, tag, form, call, answer) \
	FL_TARGET ret name params                                       \
	{                                                               \
		return *(ret *)result;                                  \
	}
#define FL_BODY_SPECIAL(ret, name, params, kind, tag, form, call) \
	FL_TARGET ret name params                                 \
	{                                                         \
		return (ret)result[0];                            \
	}

#pragma GCC diagnostic ignored "-Wunused-parameter"
FL_PLAIN(FL_BODY_PLAIN)
FL_SPECIAL(FL_BODY_SPECIAL)
#endif
