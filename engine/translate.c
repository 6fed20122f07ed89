/* SPDX-License-Identifier: GPL-2.0-or-later */
/* translate.c - a script to an object, Clang in its own process; errors go to the sink. */
#include <errno.h>
#include <stdlib.h>

#include "engine_impl.h"

static int compiler_failed(struct fl_engine *en, const struct fl_source *src, int err, char *log)
{
	struct fl_fault f;

	if (err == -ETIME)
		fl_fault_raise(&f, FL_F_COMPILER_TIME, src->name, fl_digits(FL_SERVER_CPU_S).text,
			       NULL);
	else if (err == -ETIMEDOUT)
		fl_fault_raise(&f, FL_F_COMPILER_STARVED, src->name,
			       fl_digits(FL_SERVER_PATIENCE_MS / 60000).text, NULL);
	else
		fl_fault_raise(&f, FL_F_COMPILER, src->name, NULL);
	f.log = log;
	fl_engine_report_fault(en, &f);
	return -EIO;
}

/* A trampoline is on a function that takes a kprobe. */
static bool is_undone(const struct fl_diags *ds)
{
	for (size_t i = 0; i < ds->n; i++) {
		if (ds->list[i].tag == FL_E_UNDONE)
			return true;
	}
	return false;
}

static int compile(struct fl_engine *en, const struct fl_source *src,
		   const struct fl_compile_opts *opts, struct fl_diags *ds, struct fl_object **obj,
		   char **log)
{
	uint64_t started = fl_now_ns(), before = en->server.spent_ns, in_clang;
	int err;

	fl_diags_init(ds);
	err = fl_compile(src, en->kernel, opts, ds, obj, log);
	in_clang = en->server.spent_ns - before;
	en->timing.clang_ns += in_clang;
	en->timing.front_ns += fl_now_ns() - started - in_clang;
	return err;
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
	err = compile(en, src, &opts, &ds, obj, &log);
	if (err == -EINVAL && is_undone(&ds) && fl_engine_let_leave(en)) {
		fl_diags_release(&ds);
		err = compile(en, src, &opts, &ds, obj, &log);
	}
	/* of a plan that was changed, all but errors was reported of the first */
	if (sink->diags && ds.n && (err || !opts.plan.nrefusals))
		sink->diags(sink->arg, &ds);
	if (err == -ENOMEM)
		fl_engine_no_memory(en);
	else if (err && err != -EINVAL)
		err = compiler_failed(en, src, err, log);
	free(log);
	fl_diags_release(&ds);
	return err;
}
