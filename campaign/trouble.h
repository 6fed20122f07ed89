/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trouble.h - why a campaign cannot go on, in words, with a tag and an exit status. */
#ifndef FL_TROUBLE_H
#define FL_TROUBLE_H

/* Exit statuses of a campaign. */
enum fl_sweep_exit {
	FL_SWEEP_CLEAN = 0,	 /* exhausted, and nothing was found */
	FL_SWEEP_FINDING = 1,	 /* findings, or not exhausted */
	FL_SWEEP_USAGE = 2,	 /* usage, script, workload or folder */
	FL_SWEEP_IDLE = 3,	 /* no point was reached */
	FL_SWEEP_KERNEL = 4,	 /* this kernel cannot */
	FL_SWEEP_PERMISSION = 5, /* not permitted */
	FL_SWEEP_FRESH = 6,	 /* a fresh machine is needed to go on */
};

struct fl_trouble {
	const char *tag; /* stable, for programs; NULL: nothing is wrong */
	enum fl_sweep_exit status;
	char text[512]; /* one line, lower case, no full stop */
	char hint[256]; /* "" when there is none */
};

/* Describe it; always -EINVAL, so that a caller can return it. @t may be NULL. */
__attribute__((format(printf, 5, 6))) int fl_trouble_set(struct fl_trouble *t,
							 enum fl_sweep_exit status, const char *tag,
							 const char *hint, const char *format, ...);
/* For a failed system call: "TEXT: strerror(err)"; returns -@err. */
__attribute__((format(printf, 4, 5))) int fl_trouble_errno(struct fl_trouble *t, int err,
							   const char *tag, const char *format,
							   ...);

#endif /* FL_TROUBLE_H */
