/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sema.h - what the rules mean, checked against a kernel's facts. */
#ifndef FL_SEMA_H
#define FL_SEMA_H

#include "ast.h"

/* One target of a rule, both by number. */
struct fl_wait {
	uint32_t rule;
	uint32_t target;
};

struct fl_sema_opts {
	bool system_wide;	    /* rules need no condition on tasks */
	bool has_command;	    /* rules without one are limited to the command */
	bool force_return;	    /* any value may be returned */
	bool lenient;		    /* what cannot be looked up is a warning */
	const char *const *allowed; /* functions of deny.def that may fail */
	size_t nallowed;
	/*
	 * A target that is not there may come with a module: it is left out and
	 * noted in the script's waits. With @only, all others are left out.
	 */
	bool wait;
	enum fl_sweep sweep; /* set by fl_compile() */
	const struct fl_wait *only;
	size_t nonly;
};

/* Annotate @script in place. Reports all errors; see ds->nerrors. */
void fl_sema(struct fl_script *script, struct fl_kernel *k, const struct fl_sema_opts *opts,
	     struct fl_arena *a, struct fl_diags *ds);

#endif /* FL_SEMA_H */
