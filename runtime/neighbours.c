/* SPDX-License-Identifier: GPL-2.0-or-later */
/* neighbours.c - injectable functions that one calls, or that call it. */
#include <errno.h>

#include "calls.h"
#include "facts.h"
#include "facts_impl.h"

#define FARTHEST 4 /* calls: further away nearly everything is */

struct search {
	struct fl_kernel *k;
	int (*fn)(const char *name, const char *module, unsigned int distance, void *arg);
	void *arg;
};

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
	const struct fl_list *list = &fl_facts_of(s->k)->list;
	bool twice;

	/* without a list there are hooks */
	if (!fl_list_entry(list, sym->module ? sym->module : "vmlinux", sym->name, &twice) &&
	    !is_hook(s, sym))
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

	if (!err)
		err = fl_facts_list(fl_facts_of(k));
	if (!err)
		err = fl_calls_near(calls, module, name, callers, FARTHEST, consider, &s);
	k->out_of_memory |= err == -ENOMEM;
	return err;
}
