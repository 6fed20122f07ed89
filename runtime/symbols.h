/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * symbols.h - the kernel's symbol table, /proc/kallsyms.
 *
 * The kernel needs some tens of milliseconds to print the table, so it is
 * read once, when first asked for, and kept sorted by address. A symbol's end
 * is where the next one begins; aliases share theirs.
 *
 * A name or pattern matches a symbol by its whole name, or by its name without
 * what the compiler appended to it: "f" also finds "f.isra.0", "f.part.0",
 * "f.constprop.0" and "f.cold", which all are code of f.
 */
#ifndef FL_SYMBOLS_H
#define FL_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel.h"

struct fl_symbol {
	uint64_t addr;
	uint64_t end;	    /* the first address behind it */
	const char *name;   /* with its suffix */
	const char *module; /* NULL: vmlinux; "bpf" and the like are told as modules */
	char type;	    /* as nm(1) has it: t and T are text */
};

struct fl_symbols;

/*
 * Read the table of the kernel whose files are below @root ("": the running
 * one). 0 and *out yours to free; -errno of the file; -EPERM when the kernel
 * hides all addresses (kernel.kptr_restrict, or no CAP_SYSLOG): names are then
 * known all the same, and *out is set.
 */
int fl_symbols_open(const char *root, struct fl_symbols **out);
void fl_symbols_free(struct fl_symbols *s);

/* All of them, sorted by address. */
const struct fl_symbol *fl_symbols_all(const struct fl_symbols *s, size_t *n);

/* The symbol that covers @addr, the first of its aliases, or NULL. */
const struct fl_symbol *fl_symbols_at(const struct fl_symbols *s, uint64_t addr);

/* Text: something that can be called and returned to. */
bool fl_symbol_is_text(const struct fl_symbol *sym);

/* See above. @module NULL: any; "vmlinux": the kernel proper; may be a glob. */
bool fl_symbol_matches(const struct fl_symbol *sym, const char *module, const char *glob);

/* The part behind the name that was written in C: ".isra.0"; "" without one. */
const char *fl_symbol_suffix(const char *name);

/*
 * Where the code of all matching text symbols is: sorted, overlaps merged.
 * *out is yours to free. 0 with *n == 0 when none matches; else as
 * fl_symbols_open(), or -ENOMEM.
 */
int fl_symbols_ranges_in(const struct fl_symbols *s, const char *module, const char *glob,
			 struct fl_range **out, size_t *n);
/* The same with a table of its own. */
int fl_symbols_ranges(const char *root, const char *module, const char *glob, struct fl_range **out,
		      size_t *n);

#endif /* FL_SYMBOLS_H */
