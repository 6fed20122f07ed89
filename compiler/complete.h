/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * complete.h - what can come next in a rule being typed.
 *
 * The language's side of completion: no terminal, no files, no commands.
 */
#ifndef FL_COMPLETE_H
#define FL_COMPLETE_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "kernel.h"

struct fl_complete_opts {
	struct fl_kernel *kernel;
	const struct fl_source *prelude; /* definitions, or NULL */
	const char *const *labels;	 /* of rules that there are, for expect */
	size_t nlabels;
	/* After a structure or a pointer to one, say how its members are reached: "bio->". */
	bool with_operator;
	/*
	 * Called before @fn of fl_complete() with the type of that word, "struct bio *"
	 * of an argument or member, or NULL. NULL: types are not wanted.
	 */
	void (*type)(const char *type, void *arg);
};

/*
 * Call @fn for every word that may replace the one at the end of @text; *start
 * says where that begins. Words come sorted and once. -ENOMEM, or 0 also when
 * there is none.
 */
int fl_complete(const char *text, size_t len, const struct fl_complete_opts *opts, size_t *start,
		void (*fn)(const char *word, void *arg), void *arg);

/* Does @src end in the middle of a rule, so that more lines are to come? */
bool fl_is_incomplete(const struct fl_source *src);

#endif /* FL_COMPLETE_H */
