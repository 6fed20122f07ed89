/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diag.h"

#include <stdarg.h>
#include <string.h>

#define MAX_ERRORS 20
#define MAX_SHOWN 100 /* characters of a source line */
#define MAX_ARGS 4

static const struct {
	const char *name;
	enum fl_severity severity;
	enum fl_diag_class klass;
	const char *text;
	const char *hint;
} table[FL_NDIAGS] = {
#define FL_DIAG(tag, severity, klass, text, hint) \
	[FL_##tag] = { #tag, FL_SEV_##severity, FL_CLASS_##klass, text, hint },
#include "diag.def"
#undef FL_DIAG
};

void fl_diags_init(struct fl_diags *ds)
{
	memset(ds, 0, sizeof(*ds));
	fl_arena_init(&ds->arena, NULL);
}

void fl_diags_release(struct fl_diags *ds)
{
	fl_arena_release(&ds->arena);
	memset(ds, 0, sizeof(*ds));
}

const char *fl_diag_tag_name(enum fl_diag_tag tag)
{
	return table[tag].name;
}

/* Fill the places of a text; NULL when one of them has no string. */
static const char *fill(struct fl_arena *a, const char *text, const char *const *args, size_t nargs)
{
	struct fl_buf b;

	fl_buf_init(&b, a);
	for (; *text; text++) {
		size_t i;

		if (text[0] != '{' || text[1] < '0' || text[1] > '3' || text[2] != '}') {
			fl_buf_putc(&b, *text);
			continue;
		}
		i = (size_t)(text[1] - '0');
		if (i >= nargs)
			return NULL;
		fl_buf_puts(&b, args[i]);
		text += 2;
	}
	return b.len ? b.text : NULL;
}

void fl_report(struct fl_diags *ds, enum fl_diag_tag tag, struct fl_span span, ...)
{
	const char *args[MAX_ARGS];
	size_t nargs = 0;
	struct fl_diag *d;
	va_list ap;

	if (ds->full)
		return;
	if (table[tag].severity == FL_SEV_ERROR && ds->nerrors == MAX_ERRORS) {
		ds->full = true;
		tag = FL_E_TOO_MANY;
	}
	va_start(ap, span);
	while (nargs < MAX_ARGS) {
		args[nargs] = va_arg(ap, const char *);
		if (!args[nargs])
			break;
		nargs++;
	}
	va_end(ap);

	ds->arena.on_oom = ds->on_oom;
	ds->list = fl_arena_grow(&ds->arena, ds->list, ds->n, &ds->cap, sizeof(*ds->list));
	d = &ds->list[ds->n];
	d->tag = tag;
	d->severity = table[tag].severity;
	d->klass = table[tag].klass;
	d->span = span;
	d->text = fill(&ds->arena, table[tag].text, args, nargs);
	if (!d->text)
		d->text = table[tag].text;
	d->hint = fill(&ds->arena, table[tag].hint, args, nargs);
	if (d->severity == FL_SEV_ERROR)
		ds->nerrors++;
	ds->n++;
}

enum fl_diag_class fl_diags_class(const struct fl_diags *ds)
{
	enum fl_diag_class klass = FL_CLASS_SCRIPT;
	bool seen = false;

	for (size_t i = 0; i < ds->n; i++) {
		const struct fl_diag *d = &ds->list[i];

		if (d->severity != FL_SEV_ERROR)
			continue;
		if (d->klass == FL_CLASS_SCRIPT)
			return FL_CLASS_SCRIPT;
		if (!seen)
			klass = d->klass;
		seen = true;
	}
	return klass;
}

/* Bytes that continue a UTF-8 character take no column of their own. */
static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

void fl_source_position(const struct fl_source *src, uint32_t off, unsigned int *line,
			unsigned int *column)
{
	const char *p = src->text;
	const char *end = src->text + (off < src->len ? off : src->len);

	*line = 1;
	*column = 1;
	for (; p < end; p++) {
		if (*p == '\n') {
			(*line)++;
			*column = 1;
		} else if (!continues(*p)) {
			(*column)++;
		}
	}
}

/* One byte of a source line, as it may be shown on a terminal. */
static void show_byte(struct fl_buf *out, char c)
{
	if (c == '\t')
		fl_buf_putc(out, ' ');
	else if ((unsigned char)c < 0x20 || c == 0x7f)
		fl_buf_putc(out, '?');
	else
		fl_buf_putc(out, c);
}

static void show_line(const struct fl_diag *d, struct fl_buf *out)
{
	const struct fl_source *src = d->span.src;
	size_t off = d->span.off < src->len ? d->span.off : src->len;
	size_t start = off, end = off, caret_end = off + d->span.len;

	while (start > 0 && src->text[start - 1] != '\n')
		start--;
	while (end < src->len && src->text[end] != '\n')
		end++;
	if (caret_end > end)
		caret_end = end;

	/* Of a very long line, show what is around the caret. */
	if (off - start > MAX_SHOWN * 3 / 4) {
		start = off - MAX_SHOWN / 2;
		while (start < off && continues(src->text[start]))
			start++;
	}
	if (end - start > MAX_SHOWN)
		end = start + MAX_SHOWN;
	while (end < src->len && end > start && continues(src->text[end]))
		end--;

	for (size_t i = start; i < end; i++)
		show_byte(out, src->text[i]);
	fl_buf_putc(out, '\n');
	for (size_t i = start; i < off; i++) {
		if (!continues(src->text[i]))
			fl_buf_putc(out, ' ');
	}
	fl_buf_putc(out, '^');
	for (size_t i = off + 1; i < caret_end && i < end; i++) {
		if (!continues(src->text[i]))
			fl_buf_putc(out, '~');
	}
	fl_buf_putc(out, '\n');
}

void fl_diag_render(const struct fl_diag *d, struct fl_buf *out)
{
	static const char *const word[] = {
		[FL_SEV_ERROR] = "error",
		[FL_SEV_WARNING] = "warning",
		[FL_SEV_NOTE] = "note",
	};

	if (d->span.src) {
		unsigned int line, column;

		fl_source_position(d->span.src, d->span.off, &line, &column);
		fl_buf_printf(out, "%s:%u:%u: ", d->span.src->name, line, column);
	} else {
		fl_buf_puts(out, "faultline: ");
	}
	fl_buf_printf(out, "%s: ", word[d->severity]);
	for (const char *p = d->text; *p; p++)
		show_byte(out, *p);
	fl_buf_putc(out, '\n');
	if (d->span.src && d->span.src->len && d->tag != FL_E_NOT_TEXT && d->tag != FL_E_TOO_LARGE)
		show_line(d, out);
	if (d->hint) {
		fl_buf_puts(out, "hint: ");
		for (const char *p = d->hint; *p; p++)
			show_byte(out, *p);
		fl_buf_putc(out, '\n');
	}
}
