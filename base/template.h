/* SPDX-License-Identifier: GPL-2.0-or-later */
/* template.h - texts with places {0} to {3}, as tables of messages have them. */
#ifndef FL_TEMPLATE_H
#define FL_TEMPLATE_H

#include <stdarg.h>
#include <stddef.h>

#define FL_TEMPLATE_ARGS 4
#define FL_TEMPLATE_LACKS ((size_t)-1)

struct fl_template_args {
	const char *list[FL_TEMPLATE_ARGS];
	size_t n;
};

/* The strings of @ap, up to a NULL. */
void fl_template_take(struct fl_template_args *args, va_list ap);

/*
 * @text with its places filled, as snprintf() would print it: the length that
 * it takes, however much of it fits. FL_TEMPLATE_LACKS, and "" in @out, when a
 * place has no string.
 */
size_t fl_template_fill(char *out, size_t size, const char *text,
			const struct fl_template_args *args);

#endif /* FL_TEMPLATE_H */
