/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture.h - output of another program. */
#ifndef FL_CAPTURE_H
#define FL_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Runs @program, looked for in PATH where it has no slash, with standard output
 * into memory, and waits for its end; with @silent its errors are not shown.
 * *text, which ends in a NUL, is yours to free; *status is that of wait(). 0 or
 * -errno, then *text is NULL.
 */
int fl_capture(const char *program, const char *const *argv, bool silent, char **text, size_t *len,
	       int *status);

#endif /* FL_CAPTURE_H */
