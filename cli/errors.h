/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * errors.h - what an engine reports of failures: text on standard error, error
 * events for programs (docs/events.md), and the exit status that follows.
 */
#ifndef FL_ERRORS_H
#define FL_ERRORS_H

#include <stdio.h>

#include "engine.h"
#include "options.h"

struct fl_errors {
	FILE *json; /* where events go; NULL: nowhere */
	bool verbose;
	int status;	/* fl_exit of the last error; 0 while there was none */
	char text[512]; /* of the first error */
};

/* As -f and -v want them; JSON goes to standard output. */
struct fl_errors fl_errors_of(const struct fl_options *o);

/* For fl_engine_sink, with a struct fl_errors as @arg. */
void fl_errors_diags(void *arg, const struct fl_diags *ds);
void fl_errors_fault(void *arg, const struct fl_fault *f);

/* A failure outside of an engine, to standard error; an fl_exit. As fl_fault_raise(). */
int fl_complain(enum fl_fault_tag tag, ...) __attribute__((sentinel));
/* One that was raised outside of an engine; releases it and returns the fl_exit. */
int fl_errors_report(struct fl_errors *e, struct fl_fault *f);
/* The same for one that is raised here, as by fl_fault_raise(). */
int fl_errors_raise(struct fl_errors *e, enum fl_fault_tag tag, ...) __attribute__((sentinel));
/* Returns the status. */
int fl_errors_no_memory(struct fl_errors *e);

/* All of them to standard error. */
void fl_print_diags(const struct fl_diags *ds);

/* Report that there is no engine because of @err. Returns an fl_exit. */
int fl_errors_new_engine(struct fl_errors *e, int err);

#endif /* FL_ERRORS_H */
