/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "refusal.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lockdown.h"

#define ENOTSUPP 524 /* include/linux/errno.h in the kernel; it gets out to users */

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

__attribute__((format(printf, 2, 3))) static void say(struct fl_fault *fault, const char *format,
						      ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(fault->text, sizeof(fault->text), format, ap);
	va_end(ap);
}

static void hint(struct fl_fault *fault, const char *text)
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
	say(fault, "the kernel is locked down (confidentiality): %s '%s'%s", before, func, after);
	hint(fault, "boot with lockdown=integrity or lockdown=none, or without Secure Boot");
}

static void permission(struct fl_fault *fault)
{
	fault->kind = FL_FAULT_PERMISSION;
	say(fault, "the kernel does not permit this process to load BPF programs");
	hint(fault,
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
	hint(fault, advice);
}

const char *fl_fault_error(int err)
{
	return err == -ENOTSUPP ? "it is not supported" : strerror(-err);
}

void fl_fault_set(struct fl_fault *fault, int err, const char *text)
{
	start(fault, err == -EPERM || err == -EACCES ? FL_FAULT_PERMISSION : FL_FAULT_SYSTEM, NULL);
	say(fault, "%s: %s", text, fl_fault_error(err));
}

static bool said(const struct fl_fault_log *log, const char *text)
{
	return log->text && strstr(log->text, text);
}

static const char *func_of(const struct fl_object *obj, const struct fl_obj_prog *prog)
{
	return obj->attaches[prog->first_attach].func;
}

static const char *module_of(const struct fl_object *obj, const struct fl_obj_prog *prog)
{
	return obj->attaches[prog->first_attach].module;
}

/*
 * Did the verifier come to look at instructions? Where a program cannot be put
 * on its function at all, it says that it processed none.
 */
static bool was_verified(const struct fl_fault_log *log)
{
	static const char processed[] = "\nprocessed ";
	const char *text = log->text ? strstr(log->text, processed) : NULL;

	return text && strtoul(text + strlen(processed), NULL, 10) > 0;
}

static void rejected(struct fl_fault *fault, const char *func)
{
	say(fault, "the kernel's verifier rejected the program for '%s'", func);
	hint(fault, "this is a defect of faultline; -v shows the verifier's log");
}

/* check_helper_call() in the kernel's verifier, which was reworded. */
static bool lacks_override(const struct fl_fault_log *log)
{
	return said(log, "unknown func bpf_override_return") ||
	       said(log, "cannot use helper bpf_override_return");
}

/* libbpf writes bpf_probe_read() where it finds that there is no ..._kernel(). */
static bool lacks_reading(const struct fl_fault_log *log)
{
	return said(log, "unknown func bpf_probe_read") ||
	       said(log, "cannot use helper bpf_probe_read");
}

static void no_override(struct fl_fault *fault, const char *func, const struct fl_obj_prog *prog)
{
	/* one by one, there may be fmod_ret for some of many functions */
	fault->kind = prog->backend == FL_BACKEND_KPROBE_MULTI ? FL_FAULT_REFUSED : FL_FAULT_KERNEL;
	say(fault, "this kernel cannot override what '%s' returns by a kprobe", func);
	snprintf(fault->hint, sizeof(fault->hint),
		 "that needs CONFIG_BPF_KPROBE_OVERRIDE; it takes a kprobe because %s",
		 prog->reason);
}

/*
 * More instructions than the verifier looks at, or more texts at a time than
 * there may be memory for on each CPU.
 */
static bool is_too_large(const struct fl_fault_log *log, int err)
{
	return err == -E2BIG && (was_verified(log) || said(log, "map 'fl_scratches'"));
}

static void too_large(struct fl_fault *fault, const char *func)
{
	fault->kind = FL_FAULT_REQUEST;
	say(fault, "the rules%s%s%s are together too large for the kernel", func ? " on '" : "",
	    func ? func : "", func ? "'" : "");
	hint(fault, "simplify their conditions, or arm them in separate runs");
}

/* Which program libbpf was at: it names the program before its log. */
static int failed_prog(const struct fl_object *obj, const struct fl_fault_log *log)
{
	for (size_t i = 0; i < obj->nprogs; i++) {
		char quoted[192];

		snprintf(quoted, sizeof(quoted), "prog '%s':", obj->progs[i].name);
		if (said(log, quoted))
			return (int)i;
	}
	return -1;
}

void fl_fault_load(struct fl_fault *fault, const struct fl_object *obj,
		   const struct fl_fault_log *log, int err)
{
	const struct fl_obj_prog *prog;

	start(fault, FL_FAULT_SYSTEM, log);
	fault->prog = failed_prog(obj, log);
	prog = fault->prog >= 0 ? &obj->progs[fault->prog] : NULL;

	if (err == -ENOSYS) {
		fault->kind = FL_FAULT_KERNEL;
		say(fault, "this kernel has no BPF");
		hint(fault, "it needs CONFIG_BPF_SYSCALL");
	} else if (is_too_large(log, err)) {
		too_large(fault, prog ? func_of(obj, prog) : NULL);
	} else if (prog && lacks_reading(log) && is_confidential()) {
		locked_down(fault, "the program for", func_of(obj, prog),
			    " may not read the kernel's memory");
	} else if (prog && lacks_override(log)) {
		no_override(fault, func_of(obj, prog), prog);
	} else if (prog && fl_backend_is_tracing(prog->backend) &&
		   (err == -EINVAL || err == -ENOTSUP || err == -ENOTSUPP || err == -E2BIG ||
		    err == -ENOENT)) {
		fault->kind = FL_FAULT_REFUSED;
		if (err == -EINVAL && was_verified(log))
			rejected(fault, func_of(obj, prog));
		else if (said(log, "is not modifiable"))
			say(fault, "the kernel does not let '%s' be modified", func_of(obj, prog));
		else
			say(fault, "the kernel cannot put a %s program on '%s'",
			    fl_backend_name(prog->backend), func_of(obj, prog));
	} else if (err == -EPERM && prog && module_of(obj, prog) &&
		   fl_backend_is_tracing(prog->backend) && !said(log, "BEGIN PROG LOAD LOG")) {
		fault->kind = FL_FAULT_REFUSED;
		say(fault, "the types of module '%s' cannot be opened without CAP_SYS_ADMIN",
		    module_of(obj, prog));
	} else if (err == -EPERM || err == -EACCES) {
		if (prog && said(log, "BEGIN PROG LOAD LOG"))
			rejected(fault, func_of(obj, prog));
		else
			permission(fault);
	} else if (prog && err == -EINVAL && was_verified(log)) {
		rejected(fault, func_of(obj, prog));
	} else if (prog) {
		say(fault, "the kernel rejected the program for '%s': %s", func_of(obj, prog),
		    fl_fault_error(err));
		hint(fault, "-v shows the verifier's log");
	} else {
		say(fault, "the programs cannot be loaded: %s", fl_fault_error(err));
		hint(fault, "-v shows what libbpf said");
	}
}

void fl_fault_attach(struct fl_fault *fault, const struct fl_object *obj, int i,
		     const struct fl_fault_log *log, int err)
{
	const struct fl_obj_prog *prog = &obj->progs[i];

	start(fault, FL_FAULT_SYSTEM, log);
	fault->prog = i;
	if ((fl_backend_is_tracing(prog->backend) || prog->backend == FL_BACKEND_KPROBE_MULTI) &&
	    err != -EPERM && err != -EACCES) {
		fault->kind = FL_FAULT_REFUSED;
		/* BPF_MAX_TRAMP_LINKS in include/linux/bpf.h */
		say(fault, "the kernel cannot attach a %s program to '%s': %s",
		    fl_backend_name(prog->backend), func_of(obj, prog),
		    err == -E2BIG ? "as many are on it as there may be (38)" : fl_fault_error(err));
	} else if ((err == -EPERM || err == -EACCES) && is_confidential()) {
		locked_down(fault, "a kprobe cannot be put on", func_of(obj, prog), "");
	} else if (err == -EPERM || err == -EACCES) {
		permission(fault);
	} else if (err == -EADDRNOTAVAIL) {
		fault->kind = FL_FAULT_KERNEL;
		say(fault, "the kernel has several functions called '%s'", func_of(obj, prog));
		hint(fault, "a kprobe cannot tell them apart");
	} else if (err == -ENOENT) {
		fault->kind = FL_FAULT_KERNEL;
		say(fault, "the kernel has no function '%s' that a kprobe can be put on",
		    func_of(obj, prog));
		hint(fault,
		     "it may have been inlined, or its module was unloaded, or the kernel has no "
		     "CONFIG_KPROBES");
	} else if (err == -EINVAL) {
		fault->kind = FL_FAULT_KERNEL;
		say(fault, "the kernel does not let a kprobe override what '%s' returns",
		    func_of(obj, prog));
		hint(fault, "only functions on its list of injectable functions can be");
	} else {
		say(fault, "a kprobe cannot be put on '%s': %s", func_of(obj, prog),
		    fl_fault_error(err));
	}
}
