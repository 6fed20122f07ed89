/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts_impl.h - what facts.c and facts_types.c share. */
#ifndef FL_FACTS_IMPL_H
#define FL_FACTS_IMPL_H

#include "btf.h"
#include "kernel.h"
#include "list.h"
#include "traceable.h"

/* The BTF of vmlinux (slot 0) or of a module. */
struct fl_object_types {
	char *module;
	struct fl_btf btf;
	int err; /* why it cannot be read, or 0 */
};

struct fl_facts {
	struct fl_kernel k; /* first: this is what others hold */
	char *root;
	char *release;
	bool search_symbols;
	struct fl_list list;
	struct fl_traceable traceable;
	struct fl_object_types **objects;
	size_t nobjects;
	char btf_problem[160];
};

static inline struct fl_facts *fl_facts_of(struct fl_kernel *k)
{
	return (struct fl_facts *)k;
}

/* vmlinux for NULL; NULL when there is no memory. */
struct fl_object_types *fl_facts_object(struct fl_facts *f, const char *module);

/* facts_types.c: the operations of kernel.h on types ... */
int fl_facts_type(struct fl_kernel *k, fl_type_id id, struct fl_type *out);
int fl_facts_member(struct fl_kernel *k, fl_type_id id, const char *name, struct fl_member *out);
int fl_facts_each_member(struct fl_kernel *k, fl_type_id id,
			 int (*fn)(const struct fl_member *m, void *arg), void *arg);
int fl_facts_find_type(struct fl_kernel *k, enum fl_type_kind kind, const char *name,
		       struct fl_type *out);

/* ... and to fill @out from the FUNC @id; false when the file makes no sense there. */
bool fl_facts_describe_func(const struct fl_facts *f, const struct fl_object_types *o, uint32_t id,
			    struct fl_func *out);

#endif /* FL_FACTS_IMPL_H */
