/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "note.h"

#include <stdarg.h>
#include <stdio.h>

void fl_note(fl_note_fn fn, void *arg, const char *format, ...)
{
	char text[1024];
	va_list ap;

	if (!fn)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	fn(arg, text);
}
