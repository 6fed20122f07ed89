/* SPDX-License-Identifier: GPL-2.0-or-later */
/* neighbours.c - injectable functions that one calls, or that call it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "facts.h"
#include "facts_impl.h"

#define FARTHEST 4 /* calls: further away nearly everything is */

struct listed {
	const char *name;
	const char *module; /* or NULL */
};

struct search {
	struct fl_kernel *k;
	struct listed *list; /* by name */
	size_t n;
	size_t cap;
	int (*fn)(const char *name, const char *module, unsigned int distance, void *arg);
	void *arg;
};

static int collect(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct search *s = arg;

	(void)tag;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 1024;
		struct listed *more = realloc(s->list, cap * sizeof(*more));

		if (!more)
			return -ENOMEM;
		s->list = more;
		s->cap = cap;
	}
	s->list[s->n++] = (struct listed){ name, module };
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct listed *)a)->name, ((const struct listed *)b)->name);
}

static bool same_module(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool is_listed(const struct search *s, const struct fl_symbol *sym)
{
	const struct listed key = { .name = sym->name }, *at, *end = s->list + s->n;

	at = s->n ? bsearch(&key, s->list, s->n, sizeof(key), by_name) : NULL;
	while (at && at > s->list && !strcmp(at[-1].name, sym->name))
		at--;
	for (; at && at < end && !strcmp(at->name, sym->name); at++) {
		if (same_module(at->module, sym->module))
			return true;
	}
	return false;
}

/* A hook that returns an errno, which takes no list. */
static bool is_hook(const struct search *s, const struct fl_symbol *sym)
{
	struct fl_func f;

	return !sym->module && fl_is_hook(sym->name) &&
	       !s->k->ops->find_func(s->k, "vmlinux", sym->name, &f) && f.in_btf &&
	       f.ret.kind == FL_TYPE_INT && !f.no_trampoline;
}

static int consider(const struct fl_symbol *sym, unsigned int distance, void *arg)
{
	const struct search *s = arg;

	if (!is_listed(s, sym) && !is_hook(s, sym))
		return 0;
	return s->fn(sym->name, sym->module, distance, s->arg);
}

/* Read once, of the running kernel as it is then. */
static int find_calls(struct fl_facts *f, struct fl_calls **out)
{
	struct fl_symbols *symbols;
	struct fl_kcore *code;
	int err;

	*out = f->calls;
	if (f->calls)
		return 0;
	if (!f->of_arch || fl_facts_symbols(&f->k, &symbols) || !symbols ||
	    fl_kcore_open(f->root, &code))
		return -ENODATA;
	err = fl_calls_find(f->of_arch, symbols, code, &f->calls);
	fl_kcore_close(code);
	*out = f->calls;
	return err;
}

int fl_facts_each_neighbour(struct fl_kernel *k, const char *module, const char *name, bool callers,
			    int (*fn)(const char *name, const char *module, unsigned int distance,
				      void *arg),
			    void *arg)
{
	struct search s = { .k = k, .fn = fn, .arg = arg };
	struct fl_calls *calls;
	int err = find_calls(fl_facts_of(k), &calls);

	/* without a list there are hooks */
	if (!err && k->ops->each_injectable(k, collect, &s) == -ENOMEM)
		err = -ENOMEM;
	if (!err) {
		if (s.n)
			qsort(s.list, s.n, sizeof(s.list[0]), by_name);
		err = fl_calls_near(calls, module, name, callers, FARTHEST, consider, &s);
	}
	free(s.list);
	k->out_of_memory |= err == -ENOMEM;
	return err;
}
