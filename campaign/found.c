/* SPDX-License-Identifier: GPL-2.0-or-later */
/* found.c - what the oracles found in a trial, each fingerprint once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sweep_impl.h"

bool fl_found_has(const struct fl_found_list *f, const char *fingerprint)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!strcmp(f->list[i].fingerprint, fingerprint))
			return true;
	}
	return false;
}

struct fl_found *fl_found_add(struct fl_found_list *f, const char *kind, const char *fingerprint,
			      const char *title, const char *text)
{
	struct fl_found *more;

	if (fl_found_has(f, fingerprint))
		return NULL;
	more = realloc(f->list, (f->n + 1) * sizeof(*more));
	if (!more) {
		f->no_memory = true;
		return NULL;
	}
	f->list = more;
	more[f->n] = (struct fl_found){ .kind = strdup(kind),
					.fingerprint = strdup(fingerprint),
					.title = strdup(title),
					.text = strdup(text) };
	f->no_memory |= !more[f->n].kind || !more[f->n].fingerprint || !more[f->n].title ||
			!more[f->n].text;
	return &more[f->n++];
}

void fl_found_print(const struct fl_ledger *l, const struct fl_record *begun, const char *kind,
		    char *buf, size_t size)
{
	const struct fl_spot *spot;
	size_t len = (size_t)snprintf(buf, size, "%s", kind);

	if (!begun->nfaults)
		return;
	spot = &l->spots[begun->faults[begun->nfaults - 1].point];
	for (size_t i = 0; i < spot->npath && i < FL_FINGERPRINT_SYMBOLS && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, " %.*s",
					(int)strcspn(spot->path[i], "+"), spot->path[i]);
}

static void release(struct fl_found *f)
{
	free(f->kind);
	free(f->fingerprint);
	free(f->title);
	free(f->text);
}

void fl_found_keep_reports(struct fl_found_list *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->n; i++) {
		if (f->list[i].report)
			f->list[kept++] = f->list[i];
		else
			release(&f->list[i]);
	}
	f->n = kept;
}

void fl_found_clear(struct fl_found_list *f)
{
	for (size_t i = 0; i < f->n; i++)
		release(&f->list[i]);
	free(f->list);
	*f = (struct fl_found_list){ 0 };
}
