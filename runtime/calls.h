/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * calls.h - who calls whom, by the kernel's code: its direct calls, and jumps that
 * end a function by another. Calls through pointers and inlined calls are not
 * seen.
 */
#ifndef FL_CALLS_H
#define FL_CALLS_H

#include "arch.h"
#include "kcore.h"
#include "symbols.h"

struct fl_calls;

/* 0 and *out yours to free, -ENOMEM; -ENODATA when no code can be read. */
int fl_calls_find(const struct fl_arch *arch, const struct fl_symbols *symbols,
		  const struct fl_kcore *code, struct fl_calls **out);
void fl_calls_free(struct fl_calls *c);

/*
 * Call @fn for functions that @name of @module (NULL: any) calls, or with @callers that
 * call it, nearest first and up to @most calls away, for each of their symbols; until
 * it returns non-zero, which is then returned.
 */
int fl_calls_near(const struct fl_calls *c, const char *module, const char *name, bool callers,
		  unsigned int most,
		  int (*fn)(const struct fl_symbol *sym, unsigned int distance, void *arg),
		  void *arg);

#endif /* FL_CALLS_H */
