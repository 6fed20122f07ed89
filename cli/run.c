/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.c - one run from rules to summary:
 *
 *	read, compile		build.c, compiler/
 *	load, attach		again without fmod_ret where the kernel refuses it
 *	start the command	held back until the rules are armed
 *	arm, release, watch	watch.c: until the command, the deadline or a signal
 *				ends it; awaited.c: modules that come and go
 *	disarm, sum up		report_text.c, report_json.c
 */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "facts.h"
#include "klog.h"
#include "knobs.h"
#include "run_impl.h"

void fl_run_fault(struct run *r, const struct fl_fault *f)
{
	fprintf(stderr, "faultline: error: %s\n", f->text);
	if (f->hint[0])
		fprintf(stderr, "hint: %s\n", f->hint);
	if (r->o->verbose && f->log)
		fprintf(stderr, "%s", f->log);
	r->report.ops->error(&r->report, f);
}

int fl_fault_exit(const struct fl_fault *f)
{
	switch (f->kind) {
	case FL_FAULT_PERMISSION:
		return FL_EXIT_PERMISSION;
	case FL_FAULT_KERNEL:
	case FL_FAULT_REFUSED:
		return FL_EXIT_KERNEL;
	case FL_FAULT_REQUEST:
		return FL_EXIT_USAGE;
	default:
		return FL_EXIT_FINDING;
	}
}

/* Something of ours failed; an fl_exit. */
__attribute__((format(printf, 4, 5))) static int fail(struct run *r, int status, const char *hint,
						      const char *format, ...)
{
	struct fl_fault f = { 0 };
	va_list ap;

	va_start(ap, format);
	vsnprintf(f.text, sizeof(f.text), format, ap);
	va_end(ap);
	snprintf(f.hint, sizeof(f.hint), "%s", hint);
	fl_run_fault(r, &f);
	return status;
}

static int out_of_memory(struct run *r)
{
	return fail(r, FL_EXIT_FINDING, "", "out of memory");
}

struct fl_session_opts fl_session_options(const struct fl_options *o)
{
	return (struct fl_session_opts){
		.deadline_ns = o->deadline_ns,
		.max_injections = o->max_injections,
		.rate_cap = o->rate_cap,
		.seed = o->seed,
		.dry_run = o->no_return,
		.silent = o->quiet,
		.include_init = o->include_init,
		.include_self = o->include_self,
		.force_return = o->force_return,
	};
}

/* The states of all parts, for a further one to share; NULL: no memory. */
static struct fl_state_map *collect_states(const struct run *r, size_t *n)
{
	struct fl_state_map *maps;
	size_t most = 1;

	*n = 0;
	for (size_t i = 0; i < r->nparts; i++)
		most += r->parts[i].obj->nstates;
	maps = calloc(most, sizeof(*maps));
	for (size_t i = 0; maps && i < r->nparts; i++) {
		for (size_t j = 0; j < r->parts[i].obj->nstates; j++)
			fl_session_state(r->parts[i].session, j, &maps[(*n)++]);
	}
	return maps;
}

/* 0, or -errno with the reason in @fault. */
static int load_part(const struct run *r, struct fl_part *p, struct fl_fault *fault)
{
	struct fl_session_opts opts = fl_session_options(r->o);
	struct fl_state_map *states = collect_states(r, &opts.nstates);
	int err = states ? 0 : -ENOMEM;

	opts.states = states;
	opts.extends = r->nparts ? r->parts[0].session : NULL;
	if (!err)
		err = fl_session_new(p->obj, &opts, &p->session);
	if (err)
		*fault = (struct fl_fault){ .prog = -1, .text = "out of memory" };
	if (!err)
		err = fl_session_load(p->session, fault);
	if (!err)
		err = fl_session_attach(p->session, fault);
	free(states);
	return err;
}

static void drop_part(struct fl_part *p)
{
	fl_session_free(p->session);
	fl_object_free(p->obj);
	free(p->gone);
	*p = (struct fl_part){ 0 };
}

static struct fl_compile_opts compile_options(const struct run *r, const struct fl_wait *only,
					      size_t nonly)
{
	struct fl_compile_opts opts = fl_compile_options(r->o);

	opts.sema.only = only;
	opts.sema.nonly = nonly;
	/* what is not there yet may ask for it */
	opts.tracks_children = opts.sema.wait && opts.sema.has_command;
	opts.plan.refusals = r->refusals.list;
	opts.plan.nrefusals = r->refusals.n;
	return opts;
}

/* Long work on one part must not look like a hang to those that are armed. */
static void beat(const struct run *r)
{
	if (r->nparts)
		fl_session_beat(r->parts[0].session);
}

int fl_run_add_part(struct run *r, const struct fl_wait *only, size_t nonly)
{
	struct fl_part *more = realloc(r->parts, (r->nparts + 1) * sizeof(*more));
	struct fl_fault fault;
	bool again;
	int err;

	if (!more)
		return out_of_memory(r);
	r->parts = more;
	do {
		const struct fl_compile_opts opts = compile_options(r, only, nonly);
		struct fl_part *p = &r->parts[r->nparts];

		*p = (struct fl_part){ 0 };
		err = fl_build(&r->input, r->kernel, &opts, r->o->json ? r->report.out : NULL,
			       &p->obj);
		if (err)
			return err;
		beat(r);
		if (only && !p->obj->nslots) {
			drop_part(p);
			return 0;
		}
		if (!load_part(r, p, &fault)) {
			beat(r);
			r->nparts++;
			return 0;
		}
		again = fl_refusals_note(&r->refusals, p->obj, &fault, r->o->backend);
		if (!again)
			fl_run_fault(r, &fault);
		err = fl_fault_exit(&fault);
		fl_fault_release(&fault);
		drop_part(p);
	} while (again);
	return err;
}

/* -p: a process that runs already, and what descends from it. */
static int take_process(struct run *r)
{
	pid_t pid = r->o->pid;
	int err;

	if (!pid)
		return 0;
	r->pid_fd = pidfd_open(pid, 0);
	if (r->pid_fd < 0 && errno == EINVAL)
		return fail(r, FL_EXIT_USAGE, "/proc/PID/status has it as Tgid",
			    "%d is a thread; -p takes the process that it belongs to", pid);
	if (r->pid_fd < 0)
		return fail(r, FL_EXIT_USAGE, "", "there is no process %d", pid);
	if (fl_session_is_exempt(r->parts[0].session, pid))
		return fail(r, FL_EXIT_USAGE,
			    pid == 1 ? "--include-init" : "--include-self lifts that",
			    "process %d is exempt: it is %s", pid,
			    pid == 1 ? "the first of all" : "faultline or an ancestor of it");
	err = fl_session_add_tree(r->parts[0].session, pid);
	if (err == -ESRCH)
		return fail(r, FL_EXIT_USAGE, "", "there is no process %d any more", pid);
	if (err)
		return fail(r, FL_EXIT_FINDING, "", "the descendants of %d cannot be found: %s",
			    pid, strerror(-err));
	return 0;
}

static int start_command(struct run *r)
{
	char *shell[] = { (char *)"sh", (char *)"-c", (char *)r->o->shell_command, NULL };
	char **argv = r->o->shell_command ? shell : r->o->command;
	int err;

	if (!argv)
		return 0;
	err = fl_command_start(&r->command, argv, &r->old_mask);
	if (!err)
		err = fl_session_add_child(r->parts[0].session, r->command.pid);
	if (!err)
		return 0;
	return fail(r, FL_EXIT_FINDING, "", "the command cannot be started: %s", strerror(-err));
}

static int release_command(struct run *r)
{
	const char *name = r->o->shell_command ? "sh" : r->o->command ? r->o->command[0] : "";
	int err;

	if (!r->command.pid)
		return 0;
	err = fl_command_release(&r->command);
	if (!err)
		return 0;
	return fail(r, FL_EXIT_USAGE, "", "'%s' cannot be run: %s", name, strerror(-err));
}

static void mark_armed(const struct run *r)
{
	const struct fl_object *obj = r->parts[0].obj;

	for (size_t i = 0; i < obj->nrules; i++)
		fl_klog("armed: %s", obj->rules[i].text);
}

static void say_armed(struct run *r)
{
	const struct fl_armed_news news = {
		.obj = r->parts[0].obj,
		.ms = (double)(fl_now_ns() - r->started_ns) / 1e6,
		.dry_run = r->o->no_return,
		.force_return = r->o->force_return,
	};

	r->report.ops->armed(&r->report, &news);
}

static uint64_t outcome_counter(void *arg, uint32_t rule, enum fl_counter counter)
{
	struct run *r = arg;
	struct fl_totals t;

	fl_report_rule_totals(r->parts, r->nparts, rule, &t);
	switch (counter) {
	case FL_COUNT_CALLS:
		return t.calls;
	case FL_COUNT_MATCHED:
		return t.matched;
	case FL_COUNT_INJECTED:
		return t.injected;
	default:
		return t.fired;
	}
}

static int64_t outcome_param(void *arg, uint32_t param)
{
	return fl_session_param(((struct run *)arg)->parts[0].session, param);
}

/* Which of the script's expectations came true. */
static void check_expectations(struct run *r, struct fl_summary *s, bool *held)
{
	const struct fl_object *obj = r->parts[0].obj;
	const struct fl_outcome outcome = {
		.counter = outcome_counter,
		.param = outcome_param,
		.arg = r,
		.exit_status = s->command_status,
		.splats = r->splats,
	};

	s->held = held;
	for (size_t i = 0; i < obj->nexpects; i++) {
		held[i] = (s->command_ended || !obj->expects[i].needs_exit) &&
			  fl_expect_holds(&obj->expects[i], &outcome);
		s->failed += !held[i];
	}
}

static bool any_returns(const struct fl_object *obj)
{
	for (size_t i = 0; i < obj->nrules; i++) {
		if (obj->rules[i].returns)
			return true;
	}
	return false;
}

static bool any_condition(const struct fl_object *obj)
{
	for (size_t i = 0; i < obj->nconds; i++) {
		if (obj->conds[i].ntests)
			return true;
	}
	return false;
}

/* Why a run that should have injected something has not; NULL: it has, or need not. */
static const char *idle_reason(const struct run *r, const struct fl_totals *t)
{
	if (t->injected || r->o->allow_idle || !any_returns(r->parts[0].obj))
		return NULL;
	if (!t->calls && r->nwaits)
		return "the module that it waited for did not come";
	if (!t->calls)
		return "none of the functions was called";
	if (t->matched)
		return "every call that matched was held back by a schedule or a limit";
	return any_condition(r->parts[0].obj)
		       ? "the functions were called, but no condition ever held"
		       : "the functions were called, but only by tasks that are exempt: faultline, "
			 "its ancestors and process 1 (--include-self, --include-init)";
}

static int summary_status(const struct run *r, const struct fl_summary *s)
{
	if (s->failed)
		return FL_EXIT_FINDING;
	if (r->o->propagate && s->command_ended)
		return s->command_status;
	return s->idle ? FL_EXIT_IDLE : FL_EXIT_OK;
}

static int sum_up(struct run *r, uint64_t end_ns)
{
	struct fl_summary s = {
		.parts = r->parts,
		.nparts = r->nparts,
		.end_ns = end_ns,
		.keys_lost = fl_session_keys_lost(r->parts[0].session),
		.delays_skipped = fl_session_delays_skipped(r->parts[0].session),
		.splats = r->splats,
		.has_command = r->command.pid != 0,
		.command_ended = r->command.pid && r->command.ended,
	};
	bool *held = calloc(r->parts[0].obj->nexpects + 1, sizeof(*held));

	if (!held)
		return out_of_memory(r);
	if (s.command_ended)
		s.command_status = fl_command_exit_status(&r->command);
	fl_report_totals(r->parts, r->nparts, &s.all);
	for (size_t i = 0; i < r->nparts; i++)
		s.misses += fl_session_misses(r->parts[i].session);
	fl_klog("disarmed after %llu injections", (unsigned long long)s.all.injected);
	check_expectations(r, &s, held);
	s.idle = s.failed ? NULL : idle_reason(r, &s.all);
	s.exit_status = summary_status(r, &s);
	r->report.ops->summary(&r->report, &s);
	/* a full disk must not be the end of what is known */
	if (!fl_output_flush(&r->output) && r->output.owned) {
		r->report.out = stderr;
		fl_report_text.summary(&r->report, &s);
	}
	if (s.idle)
		fprintf(stderr, "faultline: nothing was injected: %s\n", s.idle);
	free(held);
	return s.exit_status;
}

static int armed_run(struct run *r)
{
	struct fl_session *session = r->parts[0].session;
	struct fl_totals totals;
	uint64_t end_ns;
	int err = take_process(r);

	if (!err)
		err = start_command(r);
	if (err)
		return err;
	r->klog_fd = fl_klog_open();
	mark_armed(r);
	fl_session_arm(session);
	r->report.armed_ns = fl_session_armed_ns(session);
	say_armed(r);
	err = fl_run_begin_waiting(r);
	fl_output_flush(&r->output);
	if (!err)
		err = release_command(r);
	if (!err)
		fl_run_watch(r);
	fl_session_disarm(session);
	end_ns = fl_now_ns();
	fl_report_totals(r->parts, r->nparts, &totals);
	/* What was injected may be why the command could not be run. */
	if (err && !totals.injected) {
		fl_klog("disarmed");
		return err;
	}
	fl_run_wait_command(r);
	fl_run_drain(r);
	return sum_up(r, end_ns);
}

/* Like strace: with a command, standard output is the command's own. */
static int open_report(struct run *r)
{
	bool has_command = r->o->command || r->o->shell_command;
	int err = fl_output_open(&r->output, r->o->output,
				 has_command ? STDERR_FILENO : STDOUT_FILENO);

	r->output.wait = fl_run_wait_reader;
	r->output.arg = r;
	if (err) {
		fprintf(stderr, "faultline: error: '%s' cannot be written: %s\n",
			r->o->output ? r->o->output : "the report", strerror(-err));
		return FL_EXIT_USAGE;
	}
	r->report = (struct fl_report_stream){
		.ops = r->o->json ? &fl_report_json : &fl_report_text,
		.out = r->output.text,
		.quiet = r->o->quiet,
		.verbose = r->o->verbose,
		/* programs read all lines */
		.is_terminal = r->output.is_terminal && !r->o->json,
	};
	fl_status_init(r);
	return 0;
}

/* The report is closed; one that is not complete is no success. */
static int close_report(struct run *r, int status)
{
	if (fl_output_release(&r->output))
		return status;
	fprintf(stderr, "faultline: error: the report cannot be written: %s\n",
		r->output.error == EAGAIN ? "nobody reads it" : strerror(r->output.error));
	return FL_EXIT_FINDING;
}

static void release(struct run *r)
{
	const int fds[] = { r->signal_fd, r->klog_fd, r->pid_fd, r->uevent_fd };

	fl_command_drop(&r->command);
	/* the first last: it is what the others extend */
	while (r->nparts > 0)
		drop_part(&r->parts[--r->nparts]);
	free(r->parts);
	free(r->waits);
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
	fl_symbols_free(r->report.symbols);
	fl_refusals_release(&r->refusals);
	fl_facts_close(r->kernel);
	fl_input_release(&r->input);
}

int fl_run(const struct fl_options *o)
{
	struct run r = {
		.o = o,
		.started_ns = fl_now_ns(),
		.epoll_fd = -1,
		.signal_fd = -1,
		.klog_fd = -1,
		.pid_fd = -1,
		.uevent_fd = -1,
	};
	int status;

	status = fl_read_rules(o, &r.input);
	if (!status)
		status = open_report(&r);
	if (status) {
		release(&r);
		return status;
	}
	status = fl_open_facts(o, &r.kernel);
	if (!status)
		status = fl_run_watch_modules(&r);
	if (!status)
		status = fl_run_add_part(&r, NULL, 0);
	if (!status) {
		fl_run_block_signals(&r);
		status = armed_run(&r);
	}
	status = close_report(&r, status);
	release(&r);
	return status;
}
