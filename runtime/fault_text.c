/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fault_text.c - the log that libbpf and the verifier write, and what errors are called. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "refusal.h"

/* libbpf's print function takes no user argument. */
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

const char *fl_fault_error(int err)
{
	return err == -ENOTSUPP ? "it is not supported" : strerror(-err);
}

void fl_fault_errno(struct fl_fault *fault, enum fl_fault_tag tag, int err)
{
	fl_fault_raise(fault, tag, fl_fault_error(err), NULL);
	if (err == -EPERM || err == -EACCES)
		fault->kind = FL_FAULT_PERMISSION;
}

bool fl_fault_said(const struct fl_fault_log *log, const char *text)
{
	return log->text && strstr(log->text, text);
}

bool fl_fault_was_verified(const struct fl_fault_log *log)
{
	static const char processed[] = "\nprocessed ";
	const char *text = log->text ? strstr(log->text, processed) : NULL;

	return text && strtoul(text + strlen(processed), NULL, 10) > 0;
}
