/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "refusal.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/ops.h"
#include "lockdown.h"

/* libbpf's print function has no argument of ours. */
static struct fl_fault_log *current, *current_taken;

static int collect(enum libbpf_print_level level, const char *format, va_list ap)
{
	/* the log of a program that was taken comes among words for libbpf's developers */
	struct fl_fault_log *log = level != LIBBPF_DEBUG		   ? current
				   : strstr(format, "BEGIN PROG LOAD LOG") ? current_taken
									   : NULL;
	va_list again;
	int len;

	if (!log)
		return 0;
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len <= 0)
		return 0;
	if (log->len + (size_t)len + 1 > log->cap) {
		size_t cap = (log->len + (size_t)len + 1) * 2;
		char *bigger = realloc(log->text, cap);

		if (!bigger)
			return 0;
		log->text = bigger;
		log->cap = cap;
	}
	log->len += (size_t)vsnprintf(log->text + log->len, log->cap - log->len, format, ap);
	return len;
}

void fl_fault_log_start(struct fl_fault_log *log, struct fl_fault_log *taken)
{
	fl_fault_log_release(log);
	current = log;
	current_taken = taken;
	libbpf_set_print(collect);
}

void fl_fault_log_stop(struct fl_fault_log *log)
{
	(void)log;
	current = current_taken = NULL;
}

void fl_fault_log_release(struct fl_fault_log *log)
{
	free(log->text);
	memset(log, 0, sizeof(*log));
}

static void start(struct fl_fault *fault, enum fl_fault_kind kind, const struct fl_fault_log *log)
{
	memset(fault, 0, sizeof(*fault));
	fault->kind = kind;
	fault->prog = -1;
	if (log && log->text)
		fault->log = strdup(log->text);
}

void fl_fault_say(struct fl_fault *fault, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(fault->text, sizeof(fault->text), format, ap);
	va_end(ap);
}

void fl_fault_hint(struct fl_fault *fault, const char *text)
{
	snprintf(fault->hint, sizeof(fault->hint), "%s", text);
}

static bool is_confidential(void)
{
	char lockdown[FL_LOCKDOWN_SIZE];

	return !fl_lockdown("", lockdown) && !strcmp(lockdown, "confidentiality");
}

static void locked_down(struct fl_fault *fault, const char *before, const char *func,
			const char *after)
{
	fault->kind = FL_FAULT_PERMISSION;
	fl_fault_say(fault, "the kernel is locked down (confidentiality): %s '%s'%s", before, func,
		     after);
	fl_fault_hint(fault,
		      "boot with lockdown=integrity or lockdown=none, or without Secure Boot");
}

static void permission(struct fl_fault *fault)
{
	fault->kind = FL_FAULT_PERMISSION;
	fl_fault_say(fault, "the kernel does not permit this process to load BPF programs");
	fl_fault_hint(
		fault,
		"run it as root, or with CAP_BPF, CAP_PERFMON and CAP_SYS_RESOURCE; a container "
		"or lockdown may forbid it all the same");
}

void fl_fault_request(struct fl_fault *fault, const char *advice, const char *format, ...)
{
	va_list ap;

	start(fault, FL_FAULT_REQUEST, NULL);
	va_start(ap, format);
	vsnprintf(fault->text, sizeof(fault->text), format, ap);
	va_end(ap);
	fl_fault_hint(fault, advice);
}

const char *fl_fault_error(int err)
{
	return err == -ENOTSUPP ? "it is not supported" : strerror(-err);
}

void fl_fault_set(struct fl_fault *fault, int err, const char *text)
{
	start(fault, err == -EPERM || err == -EACCES ? FL_FAULT_PERMISSION : FL_FAULT_SYSTEM, NULL);
	fl_fault_say(fault, "%s: %s", text, fl_fault_error(err));
}

bool fl_fault_said(const struct fl_fault_log *log, const char *text)
{
	return log->text && strstr(log->text, text);
}

static void fill(struct fl_refused *r, const struct fl_object *obj, int prog)
{
	const struct fl_obj_attach *attach;

	r->prog = &obj->progs[prog];
	attach = &obj->attaches[r->prog->first_attach];
	r->func = attach->func;
	r->module = attach->module;
}

bool fl_fault_was_verified(const struct fl_fault_log *log)
{
	static const char processed[] = "\nprocessed ";
	const char *text = log->text ? strstr(log->text, processed) : NULL;

	return text && strtoul(text + strlen(processed), NULL, 10) > 0;
}

void fl_fault_rejected(struct fl_fault *fault, const char *func)
{
	fl_fault_say(fault, "the kernel's verifier rejected the program for '%s'", func);
	fl_fault_hint(fault, "this is a defect of faultline; -v shows the verifier's log");
}

/* libbpf writes bpf_probe_read() where it finds that there is no ..._kernel(). */
static bool lacks_reading(const struct fl_fault_log *log)
{
	return fl_fault_said(log, "unknown func bpf_probe_read") ||
	       fl_fault_said(log, "cannot use helper bpf_probe_read");
}

/*
 * More instructions than the verifier looks at, or more texts at a time than
 * there may be memory for on each CPU.
 */
static bool is_too_large(const struct fl_fault_log *log, int err)
{
	return err == -E2BIG &&
	       (fl_fault_was_verified(log) || fl_fault_said(log, "map 'fl_scratches'"));
}

static void too_large(struct fl_fault *fault, const char *func)
{
	fault->kind = FL_FAULT_REQUEST;
	fl_fault_say(fault, "the rules%s%s%s are together too large for the kernel",
		     func ? " on '" : "", func ? func : "", func ? "'" : "");
	fl_fault_hint(fault, "simplify their conditions, or arm them in separate runs");
}

/* Which program libbpf was at: it names the program before its log. */
static int failed_prog(const struct fl_object *obj, const struct fl_fault_log *log)
{
	for (size_t i = 0; i < obj->nprogs; i++) {
		char quoted[192];

		snprintf(quoted, sizeof(quoted), "prog '%s':", obj->progs[i].name);
		if (fl_fault_said(log, quoted))
			return (int)i;
	}
	return -1;
}

/* What the back end of @prog knows of it. */
static bool explain(struct fl_fault *fault, const struct fl_refused *r)
{
	const struct fl_backend_ops *ops = fl_backend_ops(r->prog->backend);

	return ops->explain_load && ops->explain_load(fault, r);
}

void fl_fault_load(struct fl_fault *fault, const struct fl_object *obj,
		   const struct fl_fault_log *log, int err)
{
	struct fl_refused r = { .log = log, .err = err };

	start(fault, FL_FAULT_SYSTEM, log);
	fault->prog = failed_prog(obj, log);
	if (fault->prog >= 0)
		fill(&r, obj, fault->prog);

	if (err == -ENOSYS) {
		fault->kind = FL_FAULT_KERNEL;
		fl_fault_say(fault, "this kernel has no BPF");
		fl_fault_hint(fault, "it needs CONFIG_BPF_SYSCALL");
	} else if (is_too_large(log, err)) {
		too_large(fault, r.func);
	} else if (r.prog && lacks_reading(log) && is_confidential()) {
		locked_down(fault, "the program for", r.func, " may not read the kernel's memory");
	} else if (r.prog && explain(fault, &r)) {
		return;
	} else if (err == -EPERM || err == -EACCES) {
		if (r.prog && fl_fault_said(log, "BEGIN PROG LOAD LOG"))
			fl_fault_rejected(fault, r.func);
		else
			permission(fault);
	} else if (r.prog && err == -EINVAL && fl_fault_was_verified(log)) {
		fl_fault_rejected(fault, r.func);
	} else if (r.prog) {
		fl_fault_say(fault, "the kernel rejected the program for '%s': %s", r.func,
			     fl_fault_error(err));
		fl_fault_hint(fault, "-v shows the verifier's log");
	} else {
		fl_fault_say(fault, "the programs cannot be loaded: %s", fl_fault_error(err));
		fl_fault_hint(fault, "-v shows what libbpf said");
	}
}

void fl_fault_attach(struct fl_fault *fault, const struct fl_object *obj, int i,
		     const struct fl_fault_log *log, int err)
{
	struct fl_refused r = { .log = log, .err = err };

	start(fault, FL_FAULT_SYSTEM, log);
	fault->prog = i;
	fill(&r, obj, i);
	if (err != -EPERM && err != -EACCES)
		fl_backend_ops(r.prog->backend)->explain_attach(fault, &r);
	else if (is_confidential())
		locked_down(fault, "a kprobe cannot be put on", r.func, "");
	else
		permission(fault);
}
