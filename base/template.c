/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "template.h"

#include <string.h>

void fl_template_take(struct fl_template_args *args, va_list ap)
{
	for (args->n = 0; args->n < FL_TEMPLATE_ARGS; args->n++) {
		args->list[args->n] = va_arg(ap, const char *);
		if (!args->list[args->n])
			break;
	}
}

static size_t put(char *out, size_t size, size_t at, const char *text, size_t len)
{
	if (at < size)
		memcpy(out + at, text, len < size - at ? len : size - at);
	return at + len;
}

size_t fl_template_fill(char *out, size_t size, const char *text,
			const struct fl_template_args *args)
{
	size_t at = 0;

	for (; *text; text++) {
		size_t i;

		if (text[0] != '{' || text[1] < '0' || text[1] >= '0' + FL_TEMPLATE_ARGS ||
		    text[2] != '}') {
			at = put(out, size, at, text, 1);
			continue;
		}
		i = (size_t)(text[1] - '0');
		if (i >= args->n) {
			if (size)
				*out = '\0';
			return FL_TEMPLATE_LACKS;
		}
		at = put(out, size, at, args->list[i], strlen(args->list[i]));
		text += 2;
	}
	if (size)
		out[at < size ? at : size - 1] = '\0';
	return at;
}
