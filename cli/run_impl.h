/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_impl.h - what the files of one run share: run.c, watch.c, awaited.c, status.c. */
#ifndef FL_RUN_IMPL_H
#define FL_RUN_IMPL_H

#include <signal.h>

#include "build.h"
#include "command.h"
#include "output.h"
#include "prepare.h"
#include "report.h"

/* The line on a terminal that tells how it goes. */
struct fl_status {
	bool on;
	bool shown;
	uint64_t drawn_ns;
	struct fl_totals last;
};

struct run {
	const struct fl_options *o;
	struct fl_input input;
	struct fl_kernel *kernel;
	struct fl_part *parts; /* [0] is what the run begins with */
	size_t nparts;
	struct fl_obj_wait *waits; /* targets that are not there yet; the strings are the parts' */
	size_t nwaits;
	struct fl_refusals refusals;
	struct fl_command command;
	struct fl_output output;
	struct fl_report_stream report;
	struct fl_status status;
	sigset_t old_mask;
	int epoll_fd;
	int signal_fd;
	int klog_fd;   /* the kernel log, -1: cannot be read */
	int pid_fd;    /* of -p, or -1 */
	int uevent_fd; /* modules, or -1 */
	bool pid_ended;
	size_t splats;
	int signal;		 /* that ended the run, or 0 */
	uint64_t interrupted_ns; /* when the terminal sent one that is the command's */
	uint64_t given_up_ns;	 /* when a reader of our lines has had its time, or 0 */
	uint64_t started_ns;
};

/* run.c: tell of a failure on standard error and in the report. */
void fl_run_fault(struct run *r, const struct fl_fault *fault);
/*
 * Compile, load and attach; as often as the kernel makes us change the plan.
 * 0 with one part more, or an fl_exit with everything told. With @only, just
 * those targets; when none of them is there, that is no part, and still 0.
 */
int fl_run_add_part(struct run *r, const struct fl_wait *only, size_t nonly);

/* watch.c: until the command, the deadline or a signal ends it. */
void fl_run_block_signals(struct run *r);
void fl_run_watch(struct run *r);
void fl_run_watch_fd(const struct run *r, int fd);
/* For fl_output.wait; the argument is the run. */
bool fl_run_wait_reader(void *r, int fd);
/* The run is over: what has gathered, and the command's end. */
void fl_run_drain(struct run *r);
void fl_run_wait_command(struct run *r);

/* awaited.c: modules that come and go. Each gives 0, or an fl_exit with the reason told. */
int fl_run_watch_modules(struct run *r); /* from before the script is compiled */
int fl_run_begin_waiting(struct run *r); /* once its first part is armed */
void fl_run_module_news(struct run *r);

/* status.c */
void fl_status_init(struct run *r);
/* Takes it away, so that lines can be printed. */
void fl_status_clear(struct run *r);
void fl_status_draw(struct run *r);

/* check.c */
int fl_read_rules(const struct fl_options *o, struct fl_input *in);
int fl_open_facts(const struct fl_options *o, struct fl_kernel **k);

#endif /* FL_RUN_IMPL_H */
