/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.c - one run from rules to summary, by an engine:
 *
 *	prepare			engine/arm.c: compile, load, attach; of an object that
 *				is run, stored.c: read
 *	start the command	held back until the rules are armed
 *	begin, release, watch	watch.c: until the command, the deadline or a signal
 *				ends it; engine/awaited.c: modules that come and go
 *	end, sum up		report_text.c, report_json.c, report_cases.c
 */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "errors.h"
#include "run_impl.h"
#include "stored.h"

/* --- what the engine reports --------------------------------------------------- */

static void on_diags(void *arg, const struct fl_diags *ds)
{
	fl_errors_diags(&((struct run *)arg)->errors, ds);
}

static void on_fault(void *arg, const struct fl_fault *f)
{
	fl_errors_fault(&((struct run *)arg)->errors, f);
}

static void on_armed(void *arg, const struct fl_armed *a)
{
	struct run *r = arg;
	struct fl_timing timing;
	const struct fl_armed_news news = {
		.obj = fl_armed_object(a, 0),
		.ms = (double)(fl_now_ns() - r->started_ns) / 1e6,
		.dry_run = r->o->no_return,
		.force_return = r->o->force_return,
		.timing = r->o->timing ? &timing : NULL,
	};

	fl_engine_timing(r->engine, &timing);
	r->report.armed_ns = fl_armed_since(a);
	r->report.ops->armed(&r->report, &news);
}

static void on_event(void *arg, const struct fl_armed *a, const struct fl_object *obj,
		     const struct fl_event *e)
{
	struct run *r = arg;

	(void)a;
	r->report.ops->event(&r->report, obj, e);
	fl_output_line(&r->output);
}

static void on_splat(void *arg, const char *line)
{
	struct run *r = arg;

	r->report.ops->splat(&r->report, line);
}

static void on_module(void *arg, const struct fl_armed *a, const struct fl_module_news *news)
{
	struct run *r = arg;

	(void)a;
	r->report.ops->module(&r->report, news);
}

static int open_engine(struct run *r)
{
	const struct fl_engine_sink sink = {
		.arg = r,
		.diags = on_diags,
		.fault = on_fault,
		.armed = on_armed,
		.event = on_event,
		.splat = on_splat,
		.module = on_module,
	};

	int err = fl_errors_engine(r->o, &r->errors, &sink, &r->engine);

	r->report.kernel = err ? NULL : fl_engine_kernel(r->engine);
	return err;
}

/* --- the way ------------------------------------------------------------------- */

static int prepare(struct run *r)
{
	struct fl_arming arming = {
		.object = r->object,
		.src = r->input.source,
		.compile = fl_compile_options(r->o),
		.session = fl_arming_options(r->o),
	};

	if (r->object && !r->o->has_seed)
		arming.session.seed = r->object->seed;
	if (r->object && r->object->force_return)
		arming.session.force_return = true;
	r->object = NULL;
	if (fl_engine_prepare(r->engine, &arming, &r->armed))
		return r->errors.status;
	return fl_runs_object(r->o) ? fl_stored_settings(r->o, &r->errors, r->armed) : 0;
}

/* For the shell: of the command line, or the script's where that has none. */
static const char *shell_command(const struct run *r)
{
	const struct fl_obj_command *own = fl_armed_object(r->armed, 0)->run;

	if (r->o->shell_command || r->o->command || r->o->pid)
		return r->o->shell_command;
	return own ? own->command : NULL;
}

static int start_command(struct run *r)
{
	const char *line = shell_command(r);
	char *shell[] = { (char *)"sh", (char *)"-c", (char *)line, NULL };
	const struct fl_command_opts opts = {
		.argv = line ? shell : r->o->command,
		.mask = &r->old_mask,
		.include_exec = r->o->include_exec,
	};

	if (!opts.argv || !fl_engine_start(r->engine, &opts, &r->command))
		return 0;
	return r->errors.status;
}

static int release_command(struct run *r)
{
	if (!r->command.pid || !fl_engine_release(r->engine, &r->command))
		return 0;
	return r->errors.status;
}

static int summary_status(const struct run *r, const struct fl_summary *s)
{
	if (s->outcome->failed)
		return FL_EXIT_FINDING;
	if (r->o->propagate && s->command_ended)
		return s->command_status;
	return s->idle ? FL_EXIT_IDLE : FL_EXIT_OK;
}

static int sum_up(struct run *r, uint64_t end_ns)
{
	struct fl_armed_outcome outcome;
	struct fl_summary s = {
		.armed = r->armed,
		.outcome = &outcome,
		.end_ns = end_ns,
		.has_command = r->command.pid != 0,
		.command_ended = r->command.pid && r->command.ended,
	};

	if (fl_armed_outcome(r->armed, &r->command, &outcome))
		return fl_errors_no_memory(&r->errors);
	if (s.command_ended)
		s.command_status = fl_command_exit_status(&r->command);
	if (!outcome.failed && !r->o->allow_idle)
		s.idle = fl_idle_text(outcome.idle);
	s.exit_status = summary_status(r, &s);
	r->report.ops->summary(&r->report, &s);
	r->summed_up = true;
	/* a full disk must not lose the summary */
	if (!fl_output_flush(&r->output) && r->output.owned) {
		r->report.out = stderr;
		fl_report_text.summary(&r->report, &s);
	}
	if (s.idle)
		fprintf(stderr, "faultline: nothing was injected: %s\n", s.idle);
	fl_armed_outcome_release(&outcome);
	return s.exit_status;
}

static int armed_run(struct run *r)
{
	struct fl_totals totals;
	uint64_t end_ns;
	int err;

	if (r->o->pid && fl_engine_follow(r->engine, r->armed, r->o->pid))
		return r->errors.status;
	err = start_command(r);
	if (err)
		return err;
	if (fl_armed_begin(r->armed))
		err = r->errors.status;
	fl_output_flush(&r->output);
	if (!err)
		err = release_command(r);
	/* its memory is not for a whole run; a module that comes starts it again */
	fl_engine_cool(r->engine);
	if (!err)
		fl_run_watch(r);
	fl_armed_end(r->armed);
	end_ns = fl_now_ns();
	fl_armed_totals(r->armed, &totals);
	/* Injected faults may be why the command could not be run. */
	if (err && !totals.injected)
		return err;
	fl_run_wait_command(r);
	fl_engine_drain(r->engine);
	return sum_up(r, end_ns);
}

/* Like strace: with a command, standard output is the command's own. */
static int open_report(struct run *r)
{
	static const struct fl_report_ops *const ops[FL_NFORMS] = {
		[FL_FORM_TEXT] = &fl_report_text,   [FL_FORM_JSON] = &fl_report_json,
		[FL_FORM_TAP] = &fl_report_cases,   [FL_FORM_KTAP] = &fl_report_cases,
		[FL_FORM_JUNIT] = &fl_report_cases,
	};
	int err = fl_output_open(&r->output, r->o->output,
				 r->has_command ? STDERR_FILENO : STDOUT_FILENO);

	r->output.wait = fl_run_wait_reader;
	r->output.arg = r;
	if (err)
		return fl_complain(FL_F_WRITE, r->o->output ? r->o->output : "the report",
				   strerror(-err), NULL);
	r->report = (struct fl_report_stream){
		.ops = ops[r->o->form],
		.out = r->output.text,
		.quiet = r->o->quiet,
		.verbose = r->o->verbose,
		/* programs read all lines */
		.is_terminal = r->output.is_terminal && r->o->form == FL_FORM_TEXT,
		.form = r->o->form,
		.source = r->o->nfiles ? r->o->files[0] : "rules",
	};
	r->errors.json = r->o->form == FL_FORM_JSON ? r->report.out : NULL;
	fl_status_init(r);
	return 0;
}

/* The script has its own command. */
static int move_report(struct run *r)
{
	if (r->has_command || !shell_command(r))
		return 0;
	r->has_command = true;
	fl_status_init(r);
	if (r->o->output)
		return 0;
	fl_output_release(&r->output);
	return open_report(r);
}

/* Close the report; an incomplete one is a failure. */
static int close_report(struct run *r, int status)
{
	if (fl_output_release(&r->output))
		return status;
	return fl_complain(FL_F_REPORT,
			   r->output.error == EAGAIN ? "its reader has stopped"
						     : strerror(r->output.error),
			   NULL);
}

static void leave(struct run *r)
{
	size_t n;
	pid_t pid;

	if (r->o->wait)
		return;
	pid = fl_armed_leave(r->armed, NULL, &n);
	if (pid > 0 && !r->o->quiet)
		fprintf(stderr,
			"faultline: process %d detaches %zu trampolines in the background "
			"(--wait waits for it)\n",
			(int)pid, n);
}

static void release(struct run *r)
{
	if (r->armed)
		leave(r);
	if (r->engine)
		fl_engine_drop(r->engine, &r->command);
	if (r->signal_fd >= 0)
		fl_engine_unwatch(r->engine, r->signal_fd);
	fl_engine_free(r->engine);
	if (r->signal_fd >= 0)
		close(r->signal_fd);
	fl_object_free(r->object);
	free(r->report.kept);
	fl_input_release(&r->input);
}

int fl_run(const struct fl_options *o)
{
	struct run r = {
		.o = o,
		.started_ns = fl_now_ns(),
		.errors = { .verbose = o->verbose },
		.has_command = o->command || o->shell_command,
		.signal_fd = -1,
	};
	int status;

	status = fl_runs_object(o) ? 0 : fl_input_of(&r.input, o);
	if (!status)
		status = open_report(&r);
	if (status) {
		release(&r);
		return status;
	}
	if (fl_runs_object(o))
		status = fl_stored_read(o, &r.errors, &r.object);
	if (!status)
		status = open_engine(&r);
	if (!status)
		status = prepare(&r);
	if (!status)
		status = move_report(&r);
	if (!status) {
		fl_run_block_signals(&r);
		status = armed_run(&r);
	}
	if (status && !r.summed_up && r.report.ops->refused)
		r.report.ops->refused(&r.report, status, r.errors.text);
	status = close_report(&r, status);
	release(&r);
	return status;
}
