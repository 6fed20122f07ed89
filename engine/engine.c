/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine.c - an engine: what all sets of rules share, and one turn of the loop. */
#include "engine.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine_impl.h"
#include "klog.h"
#include "syscall.h"

#define BEAT_MS 250 /* injection stops when there is none for 3 s */
#define NS_PER_MS UINT64_C(1000000)

void fl_engine_report_fault(const struct fl_engine *en, const struct fl_fault *fault)
{
	if (en->opts.sink.fault)
		en->opts.sink.fault(en->opts.sink.arg, fault);
}

int fl_engine_fail(struct fl_engine *en, int err, enum fl_fault_kind kind, const char *hint,
		   const char *format, ...)
{
	struct fl_fault f = { .kind = kind, .prog = -1 };
	va_list ap;

	va_start(ap, format);
	vsnprintf(f.text, sizeof(f.text), format, ap);
	va_end(ap);
	snprintf(f.hint, sizeof(f.hint), "%s", hint);
	fl_engine_report_fault(en, &f);
	return err;
}

int fl_engine_no_memory(struct fl_engine *en)
{
	return fl_engine_fail(en, -ENOMEM, FL_FAULT_SYSTEM, "", "out of memory");
}

void fl_engine_report_module(const struct fl_armed *a, const struct fl_module_news *news)
{
	const struct fl_engine_sink *sink = &a->en->opts.sink;

	if (sink->module)
		sink->module(sink->arg, a, news);
}

static void beat(void *arg)
{
	fl_engine_beat(arg);
}

int fl_engine_new(const struct fl_engine_opts *opts, struct fl_engine **out)
{
	struct fl_engine *en = calloc(1, sizeof(*en));
	int err;

	*out = NULL;
	if (!en)
		return -ENOMEM;
	en->opts = *opts;
	en->klog_fd = en->uevent_fd = en->follow_fd = -1;
	fl_server_init(&en->server, beat, en);
	err = fl_loop_init(&en->loop);
	if (!err)
		err = fl_facts_open(&opts->facts, &en->kernel);
	if (err) {
		fl_engine_free(en);
		return err;
	}
	*out = en;
	return 0;
}

static void close_watched(struct fl_engine *en, int *fd)
{
	if (*fd < 0)
		return;
	fl_loop_remove(&en->loop, *fd);
	close(*fd);
	*fd = -1;
}

void fl_engine_free(struct fl_engine *en)
{
	if (!en)
		return;
	while (en->sets)
		fl_armed_free(en->sets);
	fl_server_stop(&en->server);
	close_watched(en, &en->klog_fd);
	close_watched(en, &en->uevent_fd);
	close_watched(en, &en->follow_fd);
	fl_loop_release(&en->loop);
	fl_facts_close(en->kernel);
	free(en);
}

struct fl_kernel *fl_engine_kernel(const struct fl_engine *en)
{
	return en->kernel;
}

void fl_engine_warm(struct fl_engine *en)
{
	fl_server_warm(&en->server, fl_arch_find(en->kernel->arch)->target);
}

void fl_engine_cool(struct fl_engine *en)
{
	fl_server_stop(&en->server);
}

static int compiler_failed(struct fl_engine *en, const struct fl_source *src, char *log)
{
	struct fl_fault f = { .kind = FL_FAULT_DEFECT, .prog = -1, .log = log };

	snprintf(f.text, sizeof(f.text),
		 "the C for '%s' did not compile, which is a defect of faultline", src->name);
	fl_engine_report_fault(en, &f);
	return -EIO;
}

int fl_engine_compile(struct fl_engine *en, const struct fl_source *src,
		      const struct fl_compile_opts *compile_opts, struct fl_object **obj)
{
	struct fl_compile_opts opts = *compile_opts;
	const struct fl_engine_sink *sink = &en->opts.sink;
	struct fl_diags ds;
	char *log = NULL;
	int err;

	opts.clang = fl_server_compile;
	opts.clang_arg = &en->server;
	fl_diags_init(&ds);
	err = fl_compile(src, en->kernel, &opts, &ds, obj, &log);
	/* of a plan that was changed, all but errors was reported of the first */
	if (sink->diags && ds.n && (err || !opts.plan.nrefusals))
		sink->diags(sink->arg, &ds);
	if (err == -ENOMEM)
		fl_engine_no_memory(en);
	else if (err && err != -EINVAL)
		err = compiler_failed(en, src, log);
	free(log);
	fl_diags_release(&ds);
	return err;
}

static void on_splat(const char *line, void *arg)
{
	struct fl_engine *en = arg;

	en->splats++;
	if (en->opts.sink.splat)
		en->opts.sink.splat(en->opts.sink.arg, line);
}

static void take_klog(void *arg)
{
	struct fl_engine *en = arg;

	fl_klog_splats(en->klog_fd, on_splat, en);
}

void fl_engine_open_klog(struct fl_engine *en)
{
	if (en->klog_fd >= 0)
		return;
	en->klog_fd = fl_klog_open();
	/* without a handler it is read when somebody drains */
	if (en->klog_fd >= 0)
		fl_loop_add(&en->loop, en->klog_fd, take_klog, en);
}

void fl_engine_beat(struct fl_engine *en)
{
	for (const struct fl_armed *a = en->sets; a; a = a->next) {
		if (a->begun)
			fl_session_beat(a->parts[0]->session);
	}
}

void fl_engine_drain(struct fl_engine *en)
{
	for (const struct fl_armed *a = en->sets; a; a = a->next) {
		for (size_t i = 0; i < a->nparts; i++)
			fl_part_drain(a->parts[i]);
	}
	take_klog(en);
}

/* No longer than until the next beat, or the nearest deadline. */
static int wait_ms(const struct fl_engine *en, int timeout_ms)
{
	int ms = timeout_ms < 0 || timeout_ms > BEAT_MS ? BEAT_MS : timeout_ms;

	for (const struct fl_armed *a = en->sets; a; a = a->next) {
		uint64_t left = a->begun ? fl_armed_deadline(a) : FL_NEVER;

		/* one that has passed is no reason to hurry */
		if (left && left < (uint64_t)ms * NS_PER_MS)
			ms = (int)((left + NS_PER_MS - 1) / NS_PER_MS);
	}
	return ms;
}

int fl_engine_step(struct fl_engine *en, int timeout_ms)
{
	int n = fl_loop_turn(&en->loop, wait_ms(en, timeout_ms));

	fl_engine_beat(en);
	return n < 0 ? n : 0;
}

int fl_engine_watch(struct fl_engine *en, int fd, void (*fn)(void *arg), void *arg)
{
	return fl_loop_add(&en->loop, fd, fn, arg);
}

void fl_engine_unwatch(struct fl_engine *en, int fd)
{
	fl_loop_remove(&en->loop, fd);
}
