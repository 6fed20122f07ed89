/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "compile.h"
#include "knobs.h"
#include "render.h"
#include "session_impl.h"

#define TARGETS "/sys/kernel/debug/fl_targets/"

struct live_times live_times;

void live_task(struct eval_task *task, struct fl_kernel *k)
{
	unsigned int level;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	prctl(PR_SET_NAME, "eval-live");
	*task = (struct eval_task){
		.comm = "eval-live",
		.pid = getpid(),
		.tid = (int64_t)syscall(SYS_gettid),
		.ppid = getppid(),
		.uid = getuid(),
		.gid = getgid(),
	};
	if (k->ops->cgroup(k, "/", &task->cgroup, &level))
		task->cgroup = 0;
}

void live_enable(struct live *l, size_t rule, bool on)
{
	struct fl_fault fault = { 0 };

	if (fl_session_enable(l->session, rule, on, &fault))
		abort();
}

static int compile(struct live *l, const char *text, struct fl_kernel *k,
		   const struct live_opts *opts)
{
	const struct fl_compile_opts compile = {
		.emit = FL_EMIT_OBJECT,
		.seeded = opts->seeded,
		.sema = { .system_wide = true, .force_return = opts->force },
		.plan = { .backend = opts->backend, .force_return = opts->force },
	};
	struct fl_source src = { "script", text, strlen(text) };
	struct fl_diags diags;
	char *log = NULL;
	int err;

	fl_diags_init(&diags);
	err = fl_compile(&src, k, &compile, &diags, &l->obj, &log);
	for (size_t i = 0; err && i < diags.n; i++) {
		if (diags.list[i].severity == FL_SEV_ERROR)
			printf("%s at byte %u\n", diags.list[i].text, diags.list[i].span.off);
	}
	if (err)
		printf("cannot compile: %s\n%s\n", strerror(-err), log ? log : "");
	free(log);
	fl_diags_release(&diags);
	return err;
}

static void print_fault(struct fl_fault *f)
{
	size_t len = f->log ? strlen(f->log) : 0;

	printf("%s\n%s\n", f->text, f->hint);
	/* the verifier's last words are those that tell */
	printf("%s\n", f->log ? f->log + (len > 6000 ? len - 6000 : 0) : "");
	fl_fault_release(f);
}

static int load(struct live *l, const struct live_opts *opts)
{
	const struct fl_session_opts session = {
		.max_injections = -1,
		.seed = opts->seed,
		.silent = opts->silent,
		.include_self = true,
		.heartbeat_max_ns = UINT64_C(3600000000000),
	};
	struct fl_fault fault = { 0 };
	uint64_t start = fl_now_ns(), loaded;

	if (fl_session_new(l->obj, &session, &l->session))
		return -1;
	if (fl_session_load(l->session, &fault)) {
		print_fault(&fault);
		return -1;
	}
	loaded = fl_now_ns();
	if (fl_session_attach(l->session, &fault)) {
		print_fault(&fault);
		return -1;
	}
	live_times.load += loaded - start;
	live_times.attach += fl_now_ns() - loaded;
	return 0;
}

int live_open(struct live *l, const char *text, struct fl_kernel *k, const struct live_opts *opts)
{
	uint64_t start = fl_now_ns();

	memset(l, 0, sizeof(*l));
	l->calls = open(TARGETS "call", O_RDWR | O_CLOEXEC);
	l->sets = open(TARGETS "set", O_WRONLY | O_CLOEXEC);
	if (compile(l, text, k, opts))
		return -1;
	live_times.compile += fl_now_ns() - start;
	live_times.n++;
	if (load(l, opts))
		return -1;
	for (size_t i = 0; i < l->obj->nrules; i++)
		live_enable(l, i, false);
	fl_session_arm(l->session);
	return 0;
}

void live_close(struct live *l)
{
	uint64_t start = fl_now_ns();

	fl_session_free(l->session);
	fl_object_free(l->obj);
	live_times.free += fl_now_ns() - start;
	if (l->calls >= 0)
		close(l->calls);
	if (l->sets >= 0)
		close(l->sets);
}

static void on_event(const struct fl_event *e, void *arg)
{
	struct live *l = arg;

	if (e->kind != FL_EVENT_LOG || l->log_len + FL_MAX_LOG + 2 > sizeof(l->log))
		return;
	fl_log_text(l->obj, e, NULL, l->log + l->log_len, FL_MAX_LOG);
	l->log_len += strlen(l->log + l->log_len);
	l->log[l->log_len++] = '\n';
	l->log[l->log_len] = '\0';
}

static int call(const struct live *l, const char *line, char *answer)
{
	ssize_t n;

	if (write(l->calls, line, strlen(line)) < 0)
		return -errno;
	n = pread(l->calls, answer, GAME_ANSWER - 1, 0);
	if (n < 0)
		return -errno;
	answer[n] = '\0';
	return 0;
}

static int call_system(const char *text, char *answer)
{
	uint64_t a[6];
	char name[64];
	long number = game_syscall(text, name, sizeof(name), a), result;

	errno = 0;
	result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (result == -1 && errno)
		snprintf(answer, GAME_ANSWER, "errno %d\n", -errno);
	else
		snprintf(answer, GAME_ANSWER, "real\n");
	return 0;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* The counters of one rule on one function. */
static void counts_of(const struct live *l, size_t rule, const struct fl_on *on,
		      struct fl_counts *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (size_t i = 0; i < l->obj->nslots; i++) {
		const struct fl_obj_attach *at = &l->obj->attaches[l->obj->slots[i].attach];

		if (l->obj->slots[i].rule == rule && is_same(at->func, on->func->name) &&
		    is_same(at->module, on->func->module))
			fl_session_counts(l->session, i, sum);
	}
}

static void step_counts(const struct live *l, const struct game *g, size_t first, size_t nrules,
			char *answer)
{
	size_t n = 0;

	for (size_t i = first; i < first + nrules && n + 200 < GAME_ANSWER; i++) {
		struct fl_counts sum = { 0 }, one;

		for (size_t j = 0; j < g->script.rules[i].nons; j++) {
			counts_of(l, i, &g->script.rules[i].ons[j], &one);
			sum.calls += one.calls;
			sum.matched += one.matched;
			sum.injected += one.injected;
			sum.fired += one.fired;
		}
		n += (size_t)snprintf(answer + n, GAME_ANSWER - n, "%llu %llu %llu %llu\n",
				      sum.calls, sum.matched, sum.injected, sum.fired);
	}
}

bool live_same_counts(const struct live *l, const struct game *g)
{
	bool same = true;

	for (size_t i = 0; i < g->script.nrules; i++) {
		for (size_t j = 0; j < g->script.rules[i].nons; j++) {
			const struct eval_counts *e = eval_counts(g->ev, i, j);
			struct fl_counts c;

			counts_of(l, i, &g->script.rules[i].ons[j], &c);
			if (c.calls == e->calls && c.matched == e->matched &&
			    c.injected == e->injected && c.fired == e->fired && !c.lost)
				continue;
			same = false;
			printf("rule %zu on %s: %llu calls %llu matched %llu injected %llu fired "
			       "%llu lost; the evaluator: %" PRIu64 " %" PRIu64 " %" PRIu64
			       " %" PRIu64 "\n%s\n",
			       i + 1, g->script.rules[i].ons[j].func->name, c.calls, c.matched,
			       c.injected, c.fired, c.lost, e->calls, e->matched, e->injected,
			       e->fired, l->obj->rules[i].text);
		}
	}
	return same;
}

int live_step(struct live *l, const struct game *g, const struct step *s, size_t first,
	      size_t nrules, char *answer)
{
	struct fl_run_knobs *run = l->session->run.memory;
	int64_t value;
	int err = 0, param;

	*answer = '\0';
	switch (s->kind) {
	case STEP_CALL:
		err = call(l, s->text, answer);
		break;
	case STEP_SET:
		err = write(l->sets, s->text, strlen(s->text)) < 0 ? -errno : 0;
		break;
	case STEP_PARAM:
		param = game_param(g, s->text, &value);
		if (param < 0)
			return -ENOENT;
		fl_session_set_param(l->session, (size_t)param, value);
		break;
	case STEP_ELAPSED:
		run->armed_ns = fl_now_ns() - table_time(s->text);
		break;
	case STEP_SYS:
		err = call_system(s->text, answer);
		break;
	case STEP_COUNTS:
		step_counts(l, g, first, nrules, answer);
		break;
	case STEP_LOG:
		fl_session_events(l->session, on_event, l);
		snprintf(answer, GAME_ANSWER, "%s", l->log);
		l->log_len = 0;
		l->log[0] = '\0';
		break;
	}
	if (s->kind != STEP_LOG)
		fl_session_events(l->session, on_event, l);
	return err;
}
