/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ending.h - DIR/machine: how the machine of the last boot ended, as a supervisor
 * saw it. The sweep of the next boot reads it once.
 */
#ifndef FL_ENDING_H
#define FL_ENDING_H

#include <stdint.h>

enum fl_ending {
	FL_ENDING_CRASH, /* it died; also where nothing is known */
	FL_ENDING_HANG,	 /* it was killed because it made no progress */
	FL_ENDING_CUT,	 /* it was stopped from outside: the current trial is repeated */
};

/* @boot: its number, from 1; DIR/console.BOOT is its output. 0 or -errno. */
int fl_ending_write(const char *dir, enum fl_ending how, uint64_t boot);
/* *boot is 0 where no supervisor wrote it. */
enum fl_ending fl_ending_read(const char *dir, uint64_t *boot);
void fl_ending_forget(const char *dir);
/* "crash", "hang", "cut". */
const char *fl_ending_name(enum fl_ending how);

#endif /* FL_ENDING_H */
