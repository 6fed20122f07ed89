/* SPDX-License-Identifier: GPL-2.0-or-later */
/* installed.h - files installed with the program, relative to its own path. */
#ifndef FL_INSTALLED_H
#define FL_INSTALLED_H

#include <stddef.h>

/*
 * The path of @rest, which starts with a slash and is relative to the folder of the
 * program that runs. 0 or -errno; the file itself need not exist.
 */
int fl_installed(const char *rest, char *path, size_t size);

#endif /* FL_INSTALLED_H */
