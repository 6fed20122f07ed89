/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings.h - how a sweep chooses its faults: as text, on the command line and in the journal. */
#ifndef FL_SETTINGS_H
#define FL_SETTINGS_H

#include "agenda.h"
#include "object.h"

enum fl_values {
	FL_VALUES_RULE,
	FL_VALUES_ALL,	/* what callers of such functions meet, see docs/campaigns.md */
	FL_VALUES_LIST, /* those given, where the function's tag allows them */
};

struct fl_settings {
	struct fl_agenda_opts agenda; /* its values and arg are set by fl_settings_values() */
	enum fl_values values;
	struct fl_value_list list;
	const struct fl_object *obj;
};

void fl_settings_init(struct fl_settings *s);
/*
 * each, occurrence, values, mode, depth, only, shard, random. False: @value is invalid
 * for it; other names are ignored. @value of "only" is borrowed.
 */
bool fl_settings_set(struct fl_settings *s, const char *name, const char *value);
/* What a value may look like, for a message. */
const char *fl_settings_form(const char *name);
/* Values by the tags of @obj's functions, rates by its rules; @s must stay where it is. */
void fl_settings_values(struct fl_settings *s, const struct fl_object *obj);
/* What a journal's options say. */
void fl_settings_of(struct fl_settings *s, const struct fl_ledger *l);

#endif /* FL_SETTINGS_H */
