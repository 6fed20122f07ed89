/* SPDX-License-Identifier: GPL-2.0-or-later */
/* splat_impl.h - what splat.c and splat_text.c share. */
#ifndef FL_SPLAT_IMPL_H
#define FL_SPLAT_IMPL_H

#include "splat.h"

#define FL_SPLAT_LINES 500 /* in an excerpt */
#define FL_SYMBOL_LEN 128

struct fl_splat_reader {
	void (*fn)(void *arg, const struct fl_splat *s);
	void *arg;
	const struct fl_splat_row *row; /* NULL: no report under way */
	unsigned int flags;
	char *text; /* its lines; without a row, those that may precede one */
	size_t len, cap;
	size_t nlines;
	char title[256];
	char symbols[FL_FINGERPRINT_SYMBOLS][FL_SYMBOL_LEN];
	size_t nsymbols;
	/* where there are none: of frames in a module that is gone, the place in a page */
	unsigned int unnamed[FL_FINGERPRINT_SYMBOLS];
	size_t nunnamed;
	bool in_trace;	 /* the frames that count follow */
	bool trace_done; /* they have all been seen */
};

/* The line at which frames begin? */
bool fl_splat_is_trace(const char *line);
/* Learn from a line of the report under way. */
void fl_splat_look_at(struct fl_splat_reader *r, const char *line);
void fl_splat_title(struct fl_splat_reader *r, const char *line);
void fl_splat_fingerprint(const struct fl_splat_reader *r, char *buf, size_t size);

#endif /* FL_SPLAT_IMPL_H */
