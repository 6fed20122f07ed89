/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sema_near.c - suggestions for unknown names. */
#include <string.h>

#include "near.h"
#include "sema_impl.h"

#define NEIGHBOURS 3 /* that are named */

struct search {
	struct fl_kernel *kernel;
	bool traceable; /* functions that are not injectable will do */
	struct fl_near near;
};

/* A security_* hook, say, that reports what was done. */
static bool returns_nothing(struct fl_kernel *k, const char *module, const char *name)
{
	struct fl_func f;

	return !k->ops->find_func(k, module ? module : "vmlinux", name, &f) && f.in_btf &&
	       f.ret.kind == FL_TYPE_VOID;
}

static int consider(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct search *s = arg;

	if (fl_near_rank(&s->near, name) != FL_NEAR_FAR &&
	    (s->traceable || tag || !returns_nothing(s->kernel, module, name)))
		fl_near_consider(&s->near, module, name);
	return 0;
}

void fl_each_traceable(struct fl_kernel *k,
		       int (*fn)(const char *name, const char *module, enum fl_tag tag, void *arg),
		       void *arg)
{
	if (k->ops->each_traceable(k, fn, arg) < 0)
		k->ops->each_function(k, "", fn, arg);
}

/* System calls by the names that scripts have for them. */
static void each_syscall(struct fl_kernel *k, bool traceable,
			 int (*fn)(const char *name, const char *module, enum fl_tag tag,
				   void *arg),
			 void *arg)
{
	for (size_t i = 0; i < fl_syscall_count(); i++) {
		const struct fl_syscall *call = fl_syscall_at(k->arch, i);
		struct fl_func f;

		if (call && !k->ops->find_func(k, NULL, call->function, &f) && (f.tag || traceable))
			fn(call->name, NULL, f.tag, arg);
	}
}

const char *fl_offers(struct fl_sema *s, const char *wanted, bool traceable)
{
	bool is_syscall = !strncmp(wanted, FL_SYSCALL_PREFIX, strlen(FL_SYSCALL_PREFIX));
	struct fl_kernel *k = s->kernel;
	struct search search = { .kernel = k, .traceable = traceable };
	struct fl_near *near = &search.near;
	size_t significant;
	struct fl_buf b;

	fl_near_init(near, FL_NEAR_TYPO, wanted);
	near->any_module = true;
	significant = strlen(near->wanted);
	if (near->is_prefix && significant < 4)
		return NULL;
	if (is_syscall)
		significant -= strlen(FL_SYSCALL_PREFIX);
	near->most = (unsigned int)significant / 4 + !near->is_prefix;
	if (near->most > 5)
		near->most = 5;
	if (is_syscall)
		each_syscall(k, traceable, consider, &search);
	k->ops->each_injectable(k, consider, &search);
	k->ops->each_function(k, FL_SECURITY, consider, &search);
	if (traceable)
		fl_each_traceable(k, consider, &search);
	fl_buf_init(&b, s->arena);
	for (size_t i = 0; i < fl_near_offered(near); i++) {
		const struct fl_near_name *n = &near->best[i];

		fl_buf_printf(&b, "%s'%s'", i ? " or " : "", n->name + n->function);
		if (n->function)
			fl_buf_printf(&b, " (module %.*s)", (int)n->function - 1, n->name);
	}
	return b.len ? b.text : NULL;
}

struct neighbours {
	struct fl_sema *s;
	struct fl_buf text;
	unsigned int n;
	const char *first[NEIGHBOURS];
};

/* What scripts call it; NULL for one that a pattern would not show either. */
static const char *shown_name(struct fl_kernel *k, const char *name)
{
	const char *own = fl_script_name(name);

	if (own != name)
		return fl_syscall_find(k->arch, own) ? own : NULL;
	/* __ia32_sys_read and the like are entries that other programs have */
	return strstr(name, "_" FL_SYSCALL_PREFIX) && name[0] == '_' ? NULL : name;
}

static int add_neighbour(const char *name, const char *module, unsigned int distance, void *arg)
{
	struct neighbours *n = arg;
	const char *shown = shown_name(n->s->kernel, name);

	for (unsigned int i = 0; shown && i < n->n; i++) {
		if (!strcmp(n->first[i], shown))
			return 0;
	}
	if (!shown || fl_denied(n->s, name))
		return 0;
	fl_buf_printf(&n->text, "%s'%s'", n->n ? ", " : "", shown);
	if (module)
		fl_buf_printf(&n->text, " of module %s", module);
	if (distance > 1)
		fl_buf_printf(&n->text, " (%u calls away)", distance);
	n->first[n->n++] = shown;
	return n->n == NEIGHBOURS;
}

const char *fl_neighbours(struct fl_sema *s, const char *module, const char *name, bool callers)
{
	struct neighbours n = { .s = s };

	fl_buf_init(&n.text, s->arena);
	s->kernel->ops->each_neighbour(s->kernel, module, name, callers, add_neighbour, &n);
	return n.n ? n.text.text : NULL;
}
