/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * index.h - where the names of a script are defined and used, and what they
 * mean. The language's side of an editor: no protocol, no files, no terminal.
 */
#ifndef FL_INDEX_H
#define FL_INDEX_H

#include "ast.h"
#include "compile.h"

enum fl_mention_kind {
	FL_MENTION_PARAM,
	FL_MENTION_LET,
	FL_MENTION_LABEL,
	FL_MENTION_STATE,
	FL_MENTION_ARGUMENT, /* of the function, by the kernel's name or the rule's */
	FL_MENTION_FUNCTION, /* of the kernel, or a pattern of them */
	FL_MENTION_MODULE,
	FL_MENTION_BUILTIN,
	FL_MENTION_CALL, /* of str() and the like */
	FL_MENTION_MEMBER,
	FL_MENTION_CONSTANT, /* an errno, an enumerator, true, false, NULL */
	FL_MENTION_COUNTER,  /* in an expectation: LABEL.injected, exit */
	FL_MENTION_FILE,     /* the string of a use */
};

#define FL_NO_RULE SIZE_MAX

struct fl_mention {
	enum fl_mention_kind kind;
	struct fl_span span;  /* of the name alone: '$' and '@' are before it */
	struct fl_span whole; /* of the expression that ends with it: a->b */
	const char *name;     /* of a FILE its path, as written */
	const char *module;   /* of a FUNCTION, or NULL */
	bool defines;
	size_t rule; /* of an ARGUMENT that the rule names: which */
};

struct fl_index;

/*
 * Index @src, and the files that it uses, for the kernel @k. Items that cannot
 * be parsed are left out. 0 with *out yours to free, or -ENOMEM. @src must live
 * as long as the index, and so must all that @k has answered.
 */
int fl_index_new(const struct fl_source *src, struct fl_kernel *k,
		 const struct fl_compile_opts *opts, struct fl_index **out);
void fl_index_free(struct fl_index *ix);

/* The script, checked: its own items and those of the files that it uses. */
const struct fl_script *fl_index_script(const struct fl_index *ix);

/* The name at, or ending at, a byte of @src; NULL: none. */
const struct fl_mention *fl_index_at(const struct fl_index *ix, uint32_t off);
/* The keyword there, or NULL. */
const char *fl_index_keyword(const struct fl_index *ix, uint32_t off, struct fl_span *span);
/* Where it is defined, perhaps in another file; NULL: in no script. */
const struct fl_mention *fl_index_definition(const struct fl_index *ix, const struct fl_mention *m);
/* Call @fn for all uses of the same thing, its definition included, file by file. */
void fl_index_each(const struct fl_index *ix, const struct fl_mention *m,
		   void (*fn)(const struct fl_mention *m, void *arg), void *arg);

/*
 * The type of an argument or member, "struct bio *", valid as long as the index;
 * NULL when it is not known.
 */
const char *fl_index_type(struct fl_index *ix, const struct fl_mention *m);
/* What a constant, parameter or let is worth, where that is a number. */
bool fl_index_value(const struct fl_index *ix, const struct fl_mention *m, int64_t *out);
/* All param and let as text, for fl_complete_opts.prelude; valid as long as the index. */
const struct fl_source *fl_index_definitions(const struct fl_index *ix);

#endif /* FL_INDEX_H */
