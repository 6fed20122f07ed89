/* SPDX-License-Identifier: GPL-2.0-or-later */
/* incomplete.c - whether a rule being typed continues on the next line. */
#include <ctype.h>
#include <setjmp.h>

#include "complete.h"
#include "parse.h"

static size_t trimmed_length(const struct fl_source *src)
{
	size_t len = src->len;

	while (len && isspace((unsigned char)src->text[len - 1]))
		len--;
	return len;
}

/* Is something missing at the end, and nothing else wrong? */
static bool ends_too_early(const struct fl_diags *ds, size_t end)
{
	for (size_t i = 0; i < ds->n; i++) {
		const struct fl_diag *d = &ds->list[i];

		if (d->tag != FL_E_BAD_COMMENT && (d->tag != FL_E_EXPECTED || d->span.off < end))
			return false;
	}
	return ds->n > 0;
}

static void parse_only(const struct fl_source *src, struct fl_arena *a, struct fl_diags *ds)
{
	struct fl_script script = { 0 };
	struct fl_tokens tokens;
	jmp_buf on_oom;

	a->on_oom = ds->on_oom = &on_oom;
	if (!setjmp(on_oom)) {
		fl_lex(src, a, ds, &tokens);
		fl_parse(&tokens, NULL, a, ds, &script);
	}
	/* longjmp() must not come back here */
	a->on_oom = ds->on_oom = NULL;
}

bool fl_is_incomplete(const struct fl_source *src)
{
	struct fl_arena arena = { 0 };
	struct fl_diags ds;
	bool incomplete;

	fl_diags_init(&ds);
	parse_only(src, &arena, &ds);
	incomplete = ends_too_early(&ds, trimmed_length(src));
	fl_diags_release(&ds);
	fl_arena_release(&arena);
	return incomplete;
}
