/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVAL_LINUX_STRING_H
#define EVAL_LINUX_STRING_H

#include <linux/kernel.h>

static inline bool strstarts(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

static inline char *skip_spaces(const char *text)
{
	return (char *)text + strspn(text, " \t\n");
}

/* The text and its NUL, or an error; what is left of @to stays or is NULs. */
static inline long eval_strscpy(char *to, const char *from, size_t size, bool pad)
{
	size_t len = strlen(from);

	if (pad)
		memset(to, 0, size);
	memcpy(to, from, len < size ? len : size - 1);
	to[len < size ? len : size - 1] = '\0';
	return len < size ? (long)len : -E2BIG;
}

#define strscpy(to, from, size) eval_strscpy(to, from, size, false)
#define strscpy_pad(to, from) eval_strscpy(to, from, sizeof(to), true)

#endif
