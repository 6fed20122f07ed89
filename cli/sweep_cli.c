/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sweep_cli.c - faultline sweep, replay and minimise: campaign/ with a kernel and a terminal. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build.h"
#include "describe.h"
#include "digest_cli.h"
#include "errors.h"
#include "file.h"
#include "journal.h"
#include "live.h"
#include "lookup.h"
#include "minimise.h"
#include "option.h"
#include "progress.h"
#include "settings.h"
#include "shard.h"
#include "standalone.h"
#include "sweep.h"
#include "sweep_cli.h"

#define MAX_OPTIONS 16

struct campaign {
	const struct fl_options *o;
	struct fl_input input;
	struct fl_errors errors;
	struct fl_engine *engine;
	struct fl_armed *armed;
	struct fl_live *live;
	struct fl_live_opts live_opts;
	struct fl_settings settings;
	struct fl_sweep_opts opts;
	struct fl_machine machine;
	struct fl_record_option options[MAX_OPTIONS];
	size_t noptions;
	struct fl_allowed *allowed;
	char script[24];
	char output[PATH_MAX + 8];
	char depth[16];
	char seed[24];
	int signal_fd;
	int signals; /* signals that requested the end */
	struct fl_progress progress;
};

/* --- while it runs ------------------------------------------------------------- */

static void on_note(void *arg, const char *text)
{
	fl_progress_note(&((struct campaign *)arg)->progress, text);
}

static void on_finding(void *arg, uint32_t id, const struct fl_known_finding *f)
{
	fl_progress_finding(&((struct campaign *)arg)->progress, id, f);
}

static void on_progress(void *arg, const struct fl_ledger *l, const struct fl_agenda *a)
{
	fl_progress_draw(&((struct campaign *)arg)->progress, l, a);
}

static void on_signal(void *arg)
{
	struct campaign *c = arg;
	struct signalfd_siginfo info;

	while (read(c->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (!c->signals++)
			on_note(c, "stopping after this trial; interrupt again to stop now");
	}
}

static bool asked_to_stop(void *arg)
{
	return ((const struct campaign *)arg)->signals > 0;
}

static bool asked_twice(void *arg)
{
	return ((const struct campaign *)arg)->signals > 1;
}

static void watch_signals(struct campaign *c)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_IGN);
	c->signal_fd = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (c->signal_fd >= 0)
		fl_engine_watch(c->engine, c->signal_fd, on_signal, c);
}

/* --- what the command line says ------------------------------------------------- */

static int set(struct campaign *c, const char *name, const char *value)
{
	if (!value)
		return 0;
	if (!fl_settings_set(&c->settings, name, value))
		return fl_errors_raise(&c->errors, FL_C_VALUE, name, value, fl_settings_form(name),
				       NULL);
	c->options[c->noptions++] = (struct fl_record_option){ name, value };
	return 0;
}

/* A number of trials, or a time. */
static int set_budget(struct campaign *c, const char *text)
{
	uint64_t n;
	char *end;

	if (!text)
		return 0;
	n = strtoull(text, &end, 10);
	if (end != text && !*end && n) {
		c->opts.budget_trials = n;
		return 0;
	}
	if (fl_option_duration(text, &n)) {
		c->opts.budget_us = n / 1000;
		return 0;
	}
	return fl_errors_raise(&c->errors, FL_C_BUDGET, text, NULL);
}

/* By default from the environment of an array job. */
static int set_shard(struct campaign *c)
{
	static char shard[64];
	const char *variable;

	if (c->o->shard)
		return set(c, "shard", c->o->shard);
	variable = fl_shard_of_environment(shard, sizeof(shard));
	if (!variable)
		return 0;
	if (!c->o->quiet)
		fprintf(stderr, "shard %s, by %s\n", shard, variable);
	return set(c, "shard", shard);
}

/* The faults of all trials follow from it: by default the same each time. */
static int set_seed(struct campaign *c)
{
	const struct fl_options *o = c->o;

	if (!o->random)
		return 0;
	if (!o->budget)
		return fl_errors_raise(&c->errors, FL_C_NO_BUDGET, NULL);
	if (o->each || o->depth > 1 || o->inject_mode || o->occurrence || o->values)
		return fl_errors_raise(&c->errors, FL_C_RANDOM_CHOICE, NULL);
	snprintf(c->seed, sizeof(c->seed), "%" PRIu64, o->seed);
	return set(c, "random", c->seed);
}

static int read_settings(struct campaign *c)
{
	static const char *const each[] = { "path", "call", "function" };
	static const char *const modes[] = { "once", "on", "all", "both" };
	const struct fl_options *o = c->o;
	int status;

	fl_settings_init(&c->settings);
	snprintf(c->depth, sizeof(c->depth), "%u", o->depth ? o->depth : 1);
	status = set(c, "each", each[o->each]);
	if (!status)
		status = set(c, "mode", modes[o->inject_mode]);
	if (!status)
		status = set(c, "depth", c->depth);
	if (!status)
		status = set(c, "occurrence", o->occurrence);
	if (!status)
		status = set(c, "values", o->values);
	if (!status)
		status = set(c, "only", o->only);
	if (!status)
		status = set_shard(c);
	if (!status)
		status = set_seed(c);
	return status ? status : set_budget(c, o->budget);
}

/* Of everything that makes points what they are. */
static void hash_script(struct campaign *c)
{
	const struct fl_object *obj = fl_armed_object(c->armed, 0);
	uint64_t h = fl_lookup_text(c->input.source.text);
	char *const *run = c->live_opts.run;

	for (size_t i = 0; i < obj->nrules; i++)
		h = fl_lookup_mix(h ^ fl_lookup_text(obj->rules[i].text));
	for (size_t i = 0; i < obj->nsetups; i++)
		h = fl_lookup_mix(h ^ fl_lookup_text(obj->setups[i].command));
	if (obj->run)
		h = fl_lookup_mix(h ^ fl_lookup_text(obj->run->command));
	for (size_t i = 0; run && run[i]; i++)
		h = fl_lookup_mix(h ^ fl_lookup_text(run[i]));
	h = fl_lookup_mix(h ^ (uint64_t)c->settings.agenda.each);
	snprintf(c->script, sizeof(c->script), "%016" PRIx64, h);
}

/* --- from rules to a sweep ------------------------------------------------------ */

static char *standalone(void *arg, const struct fl_ledger *l, const struct fl_fault_at *faults,
			size_t n, bool fewest)
{
	const struct campaign *c = arg;

	return fl_standalone_rules(fl_armed_object(c->armed, 0), l, faults, n, fewest);
}

static char *shell(void *arg, const char *name, bool late)
{
	const struct campaign *c = arg;

	return fl_standalone_shell(fl_armed_object(c->armed, 0), c->live_opts.run, name, late);
}

static void on_diags(void *arg, const struct fl_diags *ds)
{
	fl_errors_diags(&((struct campaign *)arg)->errors, ds);
}

/* A workload that cannot be run is an outcome of its trial. */
static void on_fault(void *arg, const struct fl_fault *f)
{
	struct campaign *c = arg;

	if (!c->live)
		fl_errors_fault(&c->errors, f);
}

static int open_engine(struct campaign *c)
{
	const struct fl_engine_sink sink = { .arg = c, .diags = on_diags, .fault = on_fault };

	return fl_errors_engine(c->o, &c->errors, &sink, &c->engine);
}

static int prepare(struct campaign *c)
{
	struct fl_arming arming = {
		.src = c->input.source,
		.compile = fl_compile_options(c->o),
		.session = fl_arming_options(c->o),
	};
	int status = open_engine(c);

	if (status)
		return status;
	arming.compile.sema.has_command = true;
	arming.compile.sweep = c->o->random ? FL_SWEEP_RANDOM : FL_SWEEP_SYSTEMATIC;
	arming.session.silent = true;
	if (fl_engine_prepare(c->engine, &arming, &c->armed))
		return c->errors.status;
	/* its process would count as a leftover of the workload */
	fl_engine_cool(c->engine);
	return 0;
}

static void fill_options(struct campaign *c)
{
	const struct fl_object *obj = fl_armed_object(c->armed, 0);
	struct fl_sweep_opts *o = &c->opts;

	fl_settings_values(&c->settings, obj);
	hash_script(c);
	fl_machine_now(fl_engine_kernel(c->engine), &c->machine);
	c->allowed = calloc(obj->nallows + 1, sizeof(*c->allowed));
	for (size_t i = 0; c->allowed && i < obj->nallows; i++)
		c->allowed[o->nallowed++] =
			(struct fl_allowed){ obj->allows[i].pattern, obj->allows[i].reason };
	o->agenda = c->settings.agenda;
	o->faultline = FL_VERSION;
	o->script = c->script;
	o->kernel = c->machine.release;
	o->build_id = c->machine.build_id;
	o->boot = c->machine.boot;
	o->argv = (const char *const *)c->o->argv;
	o->nargv = (size_t)c->o->argc;
	o->options = c->options;
	o->noptions = c->noptions;
	o->allowed = c->allowed;
	o->timeout_us = c->o->timeout_ns / 1000;
	o->keep_going = c->o->keep_going;
	o->fresh_lockdep = c->o->fresh_lockdep;
	o->console = c->o->console;
	o->pstore = fl_pstore_log();
	o->standalone = standalone;
	o->shell = shell;
	o->arg = c;
}

static int open_world(struct campaign *c)
{
	static char *by_shell[] = { (char *)"sh", (char *)"-c", NULL, NULL };
	const struct fl_options *o = c->o;
	struct fl_fault fault = { .tag = FL_NO_FAULT };

	c->live_opts = (struct fl_live_opts){
		.each = c->settings.agenda.each,
		.any_context = o->system_wide,
		.run = o->command,
		.output = c->output,
		.interrupted = asked_twice,
		.arg = c,
	};
	if (o->shell_command) {
		by_shell[2] = (char *)o->shell_command;
		c->live_opts.run = by_shell;
	}
	if (!c->live_opts.run && !fl_armed_object(c->armed, 0)->run)
		return fl_errors_raise(&c->errors, FL_C_NOTHING_TO_RUN, NULL);
	if (fl_live_new(c->engine, c->armed, &c->live_opts, &c->live, &fault))
		return fl_errors_report(&c->errors, &fault);
	return 0;
}

static int start(struct campaign *c)
{
	int status = read_settings(c);

	if (!status)
		status = fl_input_of(&c->input, c->o);
	if (!status)
		status = prepare(c);
	if (!status)
		status = open_world(c);
	if (status)
		return status;
	watch_signals(c);
	fill_options(c);
	return 0;
}

static void end(struct campaign *c)
{
	fl_live_free(c->live);
	if (c->signal_fd >= 0) {
		fl_engine_unwatch(c->engine, c->signal_fd);
		close(c->signal_fd);
	}
	fl_engine_free(c->engine);
	fl_input_release(&c->input);
	free(c->allowed);
}

static void init(struct campaign *c, const struct fl_options *o, const char *dir)
{
	*c = (struct campaign){
		.o = o,
		.errors = fl_errors_of(o),
		.signal_fd = -1,
	};
	c->opts.dir = dir;
	fl_progress_init(&c->progress, STDERR_FILENO, dir, o->quiet);
	snprintf(c->output, sizeof(c->output), "%s/output", dir);
}

static int sweep(struct campaign *c)
{
	const struct fl_sweep_sink sink = {
		.arg = c,
		.note = on_note,
		.finding = on_finding,
		.progress = on_progress,
		.stop = asked_to_stop,
	};
	struct fl_sweep_result result;
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_ledger l;
	struct fl_agenda agenda;
	int status;

	fl_ledger_init(&l);
	if (fl_sweep_run(&c->opts, &fl_live_ops, c->live, &sink, &l, &result, &fault)) {
		fl_progress_clear(&c->progress);
		status = fl_errors_report(&c->errors, &fault);
	} else {
		fl_progress_clear(&c->progress);
		status = result.status;
		fl_agenda_init(&agenda, &c->opts.agenda, &l);
		if (!c->o->quiet || c->o->form)
			status = fl_digest_print(c->o->form, c->opts.dir, &l, &agenda, status);
	}
	fl_ledger_release(&l);
	return status;
}

/* What this run made for a campaign that did not begin. */
static void remove_folder(const struct campaign *c)
{
	char journal[PATH_MAX];
	struct stat st;

	snprintf(journal, sizeof(journal), "%s/" FL_JOURNAL_NAME, c->opts.dir);
	if (!access(journal, F_OK))
		return;
	/* what a baseline that failed printed says why */
	if (!stat(c->output, &st) && !st.st_size)
		unlink(c->output);
	rmdir(c->opts.dir);
}

int fl_sweep_command(const struct fl_options *o)
{
	const char *dir = o->output ? o->output : "faultline-sweep";
	struct fl_fault fault;
	struct campaign c;
	const bool is_new = access(dir, F_OK) != 0;
	int err = fl_make_folder(dir), status;

	init(&c, o, dir);
	if (err) {
		fl_fault_raise(&fault, FL_C_FOLDER, dir, fl_file_error(err), NULL);
		fault.kind = FL_FAULT_USAGE; /* of -o */
		return fl_errors_report(&c.errors, &fault);
	}
	status = start(&c);
	if (!status)
		status = sweep(&c);
	end(&c);
	if (is_new && status)
		remove_folder(&c);
	return status;
}

/* --- replay and minimise ------------------------------------------------------------ */

/* Split "DIR/N"; false: it is not one. */
static bool split(const char *word, char *dir, size_t size, uint32_t *id)
{
	const char *slash = strrchr(word, '/');
	char *end;

	while (slash && !slash[1] && slash > word) /* "DIR/N/" */
		slash = memrchr(word, '/', (size_t)(slash - word));
	if (!slash || (size_t)(slash - word) >= size)
		return false;
	memcpy(dir, word, (size_t)(slash - word));
	dir[slash - word] = '\0';
	*id = (uint32_t)strtoul(slash + 1, &end, 10);
	return *id && (!*end || !strcmp(end, "/"));
}

/* The options that the sweep was started with. */
static int options_of(const struct fl_ledger *l, struct fl_options *o, char ***argv)
{
	*argv = calloc(l->nargv + 1, sizeof(**argv));
	if (!*argv)
		return FL_EXIT_FINDING;
	for (size_t i = 0; i < l->nargv; i++)
		(*argv)[i] = l->argv[i];
	return fl_options_parse(o, (int)l->nargv, *argv);
}

static int replay(struct campaign *c, struct fl_ledger *l, uint32_t id)
{
	const struct fl_sweep_sink sink = { .arg = c, .note = on_note };
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	int shown;

	if (fl_sweep_replay(&c->opts, &fl_live_ops, c->live, &sink, l, id, &shown, &fault))
		return fl_errors_report(&c->errors, &fault);
	printf("%s: %s\n", shown ? "shown again" : "not shown again",
	       l->findings[id - 1].fingerprint);
	return shown ? FL_EXIT_FINDING : FL_EXIT_OK;
}

static void print_minimal(const struct campaign *c, const struct fl_ledger *l, uint32_t id,
			  const struct fl_minimal *min)
{
	for (size_t i = 0; i < min->nfaults; i++)
		fl_describe_fault(stdout, l, &min->faults[i]);
	if (min->shown)
		printf("shown in %" PRIu32 " of %" PRIu32 " runs as found; %" PRIu64
		       " trials in all\n",
		       min->shown, min->tries, min->trials);
	if (min->is_partial)
		printf("incomplete: its fault kills the machine\n");
	printf("%s/%" PRIu32 "/minimal.sh runs it up to %" PRIu32 " time%s\n", c->opts.dir, id,
	       min->runs, min->runs == 1 ? "" : "s");
}

static int minimise(struct campaign *c, struct fl_ledger *l, uint32_t id)
{
	const struct fl_sweep_sink sink = { .arg = c, .note = on_note };
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_minimal min;

	if (fl_sweep_minimise(&c->opts, &fl_live_ops, c->live, &sink, l, id, &min, &fault))
		return fl_errors_report(&c->errors, &fault);
	if (!min.shown && !min.is_partial) {
		printf("not reproduced in %" PRIu32 " runs: %s\n", min.tries,
		       l->findings[id - 1].fingerprint);
		return FL_EXIT_FINDING;
	}
	print_minimal(c, l, id, &min);
	return FL_EXIT_OK;
}

/* DIR/N with the options of its sweep. */
static int with_finding(const struct fl_options *o,
			int (*fn)(struct campaign *c, struct fl_ledger *l, uint32_t id))
{
	struct fl_errors errors = fl_errors_of(o);
	char dir[PATH_MAX], **argv = NULL;
	struct fl_options swept = { 0 };
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_ledger l;
	struct campaign c;
	uint32_t id;
	int status;

	if (!split(o->files[0], dir, sizeof(dir), &id))
		return fl_errors_raise(&errors, FL_C_NOT_FINDING, o->files[0], NULL);
	fl_ledger_init(&l);
	if (fl_ledger_read(&l, dir, &fault)) {
		status = fl_errors_report(&errors, &fault);
	} else {
		status = options_of(&l, &swept, &argv);
		swept.verbose |= o->verbose;
		swept.form = o->form;
		swept.keep_going |= o->keep_going;
		init(&c, &swept, dir);
		if (!status)
			status = start(&c);
		if (!status)
			status = fn(&c, &l, id);
		end(&c);
		fl_options_release(&swept);
	}
	fl_ledger_release(&l);
	free(argv);
	return status;
}

int fl_replay_command(const struct fl_options *o)
{
	return with_finding(o, replay);
}

int fl_minimise_command(const struct fl_options *o)
{
	return with_finding(o, minimise);
}
