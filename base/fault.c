/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fault.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "template.h"

static const struct {
	const char *name;
	enum fl_fault_kind kind;
	const char *text;
	const char *hint;
} table[FL_NFAULTS] = {
	[FL_NO_FAULT] = { NULL, FL_FAULT_SYSTEM, "", "" },
#define FL_FAULT(tag, kind, text, hint) [FL_##tag] = { #tag, FL_FAULT_##kind, text, hint },
#include "fault.def"
#undef FL_FAULT
};

void fl_fault_vraise(struct fl_fault *fault, enum fl_fault_tag tag, va_list ap)
{
	struct fl_template_args args;

	fl_template_take(&args, ap);
	memset(fault, 0, sizeof(*fault));
	fault->tag = tag;
	fault->kind = table[tag].kind;
	fault->prog = -1;
	fl_template_fill(fault->text, sizeof(fault->text), table[tag].text, &args);
	fl_template_fill(fault->hint, sizeof(fault->hint), table[tag].hint, &args);
}

void fl_fault_raise(struct fl_fault *fault, enum fl_fault_tag tag, ...)
{
	va_list ap;

	va_start(ap, tag);
	fl_fault_vraise(fault, tag, ap);
	va_end(ap);
}

void fl_fault_release(struct fl_fault *fault)
{
	free(fault->log);
	fault->log = NULL;
}

int fl_fault_exit(const struct fl_fault *fault)
{
	switch (fault->kind) {
	case FL_FAULT_PERMISSION:
		return FL_EXIT_PERMISSION;
	case FL_FAULT_KERNEL:
	case FL_FAULT_REFUSED:
		return FL_EXIT_KERNEL;
	case FL_FAULT_REQUEST:
	case FL_FAULT_USAGE:
		return FL_EXIT_USAGE;
	case FL_FAULT_MACHINE:
		return FL_EXIT_FRESH;
	default:
		return FL_EXIT_FINDING;
	}
}

void fl_error_event(FILE *out, const struct fl_error_event *e)
{
	struct fl_json j = { .out = out };

	fl_json_open(&j, NULL, '{');
	fl_json_number(&j, "v", 1);
	fl_json_string(&j, "type", "error");
	fl_json_string(&j, "severity", e->severity);
	fl_json_string(&j, "tag", e->tag);
	fl_json_string(&j, "file", e->file);
	fl_json_number(&j, "line", e->line);
	fl_json_number(&j, "column", e->column);
	fl_json_string(&j, "text", e->text);
	fl_json_string(&j, "hint", e->hint);
	fl_json_close(&j, '{');
	fl_json_line(&j);
}

void fl_fault_event(const struct fl_fault *fault, FILE *out)
{
	const struct fl_error_event e = {
		.severity = "error",
		.tag = fl_fault_tag_name(fault->tag),
		.text = fault->text,
		.hint = fault->hint[0] ? fault->hint : NULL,
	};

	fl_error_event(out, &e);
}

struct fl_digits fl_digits(int64_t n)
{
	struct fl_digits d;

	snprintf(d.text, sizeof(d.text), "%" PRId64, n);
	return d;
}

const char *fl_fault_tag_name(enum fl_fault_tag tag)
{
	return table[tag].name;
}
