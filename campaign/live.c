/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "expect.h"
#include "file.h"
#include "klog.h"
#include "leftovers.h"
#include "workload.h"

#define SIDE_LIMIT_US UINT64_C(60000000) /* for setup, cleanup and check, at least */
#define KMEMLEAK "/sys/kernel/debug/kmemleak"
#define CLEAR_ONCE "/sys/kernel/debug/clear_warn_once" /* kernel/panic.c */
#define CANNOT_RUN 126				       /* as a shell says it */
#define LEAK_AGE_US UINT64_C(5100000) /* MSECS_MIN_AGE in mm/kmemleak.c, and a little */

struct fl_live {
	struct fl_engine *engine;
	struct fl_armed *armed;
	const struct fl_object *obj;
	const struct fl_live_opts *o;
	struct fl_workload work;
	struct fl_points *points;
	struct fl_trial_result result;
	uint64_t trials; /* a number for each, baselines too */
	int klog_fd;
	struct fl_totals *before; /* of each rule, when the trial began */
	struct fl_known_tasks tasks;
	int status; /* of run */
	char frames[FL_MAX_FRAMES][256];
};

/* --- begin and end ---------------------------------------------------------- */

static int open_points(struct fl_live *w, struct fl_fault *fault)
{
	const struct fl_points_opts opts = {
		.each = w->o->each == FL_BY_PATH   ? FL_EACH_PATH
			: w->o->each == FL_BY_CALL ? FL_EACH_CALL
						   : FL_EACH_FUNCTION,
		.any_context = w->o->any_context,
		.kernel = fl_engine_kernel(w->engine),
	};

	return fl_points_open(fl_armed_session(w->armed, 0), &opts, &w->points, fault);
}

int fl_live_new(struct fl_engine *en, struct fl_armed *a, const struct fl_live_opts *o,
		struct fl_live **out, struct fl_fault *fault)
{
	struct fl_live *w = calloc(1, sizeof(*w));
	int err;

	*out = NULL;
	if (!w)
		return fl_refuse_memory(fault);
	w->engine = en;
	w->armed = a;
	w->obj = fl_armed_object(a, 0);
	w->o = o;
	w->klog_fd = fl_klog_open();
	w->work = (struct fl_workload){
		.engine = en,
		.output = o->output
				  ? open(o->output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)
				  : -1,
		.input = open("/dev/null", O_RDONLY | O_CLOEXEC),
		.interrupted = o->interrupted,
		.arg = o->arg,
	};
	w->before = calloc(w->obj->nrules + 1, sizeof(*w->before));
	/* what daemonizes is ours to see */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	err = w->before ? open_points(w, fault) : fl_refuse_memory(fault);
	if (!err && fl_armed_begin(a))
		err = fl_refuse(fault, FL_C_ARM, NULL);
	if (err)
		fl_live_free(w);
	else
		*out = w;
	return err;
}

void fl_live_free(struct fl_live *w)
{
	const int fds[] = { w ? w->klog_fd : -1, w ? w->work.output : -1, w ? w->work.input : -1 };

	if (!w)
		return;
	fl_points_close(w->points);
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
	fl_known_tasks_release(&w->tasks);
	free(w->before);
	free(w);
}

/* --- a trial ----------------------------------------------------------------- */

static void complain(struct fl_trial *out, const char *kind, const char *text)
{
	struct fl_world_complaint *c;

	if (out->ncomplaints == FL_MAX_COMPLAINTS)
		return;
	c = &out->complaints[out->ncomplaints++];
	c->kind = kind;
	snprintf(c->text, sizeof(c->text), "%s", text);
}

/* Lines for the shell, one after the other; false once one fails. */
static bool run_lines(struct fl_live *w, const struct fl_obj_command *list, size_t n,
		      uint64_t limit_us, const char *kind, struct fl_trial *out)
{
	struct fl_workload_end *end = malloc(sizeof(*end));
	bool good = end != NULL;

	for (size_t i = 0; end && i < n; i++) {
		const char *what = list[i].message ? list[i].message : list[i].command;
		char text[256];

		*end = (struct fl_workload_end){ .status = 127 };
		if (!fl_workload_shell(&w->work, list[i].command, limit_us, end) && !end->status &&
		    !end->timed_out)
			continue;
		good = false;
		snprintf(text, sizeof(text), "%.200s: %s", what,
			 end->timed_out ? "did not end" : "failed");
		out->stuck |= end->stuck;
		if (!strcmp(kind, "setup")) {
			snprintf(out->trouble, sizeof(out->trouble), "setup %.240s", text);
			break;
		}
		complain(out, kind, text);
	}
	free(end);
	return good;
}

static uint64_t count(void *arg, uint32_t rule, enum fl_counter counter)
{
	const struct fl_live *w = arg;
	struct fl_totals now;

	fl_armed_rule_totals(w->armed, rule, &now);
	switch (counter) {
	case FL_COUNT_CALLS:
		return now.calls - w->before[rule].calls;
	case FL_COUNT_MATCHED:
		return now.matched - w->before[rule].matched;
	case FL_COUNT_INJECTED:
		return now.injected - w->before[rule].injected;
	default:
		return now.fired - w->before[rule].fired;
	}
}

static int64_t param(void *arg, uint32_t i)
{
	return fl_armed_param(((const struct fl_live *)arg)->armed, i);
}

/* The script's expectations are about runs with a fault. */
static void check_expectations(struct fl_live *w, struct fl_trial *out)
{
	const struct fl_outcome outcome = { count, param, w, out->status, 0 };

	for (size_t i = 0; out->injected && !out->timed_out && i < w->obj->nexpects; i++) {
		const struct fl_obj_expect *x = &w->obj->expects[i];

		if (!fl_expect_holds(x, &outcome))
			complain(out, "expect", x->message ? x->message : x->text);
	}
}

static void choose(const struct fl_world_fault *faults, size_t n, struct fl_chosen *chosen)
{
	static const enum fl_point_mode modes[] = {
		[FL_INJECT_ONCE] = FL_POINT_ONCE,
		[FL_INJECT_ON] = FL_POINT_ON_POINT,
		[FL_INJECT_ALL] = FL_POINT_ON_ALL,
	};

	for (size_t i = 0; i < n; i++)
		chosen[i] = (struct fl_chosen){ .key = faults[i].key,
						.occurrence = faults[i].occurrence,
						.mode = modes[faults[i].mode],
						.has_value = faults[i].has_value,
						.value = faults[i].value };
}

/* run itself, with the faults in it. */
static int run_workload(struct fl_live *w, const struct fl_world_fault *faults, size_t n,
			uint64_t limit_us, struct fl_trial *out, struct fl_fault *fault)
{
	char *shell[] = { (char *)"sh", (char *)"-c",
			  (char *)(w->obj->run ? w->obj->run->command : ""), NULL };
	struct fl_workload_end *end = malloc(sizeof(*end));
	struct fl_chosen chosen[FL_MAX_FAULTS];
	struct fl_command c = { 0 };
	int err = 0;

	if (!end)
		return fl_refuse_memory(fault);
	choose(faults, n, chosen);
	if (fl_workload_start(&w->work, w->o->run ? w->o->run : shell, false, &c))
		err = fl_refuse(fault, FL_C_RUN, NULL);
	if (!err)
		err = fl_points_begin(w->points, ++w->trials, chosen, n, fault);
	if (!err) {
		bool started = !fl_workload_go(&w->work, &c, limit_us, end);

		fl_points_end(w->points);
		fl_points_result(w->points, &w->result);
		/* the fault may prevent running it */
		if (!started && !w->result.injected)
			snprintf(out->trouble, sizeof(out->trouble), "cannot run '%s'",
				 w->o->run ? w->o->run[0] : "sh");
		if (!started)
			end->status = CANNOT_RUN;
		out->status = end->status;
		out->timed_out = end->timed_out;
		out->stuck = end->stuck;
		out->us = end->us;
		memcpy(out->stacks, end->stacks, sizeof(out->stacks));
		if (end->interrupted)
			err = -EINTR;
	}
	fl_engine_drop(w->engine, &c);
	free(end);
	return err;
}

/* For files of the kernel that take a word. */
static bool put(const char *path, const char *what)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, what, strlen(what)) > 0;

	if (fd >= 0)
		close(fd);
	return done;
}

static int trial(void *arg, uint64_t n, const struct fl_world_fault *faults, size_t nfaults,
		 uint64_t limit_us, struct fl_trial *out, struct fl_fault *fault)
{
	struct fl_live *w = arg;
	const struct fl_object *obj = w->obj;
	uint64_t side = limit_us > SIDE_LIMIT_US ? limit_us : SIDE_LIMIT_US;
	int err;

	(void)n;
	/* WARN_ONCE() and the like speak in each trial */
	put(CLEAR_ONCE, "1");
	if (w->work.output >= 0 && ftruncate(w->work.output, 0))
		return fl_refuse_errno(fault, FL_C_WRITE, w->o->output, errno);
	if (!run_lines(w, obj->setups, obj->nsetups, side, "setup", out))
		return 0;
	for (size_t i = 0; i < obj->nrules; i++)
		fl_armed_rule_totals(w->armed, i, &w->before[i]);
	err = run_workload(w, faults, nfaults, limit_us, out, fault);
	if (!err) {
		out->matched = w->result.matched;
		out->injected = w->result.injected;
		for (size_t i = 0; i < nfaults; i++)
			out->reached[i] = w->result.reached[i] > 0;
		check_expectations(w, out);
	}
	/* a task that cannot be killed has what they are about, and the machine is spoilt */
	if (!out->stuck)
		run_lines(w, obj->cleanups, obj->ncleanups, side, "cleanup", out);
	if (!err && !out->stuck)
		run_lines(w, obj->checks, obj->nchecks, side, "check", out);
	/* what the workload left to us and has ended since */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return err;
}

/* --- points ------------------------------------------------------------------ */

static size_t npoints(void *arg)
{
	return fl_points_count(((const struct fl_live *)arg)->points);
}

static bool point(void *arg, size_t i, struct fl_world_point *out)
{
	struct fl_live *w = arg;
	const struct fl_obj_attach *a;
	struct fl_point_info info;

	if (!fl_points_get(w->points, i, &info) || info.is_path != (w->o->each == FL_BY_PATH))
		return false;
	a = &w->obj->attaches[info.attach];
	*out = (struct fl_world_point){
		.key = info.key,
		.rule = info.rule,
		.function = a->shown,
		.module = a->module,
		.context = fl_point_context_name(info.context),
	};
	for (unsigned int k = 0; k < info.nframes && out->npath < FL_MAX_FRAMES; k++) {
		char *frame = w->frames[out->npath];

		fl_points_frame(w->points, info.frames[k], frame, sizeof(w->frames[0]));
		out->path[out->npath++] = frame;
	}
	return true;
}

/*
 * Whether a point came before an injection is known of the trial that showed it
 * first; later ones count only where nothing was injected.
 */
static uint64_t calls(void *arg, size_t i, bool *after)
{
	const struct fl_live *w = arg;
	struct fl_point_info info;

	*after = false;
	if (!fl_points_get(w->points, i, &info))
		return 0;
	*after = info.trial == w->trials ? info.after > 0 : w->result.injected > 0;
	return info.calls;
}

/* --- the machine ------------------------------------------------------------- */

struct line_to {
	fl_line_fn fn;
	void *to;
};

static void pass_line(const char *line, void *arg)
{
	const struct line_to *l = arg;

	l->fn(l->to, line);
}

static void take_log(void *arg, fl_line_fn fn, void *to)
{
	struct line_to l = { fn, to };

	fl_klog_lines(((const struct fl_live *)arg)->klog_fd, pass_line, &l);
}

static void mark(void *arg, const char *text)
{
	int fd = open("/dev/pmsg0", O_WRONLY | O_CLOEXEC);

	(void)arg;
	fl_klog("%s", text);
	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) > 0)
		fsync(fd);
	close(fd);
}

static void state(void *arg, fl_line_fn fn, void *to)
{
	struct fl_live *w = arg;
	struct fl_leftovers now = { 0 };

	fl_leftovers_scan("", &now);
	fl_leftover_tasks("", &w->tasks, &now);
	for (size_t i = 0; i < now.n; i++)
		fn(to, now.lines[i]);
	fl_leftovers_release(&now);
}

static void sleep_us(void *arg, uint64_t us)
{
	const struct fl_live *w = arg;
	uint64_t until = fl_now_ns() + us * 1000;

	for (uint64_t now = fl_now_ns(); now < until; now = fl_now_ns())
		fl_engine_step(w->engine, (int)((until - now) / 1000000 + 1));
}

static bool forget_leaks(void *arg)
{
	(void)arg;
	return put(KMEMLEAK, "clear");
}

/*
 * Twice: an object whose content changed since the last scan is not reported. The
 * second scan is the one that all have to be old enough for.
 */
static void leaks(void *arg, fl_line_fn fn, void *to)
{
	uint64_t start = fl_now_ns() / 1000, took;
	char *text, *save = NULL;
	size_t len;

	put(KMEMLEAK, "scan");
	took = fl_now_ns() / 1000 - start;
	if (took < LEAK_AGE_US)
		sleep_us(arg, LEAK_AGE_US - took);
	put(KMEMLEAK, "scan");
	text = fl_read_text(KMEMLEAK, &len);
	for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		fn(to, line);
	free(text);
}

/* print_cpu(), kernel/time/timer_list.c */
static uint64_t jiffies(void *arg)
{
	FILE *f = fopen("/proc/timer_list", "r");
	char line[128];
	uint64_t value = 0;

	(void)arg;
	while (f && !value && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "jiffies: ", 9))
			value = strtoull(line + 9, NULL, 10);
	}
	if (f)
		fclose(f);
	return value;
}

static bool lockdep_is_on(void *arg)
{
	size_t len;
	char *text = fl_read_text("/proc/lockdep_stats", &len);
	const char *at = text ? strstr(text, "debug_locks:") : NULL;
	bool on = !at || strtol(at + strlen("debug_locks:"), NULL, 10) > 0;

	(void)arg;
	free(text);
	return on;
}

static uint64_t now_us(void *arg)
{
	(void)arg;
	return fl_now_ns() / 1000;
}

const struct fl_world_ops fl_live_ops = {
	.trial = trial,
	.npoints = npoints,
	.point = point,
	.calls = calls,
	.log = take_log,
	.mark = mark,
	.state = state,
	.forget_leaks = forget_leaks,
	.leaks = leaks,
	.jiffies = jiffies,
	.lockdep_is_on = lockdep_is_on,
	.now_us = now_us,
	.sleep_us = sleep_us,
};
