/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_text.h - what a rule did, as a line for humans. */
#ifndef FL_EVENT_TEXT_H
#define FL_EVENT_TEXT_H

#include <stdio.h>

#include "render.h"

/*
 * One event as a line, time counted from @armed_ns; a stack as a line more for
 * each frame. Names of frames are @k's, which may be NULL: numbers. @e->slot must be
 * one of @obj.
 */
void fl_event_print(FILE *out, const struct fl_object *obj, const struct fl_event *e,
		    uint64_t armed_ns, struct fl_kernel *k);

#endif /* FL_EVENT_TEXT_H */
