/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xml.h"

#include <inttypes.h>
#include <string.h>

#include "utf8.h"

void fl_xml_begin(struct fl_xml *x, FILE *out)
{
	*x = (struct fl_xml){ .out = out };
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", out);
}

/* Char of XML 1.0, 2.2: most control characters are not, not even as references. */
static bool is_char(const char *s, size_t len)
{
	if (len == 1)
		return (unsigned char)*s >= 0x20 || strchr("\t\n\r", *s);
	return len != 3 || (memcmp(s, "\xef\xbf\xbe", 3) != 0 && memcmp(s, "\xef\xbf\xbf", 3) != 0);
}

static void put(FILE *out, const char *s, bool in_attribute)
{
	while (*s) {
		size_t len = fl_utf8_sequence(s);

		if (!len || !is_char(s, len))
			fputs("\xef\xbf\xbd", out);
		else if (strchr("<>&\"\r", *s) || (in_attribute && strchr("\t\n", *s)))
			fprintf(out, "&#%d;", *s);
		else
			fwrite(s, 1, len, out);
		s += len ? len : 1;
	}
}

static void end_tag(struct fl_xml *x)
{
	if (x->in_tag)
		fputc('>', x->out);
	x->in_tag = false;
}

static void new_line(struct fl_xml *x)
{
	fprintf(x->out, "\n%*s", (int)(2 * x->depth), "");
}

void fl_xml_open(struct fl_xml *x, const char *element)
{
	end_tag(x);
	new_line(x);
	fprintf(x->out, "<%s", element);
	x->depth++;
	x->in_tag = true;
	x->has_text = false;
}

void fl_xml_string(struct fl_xml *x, const char *attribute, const char *value)
{
	fprintf(x->out, " %s=\"", attribute);
	put(x->out, value, true);
	fputc('"', x->out);
}

void fl_xml_number(struct fl_xml *x, const char *attribute, uint64_t value)
{
	fprintf(x->out, " %s=\"%" PRIu64 "\"", attribute, value);
}

void fl_xml_decimal(struct fl_xml *x, const char *attribute, double value)
{
	fprintf(x->out, " %s=\"%.6f\"", attribute, value);
}

void fl_xml_text(struct fl_xml *x, const char *text)
{
	end_tag(x);
	put(x->out, text, false);
	x->has_text = true;
}

void fl_xml_close(struct fl_xml *x, const char *element)
{
	x->depth--;
	if (x->in_tag) {
		fputs("/>", x->out);
	} else {
		if (!x->has_text)
			new_line(x);
		fprintf(x->out, "</%s>", element);
	}
	x->in_tag = x->has_text = false;
	if (!x->depth)
		fputc('\n', x->out);
}
