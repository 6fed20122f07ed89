/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MAX_ERRNO 4095 /* include/linux/err.h */

static const struct {
	const char *name;
	int number;
} errnos[] = {
#define FL_ERRNO(name, number) { #name, number },
#include "errno.def"
#undef FL_ERRNO
};

const char *fl_error_name(int64_t value)
{
	return value < 0 && value >= -MAX_ERRNO ? fl_errno_name((int)-value) : NULL;
}

int fl_errno_number(const char *name)
{
	for (size_t i = 0; i < COUNT(errnos); i++) {
		if (!strcmp(errnos[i].name, name))
			return errnos[i].number;
	}
	return 0;
}

const char *fl_errno_name(int number)
{
	for (size_t i = 0; i < COUNT(errnos); i++) {
		if (errnos[i].number == number)
			return errnos[i].name;
	}
	return NULL;
}

static const char *const tag_names[] = {
	[FL_TAG_NONE] = "none",	  [FL_TAG_NULL] = "NULL",
	[FL_TAG_ERRNO] = "ERRNO", [FL_TAG_ERRNO_NULL] = "ERRNO_NULL",
	[FL_TAG_TRUE] = "TRUE",
};

const char *fl_tag_name(enum fl_tag tag)
{
	return tag_names[tag];
}

enum fl_tag fl_tag_parse(const char *text, size_t len)
{
	for (size_t i = FL_TAG_NULL; i < COUNT(tag_names); i++) {
		if (strlen(tag_names[i]) == len && !memcmp(tag_names[i], text, len))
			return (enum fl_tag)i;
	}
	return FL_TAG_NONE;
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
