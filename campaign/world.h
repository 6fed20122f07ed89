/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * world.h - what a sweep works on: a workload to inject into, and a machine to
 * examine. live.c is the kernel; tests have their own.
 */
#ifndef FL_WORLD_H
#define FL_WORLD_H

#include "record.h"
#include "refuse.h"

struct fl_world_fault {
	uint64_t key;	     /* of the point; with FL_BY_CALL unused */
	uint64_t occurrence; /* from 1 */
	enum fl_inject_mode mode;
	bool has_value;
	int64_t value;
};

struct fl_world_point {
	uint64_t key;
	uint32_t rule; /* from 0 */
	const char *function;
	const char *module;  /* or NULL */
	const char *context; /* or NULL */
	const char *path[FL_MAX_FRAMES];
	size_t npath;
};

/* Something that the workload itself found wrong. */
struct fl_world_complaint {
	const char *kind; /* "expect", "check", "cleanup" */
	char text[256];
};

#define FL_MAX_COMPLAINTS 16

struct fl_trial {
	uint64_t matched;
	uint64_t injected;
	bool reached[FL_MAX_FAULTS];
	int status; /* of run, as from a shell */
	bool timed_out;
	bool stuck; /* and cannot be killed */
	uint64_t us;
	/* setup failed, or run could not be started: no trial; else "" */
	char trouble[256];
	char stacks[8192]; /* of tasks that were stuck */
	struct fl_world_complaint complaints[FL_MAX_COMPLAINTS];
	size_t ncomplaints;
};

typedef void (*fl_line_fn)(void *arg, const char *line);

struct fl_world_ops {
	/*
	 * Setup, run with @faults, cleanup, checks. 0, or -errno with @t set when
	 * further trials are impossible; -EINTR: interrupted.
	 */
	int (*trial)(void *arg, uint64_t n, const struct fl_world_fault *faults, size_t nfaults,
		     uint64_t limit_us, struct fl_trial *out, struct fl_fault *fault);
	/* Points that were ever seen, numbered in the order of time. */
	size_t (*npoints)(void *arg);
	/* What @out points to lives until the next call; false: that one stays empty. */
	bool (*point)(void *arg, size_t i, struct fl_world_point *out);
	/*
	 * Calls of a point in the last trial; *after: all may have come after an
	 * injection.
	 */
	uint64_t (*calls)(void *arg, size_t i, bool *after);
	/* Lines that the kernel logged since the last call. */
	void (*log)(void *arg, fl_line_fn fn, void *to);
	/* A line in the kernel log. */
	void (*mark)(void *arg, const char *text);
	/* What the machine has at the moment, a line each, in any order. */
	void (*state)(void *arg, fl_line_fn fn, void *to);
	/* Forget what leaked up to now. False: the kernel does not look for leaks. */
	bool (*forget_leaks)(void *arg);
	/* Look for leaks, as lines of reports. Takes seconds. */
	void (*leaks)(void *arg, fl_line_fn fn, void *to);
	/* The clock of these reports. 0: not known. */
	uint64_t (*jiffies)(void *arg);
	bool (*lockdep_is_on)(void *arg);
	/* CLOCK_MONOTONIC. */
	uint64_t (*now_us)(void *arg);
	void (*sleep_us)(void *arg, uint64_t us);
};

#endif /* FL_WORLD_H */
