/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fix.c - quick fixes: replace an unknown name by the one that a hint suggests.
 * Errors are searched again: Neovim 0.7 sends their positions in bytes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lsp_impl.h"

/* Is it about one name of @d, and on one of the lines? */
static bool is_about_name(const struct fl_document *d, struct fl_span span, uint32_t first,
			  uint32_t last)
{
	static const char letters[] =
		"$0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
	uint32_t line;

	if (span.src != &d->src || !span.len || strspn(d->src.text + span.off, letters) < span.len)
		return false;
	line = fl_position_of(&d->src, span.off).line;
	return line >= first && line <= last;
}

static void put_fix(struct fl_json *j, const struct fl_document *d, struct fl_span span,
		    const char *name)
{
	char *title;

	if (asprintf(&title, "replace with '%s'", name) < 0)
		return;
	fl_json_open(j, NULL, '{');
	fl_json_string(j, "title", title);
	fl_json_string(j, "kind", "quickfix");
	fl_json_open(j, "edit", '{');
	fl_json_open(j, "changes", '{');
	fl_json_open(j, d->uri, '[');
	fl_lsp_put_edit(j, NULL, span, name);
	fl_json_close(j, '[');
	fl_json_close(j, '{');
	fl_json_close(j, '{');
	fl_json_close(j, '{');
	free(title);
}

/* "did you mean 'a' (module m) or 'b'?": each name in quotes. */
static void put_fixes(struct fl_json *j, const struct fl_document *d, const struct fl_diag *diag)
{
	static const char hint[] = "did you mean ";
	const char *p = diag->hint, *end;

	if (!p || strncmp(p, hint, sizeof(hint) - 1) != 0)
		return;
	for (; (p = strchr(p, '\'')) && (end = strchr(p + 1, '\'')); p = end + 1) {
		size_t len = (size_t)(end - p) - 1;
		/* the parentheses of a function are there already */
		bool is_call = len > 2 && !strncmp(end - 2, "()", 2);
		char *name = strndup(p + 1, is_call ? len - 2 : len);

		if (name)
			put_fix(j, d, diag->span, name);
		free(name);
	}
}

int fl_lsp_code_actions(struct fl_lsp *s, const cJSON *params, struct fl_json *j)
{
	const cJSON *range = cJSON_GetObjectItemCaseSensitive(params, "range");
	struct fl_position first, last;
	struct fl_document *d;
	struct fl_diags ds;
	int err = fl_lsp_document(s, params, &d);

	if (err)
		return err;
	if (!fl_position_read(cJSON_GetObjectItemCaseSensitive(range, "start"), &first) ||
	    !fl_position_read(cJSON_GetObjectItemCaseSensitive(range, "end"), &last))
		return fl_lsp_fail(s, FL_LSP_INVALID_PARAMS, "no range");
	fl_diags_init(&ds);
	err = fl_lsp_compile(s, d, &ds);
	fl_json_open(j, "result", '[');
	for (size_t i = 0; i < ds.n; i++) {
		if (is_about_name(d, ds.list[i].span, first.line, last.line))
			put_fixes(j, d, &ds.list[i]);
	}
	fl_json_close(j, '[');
	fl_diags_release(&ds);
	return err;
}
