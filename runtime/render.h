/* SPDX-License-Identifier: GPL-2.0-or-later */
/* render.h - what an event carries, as text: logs and stacks. */
#ifndef FL_RENDER_H
#define FL_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "fl_abi.h"
#include "object.h"
#include "symbols.h"

#define FL_MAX_LOG 4096 /* characters of a log line that are kept */

/* The symbol table, read when something is first looked up. */
struct fl_lazy_symbols {
	struct fl_symbols *table;
	bool tried;
};

/* NULL: not to be had, or its addresses are hidden; numbers are shown then. */
const struct fl_symbols *fl_lazy_symbols(struct fl_lazy_symbols *s);
void fl_lazy_symbols_release(struct fl_lazy_symbols *s);

/* "mlx5_cmd_exec+0x4 [mlx5_core]", or "0xffff..." without @symbols. */
void fl_symbol_text(const struct fl_symbols *symbols, uint64_t address, char *buf, size_t size);

/*
 * The text of a FL_EVENT_LOG, cut off at @size. No control characters: strings
 * come from programs and must not steer a terminal.
 */
void fl_log_text(const struct fl_object *obj, const struct fl_event *e,
		 struct fl_lazy_symbols *symbols, char *buf, size_t size);

/*
 * The frames of a FL_EVENT_STACK from the function that the rule is on
 * outwards: the first of them in *frames; how many there are.
 */
size_t fl_stack_frames(const struct fl_event *e, const uint64_t **frames);

#endif /* FL_RENDER_H */
