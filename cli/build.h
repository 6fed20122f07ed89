/* SPDX-License-Identifier: GPL-2.0-or-later */
/* build.h - engine options from the command line: a script, and how to compile and arm it. */
#ifndef FL_BUILD_H
#define FL_BUILD_H

#include "compile.h"
#include "facts.h"
#include "options.h"
#include "session.h"

struct fl_engine;
struct fl_engine_sink;
struct fl_errors;

/* A script in memory. */
struct fl_input {
	struct fl_source source;
	char *text; /* allocated, or NULL where it is argv's */
};

/* Read @path ("-": standard input). 0 or FL_EXIT_USAGE with a message printed. */
int fl_input_read(struct fl_input *in, const char *path);
/* The rules of -e, or else the script that is named, or else standard input. */
int fl_input_of(struct fl_input *in, const struct fl_options *o);
void fl_input_release(struct fl_input *in);

/* A file that a script uses, for fl_compile_opts.read. */
int fl_read_used(void *arg, const char *path, char **text, size_t *len);

/* For fl_compile_opts.is_same_file. */
bool fl_is_same_file(const char *a, const char *b);

/* What the options say about compiling, arming and the kernel's facts. */
struct fl_compile_opts fl_compile_options(const struct fl_options *o);
struct fl_session_opts fl_arming_options(const struct fl_options *o);
struct fl_facts_opts fl_facts_options(const struct fl_options *o);

/*
 * An engine that reports to @sink, or to @e where that is NULL. 0 with *out yours,
 * or an fl_exit, reported to @e.
 */
int fl_errors_engine(const struct fl_options *o, struct fl_errors *e,
		     const struct fl_engine_sink *sink, struct fl_engine **out);

#endif /* FL_BUILD_H */
