/* SPDX-License-Identifier: GPL-2.0-or-later */
/* moments.c - when trials began, and which of them what leaked was allocated in. */
#include <stdlib.h>
#include <string.h>

#include "sweep_impl.h"

void fl_moments_begin(struct sweep *s, uint64_t n)
{
	uint64_t jiffies = s->looks_for_leaks ? s->world->jiffies(s->world_arg) : 0;
	struct fl_moment *more;

	if (!jiffies)
		return;
	more = realloc(s->moments, (s->nmoments + 1) * sizeof(*more));
	if (!more) /* then by bisecting */
		return;
	s->moments = more;
	more[s->nmoments++] = (struct fl_moment){ .n = n, .jiffies = jiffies };
}

static void add(struct fl_leak_list *l, uint64_t n, const char *fingerprint, bool sure)
{
	struct fl_leak *more;

	for (size_t i = 0; i < l->n; i++) {
		struct fl_leak *old = &l->list[i];

		if (old->n == n && !strcmp(old->fingerprint, fingerprint)) {
			old->sure |= sure;
			return;
		}
	}
	more = realloc(l->list, (l->n + 1) * sizeof(*more));
	if (!more) /* then by bisecting */
		return;
	l->list = more;
	more[l->n] = (struct fl_leak){ .n = n, .fingerprint = strdup(fingerprint), .sure = sure };
	l->n += more[l->n].fingerprint != NULL;
}

/* The last that began before that time, and those that began in the same jiffy. */
void fl_moments_leak(struct sweep *s, const char *report, const char *fingerprint)
{
	static const char mark[] = ", jiffies "; /* print_unreferenced(), mm/kmemleak.c */
	const char *at = strstr(report, mark);
	uint64_t jiffies = at ? strtoull(at + strlen(mark), NULL, 10) : 0;
	size_t end = s->nmoments, first;

	while (end && s->moments[end - 1].jiffies > jiffies)
		end--;
	for (first = end; first && s->moments[first - 1].jiffies == jiffies;)
		first--;
	first -= first > 0;
	for (size_t i = first; i < end; i++)
		add(&s->leaks, s->moments[i].n, fingerprint, end - first == 1);
}

void fl_moments_forget(struct sweep *s)
{
	s->nmoments = 0;
}

void fl_leak_list_clear(struct fl_leak_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->list[i].fingerprint);
	free(l->list);
	*l = (struct fl_leak_list){ 0 };
}
