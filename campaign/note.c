/* SPDX-License-Identifier: GPL-2.0-or-later */
/* note.c - a line for people about a sweep. */
#include <stdarg.h>
#include <stdio.h>

#include "sweep_impl.h"

void fl_sweep_note(const struct sweep *s, const char *format, ...)
{
	char text[1024];
	va_list ap;

	if (!s->sink->note)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	s->sink->note(s->sink->arg, text);
}
