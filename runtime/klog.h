/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * klog.h - marks in the kernel log, so that readers of an oops see that errors
 * were injected.
 */
#ifndef FL_KLOG_H
#define FL_KLOG_H

#include <stdbool.h>

/* One line, printf style. Silent when the log cannot be written. */
void fl_klog(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * A descriptor from which what the log gets from now on can be read, yours to
 * close; readable when there is something. -1: it cannot be read.
 */
int fl_klog_open(void);

/* Hand every new line to @fn. Never blocks. */
void fl_klog_lines(int fd, void (*fn)(const char *line, void *arg), void *arg);

/*
 * Hand every new line that begins a report of something gone wrong - a
 * warning, an oops, a sanitizer's report - to @fn. Never blocks.
 */
void fl_klog_splats(int fd, void (*fn)(const char *line, void *arg), void *arg);

/* Does a line of the log begin such a report? */
bool fl_is_splat(const char *line);

#endif /* FL_KLOG_H */
