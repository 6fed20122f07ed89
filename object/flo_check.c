/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fl_abi.h"
#include "flo_impl.h"

#define MAX_CPUS 65536	/* more than any kernel is built for */
#define MAX_WORDS 65536 /* of a string in a script */

static const char *check_progs(const struct fl_object *obj)
{
	size_t next = 0;

	for (size_t i = 0; i < obj->nprogs; i++) {
		const struct fl_obj_prog *p = &obj->progs[i];

		if (p->backend == FL_BACKEND_AUTO)
			return "a program has no back end";
		if (p->first_attach != next || !p->nattaches ||
		    p->nattaches > obj->nattaches - next)
			return "a program has functions of another";
		if (p->nattaches > 1 && p->backend != FL_BACKEND_KPROBE_MULTI)
			return "a program has too many functions";
		next += p->nattaches;
	}
	return next == obj->nattaches ? NULL : "a function has no program";
}

static const char *check_attaches(const struct fl_object *obj)
{
	for (size_t i = 0; i < obj->nattaches; i++) {
		const struct fl_obj_attach *a = &obj->attaches[i];
		const struct fl_obj_prog *p = &obj->progs[a->prog];

		if (i - p->first_attach >= p->nattaches)
			return "a function says that another program is on it";
		if (a->cookie >> 32 >= obj->nfuncs || (uint32_t)a->cookie != i - p->first_attach)
			return "a function has the cookie of another";
	}
	return NULL;
}

/* Number of values of a format; -1: it ends within a directive. */
static int count_directives(const char *format)
{
	int n = 0;

	for (const char *p = format; *p; p++) {
		if (*p != '%')
			continue;
		if (!*++p)
			return -1;
		n += *p != '%';
	}
	return n;
}

static const char *check_logs(const struct fl_object *obj)
{
	for (size_t i = 0; i < obj->nlogs; i++) {
		const struct fl_obj_log *log = &obj->logs[i];
		int n = count_directives(log->format);

		if (n < 0 || (size_t)n != log->nargs)
			return "a log has another number of values than its format";
		for (size_t j = 0; j < log->nargs; j++) {
			const struct fl_obj_log_arg *arg = &log->args[j];

			if (!arg->words || arg->words > MAX_WORDS ||
			    (arg->words > 1 && arg->kind != FL_LOG_STRING))
				return "a value of a log has a wrong size";
		}
	}
	return NULL;
}

static const char *check_expects(const struct fl_object *obj)
{
	for (size_t i = 0; i < obj->nexpects; i++) {
		const struct fl_obj_expect *x = &obj->expects[i];

		if (!fl_expect_is_sound(x))
			return "the code of an expectation is wrong";
		for (size_t j = 0; j < x->nops; j++) {
			const struct fl_obj_op *op = &x->ops[j];
			uint64_t n = (uint64_t)op->value;

			if (op->code == FL_CODE_PARAM && n >= obj->nparams)
				return "an expectation has an unknown parameter";
			if (op->code == FL_CODE_COUNTER &&
			    (n >= obj->nrules || op->arg > FL_COUNT_FIRED))
				return "an expectation has an unknown counter";
		}
	}
	return NULL;
}

static const char *check_keys(const struct fl_object *obj)
{
	for (size_t i = 0; i < obj->nstates; i++) {
		if (obj->states[i].key_words > FL_KEY_WORDS)
			return "a state has keys of a wrong size";
	}
	for (size_t i = 0; i < obj->nconds; i++) {
		if (obj->conds[i].nsure > obj->conds[i].ntests)
			return "a condition has too few terms";
	}
	return NULL;
}

const char *fl_flo_problem(const struct fl_object *obj)
{
	const char *problem = NULL;

	if (!obj->ncpus || obj->ncpus > MAX_CPUS || obj->ncpus & (obj->ncpus - 1))
		problem = "it is for a wrong number of CPUs";
	if (!obj->nrules)
		problem = "it has no rules";
	if (!problem)
		problem = check_progs(obj);
	if (!problem)
		problem = check_attaches(obj);
	if (!problem)
		problem = check_logs(obj);
	if (!problem)
		problem = check_expects(obj);
	return problem ? problem : check_keys(obj);
}
