/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_impl.h - what the files of one run share: run.c, watch.c, status.c. */
#ifndef FL_RUN_IMPL_H
#define FL_RUN_IMPL_H

#include <signal.h>

#include "build.h"
#include "engine.h"
#include "errors.h"
#include "output.h"
#include "report.h"

/* The status line on a terminal. */
struct fl_status {
	bool on;
	bool shown;
	uint64_t drawn_ns;
	struct fl_totals last;
};

struct run {
	const struct fl_options *o;
	bool has_command; /* of the command line or the script */
	struct fl_input input;
	struct fl_object *object; /* read from a file, and not with the engine yet */
	struct fl_engine *engine;
	struct fl_armed *armed; /* NULL: not yet */
	struct fl_command command;
	struct fl_output output;
	struct fl_report_stream report;
	struct fl_errors errors;
	struct fl_status status;
	sigset_t old_mask;
	bool summed_up; /* the report has its end */
	int signal_fd;
	int signal;		 /* that ended the run, or 0 */
	uint64_t interrupted_ns; /* when the terminal sent one that is the command's */
	uint64_t given_up_ns;	 /* when a reader of our lines has had its time, or 0 */
	uint64_t started_ns;
};

/* watch.c: until the command, the deadline or a signal ends it. */
void fl_run_block_signals(struct run *r);
void fl_run_watch(struct run *r);
/* For fl_output.wait; the argument is the run. */
bool fl_run_wait_reader(void *r, int fd);
/* The run is over: the command's end. */
void fl_run_wait_command(struct run *r);

/* status.c */
void fl_status_init(struct run *r);
/* Takes it away, so that lines can be printed. */
void fl_status_clear(struct run *r);
void fl_status_draw(struct run *r);

#endif /* FL_RUN_IMPL_H */
