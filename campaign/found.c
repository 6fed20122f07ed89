/* SPDX-License-Identifier: GPL-2.0-or-later */
/* found.c - what the oracles found in a trial, each fingerprint once. */
#include <stdlib.h>
#include <string.h>

#include "sweep_impl.h"

void fl_found_add(struct fl_found_list *f, const char *kind, const char *fingerprint,
		  const char *title, const char *text)
{
	struct fl_found *more;

	for (size_t i = 0; i < f->n; i++) {
		if (!strcmp(f->list[i].fingerprint, fingerprint))
			return;
	}
	more = realloc(f->list, (f->n + 1) * sizeof(*more));
	if (!more) {
		f->no_memory = true;
		return;
	}
	f->list = more;
	more[f->n] =
		(struct fl_found){ strdup(kind), strdup(fingerprint), strdup(title), strdup(text) };
	f->no_memory |= !more[f->n].kind || !more[f->n].fingerprint || !more[f->n].title ||
			!more[f->n].text;
	f->n++;
}

void fl_found_clear(struct fl_found_list *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->list[i].kind);
		free(f->list[i].fingerprint);
		free(f->list[i].title);
		free(f->list[i].text);
	}
	free(f->list);
	*f = (struct fl_found_list){ 0 };
}
