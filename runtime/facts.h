/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * facts.h - facts about a kernel: answers for compiler/kernel.h.
 *
 * Facts come from the kernel's own files, read when first asked for:
 *
 *	/sys/kernel/debug/error_injection/list	injectable functions (lib/error-inject.c)
 *	/sys/kernel/btf/				types of vmlinux and of loaded modules
 *	/proc/kallsyms				where code is; names on the list, without debugfs
 *	/sys/module, /sys/devices/system/cpu/possible
 *
 * Below another root, copies of these files tell of another machine's kernel.
 */
#ifndef FL_FACTS_H
#define FL_FACTS_H

#include <stdbool.h>

#include "kernel.h"
#include "symbols.h"

struct fl_facts_opts {
	const char *root; /* NULL or "": the running kernel's / */
	/*
	 * Search kallsyms for a list that debugfs does not give. It takes
	 * longer than all of a compilation, so only who arms wants it.
	 */
	bool search_symbols;
};

/* 0 and *out yours to close, or -ENOMEM. Reads nothing yet. */
int fl_facts_open(const struct fl_facts_opts *opts, struct fl_kernel **out);
void fl_facts_close(struct fl_kernel *k);

/*
 * A module came or went: stale facts are read again on demand. Names and ranges
 * returned before are invalid.
 */
void fl_facts_forget(struct fl_kernel *k);

/*
 * The symbol table, read once for all that ask. As fl_symbols_open(), but *out is
 * the facts', until fl_facts_forget() unless it is held.
 */
int fl_facts_symbols(struct fl_kernel *k, struct fl_symbols **out);

/*
 * A file descriptor of the BTF of a loaded module, yours to close, for
 * attach_btf_obj_fd; or -errno, -ENOENT when there is none.
 */
int fl_btf_module_fd(const char *module);

#endif /* FL_FACTS_H */
