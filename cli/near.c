/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "near.h"

#include <stdio.h>
#include <string.h>

#include "sema.h"

void fl_near_init(struct fl_near *near, enum fl_near_kind kind, const char *pattern)
{
	size_t stem = strcspn(pattern, "*?[");

	memset(near, 0, sizeof(*near));
	near->kind = kind;
	near->is_prefix = pattern[stem] != '\0';
	snprintf(near->wanted, sizeof(near->wanted), "%.*s", (int)stem, pattern);
}

/* How far a name is off what was written; UINT_MAX: too far. */
static unsigned int rank_typo(const struct fl_near *near, const char *name)
{
	size_t len = strlen(near->wanted);
	unsigned int most = (unsigned int)len / 4 + 1, d;
	char begin[FL_NEAR_NAME];

	if (most > 5)
		most = 5;
	if (!len)
		return -1U;
	snprintf(begin, sizeof(begin), "%.*s", near->is_prefix ? (int)len : (int)sizeof(begin) - 1,
		 name);
	d = fl_distance(near->wanted, begin, most);
	return d > most ? -1U : d;
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
	/* "__" and "x_" are no kinship */
	if (words < 3)
		return -1U;
	return (unsigned int)(2 * (strlen(near->wanted) - words) + strlen(name) - words);
}

void fl_near_consider(struct fl_near *near, const char *module, const char *name)
{
	unsigned int rank;
	struct fl_near_name new;
	size_t at = near->n;

	rank = near->kind == FL_NEAR_TYPO ? rank_typo(near, name) : rank_kin(near, name);
	if (rank == -1U)
		return;
	while (at > 0 && near->best[at - 1].rank > rank)
		at--;
	if (at == FL_NEAR_MOST)
		return;
	snprintf(new.name, sizeof(new.name), "%s%s%s", module ? module : "", module ? ":" : "",
		 name);
	new.rank = rank;
	/* twice on a list is once here */
	for (size_t i = 0; i < near->n; i++) {
		if (!strcmp(near->best[i].name, new.name))
			return;
	}
	if (near->n < FL_NEAR_MOST)
		near->n++;
	memmove(&near->best[at + 1], &near->best[at], (near->n - at - 1) * sizeof(near->best[0]));
	near->best[at] = new;
}

bool fl_near_text(const struct fl_near *near, char *out, size_t size)
{
	size_t len = 0, n = near->n < 3 ? near->n : 3;

	*out = '\0';
	for (size_t i = 0; i < n && len < size; i++) {
		/* Behind a near hit, far ones are noise. */
		if (i && near->kind == FL_NEAR_TYPO && near->best[i].rank > near->best[0].rank + 1)
			break;
		len += (size_t)snprintf(out + len, size - len, "%s'%s'", i ? " or " : "",
					near->best[i].name);
	}
	return n != 0;
}
