/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME 256

bool fl_terms_name(const char *frame, char *buf, size_t size)
{
	size_t len = strcspn(frame, "+");
	const char *module = strchr(frame, '[');

	if (!len || frame[0] == '[' || memchr(frame, '.', len))
		return false;
	if (module)
		snprintf(buf, size, "%.*s:%.*s", (int)strcspn(module + 1, "]"), module + 1,
			 (int)len, frame);
	else
		snprintf(buf, size, "%.*s", (int)len, frame);
	return true;
}

static bool is_same(const char *frame, const char *name)
{
	char other[NAME];

	return fl_terms_name(frame, other, sizeof(other)) && !strcmp(other, name);
}

/* Does the term of frame @i of @s hold for a call of @other? */
static bool holds(const struct fl_spot *s, size_t i, const struct fl_spot *other)
{
	char name[NAME];

	fl_terms_name(s->path[i], name, sizeof(name));
	if (!i)
		return other->npath && is_same(other->path[0], name);
	for (size_t k = 0; k < other->npath; k++) {
		if (is_same(other->path[k], name))
			return true;
	}
	return false;
}

static bool all_hold(const struct fl_spot *s, const struct fl_terms *t, const struct fl_spot *other)
{
	for (size_t i = 0; i < t->n; i++) {
		if (!holds(s, t->frames[i], other))
			return false;
	}
	return true;
}

static bool is_rival(const struct fl_spot *s, const struct fl_spot *other)
{
	return other != s && other->rule == s->rule && !strcmp(other->function, s->function) &&
	       !strcmp(other->module ? other->module : "", s->module ? s->module : "");
}

/* For how many other points all terms hold. */
static size_t count_alike(const struct fl_ledger *l, const struct fl_spot *s,
			  const struct fl_terms *t)
{
	size_t n = 0;

	for (size_t i = 0; i < l->nspots; i++)
		n += is_rival(s, &l->spots[i]) && all_hold(s, t, &l->spots[i]);
	return n;
}

/* Frames that have a name, each name once, the nearest first. */
static size_t usable(const struct fl_spot *s, size_t frames[FL_MAX_FRAMES])
{
	char name[NAME];
	size_t n = 0;

	for (size_t i = 0; i < s->npath && n < FL_MAX_FRAMES; i++) {
		bool twice = false;

		if (!fl_terms_name(s->path[i], name, sizeof(name)))
			continue;
		for (size_t k = 0; k < n; k++)
			twice |= is_same(s->path[frames[k]], name);
		if (!twice)
			frames[n++] = i;
	}
	return n;
}

/* The one frame that, with those chosen, leaves the fewest other points. */
static size_t best_next(const struct fl_ledger *l, const struct fl_spot *s, struct fl_terms *t,
			const size_t *frames, size_t nframes)
{
	size_t best = SIZE_MAX, best_left = SIZE_MAX;

	t->n++;
	for (size_t i = 0; i < nframes; i++) {
		size_t left;

		t->frames[t->n - 1] = frames[i];
		left = count_alike(l, s, t);
		if (left < best_left) {
			best_left = left;
			best = frames[i];
		}
	}
	t->n--;
	return best;
}

/* Two that do what no single one does; the greedy way may take three. */
static bool choose_pair(const struct fl_ledger *l, const struct fl_spot *s, const size_t *frames,
			size_t nframes, size_t least, struct fl_terms *t)
{
	t->n = 2;
	for (size_t i = 0; i < nframes; i++) {
		for (size_t k = i + 1; k < nframes; k++) {
			t->frames[0] = frames[i];
			t->frames[1] = frames[k];
			if (count_alike(l, s, t) == least)
				return true;
		}
	}
	t->n = 0;
	return false;
}

static int by_number(const void *a, const void *b)
{
	const size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

static void choose_fewest(const struct fl_ledger *l, const struct fl_spot *s, const size_t *frames,
			  size_t nframes, struct fl_terms *t)
{
	struct fl_terms all = { .n = 0 };
	size_t least;

	while (all.n < nframes && all.n < FL_MAX_TERMS) {
		size_t left = count_alike(l, s, &all), next;

		next = left ? best_next(l, s, &all, frames, nframes) : SIZE_MAX;
		if (next == SIZE_MAX)
			break;
		all.frames[all.n++] = next;
		/* the rest looks the same in every term */
		if (count_alike(l, s, &all) == left) {
			all.n--;
			break;
		}
	}
	least = count_alike(l, s, &all);
	if (all.n < 3 || !choose_pair(l, s, frames, nframes, least, t))
		*t = all;
	qsort(t->frames, t->n, sizeof(*t->frames), by_number);
}

void fl_terms_choose(const struct fl_ledger *l, const struct fl_spot *s, bool fewest,
		     struct fl_terms *out)
{
	size_t frames[FL_MAX_FRAMES], n = usable(s, frames);

	*out = (struct fl_terms){ .n = 0 };
	if (fewest)
		choose_fewest(l, s, frames, n, out);
	for (size_t i = 0; !fewest && i < n && i < FL_MAX_TERMS; i++)
		out->frames[out->n++] = frames[i];
	for (size_t i = 0; i < l->nspots; i++) {
		const struct fl_spot *other = &l->spots[i];

		if (!is_rival(s, other) || !all_hold(s, out, other))
			continue;
		out->alike++;
		/* points are numbered in the order in which they were reached */
		if (other < s && other->reached)
			out->before += (uint32_t)other->calls;
	}
}
