/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supervise.h - a machine run again until the campaign on it is finished.
 *
 *	boot.c		one run of its command
 *	ending.c	what the sweep of the next boot is to know of its end
 */
#ifndef FL_SUPERVISE_H
#define FL_SUPERVISE_H

#include <stdint.h>

#include "refuse.h"

struct fl_supervise_opts {
	const char *dir;     /* the campaign's, as this process sees it */
	char *const *argv;   /* runs the machine once */
	const char *console; /* file that the machine writes; NULL: what the command prints */
	int output;	     /* what the command prints is passed on to; -1: to none */
	uint64_t idle_ns;    /* 0: two minutes, or as long as a trial may take */
	uint64_t stall_ns;   /* 0: ten minutes, or as long as a trial may take */
	uint64_t max_boots;  /* 0: any number */
	/* A line about each boot. May be NULL. */
	void (*note)(void *arg, const char *text);
	void *arg;
};

struct fl_supervised {
	uint64_t boots;
	uint64_t crashes;
	uint64_t hangs;
	int status; /* the campaign's, an fl_exit */
};

/*
 * Boot until the campaign is finished: 0. Otherwise -errno with @t; -EINTR, and
 * FL_EXIT_FINDING as its status, after SIGINT, SIGTERM or SIGHUP. @out counts in
 * any case. Makes this process a subreaper; it must have no children.
 */
int fl_supervise(const struct fl_supervise_opts *o, struct fl_supervised *out,
		 struct fl_fault *fault);

#endif /* FL_SUPERVISE_H */
