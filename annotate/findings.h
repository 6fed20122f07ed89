/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * findings.h - facts about functions, file by file. Collected in a process per
 * file, passed on as lines of text, and judged together.
 */
#ifndef FL_FINDINGS_H
#define FL_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "mem.h"

/* What makes it unreachable as a function, or unfit; bits. */
enum {
	FL_TRAIT_STATIC = 1,
	FL_TRAIT_INLINE = 2,
	FL_TRAIT_NOINLINE = 4,
	FL_TRAIT_INIT = 8,     /* __init, __exit: its code is dropped */
	FL_TRAIT_NOINSTR = 16, /* noinstr, notrace, __kprobes, NOKPROBE_SYMBOL */
	FL_TRAIT_EXPORTED = 32,
	FL_TRAIT_MARKED = 64,	/* ALLOW_ERROR_INJECTION is there already */
	FL_TRAIT_POINTER = 128, /* its address is taken */
	FL_TRAIT_VARIADIC = 256,
	FL_TRAIT_BROKEN = 512,	 /* it has a part that Clang did not understand */
	FL_TRAIT_CHANGES = 1024, /* as a whole; of FL_TRAIT_CALLS, if one of those does */
};

enum fl_return_kind {
	FL_RETURNS_VOID,
	FL_RETURNS_SIGNED,
	FL_RETURNS_UNSIGNED,
	FL_RETURNS_BOOL,
	FL_RETURNS_POINTER,
	FL_RETURNS_OTHER, /* a structure, a floating point number */
};

/* enum fl_effect_kind and a place. */
struct fl_done {
	int kind;
	unsigned int line;
	const char *what;
	bool of_result; /* the failing call's result was stored */
};

struct fl_names {
	const char **list;
	size_t n, cap;
};

struct fl_function {
	const char *name, *file;  /* relative to the build folder where it is below it */
	const char *path;	  /* absolute */
	const char *tag;	  /* of FL_TRAIT_MARKED */
	const char *type;	  /* what it returns */
	unsigned int line, brace; /* of its name and of the closing brace */
	unsigned int nodes;	  /* of its tree: how large it is */
	unsigned int traits;
	enum fl_return_kind returns;
	unsigned int values; /* FL_VALUE_* */
	struct fl_names errors, forwarded;
	unsigned int first;   /* the line of the first error return; 0: none found */
	struct fl_done *done; /* before that */
	size_t ndone, done_cap;
	size_t undone;
	struct fl_names calls; /* of its whole body, that are not known */
	unsigned int param_stores;
	struct fl_site **sites;
	size_t nsites, sites_cap;
};

enum fl_site_use {
	FL_USE_DROPPED, /* the result is ignored */
	FL_USE_TESTED,
	FL_USE_PASSED, /* returned, or passed to another function */
};

struct fl_site {
	const char *callee, *caller, *file;
	unsigned int line;
	enum fl_site_use use;
	bool gives_up;		  /* if true the caller fails, too */
	bool err_test, null_test; /* IS_ERR(), a comparison with NULL */
};

struct fl_macro {
	const char *name, *file;
	unsigned int line;
};

struct fl_findings {
	struct fl_arena *arena;
	struct fl_function **functions;
	size_t nfunctions, functions_cap;
	struct fl_site **sites;
	size_t nsites, sites_cap;
	struct fl_names taken;	 /* functions whose address is taken */
	struct fl_macro *macros; /* of the wanted name */
	size_t nmacros, macros_cap;
	unsigned int warnings, errors;
	const char *first_error; /* FILE:LINE: TEXT */
	bool failed;		 /* it could not be read at all */
};

/* One file's findings as lines, and back, added to @all. false: cut off. */
void fl_findings_write(const struct fl_findings *f, FILE *out);
bool fl_findings_read(struct fl_findings *all, char *text, size_t len);

void fl_names_add(struct fl_arena *a, struct fl_names *names, const char *name);

#endif /* FL_FINDINGS_H */
