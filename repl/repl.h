/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repl.h - the interactive front end: rules that are armed as they are typed,
 * watched and changed while they run.
 */
#ifndef FL_REPL_H
#define FL_REPL_H

#include "compile.h"
#include "facts.h"
#include "session.h"

struct fl_repl_opts {
	struct fl_facts_opts facts;
	struct fl_compile_opts compile; /* prelude and read are the prompt's own */
	struct fl_session_opts session;
	/* Commands shared with the command line; NULL: not available. */
	void (*functions)(const char *pattern); /* "" for all */
	void (*explain)(const char *function);
	void (*doctor)(void);
	int (*read)(void *arg, const char *path, char **text, size_t *len);
};

/*
 * Runs until the user quits. Standard input is a terminal. Returns 0, or -errno
 * when it cannot start; everything is disarmed then.
 */
int fl_repl(const struct fl_repl_opts *opts);

#endif /* FL_REPL_H */
