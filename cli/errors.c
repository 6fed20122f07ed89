/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "errors.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

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

static void write_diag(FILE *out, const struct fl_diag *d)
{
	static const char *const severities[] = { "error", "warning", "note" };
	struct fl_error_event e = {
		.severity = severities[d->severity],
		.tag = fl_diag_tag_name(d->tag),
		.text = d->text,
		.hint = d->hint,
	};

	if (d->span.src) {
		e.file = d->span.src->name;
		fl_source_position(d->span.src, d->span.off, &e.line, &e.column);
	}
	fl_error_event(out, &e);
}

struct fl_errors fl_errors_of(const struct fl_options *o)
{
	return (struct fl_errors){ .json = o->form == FL_FORM_JSON ? stdout : NULL,
				   .verbose = o->verbose };
}

static void keep_first(struct fl_errors *e, const char *text)
{
	if (!e->text[0])
		snprintf(e->text, sizeof(e->text), "%s", text);
}

void fl_errors_diags(void *arg, const struct fl_diags *ds)
{
	static const int exits[] = {
		[FL_CLASS_SCRIPT] = FL_EXIT_USAGE,
		[FL_CLASS_KERNEL] = FL_EXIT_KERNEL,
		[FL_CLASS_PERMISSION] = FL_EXIT_PERMISSION,
	};
	struct fl_errors *e = arg;

	fl_print_diags(ds);
	for (size_t i = 0; i < ds->n; i++) {
		if (e->json)
			write_diag(e->json, &ds->list[i]);
		if (ds->list[i].severity == FL_SEV_ERROR)
			keep_first(e, ds->list[i].text);
	}
	if (ds->nerrors)
		e->status = exits[fl_diags_class(ds)];
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
		fl_fault_event(f, e->json);
	keep_first(e, f->text);
	e->status = fl_fault_exit(f);
}

int fl_errors_report(struct fl_errors *e, struct fl_fault *f)
{
	fl_errors_fault(e, f);
	fl_fault_release(f);
	return e->status;
}

int fl_errors_raise(struct fl_errors *e, enum fl_fault_tag tag, ...)
{
	struct fl_fault f;
	va_list ap;

	va_start(ap, tag);
	fl_fault_vraise(&f, tag, ap);
	va_end(ap);
	return fl_errors_report(e, &f);
}

int fl_complain(enum fl_fault_tag tag, ...)
{
	struct fl_errors e = { .json = NULL };
	struct fl_fault f;
	va_list ap;

	va_start(ap, tag);
	fl_fault_vraise(&f, tag, ap);
	va_end(ap);
	return fl_errors_report(&e, &f);
}

int fl_errors_no_memory(struct fl_errors *e)
{
	return fl_errors_raise(e, FL_F_MEMORY, NULL);
}

int fl_errors_new_engine(struct fl_errors *e, int err)
{
	return err == -ENOMEM ? fl_errors_no_memory(e)
			      : fl_errors_raise(e, FL_F_SYSTEM, strerror(-err), NULL);
}
