/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_cases.c - a run as tests: each expectation is a case, and the run itself
 * where it has none, or where it failed for another reason.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "suite.h"

#define RUN "run" /* the case of the run itself */

/* Cases are named after their expectation, not its position, to be stable. */
static void add_expectations(struct fl_suite *suite, const struct fl_summary *s, const char *group)
{
	const struct fl_object *obj = fl_armed_object(s->armed, 0);

	for (size_t i = 0; i < obj->nexpects; i++) {
		const struct fl_obj_expect *x = &obj->expects[i];
		const bool ended = !x->needs_exit || s->command_ended;
		const struct fl_case c = {
			.group = (char *)group,
			.name = (char *)(x->message ? x->message : x->text),
			.kind = (char *)"expect",
			.message = (char *)(s->outcome->held[i] ? NULL
					    : ended		? x->text
								: "no command finished"),
			.result = s->outcome->held[i] ? FL_CASE_PASS : FL_CASE_FAIL,
		};

		fl_suite_add(suite, &c);
	}
}

static void add_run(struct fl_suite *suite, const struct fl_summary *s, const char *group)
{
	char why[256];
	const struct fl_case c = {
		.group = (char *)group,
		.name = (char *)RUN,
		.kind = (char *)"run",
		.message = s->exit_status ? why : NULL,
		.result = s->exit_status ? FL_CASE_FAIL : FL_CASE_PASS,
	};

	if (s->idle)
		snprintf(why, sizeof(why), "nothing was injected: %s", s->idle);
	else
		snprintf(why, sizeof(why), "the command exited with status %d", s->command_status);
	fl_suite_add(suite, &c);
}

static void add_numbers(struct fl_suite *suite, const struct fl_summary *s)
{
	const struct fl_armed_outcome *o = s->outcome;

	fl_suite_number(suite, "calls", o->all.calls);
	fl_suite_number(suite, "matched", o->all.matched);
	fl_suite_number(suite, "injected", o->all.injected);
	fl_suite_number(suite, "fired", o->all.fired);
	fl_suite_number(suite, "splats", o->splats);
}

static void put(struct fl_report_stream *r, struct fl_suite *suite)
{
	if (suite)
		fl_suite_write(r->out, suite, r->form);
	/* half a result would pass for a whole one */
	if (!suite || suite->no_memory)
		fprintf(stderr, "faultline: error: no memory for the report\n");
	fl_suite_free(suite);
}

static void summary(struct fl_report_stream *r, const struct fl_summary *s)
{
	struct fl_suite *suite = fl_suite_new("faultline");

	if (suite) {
		fl_suite_notes(suite, r->kept);
		add_expectations(suite, s, r->source);
		if (!suite->ncases || (s->exit_status && !s->outcome->failed))
			add_run(suite, s, r->source);
		add_numbers(suite, s);
	}
	put(r, suite);
}

/* What this kernel cannot is left out, as a kselftest does with status 4. */
static void refused(struct fl_report_stream *r, int status, const char *why)
{
	struct fl_suite *suite = fl_suite_new("faultline");
	const struct fl_case c = {
		.group = (char *)r->source,
		.name = (char *)RUN,
		.kind = (char *)"run",
		.message = (char *)why,
		.result = FL_CASE_ERROR,
	};

	if (suite && status == FL_EXIT_KERNEL)
		fl_suite_skip(suite, why);
	else if (suite)
		fl_suite_add(suite, &c);
	put(r, suite);
}

/* Lines for humans precede the cases. */
static void keep(struct fl_report_stream *r, const char *line)
{
	char *more;

	if (asprintf(&more, "%s%s\n", r->kept ? r->kept : "", line) < 0)
		return;
	free(r->kept);
	r->kept = more;
}

static void armed(struct fl_report_stream *r, const struct fl_armed_news *news)
{
	for (size_t i = 0; i < news->obj->nrules; i++)
		keep(r, news->obj->rules[i].text);
}

/* Events are not results, and a run may have millions. */
static void event(struct fl_report_stream *r, const struct fl_object *obj, const struct fl_event *e)
{
	(void)r;
	(void)obj;
	(void)e;
}

static void module(struct fl_report_stream *r, const struct fl_module_news *news)
{
	(void)r;
	(void)news;
}

const struct fl_report_ops fl_report_cases = {
	.armed = armed,
	.event = event,
	.splat = keep,
	.module = module,
	.summary = summary,
	.refused = refused,
};
