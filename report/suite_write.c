/* SPDX-License-Identifier: GPL-2.0-or-later */
/* suite_write.c - a suite in the requested form, sorted. */
#include <stdlib.h>
#include <string.h>

#include "suite.h"

static int by_name(const void *a, const void *b)
{
	const struct fl_case *x = a, *y = b;
	int order = strcmp(x->group, y->group);

	return order ? order : strcmp(x->name, y->name);
}

/* "NAME", "NAME, 2": two expectations may have one message. */
static void tell_apart(struct fl_suite *s)
{
	size_t first = 0;

	for (size_t i = 1; i < s->ncases; i++) {
		struct fl_case *c = &s->cases[i];
		char *name;

		if (by_name(&s->cases[first], c)) {
			first = i;
			continue;
		}
		if (asprintf(&name, "%s, %zu", c->name, i - first + 1) < 0) {
			s->no_memory = true;
			return;
		}
		free(c->name);
		c->name = name;
	}
}

bool fl_suite_write(FILE *out, struct fl_suite *s, enum fl_form form)
{
	static void (*const writers[FL_NFORMS])(FILE * out, const struct fl_suite *s) = {
		[FL_FORM_TAP] = fl_suite_tap,
		[FL_FORM_KTAP] = fl_suite_ktap,
		[FL_FORM_JUNIT] = fl_suite_junit,
	};

	if (!writers[form])
		return false;
	/* an empty list is NULL, which qsort() must not get */
	if (!s->no_memory && s->ncases)
		qsort(s->cases, s->ncases, sizeof(*s->cases), by_name);
	if (!s->no_memory)
		tell_apart(s);
	if (!s->no_memory)
		writers[form](out, s);
	return true;
}
