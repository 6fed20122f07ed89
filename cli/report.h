/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - what a run reports: text for humans (report_text.c), an object of
 * JSON a line (report_json.c, docs/events.md), or its results as tests
 * (report_cases.c).
 */
#ifndef FL_REPORT_H
#define FL_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "engine.h"
#include "event_text.h"
#include "options.h"
#include "throttle.h"

struct fl_report_ops;

struct fl_report_stream {
	const struct fl_report_ops *ops;
	FILE *out;
	bool quiet;
	bool is_terminal; /* lines are limited in rate */
	bool verbose;
	uint64_t armed_ns;
	struct fl_kernel *kernel; /* whose the frames of stacks are */
	struct fl_throttle throttle;
	enum fl_form form;
	const char *source; /* of the rules, for names; borrowed */
	char *kept;	    /* lines before the cases, or NULL; freed by the run */
};

struct fl_armed_news {
	const struct fl_object *obj;
	double ms; /* from the start of faultline */
	bool dry_run;
	bool force_return;
	const struct fl_timing *timing; /* NULL: not wanted */
};

struct fl_summary {
	const struct fl_armed *armed;
	const struct fl_armed_outcome *outcome;
	uint64_t end_ns;
	bool has_command;
	bool command_ended;
	int command_status;
	const char *idle; /* why nothing was injected, where that is a failure; or NULL */
	int exit_status;
};

struct fl_report_ops {
	void (*armed)(struct fl_report_stream *r, const struct fl_armed_news *news);
	/* One whose slot is one of @obj. */
	void (*event)(struct fl_report_stream *r, const struct fl_object *obj,
		      const struct fl_event *e);
	void (*splat)(struct fl_report_stream *r, const char *line);
	void (*module)(struct fl_report_stream *r, const struct fl_module_news *news);
	void (*summary)(struct fl_report_stream *r, const struct fl_summary *s);
	/* Nothing was armed, or it could not be run; NULL: already reported. */
	void (*refused)(struct fl_report_stream *r, int status, const char *why);
};

extern const struct fl_report_ops fl_report_text;
extern const struct fl_report_ops fl_report_json;
extern const struct fl_report_ops fl_report_cases;

/* Report what the rate limit suppressed, when its second is over. */
void fl_report_tick(struct fl_report_stream *r, bool last);

/* Why a module that came was not armed. */
#define FL_WHY_REFUSED "the reason is on standard error"

#endif /* FL_REPORT_H */
