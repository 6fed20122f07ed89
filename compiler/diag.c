/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diag.h"

#include <stdarg.h>
#include <string.h>

#include "template.h"

#define MAX_ERRORS 20
#define MAX_SHOWN 100 /* characters of a source line */

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

/* NULL when a place has no string, and for "". */
static const char *fill(struct fl_arena *a, const char *text, const struct fl_template_args *args)
{
	size_t len = fl_template_fill(NULL, 0, text, args);
	char *out;

	if (!len || len == FL_TEMPLATE_LACKS)
		return NULL;
	out = fl_arena_alloc(a, len + 1);
	fl_template_fill(out, len + 1, text, args);
	return out;
}

/* A rule on many functions is checked once per function. */
static bool was_said(const struct fl_diags *ds, const struct fl_diag *d)
{
	for (size_t i = ds->n; i-- > 0;) {
		const struct fl_diag *other = &ds->list[i];

		if (other->tag == d->tag && other->span.src == d->span.src &&
		    other->span.off == d->span.off && other->span.len == d->span.len &&
		    !strcmp(other->text, d->text))
			return true;
	}
	return false;
}

void fl_report(struct fl_diags *ds, enum fl_diag_tag tag, struct fl_span span, ...)
{
	struct fl_template_args args;
	struct fl_diag d;
	va_list ap;

	if (ds->full)
		return;
	va_start(ap, span);
	fl_template_take(&args, ap);
	va_end(ap);

	ds->arena.on_oom = ds->on_oom;
	d = (struct fl_diag){
		.tag = tag,
		.severity = table[tag].severity,
		.klass = table[tag].klass,
		.span = span,
		.text = fill(&ds->arena, table[tag].text, &args),
	};
	if (!d.text)
		d.text = table[tag].text;
	if (was_said(ds, &d))
		return;
	if (d.severity == FL_SEV_ERROR && ds->nerrors == MAX_ERRORS) {
		ds->full = true;
		d.tag = FL_E_TOO_MANY;
		d.klass = table[d.tag].klass;
		d.text = table[d.tag].text;
	} else {
		d.hint = fill(&ds->arena, table[tag].hint, &args);
	}
	ds->list = fl_arena_grow(&ds->arena, ds->list, ds->n, &ds->cap, sizeof(*ds->list));
	ds->list[ds->n++] = d;
	ds->nerrors += d.severity == FL_SEV_ERROR;
}

/* Which of the files that diagnostics are about comes first? */
static size_t source_rank(const struct fl_diags *ds, const struct fl_source *src)
{
	size_t i = 0;

	while (i < ds->n && ds->list[i].span.src != src)
		i++;
	return i;
}

static bool comes_after(const struct fl_diags *ds, const struct fl_diag *a, const struct fl_diag *b)
{
	size_t ra = source_rank(ds, a->span.src), rb = source_rank(ds, b->span.src);

	/* what ends them all stays at the end */
	if (a->tag == FL_E_TOO_MANY || b->tag == FL_E_TOO_MANY)
		return b->tag != FL_E_TOO_MANY;
	return ra == rb ? a->span.off > b->span.off : ra > rb;
}

/* By insertion: stable, without memory, and most are in order already. */
void fl_diags_sort(struct fl_diags *ds)
{
	for (size_t i = 1; i < ds->n; i++) {
		struct fl_diag d = ds->list[i];
		size_t at = i;

		for (; at && comes_after(ds, &ds->list[at - 1], &d); at--)
			ds->list[at] = ds->list[at - 1];
		ds->list[at] = d;
	}
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

size_t fl_utf8_decode(const char *p, const char *end, uint32_t *code)
{
	/* the least code of each length: what is smaller was made longer to hide */
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)*p;
	size_t len = first < 0x80	      ? 1
		     : (first & 0xe0) == 0xc0 ? 2
		     : (first & 0xf0) == 0xe0 ? 3
		     : (first & 0xf8) == 0xf0 ? 4
					      : 0;

	*code = 0;
	if (!len || len > (size_t)(end - p))
		return 1;
	*code = len == 1 ? first : first & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if (((unsigned char)p[i] & 0xc0) != 0x80) {
			*code = 0;
			return 1;
		}
		*code = *code << 6 | ((unsigned char)p[i] & 0x3f);
	}
	if (*code >= least[len] && *code <= 0x10ffff && (*code & 0xfffff800) != 0xd800)
		return len;
	*code = 0;
	return 1;
}

/*
 * Is it safe to print on a terminal? Not control characters or bidirectional
 * ones.
 */
static bool is_harmless(uint32_t code)
{
	return code >= 0x20 && !(code >= 0x7f && code < 0xa0) && code != 0x2028 && code != 0x2029 &&
	       !(code >= 0x202a && code <= 0x202e) && !(code >= 0x2066 && code <= 0x2069);
}

/* Printable text: every character takes one column. */
static void show(struct fl_buf *out, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		uint32_t code;
		size_t n = fl_utf8_decode(text, end, &code);

		if (code == '\t')
			fl_buf_putc(out, ' ');
		else if (is_harmless(code))
			fl_buf_add(out, text, n);
		else
			fl_buf_putc(out, '?');
		text += n;
	}
}

/* How many characters start in a stretch of text. */
static unsigned int columns(const char *text, const char *end)
{
	unsigned int n = 0;
	uint32_t code;

	for (; text < end; n++)
		text += fl_utf8_decode(text, end, &code);
	return n;
}

void fl_source_position(const struct fl_source *src, uint32_t off, unsigned int *line,
			unsigned int *column)
{
	const char *at = src->text + (off < src->len ? off : src->len);
	const char *start = src->text;

	*line = 1;
	for (const char *p = start; p < at; p++) {
		if (*p == '\n') {
			(*line)++;
			start = p + 1;
		}
	}
	*column = columns(start, at) + 1;
}

static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static void show_line(const struct fl_diag *d, struct fl_buf *out)
{
	const struct fl_source *src = d->span.src;
	const char *text_end = src->text + src->len;
	const char *at = src->text + (d->span.off < src->len ? d->span.off : src->len);
	const char *start = at, *end = at, *caret_end;

	while (start > src->text && start[-1] != '\n')
		start--;
	while (end < text_end && *end != '\n')
		end++;

	/* Of a very long line, show what is around the caret. */
	if (at - start > MAX_SHOWN * 3 / 4) {
		start = at - MAX_SHOWN / 2;
		while (start < at && continues(*start))
			start++;
	}
	if (end - start > MAX_SHOWN) {
		end = start + MAX_SHOWN;
		while (end > at && continues(*end))
			end--;
	}
	caret_end = d->span.len < (size_t)(end - at) ? at + d->span.len : end;

	show(out, start, (size_t)(end - start));
	fl_buf_putc(out, '\n');
	for (unsigned int n = columns(start, at); n; n--)
		fl_buf_putc(out, ' ');
	fl_buf_putc(out, '^');
	for (unsigned int n = columns(at, caret_end); n > 1; n--)
		fl_buf_putc(out, '~');
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
		show(out, d->span.src->name, strlen(d->span.src->name));
		fl_buf_printf(out, ":%u:%u: ", line, column);
	} else {
		fl_buf_puts(out, "faultline: ");
	}
	fl_buf_printf(out, "%s: ", word[d->severity]);
	show(out, d->text, strlen(d->text));
	fl_buf_putc(out, '\n');
	if (d->span.src && d->span.src->len && d->tag != FL_E_NOT_TEXT && d->tag != FL_E_TOO_LARGE)
		show_line(d, out);
	if (d->hint) {
		fl_buf_puts(out, "hint: ");
		show(out, d->hint, strlen(d->hint));
		fl_buf_putc(out, '\n');
	}
}
