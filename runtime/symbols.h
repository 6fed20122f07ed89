/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * symbols.h - the kernel's symbol table, /proc/kallsyms.
 *
 * The kernel needs some tens of milliseconds to print the table, so all that
 * ask in a run share one (fl_facts_symbols()), sorted by address: 16 bytes a
 * symbol beside its name. A symbol's end is where the next one begins; aliases
 * share theirs.
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

/* One of a table, whose strings these are. */
struct fl_symbol {
	uint64_t addr;
	const char *name;   /* with its suffix */
	const char *module; /* NULL: vmlinux; "bpf" and the like look like modules */
	char type;	    /* as nm(1) has it: t and T are text */
};

struct fl_symbols;

/*
 * Read the table of the kernel whose files are below @root ("": the running
 * one). 0 and *out yours to free; -errno of the file; -EPERM when the kernel
 * hides all addresses (kernel.kptr_restrict, or no CAP_SYSLOG): names are known
 * anyway then, and *out is set.
 */
int fl_symbols_open(const char *root, struct fl_symbols **out);
/* One owner more; @s. Each frees it. */
struct fl_symbols *fl_symbols_hold(struct fl_symbols *s);
void fl_symbols_free(struct fl_symbols *s);

/* How many, and the @i-th by address. */
size_t fl_symbols_count(const struct fl_symbols *s);
struct fl_symbol fl_symbols_get(const struct fl_symbols *s, size_t i);

/* The first address after the symbols at @addr. */
uint64_t fl_symbols_end(const struct fl_symbols *s, uint64_t addr);

/* The symbol that covers @addr, the first of its aliases; false: none. */
bool fl_symbols_at(const struct fl_symbols *s, uint64_t addr, struct fl_symbol *out);

/* Text: something that can be called and returned to. */
bool fl_symbol_is_text(const struct fl_symbol *sym);

/* See above. @module NULL: any; "vmlinux": the kernel proper; may be a glob. */
bool fl_symbol_matches(const struct fl_symbol *sym, const char *module, const char *glob);

/* The suffix after the name in C: ".isra.0"; "" without one. */
const char *fl_symbol_suffix(const char *name);

/*
 * Where the code of all matching text symbols is: sorted, overlaps merged.
 * *out is yours to free. 0, with *n == 0 when none matches, or -ENOMEM.
 */
int fl_symbols_ranges(const struct fl_symbols *s, const char *module, const char *glob,
		      struct fl_range **out, size_t *n);

/* A table that is read on first use. */
struct fl_lazy_symbols {
	const char *root;
	struct fl_symbols *table;
	int err;
	bool is_read;
};

/* As fl_symbols_open(), but the table is not yours. */
int fl_lazy_symbols(struct fl_lazy_symbols *s, struct fl_symbols **out);
/* It is read again on the next use. */
void fl_lazy_symbols_forget(struct fl_lazy_symbols *s);

#endif /* FL_SYMBOLS_H */
