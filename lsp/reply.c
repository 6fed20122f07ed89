/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lsp_impl.h"

int fl_lsp_fail(struct fl_lsp *s, enum fl_lsp_error code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(s->problem, sizeof(s->problem), format, ap);
	va_end(ap);
	return code;
}

const char *fl_lsp_string(const cJSON *object, const char *key)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsString(v) ? v->valuestring : NULL;
}

int fl_lsp_document(struct fl_lsp *s, const cJSON *params, struct fl_document **out)
{
	const char *uri =
		fl_lsp_string(cJSON_GetObjectItemCaseSensitive(params, "textDocument"), "uri");

	if (!uri)
		return fl_lsp_fail(s, FL_LSP_INVALID_PARAMS, "no textDocument.uri");
	*out = fl_document_find(&s->docs, uri);
	return *out ? 0 : fl_lsp_fail(s, FL_LSP_INVALID_PARAMS, "'%.200s' is not open", uri);
}

int fl_lsp_indexed(struct fl_lsp *s, const cJSON *params, struct fl_document **out)
{
	struct fl_document *d = NULL;
	int err = fl_lsp_document(s, params, &d);

	*out = d;
	if (!d || d->index)
		return err;
	return fl_index_new(&d->src, s->opts->kernel, &s->compile, &d->index);
}

int fl_lsp_place(struct fl_lsp *s, const cJSON *params, struct fl_document **out, uint32_t *off)
{
	struct fl_position at;
	int err = fl_lsp_indexed(s, params, out);

	if (err)
		return err;
	if (!fl_position_read(cJSON_GetObjectItemCaseSensitive(params, "position"), &at))
		return fl_lsp_fail(s, FL_LSP_INVALID_PARAMS, "no position");
	*off = fl_offset_of(&(*out)->src, at);
	return 0;
}

static void put_position(struct fl_json *j, const char *key, const struct fl_source *src,
			 uint32_t off)
{
	struct fl_position at = fl_position_of(src, off);

	fl_json_open(j, key, '{');
	fl_json_number(j, "line", at.line);
	fl_json_number(j, "character", at.character);
	fl_json_close(j, '{');
}

void fl_lsp_put_range(struct fl_json *j, const char *key, struct fl_span span)
{
	fl_json_open(j, key, '{');
	put_position(j, "start", span.src, span.off);
	put_position(j, "end", span.src, span.off + span.len);
	fl_json_close(j, '{');
}

void fl_lsp_put_location(struct fl_json *j, const char *key, struct fl_span span)
{
	char *uri = fl_uri_of_path(span.src->name);

	fl_json_open(j, key, '{');
	fl_json_string(j, "uri", uri ? uri : span.src->name);
	fl_lsp_put_range(j, "range", span);
	fl_json_close(j, '{');
	free(uri);
}

void fl_lsp_put_edit(struct fl_json *j, const char *key, struct fl_span span, const char *text)
{
	fl_json_open(j, key, '{');
	fl_lsp_put_range(j, "range", span);
	fl_json_string(j, "newText", text);
	fl_json_close(j, '{');
}

void fl_lsp_put_markup(const struct fl_lsp *s, struct fl_json *j, const char *key, const char *text)
{
	fl_json_open(j, key, '{');
	fl_json_string(j, "kind", s->no_markdown ? "plaintext" : "markdown");
	fl_json_string(j, "value", text);
	fl_json_close(j, '{');
}

char *fl_lsp_used_path(const char *user, const char *use)
{
	const char *slash = strrchr(user, '/');
	char *path;

	if (*use == '/' || !slash)
		return strdup(use);
	return asprintf(&path, "%.*s%s", (int)(slash - user + 1), user, use) < 0 ? NULL : path;
}

void fl_lsp_print_call(FILE *out, const struct fl_syscall *call)
{
	unsigned int n = fl_syscall_nparams(call);

	fprintf(out, "%s(", call->name);
	for (unsigned int i = 0; i < n; i++)
		fprintf(out, "%s%s", i ? ", " : "", call->params[i].name);
	fputc(')', out);
}
