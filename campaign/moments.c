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

/* Several trials may have begun within one jiffy. */
void fl_moments_leak(struct sweep *s, const char *report)
{
	static const char mark[] = ", jiffies "; /* print_unreferenced(), mm/kmemleak.c */
	const char *at = strstr(report, mark);
	uint64_t jiffies = at ? strtoull(at + strlen(mark), NULL, 10) : 0;
	size_t i = s->nmoments;

	while (i && s->moments[i - 1].jiffies > jiffies)
		i--;
	while (i && s->moments[i - 1].jiffies == jiffies)
		s->moments[--i].leaked = true;
	if (i)
		s->moments[i - 1].leaked = true;
}

bool fl_moments_has_leaked(const struct sweep *s, uint64_t n)
{
	for (size_t i = 0; i < s->nmoments; i++) {
		if (s->moments[i].n == n && s->moments[i].leaked)
			return true;
	}
	return false;
}

void fl_moments_forget(struct sweep *s)
{
	s->nmoments = 0;
}
