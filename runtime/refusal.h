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
	char *text; /* NULL: nothing was said, or no memory */
	size_t len;
	size_t cap;
};

/* @taken: what the verifier says of programs that it takes, or NULL. */
void fl_fault_log_start(struct fl_fault_log *log, struct fl_fault_log *taken);
void fl_fault_log_stop(struct fl_fault_log *log);
void fl_fault_log_release(struct fl_fault_log *log);

/* What was asked for cannot be done: the text by @format, @advice as hint or "". */
__attribute__((format(printf, 3, 4))) void fl_fault_request(struct fl_fault *fault,
							    const char *advice, const char *format,
							    ...);

/* In words, for a negative errno that may be one of the kernel's own. */
const char *fl_fault_error(int err);

/* For backend/: a text, a hint, and what the log says. */
__attribute__((format(printf, 2, 3))) void fl_fault_say(struct fl_fault *fault, const char *format,
							...);
void fl_fault_hint(struct fl_fault *fault, const char *text);
bool fl_fault_said(const struct fl_fault_log *log, const char *text);
/*
 * Did the verifier come to look at instructions? Where a program cannot be put
 * on its function at all, it says that it processed none.
 */
bool fl_fault_was_verified(const struct fl_fault_log *log);
/* The verifier did not take the program for @func. */
void fl_fault_rejected(struct fl_fault *fault, const char *func);

/* @err is a negative errno. */
void fl_fault_set(struct fl_fault *fault, int err, const char *text);
void fl_fault_load(struct fl_fault *fault, const struct fl_object *obj,
		   const struct fl_fault_log *log, int err);
void fl_fault_attach(struct fl_fault *fault, const struct fl_object *obj, int prog,
		     const struct fl_fault_log *log, int err);

#endif /* FL_REFUSAL_H */
