/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rlimit.h - how many files may be open. Each program that is loaded and each
 * that is attached is one, and so are maps: some hundred rules exceed the usual
 * soft limit of 1,024.
 */
#ifndef FL_RLIMIT_H
#define FL_RLIMIT_H

/* Raise the limit, as far as allowed; see getrlimit(2). */
void fl_rlimit_raise(void);
/* In a child before it becomes another program: select(2) minds. */
void fl_rlimit_restore(void);

#endif /* FL_RLIMIT_H */
