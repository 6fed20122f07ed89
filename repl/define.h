/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * define.h - definitions (param, let) as a list: those typed at the prompt,
 * which are prepended to each rule.
 */
#ifndef FL_DEFINE_H
#define FL_DEFINE_H

#include "compile.h"

enum fl_literal {
	FL_LITERAL_NUMBER,   /* also by name: EIO, NULL, true */
	FL_LITERAL_FRACTION, /* in 1e-9 */
	FL_LITERAL_TIME,     /* in ns */
	FL_LITERAL_TEXT,
};

struct fl_definition {
	bool is_param;
	enum fl_literal kind; /* of a parameter */
	char *name;
	char *value; /* as the language has it, also "{1, 2}" */
	char *help;  /* in quotes, or NULL */
};

struct fl_definitions {
	struct fl_definition *list;
	size_t n;
	char *text; /* all of them, a line each; NULL where there are none */
	bool alone; /* they were read, and nothing else was there */
};

/*
 * Everything that @src defines, after @opts->prelude; with @opts->read also
 * what its used files define. An error ends the list. -ENOMEM or 0 with *out
 * yours to release.
 */
int fl_definitions_read(const struct fl_source *src, const struct fl_compile_opts *opts,
			struct fl_definitions *out);
void fl_definitions_release(struct fl_definitions *d);
const struct fl_definition *fl_definitions_find(const struct fl_definitions *d, const char *name,
						bool is_param);
/* What @from has and @d has not, at the end; 0 or -ENOMEM. */
int fl_definitions_add(struct fl_definitions *d, const struct fl_definitions *from);
/* Another value for the parameter @name, as the language has it; 0, -ENOENT, -ENOMEM. */
int fl_definitions_set(struct fl_definitions *d, const char *name, const char *value);

/*
 * One number, fraction, time or name of a number, with a sign; false: it is not one.
 */
bool fl_literal_read(const char *text, enum fl_literal *kind, int64_t *value);
/*
 * A percentage from 0 to 100, perhaps with a fraction, in 1e-9; false: it is not one.
 */
bool fl_literal_percent(const char *text, int64_t *value);
/* As the language has it, "2.5", "30s"; malloc'd, or NULL. */
char *fl_literal_text(enum fl_literal kind, int64_t value);

#endif /* FL_DEFINE_H */
