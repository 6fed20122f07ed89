/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fl_objects.c and fl_parse.c want of the kernel, on top of the C library. */
#ifndef EVAL_LINUX_KERNEL_H
#define EVAL_LINUX_KERNEL_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

static inline int kstrtou64(const char *text, int base, u64 *out)
{
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	*out = strtoull(text, &end, base);
	return *end ? -EINVAL : -errno;
}

static inline int kstrtos64(const char *text, int base, s64 *out)
{
	char *end;

	errno = 0;
	*out = strtoll(text, &end, base);
	return *end || end == text ? -EINVAL : -errno;
}

static inline int kstrtoul(const char *text, int base, unsigned long *out)
{
	u64 number = 0;
	int err = kstrtou64(text, base, &number);

	*out = number;
	return err;
}

#endif
