/* SPDX-License-Identifier: GPL-2.0-or-later */
/* page_part.h - a file that is embedded in the program, for the page of HTML. */
#ifndef FL_PAGE_PART_H
#define FL_PAGE_PART_H

#include <stddef.h>

struct fl_page_part {
	const char *name;
	const char *text;
	size_t len;
};

#endif /* FL_PAGE_PART_H */
