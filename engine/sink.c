/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sink.c - what the sink gets of failures, modules and the kernel log. */
#include <errno.h>
#include <stdarg.h>

#include "engine_impl.h"
#include "klog.h"

void fl_engine_report_fault(const struct fl_engine *en, const struct fl_fault *fault)
{
	if (en->opts.sink.fault)
		en->opts.sink.fault(en->opts.sink.arg, fault);
}

int fl_engine_fail(struct fl_engine *en, int err, enum fl_fault_tag tag, ...)
{
	struct fl_fault f;
	va_list ap;

	va_start(ap, tag);
	fl_fault_vraise(&f, tag, ap);
	va_end(ap);
	fl_engine_report_fault(en, &f);
	return err;
}

int fl_engine_no_memory(struct fl_engine *en)
{
	return fl_engine_fail(en, -ENOMEM, FL_F_MEMORY, NULL);
}

void fl_engine_report_module(const struct fl_armed *a, const struct fl_module_news *news)
{
	const struct fl_engine_sink *sink = &a->en->opts.sink;

	if (sink->module)
		sink->module(sink->arg, a, news);
}

static void on_splat(const char *line, void *arg)
{
	struct fl_engine *en = arg;

	en->splats++;
	if (en->opts.sink.splat)
		en->opts.sink.splat(en->opts.sink.arg, line);
}

void fl_engine_take_klog(struct fl_engine *en)
{
	fl_klog_splats(en->klog_fd, on_splat, en);
}

static void take_klog(void *arg)
{
	fl_engine_take_klog(arg);
}

void fl_engine_open_klog(struct fl_engine *en)
{
	if (en->klog_fd >= 0)
		return;
	en->klog_fd = fl_klog_open();
	/* without a handler it is read by fl_engine_drain() */
	if (en->klog_fd >= 0)
		fl_loop_add(&en->loop, en->klog_fd, take_klog, en);
}
