/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict_text.h"

const char *fl_may_return(enum fl_tag tag)
{
	switch (tag) {
	case FL_TAG_ERRNO:
		return "an error, -1 to -4095, by name or number";
	case FL_TAG_NULL:
		return "NULL";
	case FL_TAG_ERRNO_NULL:
		return "an error, -1 to -4095, by name or number, or NULL";
	case FL_TAG_TRUE:
		return "true";
	default:
		return "";
	}
}
