/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * points.h - the places where a campaign's workload can fail, found and
 * selected in the kernel.
 *
 * For a session whose object was compiled with fl_compile_opts.sweep. Rules
 * with a return do not act by themselves there: every matched call is counted
 * by its point, and only the calls that a trial selected fail.
 *
 *	open -> (begin -> the workload runs -> end -> result) ... -> close
 *
 * A point is a rule, a function and the call path that led to it, up to the
 * system call or the thread's start. Frames are stored normalised: relative to
 * the kernel's text, or to the text of the module that they are in, so that a
 * point has the same key after a reboot with KASLR and after its module was
 * loaded anew. A trial costs a few stores and no system call.
 *
 * Points are numbered from 0 in the order in which they were first seen; they
 * are never forgotten before fl_points_close(). Functions return 0 or -errno
 * and describe a failure in a struct fl_fault.
 */
#ifndef FL_POINTS_H
#define FL_POINTS_H

#include "session.h"

struct fl_points;

/* What makes two matched calls the same point. */
enum fl_each {
	FL_EACH_PATH = FL_SWEEP_PATH,
	FL_EACH_CALL = FL_SWEEP_CALL, /* none are: points are ordinals of matched calls */
	FL_EACH_FUNCTION = FL_SWEEP_FUNCTION,
};

enum fl_point_mode {
	FL_POINT_ONCE = FL_SWEEP_ONCE,	       /* the chosen call only */
	FL_POINT_ON_POINT = FL_SWEEP_ON_POINT, /* it and all later ones of its point */
	FL_POINT_ON_ALL = FL_SWEEP_ON_ALL,     /* it and all later matched calls of any point */
};

/* Where the call was made, as the first call of a point had it. */
enum fl_point_context {
	FL_CONTEXT_TASK = FL_SWEEP_TASK,
	FL_CONTEXT_SOFTIRQ = FL_SWEEP_SOFTIRQ,
	FL_CONTEXT_HARDIRQ = FL_SWEEP_HARDIRQ,
	FL_CONTEXT_KTHREAD = FL_SWEEP_KTHREAD,
	FL_CONTEXT_WORKQUEUE = FL_SWEEP_WORKQUEUE,
};

struct fl_points_opts {
	enum fl_each each;
	/*
	 * Calls in interrupt context count too. Otherwise they do not count as
	 * the workload's, whatever task they interrupt.
	 */
	bool any_context;
	struct fl_kernel *kernel; /* its symbols are read when points are opened */
};

/* A fault that a trial is to see. */
struct fl_chosen {
	uint64_t key; /* of the point; ignored with FL_EACH_CALL */
	uint64_t
		occurrence; /* in the trial, from 1; with FL_EACH_CALL the matched call's ordinal */
	enum fl_point_mode mode;
	bool has_value; /* otherwise what the rule returns */
	int64_t value;
};

#define FL_MAX_CHOSEN FL_SWEEP_FAULTS /* in one trial */

/* One injection of a trial, in the order of time. */
struct fl_point_hit {
	uint64_t key;	     /* of the call path, a point that is recorded in any case */
	uint64_t point;	     /* its number */
	uint64_t occurrence; /* of what FL_EACH_* says, in the trial */
	uint64_t ordinal;    /* of the matched call in the trial */
	uint64_t time_ns;    /* CLOCK_MONOTONIC */
	int64_t value;	     /* what was returned */
	uint32_t choice;     /* which of the trial's choices, from 0 */
};

/* What a trial came to. */
struct fl_trial_result {
	uint64_t matched;		 /* calls, over all points */
	uint64_t injected;		 /* calls that were made to fail */
	uint64_t reached[FL_MAX_CHOSEN]; /* calls that each choice met */
	/* over the whole session */
	uint64_t lost;	       /* calls whose point found no room */
	uint64_t cut;	       /* points whose path is longer than FL_STACK_DEPTH */
	uint64_t modules_lost; /* modules that found no room: frames in them are left out */
	struct fl_point_hit hits[FL_SWEEP_HITS]; /* the first ones */
	size_t nhits;
};

/* The current state of a point. */
struct fl_point_info {
	uint64_t key;
	uint32_t rule;	   /* number in the script, from 0 */
	uint32_t attach;   /* the function: index into the object's attaches */
	uint64_t calls;	   /* in the current or last trial */
	uint64_t total;	   /* since the session was loaded */
	uint64_t trial;	   /* in which it was seen first */
	uint64_t after;	   /* injections of that trial that came before it */
	uint64_t position; /* ordinal of its first call in that trial */
	enum fl_point_context context;
	/* A path, or for other FL_EACH_* only one recorded example. */
	bool is_path;
	unsigned int nframes;
	const __u64 *frames; /* normalised, innermost (the caller) first; borrowed */
};

/*
 * @s was loaded and attached; it is borrowed and must outlive *out. Learns the
 * modules that are loaded. -EINVAL: the object was not compiled for a sweep.
 */
int fl_points_open(struct fl_session *s, const struct fl_points_opts *opts, struct fl_points **out,
		   struct fl_fault *fault);
void fl_points_close(struct fl_points *p);

/*
 * Begin a trial: matched calls count for it and @choices fail; a baseline has
 * none. @trial is not 0 and differs from the last trial's number. -EINVAL for a
 * value that the point's function cannot return.
 */
int fl_points_begin(struct fl_points *p, uint64_t trial, const struct fl_chosen *choices,
		    size_t nchoices, struct fl_fault *fault);
/* From here on rules with a return do nothing and count nothing. */
void fl_points_end(struct fl_points *p);
/* At any time, also during a trial. */
void fl_points_result(const struct fl_points *p, struct fl_trial_result *out);

/* How many there are. Those from the last answer on are new since then. */
size_t fl_points_count(const struct fl_points *p);
/* Point number @i; false for one that lost a race with itself and stays empty. */
bool fl_points_get(const struct fl_points *p, size_t i, struct fl_point_info *out);

/*
 * A frame as "function+0x1a" or "function+0x1a [module]", the same after a
 * reboot or when the module is loaded again; "[module]+0x1a" where the programs
 * had no room for its name. Cut off at @len.
 */
void fl_points_frame(const struct fl_points *p, uint64_t frame, char *buf, size_t len);

/* "task", "softirq", "hardirq", "kthread", "workqueue". */
const char *fl_point_context_name(enum fl_point_context context);

#endif /* FL_POINTS_H */
