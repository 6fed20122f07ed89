/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "relate.h"

#include <stdlib.h>
#include <string.h>

#include "effect.h"
#include "value.h"

static int by_name(const void *a, const void *b)
{
	const struct fl_function *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

struct index {
	struct fl_function **list;
	size_t n;
};

/* The static one of @file before a global one; NULL when neither was read. */
static struct fl_function *find(const struct index *x, const char *name, const char *file)
{
	struct fl_function *found = NULL;
	size_t low = 0, high = x->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(x->list[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < x->n && !strcmp(x->list[low]->name, name); low++) {
		struct fl_function *f = x->list[low];

		if (file && !strcmp(f->file, file))
			return f;
		if (!(f->traits & FL_TRAIT_STATIC))
			found = f;
	}
	return found;
}

static void give_sites(struct fl_findings *all, const struct index *x)
{
	for (size_t i = 0; i < all->nsites; i++) {
		struct fl_site *s = all->sites[i];
		struct fl_function *f = find(x, s->callee, s->file);

		/* a function that calls itself says nothing about its callers */
		if (!f || !strcmp(s->caller, s->callee))
			continue;
		f->sites = fl_arena_grow(all->arena, f->sites, f->nsites, &f->sites_cap,
					 sizeof(f->sites[0]));
		f->sites[f->nsites++] = s;
	}
	for (size_t i = 0; i < all->taken.n; i++) {
		struct fl_function key = { .name = all->taken.list[i] }, *pkey = &key, **f;

		f = bsearch(&pkey, x->list, x->n, sizeof(x->list[0]), by_name);
		if (f)
			(*f)->traits |= FL_TRAIT_POINTER;
	}
}

static bool is_pure(const struct fl_function *f)
{
	return f && !(f->traits & FL_TRAIT_CHANGES) && !f->param_stores && !f->calls.n;
}

static void drop_name(struct fl_names *names, size_t i)
{
	memmove(&names->list[i], &names->list[i + 1], (names->n - i - 1) * sizeof(names->list[0]));
	names->n--;
}

/* Calls of functions that change nothing are dropped, until none is left that can be. */
static void find_pure(struct fl_findings *all, const struct index *x)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < all->nfunctions; i++) {
			struct fl_function *f = all->functions[i];

			for (size_t k = f->calls.n; k-- > 0;) {
				if (!is_pure(find(x, f->calls.list[k], f->file)))
					continue;
				drop_name(&f->calls, k);
				again = true;
			}
		}
	}
	for (size_t i = 0; i < all->nfunctions; i++) {
		struct fl_function *f = all->functions[i];
		size_t n = 0;

		for (size_t k = 0; k < f->ndone; k++) {
			if (f->done[k].kind != FL_EFFECT_CALL ||
			    !is_pure(find(x, f->done[k].what, f->file)))
				f->done[n++] = f->done[k];
		}
		f->ndone = n;
	}
}

static bool take_values(struct fl_function *f, const struct index *x)
{
	unsigned int before = f->values;

	for (size_t k = f->forwarded.n; k-- > 0;) {
		const struct fl_function *from = find(x, f->forwarded.list[k], f->file);

		if (from && from != f)
			f->values |= from->values & ~(unsigned int)FL_VALUE_FORWARDED;
	}
	return f->values != before;
}

/*
 * Values returned from elsewhere may still be errors, unless all of that was read.
 */
static void find_values(struct fl_findings *all, const struct index *x)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < all->nfunctions; i++)
			again |= take_values(all->functions[i], x);
	}
	for (size_t i = 0; i < all->nfunctions; i++) {
		struct fl_function *f = all->functions[i];
		bool all_read = f->forwarded.n > 0;

		for (size_t k = 0; k < f->forwarded.n; k++) {
			const struct fl_function *from = find(x, f->forwarded.list[k], f->file);

			all_read = all_read && from && !(from->values & FL_VALUE_FORWARDED);
		}
		if (all_read)
			f->values &= ~(unsigned int)FL_VALUE_FORWARDED;
	}
}

void fl_relate(struct fl_findings *f)
{
	struct index x = { .n = f->nfunctions };

	if (!x.n)
		return;
	x.list = fl_arena_alloc(f->arena, (x.n + 1) * sizeof(x.list[0]));
	memcpy(x.list, f->functions, x.n * sizeof(x.list[0]));
	qsort(x.list, x.n, sizeof(x.list[0]), by_name);
	give_sites(f, &x);
	find_pure(f, &x);
	find_values(f, &x);
}
