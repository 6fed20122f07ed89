/* SPDX-License-Identifier: GPL-2.0-or-later */
/* utf8.h - text that may not be UTF-8. */
#ifndef FL_UTF8_H
#define FL_UTF8_H

#include <stddef.h>

/*
 * How long the UTF-8 sequence at @s is, 0 if it is not one (RFC 3629); @s ends in a NUL.
 */
size_t fl_utf8_sequence(const char *s);

#endif /* FL_UTF8_H */
