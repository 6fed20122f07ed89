/* SPDX-License-Identifier: GPL-2.0-or-later */
/* digest_write.c - a campaign in the requested form. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"

/* A kernel's words must not steer a terminal. */
static int write_text(FILE *out, const struct fl_digest *d)
{
	size_t len;
	char *text = fl_digest_text_of(d, &len);

	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < len; i++)
		fputc(strchr("\n\t", text[i]) || !iscntrl((unsigned char)text[i]) ? text[i] : '?',
		      out);
	free(text);
	return 0;
}

static int write_suite(FILE *out, const struct fl_digest *d, enum fl_form form)
{
	struct fl_suite *s = fl_digest_suite(d);
	int err = -ENOMEM;

	if (s && fl_suite_write(out, s, form) && !s->no_memory)
		err = 0;
	fl_suite_free(s);
	return err;
}

int fl_digest_write(FILE *out, const struct fl_digest *d, enum fl_form form)
{
	switch (form) {
	case FL_FORM_TEXT:
		return write_text(out, d);
	case FL_FORM_JSON:
		fl_digest_json(out, d, false);
		return 0;
	case FL_FORM_HTML:
		return fl_digest_html(out, d);
	default:
		return write_suite(out, d, form);
	}
}
