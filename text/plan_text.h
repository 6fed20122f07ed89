/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_text.h - what rules became, in words: for `explain` and for the prompt's `show`. */
#ifndef FL_PLAN_TEXT_H
#define FL_PLAN_TEXT_H

#include <stdio.h>

#include "object.h"
#include "session.h"

/* A line: its functions, back end and reason. */
void fl_plan_text_prog(FILE *out, const struct fl_object *obj, size_t prog);
/* The terms of a rule's condition in the order that they are tested in, a line each. */
void fl_plan_text_order(FILE *out, const struct fl_object *obj, const struct fl_obj_slot *slot);
void fl_plan_text_figures(FILE *out, const struct fl_figures *f);

/* Is @slot one of @prog's? Of many functions with the same rules, only the first has any. */
bool fl_plan_is_slot_of(const struct fl_object *obj, const struct fl_obj_slot *slot, size_t prog);
/* The reason for that back end; for a program without rules, its purpose. */
const char *fl_plan_reason(const struct fl_obj_prog *p);

#endif /* FL_PLAN_TEXT_H */
