/* SPDX-License-Identifier: GPL-2.0-or-later */
/* traceable.h - what ftrace can trace: available_filter_functions. Internal to runtime/. */
#ifndef FL_TRACEABLE_H
#define FL_TRACEABLE_H

#include <stdbool.h>
#include <stddef.h>

struct fl_traceable_entry {
	const char *name;
	const char *module; /* NULL: vmlinux */
};

struct fl_traceable {
	bool is_read;
	int err; /* why the list cannot be read, or 0 */
	char *text;
	struct fl_traceable_entry *list; /* in the kernel's order */
	size_t n;
};

/* Read it, once. 0 or -errno; -ENOENT: tracefs is not mounted, or there is no ftrace. */
int fl_traceable_read(struct fl_traceable *t, const char *root);
void fl_traceable_release(struct fl_traceable *t);

#endif /* FL_TRACEABLE_H */
