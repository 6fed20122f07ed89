/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * digest_html.c - a campaign as one file of HTML: page.html with the other
 * embedded files and the data in it, where it has {{NAME}}. The page is made by
 * its script from the data; without scripts it shows the page of a terminal.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "fl_page_parts.h"
#include "utf8.h"

static const struct fl_page_part *find(const char *name, size_t len)
{
	for (size_t i = 0; i < fl_npage_parts; i++) {
		if (strlen(fl_page_parts[i].name) == len &&
		    !memcmp(fl_page_parts[i].name, name, len))
			return &fl_page_parts[i];
	}
	return NULL;
}

static void put_escaped(FILE *out, const char *s)
{
	while (*s) {
		size_t len = fl_utf8_sequence(s);

		if (!len || ((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t'))
			fputs("\xef\xbf\xbd", out);
		else if (strchr("<>&\"'", *s))
			fprintf(out, "&#%d;", *s);
		else
			fwrite(s, 1, len, out);
		s += len ? len : 1;
	}
}

static int put_text(FILE *out, const struct fl_digest *d)
{
	size_t len;
	char *text = fl_digest_text_of(d, &len);

	if (!text)
		return -ENOMEM;
	put_escaped(out, text);
	free(text);
	return 0;
}

/* The text that replaces {{NAME}}. */
static int put_named(FILE *out, const struct fl_digest *d, const char *name, size_t len)
{
	const struct fl_page_part *part = find(name, len);

	if (part)
		fwrite(part->text, 1, part->len, out);
	else if (!strncmp(name, "title", len))
		put_escaped(out, d->dir);
	else if (!strncmp(name, "data", len))
		fl_digest_json(out, d, true);
	else
		return put_text(out, d);
	return 0;
}

int fl_digest_html(FILE *out, const struct fl_digest *d)
{
	const char *s = find("page.html", strlen("page.html"))->text;
	int err = 0;

	for (const char *open = strstr(s, "{{"); open && !err; open = strstr(s, "{{")) {
		const char *close = strstr(open, "}}");

		fwrite(s, 1, (size_t)(open - s), out);
		err = put_named(out, d, open + 2, (size_t)(close - open - 2));
		s = close + 2;
	}
	fputs(s, out);
	return err;
}
