/* SPDX-License-Identifier: GPL-2.0-or-later */
/* undo.c - changes as they are made, and how each is taken back. */
#include <stdlib.h>
#include <string.h>

#include "repl_impl.h"

void fl_undo_release(struct fl_undo *u)
{
	free(u->text);
	fl_definitions_release(&u->definitions);
}

struct fl_undo *fl_repl_note(struct fl_repl *r, enum fl_undo_kind kind, const char *name)
{
	struct fl_undo *u;

	if (r->nundos == FL_MAX_UNDO) {
		fl_undo_release(&r->undos[0]);
		memmove(&r->undos[0], &r->undos[1], (FL_MAX_UNDO - 1) * sizeof(r->undos[0]));
		r->nundos--;
	}
	u = &r->undos[r->nundos++];
	memset(u, 0, sizeof(*u));
	u->kind = kind;
	snprintf(u->name, sizeof(u->name), "%s", name);
	return u;
}

void fl_repl_note_armed(struct fl_repl *r, const struct fl_entry *e)
{
	for (size_t i = 0; i < e->obj->nrules; i++)
		fl_repl_note(r, FL_UNDO_ARM, e->rules[i].name)->with_previous = i > 0;
}

void fl_repl_note_disarm(struct fl_repl *r, struct fl_ref ref, const char *name)
{
	struct fl_undo *u = fl_repl_note(r, FL_UNDO_DISARM, name);
	struct fl_rule_status status;

	fl_armed_rule_status(ref.entry->armed, ref.rule, &status);
	u->old = status.enabled;
	u->text = fl_repl_text(ref, NULL);
	/*
	 * out of memory, the rule is compiled alone, and reports what it lacks
	 */
	fl_repl_definitions_of(ref.entry, &u->definitions);
}

/* Arm what was disarmed, as it was. */
static bool undo_disarm(struct fl_repl *r, const struct fl_undo *u)
{
	const struct fl_rule_text text = {
		.name = u->name,
		.text = u->text ? u->text : "",
		.source = u->name,
		.defined = &u->definitions,
		.disabled = !u->old,
	};

	/* what takes back is not itself noted, to be taken back */
	return fl_repl_arm(r, &text) != NULL;
}

static bool undo_set(struct fl_repl *r, const struct fl_undo *u, struct fl_ref ref)
{
	struct fl_armed *a = ref.entry->armed;
	struct fl_fault fault;
	int err;

	switch (u->kind) {
	case FL_UNDO_ENABLE:
		err = fl_armed_enable(a, ref.rule, u->old, &fault);
		break;
	case FL_UNDO_RATE:
		err = fl_armed_set_rate(a, ref.rule, u->old, &fault);
		break;
	case FL_UNDO_TIMES:
		err = fl_armed_set_times(a, ref.rule, (uint64_t)u->old, &fault);
		break;
	default:
		err = fl_armed_set_value(a, ref.rule, u->old, &fault);
	}
	if (err) {
		fl_repl_fault(r, &fault);
		return false;
	}
	ref.entry->rules[ref.rule].edit = u->edit;
	fl_repl_say(r, "%s restored\n", u->name);
	return true;
}

static bool undo_of_rule(struct fl_repl *r, const struct fl_undo *u)
{
	struct fl_ref ref;

	if (!fl_repl_find_exactly(r, u->name, &ref)) {
		fl_repl_error(r, FL_P_RULE_GONE, u->name, NULL);
		return false;
	}
	if (u->kind != FL_UNDO_ARM)
		return undo_set(r, u, ref);
	fl_repl_disarm(r, ref);
	fl_repl_say(r, "%s is disarmed\n", u->name);
	return true;
}

static bool undo_one(struct fl_repl *r, const struct fl_undo *u)
{
	switch (u->kind) {
	case FL_UNDO_DISARM:
		return undo_disarm(r, u);
	case FL_UNDO_PARAM:
		return fl_repl_undo_param(r, u);
	default:
		return undo_of_rule(r, u);
	}
}

void fl_repl_undo(struct fl_repl *r)
{
	struct fl_undo u;

	if (!r->nundos)
		fl_repl_say(r, "nothing to undo\n");
	while (r->nundos) {
		u = r->undos[--r->nundos];
		if (!undo_one(r, &u)) {
			/* kept: it may do another time */
			r->undos[r->nundos++] = u;
			return;
		}
		fl_undo_release(&u);
		if (!u.with_previous)
			return;
	}
}
