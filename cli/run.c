/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.c - one run from rules to summary:
 *
 *	read, compile		build.c, compiler/
 *	load, attach		again without fmod_ret where the kernel refuses it
 *	start the command	held back until the rules are armed
 *	arm, release, watch	until the command, the deadline or a signal ends it
 *	disarm, sum up
 */
#include "run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "build.h"
#include "command.h"
#include "facts.h"
#include "klog.h"
#include "knobs.h"
#include "report.h"

#define BEAT_MS 500
#define MAX_REFUSALS 64

struct run {
	const struct fl_options *o;
	struct fl_input input;
	struct fl_kernel *kernel;
	struct fl_object *obj;
	struct fl_session *session;
	struct fl_refusal refusals[MAX_REFUSALS];
	size_t nrefusals;
	struct fl_command command;
	struct fl_report_stream report;
	FILE *output; /* -o, or NULL */
	sigset_t old_mask;
	int signal_fd;
	int klog_fd; /* the kernel log, -1: cannot be read */
	size_t splats;
	int signal; /* that ended the run, or 0 */
	uint64_t started_ns;
};

static void print_fault(const struct fl_fault *f, bool verbose)
{
	fprintf(stderr, "faultline: error: %s\n", f->text);
	if (f->hint[0])
		fprintf(stderr, "hint: %s\n", f->hint);
	if (verbose && f->log)
		fprintf(stderr, "%s", f->log);
}

static int fault_exit(const struct fl_fault *f)
{
	switch (f->kind) {
	case FL_FAULT_PERMISSION:
		return FL_EXIT_PERMISSION;
	case FL_FAULT_KERNEL:
	case FL_FAULT_REFUSED:
		return FL_EXIT_KERNEL;
	default:
		return FL_EXIT_FINDING;
	}
}

static int read_input(const struct fl_options *o, struct fl_input *in)
{
	if (o->rules) {
		fl_input_from_option(in, o->rules);
		return 0;
	}
	return fl_input_read(in, o->nfiles ? o->files[0] : "-");
}

static int open_facts(const struct fl_options *o, struct fl_kernel **k)
{
	const struct fl_facts_opts opts = {
		.root = o->sysroot,
		.search_symbols = o->mode == FL_MODE_RUN,
	};

	if (!fl_facts_open(&opts, k))
		return 0;
	fprintf(stderr, "faultline: error: out of memory\n");
	return FL_EXIT_FINDING;
}

/* The kernel would not have fmod_ret on a function: remember, for the next plan. */
static bool note_refusal(struct run *r, const struct fl_fault *f)
{
	const struct fl_obj_prog *prog;
	const struct fl_obj_attach *attach;
	struct fl_refusal *x = &r->refusals[r->nrefusals];

	if (f->kind != FL_FAULT_REFUSED || f->prog < 0 || r->nrefusals == MAX_REFUSALS ||
	    r->o->backend == FL_BACKEND_FMOD_RET)
		return false;
	prog = &r->obj->progs[f->prog];
	attach = &r->obj->attaches[prog->first_attach];
	/* A security hook fails in no other way: the kernel's word is final. */
	if (prog->backend == FL_BACKEND_FMOD_RET &&
	    !strncmp(attach->func, "security_", strlen("security_")))
		return false;
	x->backend = prog->backend;
	x->func = strdup(attach->func);
	x->module = attach->module ? strdup(attach->module) : NULL;
	x->why = strdup(f->text);
	if (!x->func || !x->why || (attach->module && !x->module))
		return false;
	r->nrefusals++;
	return true;
}

struct fl_session_opts fl_session_options(const struct fl_options *o)
{
	return (struct fl_session_opts){
		.deadline_ns = o->deadline_ns,
		.max_injections = o->max_injections,
		.seed = o->seed,
		.dry_run = o->no_return,
		.silent = o->quiet,
		.include_init = o->include_init,
		.include_self = o->include_self,
		.force_return = o->force_return,
		.rate_cap = o->rate_cap,
	};
}

static void drop_session(struct run *r)
{
	fl_session_free(r->session);
	r->session = NULL;
	fl_object_free(r->obj);
	r->obj = NULL;
}

/* Compile, load and attach; as often as the kernel makes us change the plan. */
static int prepare(struct run *r)
{
	struct fl_compile_opts opts = fl_compile_options(r->o);
	const struct fl_session_opts session = fl_session_options(r->o);
	struct fl_fault fault;
	bool again;
	int err;

	do {
		opts.plan.refusals = r->refusals;
		opts.plan.nrefusals = r->nrefusals;
		err = fl_build(&r->input, r->kernel, &opts, &r->obj);
		if (err)
			return err;
		if (fl_session_new(r->obj, &session, &r->session)) {
			fprintf(stderr, "faultline: error: out of memory\n");
			return FL_EXIT_FINDING;
		}
		err = fl_session_load(r->session, &fault);
		if (!err)
			err = fl_session_attach(r->session, &fault);
		if (!err)
			return 0;
		again = note_refusal(r, &fault);
		if (!again)
			print_fault(&fault, r->o->verbose);
		err = fault_exit(&fault);
		fl_fault_release(&fault);
		drop_session(r);
	} while (again);
	return err;
}

static void say_programs(const struct run *r)
{
	FILE *out = r->report.out;

	for (size_t i = 0; i < r->obj->nprogs; i++) {
		const struct fl_obj_prog *p = &r->obj->progs[i];
		const struct fl_obj_attach *a = &r->obj->attaches[p->first_attach];

		if (p->nattaches > 1)
			fprintf(out, "  %zu functions", p->nattaches);
		else
			fprintf(out, "  %s%s%s", a->module ? a->module : "", a->module ? ":" : "",
				a->func);
		fprintf(out, " by %s: %s\n", fl_backend_name(p->backend),
			p->is_tracker ? "watched for within()" : p->reason);
	}
}

static size_t count_functions(const struct fl_object *obj)
{
	size_t n = 0;

	for (size_t i = 0; i < obj->nprogs; i++)
		n += obj->progs[i].is_tracker ? 0 : obj->progs[i].nattaches;
	return n;
}

static void say_armed(struct run *r)
{
	double ms = (double)(fl_now_ns() - r->started_ns) / 1e6;
	size_t functions = count_functions(r->obj);
	FILE *out = r->report.out;

	if (!r->o->quiet || r->o->verbose)
		fprintf(out, "armed %zu rule%s on %zu function%s in %.0f ms%s%s\n", r->obj->nrules,
			r->obj->nrules == 1 ? "" : "s", functions, functions == 1 ? "" : "s", ms,
			r->o->no_return ? "; nothing will really fail (--no-return)" : "",
			r->o->force_return ? "; any value may be returned (--force-return)" : "");
	if (r->o->verbose)
		say_programs(r);
	fflush(out);
}

static void mark_armed(const struct run *r)
{
	for (size_t i = 0; i < r->obj->nrules; i++)
		fl_klog("armed: %s", r->obj->rules[i].text);
}

static void on_event(const struct fl_event *e, void *arg)
{
	struct run *r = arg;

	fl_report_event(&r->report, e);
}

static void signals_of_ours(sigset_t *mask)
{
	sigemptyset(mask);
	sigaddset(mask, SIGINT);
	sigaddset(mask, SIGTERM);
	sigaddset(mask, SIGHUP);
	sigaddset(mask, SIGCHLD);
}

/* A signal to us ends the run; the command gets it too, unless it has it. */
static void on_signal(struct run *r)
{
	struct signalfd_siginfo info;

	while (read(r->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD) {
			fl_command_poll(&r->command);
			continue;
		}
		/* one that the terminal sent went to the command as well */
		if (r->command.pid && !r->command.ended && info.ssi_code != SI_KERNEL)
			kill(r->command.pid, (int)info.ssi_signo);
		r->signal = (int)info.ssi_signo;
	}
}

static void on_splat(const char *line, void *arg)
{
	struct run *r = arg;

	r->splats++;
	fprintf(r->report.out, "  the kernel: %s\n", line);
}

static void watch(struct run *r)
{
	struct epoll_event ready[3];
	struct epoll_event want = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	epoll_ctl(epoll, EPOLL_CTL_ADD, fl_session_event_fd(r->session), &want);
	epoll_ctl(epoll, EPOLL_CTL_ADD, r->signal_fd, &want);
	if (r->klog_fd >= 0)
		epoll_ctl(epoll, EPOLL_CTL_ADD, r->klog_fd, &want);
	while (!r->signal && !fl_command_poll(&r->command) && !fl_session_spent(r->session) &&
	       !ferror(r->report.out)) {
		epoll_wait(epoll, ready, 3, BEAT_MS);
		fl_session_beat(r->session);
		on_signal(r);
		fl_session_events(r->session, on_event, r);
		fl_klog_splats(r->klog_fd, on_splat, r);
		fl_report_tick(&r->report, false);
		fflush(r->report.out);
	}
	close(epoll);
}

/*
 * The run is over, but the command may go on, without faults. Who sent a
 * signal wants an end soon: the command gets a moment for its own.
 */
static void wait_command(struct run *r)
{
	const struct timespec moment = { .tv_sec = 2 };
	bool hurry = r->signal != 0;
	sigset_t mask;

	signals_of_ours(&mask);
	while (r->command.pid && !fl_command_poll(&r->command)) {
		/* blocked and queued: no signal is missed in between */
		int sig = sigtimedwait(&mask, NULL, hurry ? &moment : NULL);

		if (sig == SIGCHLD)
			continue;
		if (hurry)
			break;
		kill(r->command.pid, sig);
		hurry = true;
	}
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
		err = fl_session_add_child(r->session, r->command.pid);
	if (!err)
		return 0;
	fprintf(stderr, "faultline: error: the command cannot be started: %s\n", strerror(-err));
	return FL_EXIT_FINDING;
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
	fprintf(stderr, "faultline: error: '%s' cannot be run: %s\n", name, strerror(-err));
	return FL_EXIT_USAGE;
}

static uint64_t outcome_counter(void *arg, uint32_t rule, enum fl_counter counter)
{
	struct run *r = arg;
	struct fl_totals t;

	fl_report_rule_totals(r->session, r->obj, rule, &t);
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
	return fl_session_param(((struct run *)arg)->session, param);
}

/* How many of the script's expectations did not come true. */
static size_t check_expectations(struct run *r)
{
	const struct fl_outcome outcome = {
		.counter = outcome_counter,
		.param = outcome_param,
		.arg = r,
		.exit_status = r->command.ended ? fl_command_exit_status(&r->command) : 0,
		.splats = r->splats,
	};
	FILE *out = r->report.out;
	size_t failed = 0;

	for (size_t i = 0; i < r->obj->nexpects; i++) {
		const struct fl_obj_expect *x = &r->obj->expects[i];
		bool holds = fl_expect_holds(x, &outcome);

		failed += !holds;
		fprintf(out, "%s: expect %s%s%s\n", holds ? "held" : "FAILED", x->text,
			x->message ? ": " : "", x->message ? x->message : "");
	}
	return failed;
}

static bool any_returns(const struct fl_object *obj)
{
	for (size_t i = 0; i < obj->nrules; i++) {
		if (obj->rules[i].returns)
			return true;
	}
	return false;
}

static int run_status(struct run *r, const struct fl_totals *t, size_t failed)
{
	if (failed)
		return FL_EXIT_FINDING;
	if (r->o->propagate && r->command.pid && r->command.ended)
		return fl_command_exit_status(&r->command);
	if (t->injected || r->o->allow_idle || !any_returns(r->obj))
		return FL_EXIT_OK;
	fprintf(stderr, "faultline: nothing was injected: %s\n",
		!t->calls     ? "none of the functions was called"
		: !t->matched ? "the functions were called, but no condition ever held"
			      : "every call that matched was held back by a schedule or a limit");
	return FL_EXIT_IDLE;
}

static int finish(struct run *r, uint64_t end_ns)
{
	struct fl_totals totals;
	FILE *out = r->report.out;
	size_t failed;

	fl_session_events(r->session, on_event, r);
	fl_klog_splats(r->klog_fd, on_splat, r);
	fl_report_summary(&r->report, r->session, end_ns);
	fl_report_totals(r->session, r->obj, &totals);
	fl_klog("disarmed after %llu injections", (unsigned long long)totals.injected);
	if (r->splats)
		fprintf(out, "the kernel log has %zu warning%s or worse of this run\n", r->splats,
			r->splats == 1 ? "" : "s");
	if (r->command.pid && r->command.ended)
		fprintf(out, "the command exited with status %d\n",
			fl_command_exit_status(&r->command));
	else if (r->command.pid)
		fprintf(out, "the command is still running\n");
	failed = check_expectations(r);
	if (fflush(out) || ferror(out)) {
		fprintf(stderr, "faultline: error: the report cannot be written: %s\n",
			strerror(errno));
		return FL_EXIT_FINDING;
	}
	return run_status(r, &totals, failed);
}

static int armed_run(struct run *r)
{
	struct fl_totals totals;
	uint64_t end_ns;
	int err;

	r->report.obj = r->obj;
	err = start_command(r);
	if (err)
		return err;
	r->klog_fd = fl_klog_open();
	mark_armed(r);
	fl_session_arm(r->session);
	r->report.armed_ns = fl_session_armed_ns(r->session);
	say_armed(r);
	err = release_command(r);
	if (!err)
		watch(r);
	fl_session_disarm(r->session);
	end_ns = fl_now_ns();
	fl_report_totals(r->session, r->obj, &totals);
	/* What was injected may be why the command could not be run. */
	if (err && !totals.injected) {
		fl_klog("disarmed");
		return err;
	}
	wait_command(r);
	return finish(r, end_ns);
}

static void block_signals(struct run *r)
{
	sigset_t mask;

	signals_of_ours(&mask);
	sigprocmask(SIG_BLOCK, &mask, &r->old_mask);
	/* A reader that went away is an error of writing, not the end of us. */
	signal(SIGPIPE, SIG_IGN);
	r->signal_fd = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* Like strace: with a command, standard output is the command's own. */
static int open_report(struct run *r)
{
	r->report.out = r->o->command || r->o->shell_command ? stderr : stdout;
	if (r->o->output) {
		r->output = fopen(r->o->output, "we");
		if (!r->output) {
			fprintf(stderr, "faultline: error: '%s' cannot be written: %s\n",
				r->o->output, strerror(errno));
			return FL_EXIT_USAGE;
		}
		r->report.out = r->output;
	}
	/* a line at a time: the command may write to the same place */
	setvbuf(r->report.out, NULL, _IOLBF, BUFSIZ);
	r->report.quiet = r->o->quiet;
	r->report.verbose = r->o->verbose;
	r->report.is_terminal = isatty(fileno(r->report.out));
	return 0;
}

int fl_run(const struct fl_options *o)
{
	struct run r = { .o = o, .started_ns = fl_now_ns(), .signal_fd = -1, .klog_fd = -1 };
	int status;

	status = read_input(o, &r.input);
	if (!status)
		status = open_report(&r);
	if (!status)
		status = open_facts(o, &r.kernel);
	if (!status)
		status = prepare(&r);
	if (!status) {
		block_signals(&r);
		status = armed_run(&r);
	}
	fl_command_drop(&r.command);
	drop_session(&r);
	if (r.signal_fd >= 0)
		close(r.signal_fd);
	if (r.klog_fd >= 0)
		close(r.klog_fd);
	fl_symbols_free(r.report.symbols);
	for (size_t i = 0; i < r.nrefusals; i++) {
		free((char *)r.refusals[i].func);
		free((char *)r.refusals[i].module);
		free((char *)r.refusals[i].why);
	}
	fl_facts_close(r.kernel);
	fl_input_release(&r.input);
	if (r.output && fclose(r.output) && !status)
		status = FL_EXIT_FINDING;
	return status;
}

int fl_check(const struct fl_options *o)
{
	const struct fl_compile_opts opts = fl_compile_options(o);
	struct fl_kernel *k = NULL;
	int worst;

	worst = open_facts(o, &k);
	for (int i = 0; k && i < o->nfiles; i++) {
		struct fl_object *obj = NULL;
		struct fl_input in;
		int status = fl_input_read(&in, o->files[i]);

		if (!status)
			status = fl_build(&in, k, &opts, &obj);
		if (!worst)
			worst = status;
		fl_object_free(obj);
		fl_input_release(&in);
	}
	fl_facts_close(k);
	return worst;
}

int fl_emit_text(const struct fl_options *o)
{
	const struct fl_compile_opts opts = fl_compile_options(o);
	struct fl_kernel *k = NULL;
	struct fl_object *obj = NULL;
	struct fl_input in;
	int status = read_input(o, &in);

	if (status)
		return status;
	status = open_facts(o, &k);
	if (!status)
		status = fl_build(&in, k, &opts, &obj);
	if (!status)
		fwrite(obj->c_text, 1, obj->c_len, stdout);
	fl_object_free(obj);
	fl_facts_close(k);
	fl_input_release(&in);
	return status;
}
