/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * klog.h - marks in the kernel log, so that whoever reads an oops knows that
 * errors were being injected.
 */
#ifndef FL_KLOG_H
#define FL_KLOG_H

/* One line, printf style. Silent when the log cannot be written. */
void fl_klog(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* FL_KLOG_H */
