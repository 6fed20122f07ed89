/* SPDX-License-Identifier: GPL-2.0-or-later */
/* navigate.c - definitions, references, rename and formatting. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "lexer.h"
#include "lsp_impl.h"

/* --- definitions and references ------------------------------------------------- */

static bool put_file(struct fl_json *j, const struct fl_document *d, const char *use)
{
	char *path = fl_lsp_used_path(d->path, use);
	struct fl_source file = { path, "", 0 };

	if (path)
		fl_lsp_put_location(j, "result", (struct fl_span){ &file, 0, 0 });
	free(path);
	return path != NULL;
}

int fl_lsp_definition(struct fl_lsp *s, const cJSON *params, struct fl_json *j)
{
	const struct fl_mention *m, *def;
	struct fl_document *d;
	uint32_t off;
	int err = fl_lsp_place(s, params, &d, &off);

	if (err)
		return err;
	m = fl_index_at(d->index, off);
	def = m ? fl_index_definition(d->index, m) : NULL;
	if (m && m->kind == FL_MENTION_FILE)
		return put_file(j, d, m->name) ? 0 : -ENOMEM;
	if (def)
		fl_lsp_put_location(j, "result", def->span);
	else
		fl_json_string(j, "result", NULL);
	return 0;
}

struct mentions {
	struct fl_json *j;
	bool no_definition;
	const struct fl_source *src; /* edits: of this file alone */
	const char *text;	     /* edits: what takes the place */
	size_t elsewhere;	     /* uses in other files */
};

static void put_reference(const struct fl_mention *m, void *arg)
{
	struct mentions *r = arg;

	if (!r->no_definition || !m->defines)
		fl_lsp_put_location(r->j, NULL, m->span);
}

int fl_lsp_references(struct fl_lsp *s, const cJSON *params, struct fl_json *j)
{
	const cJSON *context = cJSON_GetObjectItemCaseSensitive(params, "context");
	struct mentions r = { .j = j };
	const struct fl_mention *m;
	struct fl_document *d;
	uint32_t off;
	int err = fl_lsp_place(s, params, &d, &off);

	if (err)
		return err;
	r.no_definition =
		cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(context, "includeDeclaration"));
	m = fl_index_at(d->index, off);
	fl_json_open(j, "result", '[');
	if (m)
		fl_index_each(d->index, m, put_reference, &r);
	fl_json_close(j, '[');
	return 0;
}

/* --- rename ------------------------------------------------------------------------ */

static void count_elsewhere(const struct fl_mention *m, void *arg)
{
	struct mentions *r = arg;

	r->elsewhere += m->span.src != r->src;
}

/* What is renamed: 0 with *out, or an fl_lsp_error. */
static int find_renamed(struct fl_lsp *s, const cJSON *params, struct fl_document **d,
			const struct fl_mention **out)
{
	struct mentions r = { 0 };
	const struct fl_mention *def;
	uint32_t off;
	int err = fl_lsp_place(s, params, d, &off);

	if (err)
		return err;
	*out = fl_index_at((*d)->index, off);
	def = *out ? fl_index_definition((*d)->index, *out) : NULL;
	if (!def)
		return fl_lsp_fail(
			s, FL_LSP_REQUEST_FAILED,
			"only labels, parameters, constants, states and named arguments can be "
			"renamed");
	r.src = &(*d)->src;
	fl_index_each((*d)->index, *out, count_elsewhere, &r);
	if (r.elsewhere)
		return fl_lsp_fail(s, FL_LSP_REQUEST_FAILED, "'%s' is also in %.150s", def->name,
				   def->span.src == r.src ? "a used file" : def->span.src->name);
	return 0;
}

int fl_lsp_prepare_rename(struct fl_lsp *s, const cJSON *params, struct fl_json *j)
{
	const struct fl_mention *m;
	struct fl_document *d;
	int err = find_renamed(s, params, &d, &m);

	if (err)
		return err;
	fl_json_open(j, "result", '{');
	fl_lsp_put_range(j, "range", m->span);
	fl_json_string(j, "placeholder", m->name);
	fl_json_close(j, '{');
	return 0;
}

static void note_defined(const struct fl_mention *m, void *arg)
{
	bool *found = arg;

	*found = true;
	(void)m;
}

/* Does something of the kind have the name already? */
static bool is_taken(const struct fl_document *d, const struct fl_mention *m, const char *name)
{
	struct fl_mention other = *m;
	bool found = false;

	other.name = name;
	fl_index_each(d->index, &other, note_defined, &found);
	return found ||
	       (m->kind == FL_MENTION_LET && (fl_builtin_find(name) || fl_errno_number(name)));
}

static void put_renamed(const struct fl_mention *m, void *arg)
{
	struct mentions *r = arg;

	fl_lsp_put_edit(r->j, NULL, m->span, r->text);
}

int fl_lsp_rename(struct fl_lsp *s, const cJSON *params, struct fl_json *j)
{
	const char *name = fl_lsp_string(params, "newName");
	struct mentions r = { .j = j, .text = name };
	const struct fl_mention *m;
	struct fl_document *d;
	int err = find_renamed(s, params, &d, &m);

	if (err)
		return err;
	if (name && (*name == '$' || *name == '@'))
		r.text = ++name;
	if (!name || !fl_is_name(name) || fl_is_keyword(name))
		return fl_lsp_fail(s, FL_LSP_REQUEST_FAILED, "'%.100s' is not a valid name",
				   name ? name : "");
	if (strcmp(name, m->name) != 0 && is_taken(d, m, name))
		return fl_lsp_fail(s, FL_LSP_REQUEST_FAILED, "'%.100s' is already in use", name);
	fl_json_open(j, "result", '{');
	fl_json_open(j, "changes", '{');
	fl_json_open(j, d->uri, '[');
	fl_index_each(d->index, m, put_renamed, &r);
	fl_json_close(j, '[');
	fl_json_close(j, '{');
	fl_json_close(j, '{');
	return 0;
}

/* --- symbols ------------------------------------------------------------------------- */

/* SymbolKind */
enum { SYMBOL_FUNCTION = 12, SYMBOL_VARIABLE = 13, SYMBOL_CONSTANT = 14 };

static void put_symbol(struct fl_json *j, const char *name, const char *detail, int kind,
		       struct fl_span whole, struct fl_span span)
{
	fl_json_open(j, NULL, '{');
	fl_json_string(j, "name", name);
	if (detail)
		fl_json_string(j, "detail", detail);
	fl_json_number(j, "kind", kind);
	fl_lsp_put_range(j, "range", whole);
	fl_lsp_put_range(j, "selectionRange", span);
	fl_json_close(j, '{');
}

static void put_rule(struct fl_json *j, const struct fl_rule *rule)
{
	const struct fl_target *first = &rule->targets[0];
	struct fl_span whole = rule->span, span = first->span;

	if (rule->label) {
		whole.off = rule->label_span.off;
		whole.len += rule->span.off - whole.off;
		span = rule->label_span;
	}
	put_symbol(j, rule->label ? rule->label : first->name, rule->label ? first->name : NULL,
		   SYMBOL_FUNCTION, whole, span);
}

int fl_lsp_symbols(struct fl_lsp *s, const cJSON *params, struct fl_json *j)
{
	const struct fl_script *script;
	struct fl_document *d;
	int err = fl_lsp_indexed(s, params, &d);

	if (err)
		return err;
	script = fl_index_script(d->index);
	fl_json_open(j, "result", '[');
	for (size_t i = 0; i < script->nparams; i++) {
		if (script->params[i].span.src == &d->src)
			put_symbol(j, script->params[i].name, script->params[i].help,
				   SYMBOL_VARIABLE, script->params[i].span, script->params[i].span);
	}
	for (size_t i = 0; i < script->nlets; i++) {
		if (script->lets[i].span.src == &d->src)
			put_symbol(j, script->lets[i].name, NULL, SYMBOL_CONSTANT,
				   script->lets[i].span, script->lets[i].span);
	}
	for (size_t i = 0; i < script->nrules; i++) {
		if (script->rules[i].span.src == &d->src)
			put_rule(j, &script->rules[i]);
	}
	fl_json_close(j, '[');
	return 0;
}

/* --- formatting ---------------------------------------------------------------------- */

/* One edit: the lines between those that stay at the beginning and at the end. */
static void put_difference(struct fl_json *j, const struct fl_source *src, const char *text,
			   size_t len)
{
	size_t least = len < src->len ? len : src->len, from = 0, tail = 0;
	char *middle;

	for (size_t i = 0; i < least && src->text[i] == text[i]; i++) {
		if (text[i] == '\n')
			from = i + 1;
	}
	for (size_t i = 1; i <= least - from && src->text[src->len - i] == text[len - i]; i++) {
		if (i == least - from || text[len - i - 1] == '\n')
			tail = i;
	}
	/* the end begins a line in both, or it is part of the edit */
	if (tail && src->len - tail && src->text[src->len - tail - 1] != '\n')
		tail = 0;
	middle = strndup(text + from, len - tail - from);
	if (middle)
		fl_lsp_put_edit(
			j, NULL,
			(struct fl_span){ src, (uint32_t)from, (uint32_t)(src->len - tail - from) },
			middle);
	free(middle);
}

int fl_lsp_formatting(struct fl_lsp *s, const cJSON *params, struct fl_json *j)
{
	struct fl_document *d;
	struct fl_diags ds;
	char *text;
	size_t len;
	int err = fl_lsp_document(s, params, &d);

	if (err)
		return err;
	fl_diags_init(&ds);
	err = fl_format(&d->src, &ds, &text, &len);
	fl_diags_release(&ds);
	if (err == -EINVAL)
		return fl_lsp_fail(s, FL_LSP_REQUEST_FAILED, "the script has mistakes");
	if (err)
		return err == -ENOMEM
			       ? err
			       : fl_lsp_fail(
					 s, FL_LSP_INTERNAL_ERROR,
					 "its meaning would change: this is a bug in faultline");
	fl_json_open(j, "result", '[');
	if (len != d->src.len || memcmp(text, d->src.text, len) != 0)
		put_difference(j, &d->src, text, len);
	fl_json_close(j, '[');
	free(text);
	return 0;
}
