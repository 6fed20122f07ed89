/* SPDX-License-Identifier: GPL-2.0-or-later */
/* build.h - from options to a compiled object, mistakes printed. */
#ifndef FL_BUILD_H
#define FL_BUILD_H

#include <stdio.h>

#include "compile.h"
#include "options.h"

/* A script in memory. */
struct fl_input {
	struct fl_source source;
	char *text; /* allocated, or NULL where it is argv's */
};

/* Read @path ("-": standard input). 0 or FL_EXIT_USAGE with a message printed. */
int fl_input_read(struct fl_input *in, const char *path);
/* The rules of -e. */
void fl_input_from_option(struct fl_input *in, const char *rules);
void fl_input_release(struct fl_input *in);

/* A file that a script uses, for fl_compile_opts.read. */
int fl_read_used(void *arg, const char *path, char **text, size_t *len);

/* For fl_compile_opts.is_same_file. */
bool fl_is_same_file(const char *a, const char *b);

/* What the options say about compiling. */
struct fl_compile_opts fl_compile_options(const struct fl_options *o);

/* All of them to standard error. */
void fl_print_diags(const struct fl_diags *ds);

/*
 * Compile and print what there is to say on standard error, and where @json is
 * not NULL there as error events too. 0 with *obj yours, or an fl_exit.
 */
int fl_build(const struct fl_input *in, struct fl_kernel *k, const struct fl_compile_opts *opts,
	     FILE *json, struct fl_object **obj);

#endif /* FL_BUILD_H */
