/* SPDX-License-Identifier: GPL-2.0-or-later */
/* render.h - what an event carries, as text: logs and stacks. */
#ifndef FL_RENDER_H
#define FL_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "fl_abi.h"
#include "facts.h"
#include "object.h"

#define FL_MAX_LOG 4096 /* characters of a log line that are kept */

/*
 * What is at @address of @k. false: nothing that is known, or the kernel hides its
 * addresses, or @k is NULL; the number is shown then.
 */
bool fl_symbol_find(struct fl_kernel *k, uint64_t address, struct fl_symbol *out);

/* "mlx5_cmd_exec+0x4 [mlx5_core]", or "0xffff..." */
void fl_symbol_text(struct fl_kernel *k, uint64_t address, char *buf, size_t size);

/*
 * The text of a FL_EVENT_LOG, cut off at @size. No control characters: strings
 * come from programs and must not steer a terminal.
 */
void fl_log_text(const struct fl_object *obj, const struct fl_event *e, struct fl_kernel *k,
		 char *buf, size_t size);

/*
 * The frames of a FL_EVENT_STACK from the function that the rule is on
 * outwards: the first of them in *frames; how many there are.
 */
size_t fl_stack_frames(const struct fl_event *e, const uint64_t **frames);

#endif /* FL_RENDER_H */
