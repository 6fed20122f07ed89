/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * attached.c - what is already attached to functions: the kernel's list of
 * functions that ftrace has changed, as t_show() of its kernel/trace/ftrace.c
 * writes it.
 *
 * A kprobe matters because it may override, unless the kernel was built without
 * BPF_KPROBE_OVERRIDE.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "facts_impl.h"

/* "fl_int0 [fl_targets] (2) R   D    ->..."; false for another line. */
static bool parse_line(char *line, struct fl_attached *a)
{
	char *count = strstr(line, " ("), *flags, *module;

	if (!count || *line == '\t')
		return false;
	*count = '\0';
	flags = strchr(count + 1, ')');
	if (!flags)
		return false;
	/* what follows the flags are names of functions */
	flags[strcspn(flags, "\t-")] = '\0';
	module = strstr(line, " [");
	if (module) {
		*module = '\0';
		module += 2;
		module[strcspn(module, "]")] = '\0';
	}
	*a = (struct fl_attached){
		.func = line,
		.module = module,
		.probe = strchr(flags, 'R') != NULL,
		.trampoline = strchr(flags, 'D') != NULL,
	};
	return true;
}

/*
 * Only if there is a probe: reading the configuration takes longer than the list.
 */
static bool can_override(struct fl_kernel *k)
{
	bool known;

	return k->ops->config(k, "BPF_KPROBE_OVERRIDE", &known) || !known;
}

int fl_facts_each_attached(struct fl_kernel *k, int (*fn)(const struct fl_attached *a, void *arg),
			   void *arg)
{
	char path[PATH_MAX], *text, *save = NULL;
	struct fl_attached a;
	size_t len;
	int stop = 0;

	snprintf(path, sizeof(path), "%s/sys/kernel/tracing/enabled_functions",
		 fl_facts_of(k)->root);
	text = fl_read_text(path, &len);
	if (!text) {
		k->out_of_memory |= errno == ENOMEM;
		return -errno;
	}
	for (char *line = strtok_r(text, "\n", &save); line && !stop;
	     line = strtok_r(NULL, "\n", &save)) {
		if (!parse_line(line, &a))
			continue;
		a.probe = a.probe && can_override(k);
		if (a.probe || a.trampoline)
			stop = fn(&a, arg);
	}
	free(text);
	return stop;
}
