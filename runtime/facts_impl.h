/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts_impl.h - what facts.c and facts_types.c share. */
#ifndef FL_FACTS_IMPL_H
#define FL_FACTS_IMPL_H

#include "arch.h"
#include "btf.h"
#include "calls.h"
#include "config.h"
#include "kernel.h"
#include "injectable.h"
#include "symbols.h"
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
	char *arch;
	const struct fl_arch *of_arch; /* NULL: an unknown one */
	unsigned int trampoline_words; /* see trampoline_words(); 0: not looked up */
	bool search_symbols;
	struct fl_list list;
	struct fl_traceable traceable;
	struct fl_object_types **objects;
	size_t nobjects;
	char btf_problem[160];
	struct fl_lazy_symbols symbols; /* see fl_facts_symbols() */
	struct fl_calls *calls;		/* of those symbols; NULL: not read yet */
	struct fl_config config;
	bool config_read;
	char config_value[256];
	struct fl_range **ranges; /* what was returned */
	size_t nranges;
};

static inline struct fl_facts *fl_facts_of(struct fl_kernel *k)
{
	return (struct fl_facts *)k;
}

/* vmlinux for NULL; NULL when out of memory. */
struct fl_object_types *fl_facts_object(struct fl_facts *f, const char *module);

/* facts_types.c: the operations of kernel.h on types ... */
int fl_facts_type(struct fl_kernel *k, fl_type_id id, struct fl_type *out);
int fl_facts_member(struct fl_kernel *k, fl_type_id id, const char *name, struct fl_member *out);
int fl_facts_each_member(struct fl_kernel *k, fl_type_id id,
			 int (*fn)(const struct fl_member *m, void *arg), void *arg);
int fl_facts_find_type(struct fl_kernel *k, const char *module, enum fl_type_kind kind,
		       const char *name, struct fl_type *out);
int fl_facts_find_enumerator(struct fl_kernel *k, const char *module, const char *name,
			     int64_t *out);

/* ... and to fill @out from the FUNC @id; false when the file makes no sense there. */
bool fl_facts_describe_func(struct fl_facts *f, const struct fl_object_types *o, uint32_t id,
			    struct fl_func *out);

/* attached.c */
int fl_facts_each_attached(struct fl_kernel *k, int (*fn)(const struct fl_attached *a, void *arg),
			   void *arg);

/* neighbours.c */
int fl_facts_each_neighbour(struct fl_kernel *k, const char *module, const char *name, bool callers,
			    int (*fn)(const char *name, const char *module, unsigned int distance,
				      void *arg),
			    void *arg);

/* facts_more.c: the injectable list, symbols, configuration, control groups. */
/* Read f->list, once: 0 whatever its state, or -ENOMEM. */
int fl_facts_list(struct fl_facts *f);
int fl_facts_ranges(struct fl_kernel *k, const char *module, const char *name,
		    const struct fl_range **out, size_t *n);
int fl_facts_address(struct fl_kernel *k, const char *name, uint64_t *out);
const char *fl_facts_config(struct fl_kernel *k, const char *name, bool *known);
int fl_facts_build_id(struct fl_kernel *k, const char *module, char out[FL_BUILD_ID]);
int fl_facts_cgroup(struct fl_kernel *k, const char *path, uint64_t *id, unsigned int *level);
/* What modules that come or go make stale. */
void fl_facts_more_forget(struct fl_facts *f);
void fl_facts_more_release(struct fl_facts *f);

#endif /* FL_FACTS_IMPL_H */
