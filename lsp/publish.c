/* SPDX-License-Identifier: GPL-2.0-or-later */
/* publish.c - the compiler's diagnostics, as the protocol has them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lsp_impl.h"

/*
 * Where the document says that it uses the file of @src: the use itself, or when
 * it is used by one of those, the first.
 */
static struct fl_span use_of(const struct fl_document *d, const struct fl_source *src)
{
	struct fl_span at = { &d->src, 0, 0 };
	const struct fl_script *script = d->index ? fl_index_script(d->index) : NULL;

	for (size_t i = 0; script && i < script->nuses; i++) {
		const struct fl_use *use = &script->uses[i];
		char *path;
		bool same;

		if (use->span.src != &d->src)
			continue;
		path = fl_lsp_used_path(d->path, use->path);
		same = path && !strcmp(path, src->name);
		free(path);
		if (same)
			return use->span;
		if (!at.len)
			at = use->span;
	}
	return at;
}

static void put_message(struct fl_json *j, const struct fl_document *d, const struct fl_diag *diag)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return;
	if (diag->span.src && diag->span.src != &d->src) {
		unsigned int line, column;

		fl_source_position(diag->span.src, diag->span.off, &line, &column);
		fprintf(out, "%s:%u:%u: ", diag->span.src->name, line, column);
	}
	fputs(diag->text, out);
	if (diag->hint)
		fprintf(out, "\nhint: %s", diag->hint);
	if (!fclose(out))
		fl_json_string(j, "message", text);
	free(text);
}

static void put_diagnostic(struct fl_json *j, const struct fl_document *d,
			   const struct fl_diag *diag)
{
	static const int severity[] = {
		[FL_SEV_ERROR] = 1,
		[FL_SEV_WARNING] = 2,
		[FL_SEV_NOTE] = 3,
	};
	struct fl_span span = diag->span;

	if (!span.src)
		span = (struct fl_span){ &d->src, 0, 0 };
	else if (span.src != &d->src)
		span = use_of(d, span.src);
	fl_json_open(j, NULL, '{');
	fl_lsp_put_range(j, "range", span);
	fl_json_number(j, "severity", severity[diag->severity]);
	fl_json_string(j, "code", fl_diag_tag_name(diag->tag));
	fl_json_string(j, "source", "faultline");
	put_message(j, d, diag);
	fl_json_close(j, '{');
}

int fl_lsp_compile(struct fl_lsp *s, const struct fl_document *d, struct fl_diags *ds)
{
	struct fl_compile_opts opts = s->compile;
	struct fl_object *obj;
	char *log;
	int err;

	opts.emit = FL_EMIT_C;
	err = fl_compile(&d->src, s->opts->kernel, &opts, ds, &obj, &log);
	fl_object_free(obj);
	free(log);
	return err == -ENOMEM ? err : 0;
}

static bool is_wanted(const struct fl_diag *diag)
{
	/* a script that was just begun */
	return diag->tag != FL_E_EMPTY;
}

int fl_lsp_diagnostics(struct fl_lsp *s, struct fl_document *d, struct fl_json *j)
{
	struct fl_diags ds;
	int err = 0;

	if (!d->index)
		err = fl_index_new(&d->src, s->opts->kernel, &s->compile, &d->index);
	fl_diags_init(&ds);
	if (!err)
		err = fl_lsp_compile(s, d, &ds);
	if (!err) {
		fl_json_open(j, "params", '{');
		fl_json_string(j, "uri", d->uri);
		fl_json_number(j, "version", d->version);
		fl_json_open(j, "diagnostics", '[');
		for (size_t i = 0; i < ds.n; i++) {
			if (is_wanted(&ds.list[i]))
				put_diagnostic(j, d, &ds.list[i]);
		}
		fl_json_close(j, '[');
		fl_json_close(j, '{');
	}
	fl_diags_release(&ds);
	return err;
}
