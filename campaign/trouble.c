/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trouble.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int fl_trouble_set(struct fl_trouble *t, enum fl_sweep_exit status, const char *tag,
		   const char *hint, const char *format, ...)
{
	va_list ap;

	if (!t)
		return -EINVAL;
	t->status = status;
	t->tag = tag;
	va_start(ap, format);
	vsnprintf(t->text, sizeof(t->text), format, ap);
	va_end(ap);
	snprintf(t->hint, sizeof(t->hint), "%s", hint);
	return -EINVAL;
}

int fl_trouble_errno(struct fl_trouble *t, int err, const char *tag, const char *format, ...)
{
	va_list ap;
	size_t len;

	if (!t)
		return -err;
	t->status = err == EPERM || err == EACCES ? FL_SWEEP_PERMISSION : FL_SWEEP_FINDING;
	t->tag = tag;
	t->hint[0] = '\0';
	va_start(ap, format);
	vsnprintf(t->text, sizeof(t->text), format, ap);
	va_end(ap);
	len = strlen(t->text);
	snprintf(t->text + len, sizeof(t->text) - len, ": %s", strerror(err));
	return -err;
}
