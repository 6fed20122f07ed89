/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * refuse.h - why a campaign cannot continue: raises a fault and returns -errno,
 * so that a caller can return it. @fault may be NULL; an earlier one is
 * overwritten.
 */
#ifndef FL_REFUSE_H
#define FL_REFUSE_H

#include "fault.h"

/* As fl_fault_raise(); -EINVAL. */
int fl_refuse(struct fl_fault *fault, enum fl_fault_tag tag, ...) __attribute__((sentinel));
/*
 * For a failed system call: {0} is @subject, {1} the text of errno @err;
 * returns -@err. EPERM and the like make the kind PERMISSION where the row has
 * SYSTEM.
 */
int fl_refuse_errno(struct fl_fault *fault, enum fl_fault_tag tag, const char *subject, int err);
/* -ENOMEM */
int fl_refuse_memory(struct fl_fault *fault);

#endif /* FL_REFUSE_H */
