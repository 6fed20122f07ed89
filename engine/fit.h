/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fit.h - is this kernel the one that an object was compiled for?
 *
 * Build IDs of the kernel and of modules determine types and offsets; addresses
 * and IDs of control groups differ between boots, and are checked if the code
 * uses them. BTF and the list of injectable functions need not be read.
 */
#ifndef FL_FIT_H
#define FL_FIT_H

#include "fault.h"
#include "kernel.h"
#include "object.h"

/* 0, or -EOPNOTSUPP with the reason in @fault; -ENOMEM, with that in @fault. */
int fl_object_fits(const struct fl_object *obj, struct fl_kernel *k, struct fl_fault *fault);

#endif /* FL_FIT_H */
