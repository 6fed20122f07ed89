/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "errors.h"

#include <errno.h>
#include <string.h>

#include "build.h"
#include "json.h"

void fl_print_diags(const struct fl_diags *ds)
{
	struct fl_arena arena;
	jmp_buf on_oom;

	fl_arena_init(&arena, &on_oom);
	if (!setjmp(on_oom)) {
		for (size_t i = 0; i < ds->n; i++) {
			struct fl_buf text;

			fl_buf_init(&text, &arena);
			fl_diag_render(&ds->list[i], &text);
			fwrite(text.text, 1, text.len, stderr);
		}
	}
	fl_arena_release(&arena);
}

/* docs/events.md: the same for a mistake in a script as for a refusal of the kernel. */
static void write_error(FILE *out, const char *severity, const char *tag, const struct fl_span *at,
			const char *text, const char *hint)
{
	unsigned int line = 0, column = 0;
	struct fl_json j = { .out = out };

	if (at && at->src)
		fl_source_position(at->src, at->off, &line, &column);
	fl_json_open(&j, NULL, '{');
	fl_json_number(&j, "v", 1);
	fl_json_string(&j, "type", "error");
	fl_json_string(&j, "severity", severity);
	fl_json_string(&j, "tag", tag);
	fl_json_string(&j, "file", at && at->src ? at->src->name : NULL);
	fl_json_number(&j, "line", line);
	fl_json_number(&j, "column", column);
	fl_json_string(&j, "text", text);
	fl_json_string(&j, "hint", hint);
	fl_json_close(&j, '{');
	fl_json_line(&j);
}

void fl_errors_diags(void *arg, const struct fl_diags *ds)
{
	static const char *const severities[] = { "error", "warning", "note" };
	static const int exits[] = {
		[FL_CLASS_SCRIPT] = FL_EXIT_USAGE,
		[FL_CLASS_KERNEL] = FL_EXIT_KERNEL,
		[FL_CLASS_PERMISSION] = FL_EXIT_PERMISSION,
	};
	struct fl_errors *e = arg;

	fl_print_diags(ds);
	for (size_t i = 0; e->json && i < ds->n; i++) {
		const struct fl_diag *d = &ds->list[i];

		write_error(e->json, severities[d->severity], fl_diag_tag_name(d->tag), &d->span,
			    d->text, d->hint);
	}
	if (ds->nerrors)
		e->status = exits[fl_diags_class(ds)];
}

int fl_fault_exit(const struct fl_fault *f)
{
	switch (f->kind) {
	case FL_FAULT_PERMISSION:
		return FL_EXIT_PERMISSION;
	case FL_FAULT_KERNEL:
	case FL_FAULT_REFUSED:
		return FL_EXIT_KERNEL;
	case FL_FAULT_REQUEST:
		return FL_EXIT_USAGE;
	default:
		return FL_EXIT_FINDING;
	}
}

void fl_errors_fault(void *arg, const struct fl_fault *f)
{
	struct fl_errors *e = arg;

	fprintf(stderr, "faultline: error: %s\n", f->text);
	if (f->hint[0])
		fprintf(stderr, "hint: %s\n", f->hint);
	if ((e->verbose || f->kind == FL_FAULT_DEFECT) && f->log)
		fprintf(stderr, "%s", f->log);
	if (e->json)
		write_error(e->json, "error", NULL, NULL, f->text, f->hint[0] ? f->hint : NULL);
	e->status = fl_fault_exit(f);
}

int fl_errors_fail(struct fl_errors *e, int status, const char *text)
{
	struct fl_fault f = { .prog = -1 };

	snprintf(f.text, sizeof(f.text), "%s", text);
	fl_errors_fault(e, &f);
	e->status = status;
	return status;
}

int fl_errors_new_engine(struct fl_errors *e, int err)
{
	return fl_errors_fail(e, FL_EXIT_FINDING,
			      err == -ENOMEM ? "out of memory" : strerror(-err));
}

int fl_errors_engine(const struct fl_options *o, struct fl_errors *e, struct fl_engine **out)
{
	const struct fl_engine_opts opts = {
		.facts = fl_facts_options(o),
		.sink = { .arg = e, .diags = fl_errors_diags, .fault = fl_errors_fault },
	};
	int err = fl_engine_new(&opts, out);

	return err ? fl_errors_new_engine(e, err) : 0;
}
