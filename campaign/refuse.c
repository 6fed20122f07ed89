/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "refuse.h"

#include <errno.h>
#include <string.h>

int fl_refuse(struct fl_fault *fault, enum fl_fault_tag tag, ...)
{
	va_list ap;

	if (!fault)
		return -EINVAL;
	va_start(ap, tag);
	fl_fault_vraise(fault, tag, ap);
	va_end(ap);
	return -EINVAL;
}

int fl_refuse_errno(struct fl_fault *fault, enum fl_fault_tag tag, const char *subject, int err)
{
	if (!fault)
		return -err;
	fl_fault_raise(fault, tag, subject, strerror(err), NULL);
	if (fault->kind == FL_FAULT_SYSTEM && (err == EPERM || err == EACCES))
		fault->kind = FL_FAULT_PERMISSION;
	return -err;
}

int fl_refuse_memory(struct fl_fault *fault)
{
	fl_refuse(fault, FL_F_MEMORY, NULL);
	return -ENOMEM;
}
