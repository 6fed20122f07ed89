/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sema_near.c - what was perhaps meant by a name that is none. */
#include <stdio.h>
#include <string.h>

#include "sema_impl.h"
#include "syscall.h"

#define MAX_NAME 128 /* the kernel's names are shorter */
#define MAX_OFFERED 3

void fl_nearest(const char *wanted, const char *name, const char **best,
		unsigned int *best_distance)
{
	unsigned int d;

	if (!*best_distance)
		return;
	d = fl_distance(wanted, name, *best_distance - 1);
	/* half of a short word changed is another word */
	if (d < *best_distance && d * 2 < strlen(wanted)) {
		*best_distance = d;
		*best = name;
	}
}

unsigned int fl_distance(const char *a, const char *b, unsigned int most)
{
	size_t la = strlen(a), lb = strlen(b);
	unsigned int rows[3][MAX_NAME + 1];
	unsigned int *old = rows[0], *prev = rows[1], *row = rows[2];

	if (la > MAX_NAME || lb > MAX_NAME || (la > lb ? la - lb : lb - la) > most)
		return most + 1;
	for (size_t j = 0; j <= lb; j++)
		prev[j] = (unsigned int)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned int least = row[0] = (unsigned int)i;
		unsigned int *spare = old;

		for (size_t j = 1; j <= lb; j++) {
			unsigned int d = prev[j - 1] + (a[i - 1] != b[j - 1]);

			if (prev[j] + 1 < d)
				d = prev[j] + 1;
			if (row[j - 1] + 1 < d)
				d = row[j - 1] + 1;
			/* two letters that changed places are one mistake */
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    old[j - 2] + 1 < d)
				d = old[j - 2] + 1;
			row[j] = d;
			if (d < least)
				least = d;
		}
		if (least > most)
			return most + 1;
		old = prev;
		prev = row;
		row = spare;
	}
	return prev[lb] <= most ? prev[lb] : most + 1;
}

struct offer {
	const char *name;
	const char *module;
	unsigned int distance;
};

struct search {
	struct fl_kernel *kernel;
	const char *wanted;
	bool traceable; /* what cannot fail will do */
	size_t cut;	/* of a pattern only what stands before its first star; 0: no pattern */
	unsigned int most;
	struct offer best[MAX_OFFERED];
	size_t n;
};

/* A hook of security_*, say, that tells what was done. */
static bool returns_nothing(struct fl_kernel *k, const char *module, const char *name)
{
	struct fl_func f;

	return !k->ops->find_func(k, module ? module : "vmlinux", name, &f) && f.in_btf &&
	       f.ret.kind == FL_TYPE_VOID;
}

static int consider(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct search *s = arg;
	char start[MAX_NAME + 1];
	size_t at = s->n;
	unsigned int d;

	if (s->cut)
		snprintf(start, sizeof(start), "%.*s", (int)s->cut, name);
	d = fl_distance(s->wanted, s->cut ? start : name, s->most);

	if (d > s->most || (!s->traceable && !tag && returns_nothing(s->kernel, module, name)))
		return 0;
	for (size_t i = 0; i < s->n; i++) {
		if (!strcmp(s->best[i].name, name))
			return 0;
	}
	while (at > 0 && s->best[at - 1].distance > d)
		at--;
	if (at == MAX_OFFERED)
		return 0;
	if (s->n < MAX_OFFERED)
		s->n++;
	memmove(&s->best[at + 1], &s->best[at], (s->n - at - 1) * sizeof(s->best[0]));
	s->best[at] = (struct offer){ name, module, d };
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
	struct fl_kernel *k = s->kernel;
	struct search search = { .kernel = k, .wanted = wanted, .traceable = traceable };
	size_t significant;
	struct fl_buf b;

	if (strpbrk(wanted, "*?[")) {
		search.cut = strcspn(wanted, "*?[");
		if (search.cut < 4 || search.cut > MAX_NAME)
			return NULL;
		search.wanted = wanted = fl_arena_strndup(s->arena, wanted, search.cut);
	}
	significant = strlen(wanted);
	if (!strncmp(wanted, FL_SYSCALL_PREFIX, strlen(FL_SYSCALL_PREFIX)))
		significant -= strlen(FL_SYSCALL_PREFIX);
	search.most = (unsigned int)significant / 4 + !search.cut;
	if (search.most > 5)
		search.most = 5;
	if (!strncmp(wanted, FL_SYSCALL_PREFIX, strlen(FL_SYSCALL_PREFIX)))
		each_syscall(k, traceable, consider, &search);
	k->ops->each_injectable(k, consider, &search);
	k->ops->each_function(k, FL_SECURITY, consider, &search);
	if (traceable)
		fl_each_traceable(k, consider, &search);
	fl_buf_init(&b, s->arena);
	for (size_t i = 0; i < search.n; i++) {
		/* Behind a near hit, far ones are noise. */
		if (i && search.best[i].distance > search.best[0].distance + 1)
			break;
		if (i)
			fl_buf_puts(&b, " or ");
		fl_buf_printf(&b, "'%s'", search.best[i].name);
		if (search.best[i].module)
			fl_buf_printf(&b, " (module %s)", search.best[i].module);
	}
	return b.len ? b.text : NULL;
}
