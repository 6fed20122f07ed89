/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.h - tags, kinds of return types, errnos, and what they are called.
 *
 * The numbers of tags and kinds are part of a serialised object: add at the end.
 */
#ifndef FL_NAMES_H
#define FL_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How a function on the injectable list may fail: enum
 * error_injection_type in include/asm-generic/error-injection.h.
 */
enum fl_tag {
	FL_TAG_NONE, /* not on the list */
	FL_TAG_NULL,
	FL_TAG_ERRNO,
	FL_TAG_ERRNO_NULL,
	FL_TAG_TRUE,
};

enum fl_type_kind {
	FL_TYPE_UNKNOWN, /* not in BTF */
	FL_TYPE_VOID,
	FL_TYPE_INT, /* also char */
	FL_TYPE_BOOL,
	FL_TYPE_ENUM,
	FL_TYPE_PTR,
	FL_TYPE_STRUCT,
	FL_TYPE_UNION,
	FL_TYPE_ARRAY,
	FL_TYPE_FUNC, /* a function type, pointed to */
	FL_TYPE_FLOAT,
	FL_TYPE_FWD, /* declared only */
};

/* May a function of this tag be made to return @value? 0 is NULL. Without tag: anything. */
bool fl_tag_allows(enum fl_tag tag, int64_t value);
/* What that is, in words: "an errno, -1 to -4095" */
const char *fl_tag_values(enum fl_tag tag);

/* "EIO" for 5; NULL for a number without name. */
const char *fl_errno_name(int number);
/* "EIO" for -5 as a return value; NULL for one that is not an errno, or has no name. */
const char *fl_error_name(int64_t value);
/* Errno by name ("EIO") to its positive number, 0 when there is none. */
int fl_errno_number(const char *name);

/* "ERRNO", "NULL", "ERRNO_NULL", "TRUE", as the list spells them. */
const char *fl_tag_name(enum fl_tag tag);
/* FL_TAG_NONE for an unknown text. */
enum fl_tag fl_tag_parse(const char *text, size_t len);

#endif /* FL_NAMES_H */
