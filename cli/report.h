/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - what a run tells: text for people (report_text.c) or an object of
 * JSON a line (report_json.c, docs/events.md). report.c has what both need.
 */
#ifndef FL_REPORT_H
#define FL_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "session.h"
#include "symbols.h"

struct fl_report_ops;

/* An object in the kernel. A run has one, and one more for every module that came later. */
struct fl_part {
	struct fl_object *obj;
	struct fl_session *session;
	bool *gone; /* for each attach: its module was unloaded */
};

struct fl_report_stream {
	const struct fl_report_ops *ops;
	FILE *out;
	const struct fl_object *obj; /* that events are of */
	bool quiet;
	bool is_terminal; /* lines are limited in rate */
	bool verbose;
	uint64_t armed_ns;
	struct fl_symbols *symbols; /* read when first needed; yours to free */
	bool symbols_tried;
	/* the current second on a terminal */
	uint64_t second;
	unsigned int shown;
	uint64_t hidden;
};

/* What a run came to. */
struct fl_totals {
	uint64_t calls;
	uint64_t matched;
	uint64_t injected;
	uint64_t fired;
	uint64_t lost;
};

struct fl_armed_news {
	const struct fl_object *obj;
	double ms; /* from the start of faultline */
	bool dry_run;
	bool force_return;
};

struct fl_module_news {
	enum fl_module_event {
		FL_MODULE_AWAITED, /* rules wait for it */
		FL_MODULE_ARMED,   /* it came, and they are armed */
		FL_MODULE_REFUSED, /* it came, and they could not be armed: why */
		FL_MODULE_GONE,	   /* it was unloaded, and with it what was on it */
	} event;
	const char *module; /* NULL: any that has the function */
	const char *function;
	size_t nfunctions;
	const char *why;
};

struct fl_summary {
	const struct fl_part *parts;
	size_t nparts;
	uint64_t end_ns;
	struct fl_totals all;
	uint64_t keys_lost;
	uint64_t delays_skipped;
	uint64_t misses; /* calls that no program saw */
	size_t splats;
	bool has_command;
	bool command_ended;
	int command_status;
	const bool *held; /* for each expectation */
	size_t failed;	  /* expectations that did not hold */
	const char *idle; /* why nothing was injected, where that is a failure; or NULL */
	int exit_status;
};

struct fl_report_ops {
	void (*armed)(struct fl_report_stream *r, const struct fl_armed_news *news);
	void (*event)(struct fl_report_stream *r, const struct fl_event *e);
	void (*splat)(struct fl_report_stream *r, const char *line);
	void (*module)(struct fl_report_stream *r, const struct fl_module_news *news);
	/* Something failed; the text for people is on standard error already. */
	void (*error)(struct fl_report_stream *r, const struct fl_fault *fault);
	void (*summary)(struct fl_report_stream *r, const struct fl_summary *s);
};

extern const struct fl_report_ops fl_report_text;
extern const struct fl_report_ops fl_report_json;

/* For people, without the rest of a stream: one event as a line or more. */
void fl_report_event(struct fl_report_stream *r, const struct fl_event *e);
/* Say what the rate limit held back, when its second is over. */
void fl_report_tick(struct fl_report_stream *r, bool last);

/* Names for addresses, or NULL. */
const struct fl_symbols *fl_report_symbols(struct fl_report_stream *r);
/* Does a line need those? */
bool fl_report_uses_symbols(const struct fl_object *obj, const struct fl_event *e);

void fl_report_totals(const struct fl_part *parts, size_t nparts, struct fl_totals *totals);
/* Of one rule, over all functions that it is on. */
void fl_report_rule_totals(const struct fl_part *parts, size_t nparts, size_t rule,
			   struct fl_totals *totals);
/* What is known of a rule: it may be no more than its text until its module comes. */
const struct fl_obj_rule *fl_report_rule(const struct fl_part *parts, size_t nparts, size_t rule);
/* Functions that rules are on. */
size_t fl_report_functions(const struct fl_object *obj);

#endif /* FL_REPORT_H */
