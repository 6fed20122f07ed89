/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manual_page.h - a document of docs/ that is built in. */
#ifndef FL_MANUAL_PAGE_H
#define FL_MANUAL_PAGE_H

#include <stddef.h>

struct fl_manual_page {
	const char *name;
	const char *text;
	size_t length;
};

#endif /* FL_MANUAL_PAGE_H */
