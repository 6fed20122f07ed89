/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run.h - what faultline does once its options are known. Each returns an fl_exit. */
#ifndef FL_RUN_H
#define FL_RUN_H

#include "options.h"

int fl_run(const struct fl_options *o);	    /* arm, watch, disarm, sum up */
int fl_check(const struct fl_options *o);   /* compile only */
int fl_emit_to(const struct fl_options *o); /* --emit */

int fl_interactive(const struct fl_options *o); /* the REPL */

#endif /* FL_RUN_H */
