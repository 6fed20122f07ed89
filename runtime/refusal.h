/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * refusal.h - why the kernel refused, in words. Internal to runtime/.
 *
 * libbpf and the verifier explain themselves through one print function for
 * the whole process; a log collects that while it is started.
 */
#ifndef FL_REFUSAL_H
#define FL_REFUSAL_H

#include "session.h"

#define ENOTSUPP 524 /* include/linux/errno.h in the kernel; it gets out to users */

struct fl_fault_log {
	char *text; /* NULL: no message, or out of memory */
	size_t len;
	size_t cap;
};

/* @taken: what the verifier says of programs that it takes, or NULL. */
void fl_fault_log_start(struct fl_fault_log *log, struct fl_fault_log *taken);
void fl_fault_log_stop(struct fl_fault_log *log);
void fl_fault_log_release(struct fl_fault_log *log);

/* Text of a negative errno, which may be kernel-internal. */
const char *fl_fault_error(int err);

/* For backend/: what the log says. */
bool fl_fault_said(const struct fl_fault_log *log, const char *text);
/*
 * Did the verifier process instructions? If the program cannot be attached to
 * its function at all, it reports none.
 */
bool fl_fault_was_verified(const struct fl_fault_log *log);

/* A tag whose only place is the negative errno; -EPERM and -EACCES are a matter of permission. */
void fl_fault_errno(struct fl_fault *fault, enum fl_fault_tag tag, int err);

void fl_fault_load(struct fl_fault *fault, const struct fl_object *obj,
		   const struct fl_fault_log *log, int err);
void fl_fault_attach(struct fl_fault *fault, const struct fl_object *obj, int prog,
		     const struct fl_fault_log *log, int err);

#endif /* FL_REFUSAL_H */
