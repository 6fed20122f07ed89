/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "near.h"

#include <stdio.h>
#include <string.h>

#define MAX_NAME 128 /* the kernel's names are shorter */
#define MAX_OFFERED 3

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

void fl_near_init(struct fl_near *near, enum fl_near_kind kind, const char *pattern)
{
	size_t stem = strcspn(pattern, "*?[");

	memset(near, 0, sizeof(*near));
	near->kind = kind;
	near->is_prefix = pattern[stem] != '\0';
	snprintf(near->wanted, sizeof(near->wanted), "%.*s", (int)stem, pattern);
	near->most = (unsigned int)strlen(near->wanted) / 4 + 1;
	if (near->most > 5)
		near->most = 5;
}

static unsigned int rank_typo(const struct fl_near *near, const char *name)
{
	size_t len = strlen(near->wanted);
	char begin[FL_NEAR_NAME];
	unsigned int d;

	if (!len)
		return FL_NEAR_FAR;
	if (near->is_prefix) {
		snprintf(begin, sizeof(begin), "%.*s", (int)len, name);
		name = begin;
	}
	d = fl_distance(near->wanted, name, near->most);
	return d > near->most ? FL_NEAR_FAR : d;
}

/* Fewer letters after the words that both begin with are nearer. */
static unsigned int rank_kin(const struct fl_near *near, const char *name)
{
	size_t same = 0, words = 0;

	while (name[same] && name[same] == near->wanted[same]) {
		same++;
		if (same > 1 && name[same - 1] == '_')
			words = same;
	}
	/* one may end where the other has a word more */
	if ((!near->wanted[same] && strchr("_", name[same])) ||
	    (!name[same] && near->wanted[same] == '_'))
		words = same;
	/* sharing "__" or "x_" means nothing */
	if (words < 3)
		return FL_NEAR_FAR;
	return (unsigned int)(2 * (strlen(near->wanted) - words) + strlen(name) - words);
}

unsigned int fl_near_rank(const struct fl_near *near, const char *name)
{
	return near->kind == FL_NEAR_TYPO ? rank_typo(near, name) : rank_kin(near, name);
}

static bool is_known(const struct fl_near *near, const struct fl_near_name *new)
{
	for (size_t i = 0; i < near->n; i++) {
		const struct fl_near_name *old = &near->best[i];
		bool same = near->any_module
				    ? !strcmp(old->name + old->function, new->name + new->function)
				    : !strcmp(old->name, new->name);

		if (same)
			return true;
	}
	return false;
}

void fl_near_consider(struct fl_near *near, const char *module, const char *name)
{
	struct fl_near_name new = { .rank = fl_near_rank(near, name) };
	size_t at = near->n;

	if (new.rank == FL_NEAR_FAR)
		return;
	while (at > 0 && near->best[at - 1].rank > new.rank)
		at--;
	if (at == FL_NEAR_MOST)
		return;
	new.function = module ? strlen(module) + 1 : 0;
	snprintf(new.name, sizeof(new.name), "%s%s%s", module ? module : "", module ? ":" : "",
		 name);
	if (new.function >= sizeof(new.name) || is_known(near, &new))
		return;
	if (near->n < FL_NEAR_MOST)
		near->n++;
	memmove(&near->best[at + 1], &near->best[at], (near->n - at - 1) * sizeof(near->best[0]));
	near->best[at] = new;
}

size_t fl_near_offered(const struct fl_near *near)
{
	size_t n = near->n < MAX_OFFERED ? near->n : MAX_OFFERED;

	/* with a close match, distant ones are noise */
	while (near->kind == FL_NEAR_TYPO && n > 1 &&
	       near->best[n - 1].rank > near->best[0].rank + 1)
		n--;
	return n;
}

bool fl_near_text(const struct fl_near *near, char *out, size_t size)
{
	size_t len = 0, n = fl_near_offered(near);

	*out = '\0';
	for (size_t i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%s'%s'", i ? " or " : "",
					near->best[i].name);
	return n != 0;
}
