/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

struct fl_suite *fl_suite_new(const char *name)
{
	struct fl_suite *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->name = strdup(name);
	s->no_memory = !s->name;
	return s;
}

void fl_suite_free(struct fl_suite *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->ncases; i++) {
		free(s->cases[i].group);
		free(s->cases[i].name);
		free(s->cases[i].kind);
		free(s->cases[i].message);
		free(s->cases[i].detail);
	}
	free(s->cases);
	free(s->numbers);
	free(s->name);
	free(s->notes);
	free(s->skipped);
	free(s);
}

static char *copy(struct fl_suite *s, const char *text)
{
	char *to = text ? strdup(text) : NULL;

	s->no_memory |= text && !to;
	return to;
}

/* Room for one more: doubled at powers of two. */
static bool grow(struct fl_suite *s, void **list, size_t n, size_t size)
{
	void *more = n & (n - 1) ? *list : realloc(*list, (n ? 2 * n : 1) * size);

	s->no_memory |= !more;
	if (more)
		*list = more;
	return more;
}

void fl_suite_add(struct fl_suite *s, const struct fl_case *c)
{
	if (!grow(s, (void **)&s->cases, s->ncases, sizeof(*s->cases)))
		return;
	s->cases[s->ncases++] = (struct fl_case){
		.group = copy(s, c->group),
		.name = copy(s, c->name),
		.kind = copy(s, c->kind),
		.message = copy(s, c->message),
		.detail = copy(s, c->detail),
		.result = c->result,
		.us = c->us,
	};
}

void fl_suite_number(struct fl_suite *s, const char *key, uint64_t value)
{
	if (grow(s, (void **)&s->numbers, s->nnumbers, sizeof(*s->numbers)))
		s->numbers[s->nnumbers++] = (struct fl_suite_number){ key, value };
}

void fl_suite_notes(struct fl_suite *s, const char *text)
{
	free(s->notes);
	s->notes = copy(s, text);
}

void fl_suite_skip(struct fl_suite *s, const char *why)
{
	free(s->skipped);
	s->skipped = copy(s, why);
}

size_t fl_suite_count(const struct fl_suite *s, enum fl_case_result result)
{
	size_t n = 0;

	for (size_t i = 0; i < s->ncases; i++)
		n += s->cases[i].result == result;
	return n;
}

size_t fl_suite_group(const struct fl_suite *s, size_t first)
{
	size_t end = first;

	while (end < s->ncases && !strcmp(s->cases[end].group, s->cases[first].group))
		end++;
	return end - first;
}
