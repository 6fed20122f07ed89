/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault.h - what goes wrong apart from scripts, as data: a row of fault.def
 * with its places filled. Scripts' mistakes are diagnostics, compiler/diag.h.
 */
#ifndef FL_FAULT_H
#define FL_FAULT_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

/* Exit statuses of all commands, documented in faultline(1). */
enum fl_exit {
	FL_EXIT_OK = 0,
	FL_EXIT_FINDING = 1,
	FL_EXIT_USAGE = 2,
	FL_EXIT_IDLE = 3,
	FL_EXIT_KERNEL = 4,
	FL_EXIT_PERMISSION = 5,
	FL_EXIT_FRESH = 6, /* a campaign needs a fresh machine to continue */
};

/* Whose fault a failure is; decides the exit status of a run that it ends. */
enum fl_fault_kind {
	FL_FAULT_SYSTEM,     /* resources; says errno */
	FL_FAULT_PERMISSION, /* no permission */
	FL_FAULT_KERNEL,     /* not supported by this kernel */
	FL_FAULT_REFUSED,    /* fmod_ret was refused for prog; another back end may work */
	FL_FAULT_REQUEST,    /* the request makes no sense here */
	FL_FAULT_DEFECT,     /* a bug in faultline; the log belongs to the message */
	FL_FAULT_USAGE,	     /* the command line is wrong */
	FL_FAULT_MACHINE,    /* this machine is dirty; a fresh one may work */
};

enum fl_fault_tag {
	FL_NO_FAULT,
#define FL_FAULT(tag, kind, text, hint) FL_##tag,
#include "fault.def"
#undef FL_FAULT
	FL_NFAULTS
};

struct fl_fault {
	enum fl_fault_tag tag;
	enum fl_fault_kind kind;
	int prog;	/* index into the object's progs, or -1 */
	char text[512]; /* one line, lower case, no full stop */
	char hint[256]; /* "" when there is none */
	char *log;	/* log of libbpf and the verifier, or NULL */
};

/* Fill in @fault: the strings for {0}, {1} ... follow, then NULL. They are copied. */
void fl_fault_raise(struct fl_fault *fault, enum fl_fault_tag tag, ...) __attribute__((sentinel));
void fl_fault_vraise(struct fl_fault *fault, enum fl_fault_tag tag, va_list ap);
void fl_fault_release(struct fl_fault *fault);

/* The fl_exit for a run that it ends. */
int fl_fault_exit(const struct fl_fault *fault);

/* An "error" event of docs/events.md; strings may be NULL. */
struct fl_error_event {
	const char *severity;
	const char *tag;
	const char *file;
	unsigned int line, column;
	const char *text;
	const char *hint;
};
void fl_error_event(FILE *out, const struct fl_error_event *e);
void fl_fault_event(const struct fl_fault *fault, FILE *out);

/* A number for a place, as an argument of fl_fault_raise(): fl_digits(n).text */
struct fl_digits {
	char text[24];
};
struct fl_digits fl_digits(int64_t n);

/* "O_UNKNOWN"; NULL for FL_NO_FAULT */
const char *fl_fault_tag_name(enum fl_fault_tag tag);

#endif /* FL_FAULT_H */
