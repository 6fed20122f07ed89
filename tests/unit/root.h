/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root.h - a directory that stands for a machine's root, filled by the test. */
#ifndef ROOT_H
#define ROOT_H

#include <stddef.h>

/* Made below the temporary directory; the path is valid until root_remove(). */
const char *root_make(void);
void root_remove(void);

/* Write a file, its directories included; NULL text: a directory. */
void root_write(const char *path, const void *text, size_t len);
void root_puts(const char *path, const char *text);
/* "ROOT/path", valid until the next call. */
const char *root_path(const char *path);

#endif /* ROOT_H */
