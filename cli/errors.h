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
#include "trouble.h"

struct fl_errors {
	FILE *json; /* events go there; NULL: none are wanted */
	bool verbose;
	int status;	/* fl_exit of the last error; 0 while there was none */
	char text[256]; /* of the first error */
};

/* For fl_engine_sink, with a struct fl_errors as @arg. */
void fl_errors_diags(void *arg, const struct fl_diags *ds);
void fl_errors_fault(void *arg, const struct fl_fault *f);

/* The fl_exit for what the kernel refused. */
int fl_fault_exit(const struct fl_fault *f);

/* A failure outside of an engine, to standard error; an fl_exit. As fl_fault_raise(). */
int fl_complain(enum fl_fault_tag tag, ...) __attribute__((sentinel));
/* Returns the status. */
int fl_errors_no_memory(struct fl_errors *e);

/* All of them to standard error. */
void fl_print_diags(const struct fl_diags *ds);

/* There is no engine, because of @err. Returns an fl_exit. */
int fl_errors_new_engine(struct fl_errors *e, int err);

/* A campaign's failure, to standard error; returns its status. */
int fl_trouble_print(const struct fl_trouble *t);

#endif /* FL_ERRORS_H */
