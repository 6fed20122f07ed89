/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fl_abi.h"
#include "rate.h"

#define MAX_DEPTH 2

void fl_settings_init(struct fl_settings *s)
{
	*s = (struct fl_settings){ .agenda = { .depth = 1 } };
	s->agenda.modes[FL_INJECT_ONCE] = true;
}

/* A whole number of at least @least; false: it is not one. */
static bool number(const char *text, unsigned long least, unsigned long most, uint32_t *out)
{
	unsigned long n;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || *end || n < least || n > most)
		return false;
	*out = (uint32_t)n;
	return true;
}

static bool set_each(struct fl_agenda_opts *a, const char *value)
{
	static const char *const names[] = { "path", "call", "function" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(value, names[i])) {
			a->each = (enum fl_by)i;
			return true;
		}
	}
	return false;
}

static bool set_occurrence(struct fl_agenda_opts *a, const char *value)
{
	if (!strcmp(value, "first"))
		a->occurrence = FL_OCCURRENCE_FIRST;
	else if (!strcmp(value, "last"))
		a->occurrence = FL_OCCURRENCE_LAST;
	else if (!strcmp(value, "all"))
		a->occurrence = FL_OCCURRENCE_ALL;
	else if (number(value, 1, 1000000, &a->nth))
		a->occurrence = FL_OCCURRENCE_NTH;
	else
		return false;
	return true;
}

static bool set_mode(struct fl_agenda_opts *a, const char *value)
{
	enum fl_inject_mode mode;
	bool both = !strcmp(value, "both");

	if (!both && !fl_inject_mode_parse(value, &mode))
		return false;
	for (int i = 0; i < FL_NINJECT; i++)
		a->modes[i] = both ? i == FL_INJECT_ONCE || i == FL_INJECT_ON : i == (int)mode;
	return true;
}

/* "I/N", from 1. */
static bool set_shard(struct fl_agenda_opts *a, const char *value)
{
	const char *slash = strchr(value, '/');
	char first[16];
	uint32_t i;

	if (!slash || (size_t)(slash - value) >= sizeof(first))
		return false;
	memcpy(first, value, (size_t)(slash - value));
	first[slash - value] = '\0';
	if (!number(slash + 1, 1, 1000000, &a->nshards) || !number(first, 1, a->nshards, &i))
		return false;
	a->shard = i - 1;
	return true;
}

static bool set_seed(struct fl_agenda_opts *a, const char *value)
{
	char *end;

	errno = 0;
	a->random = true;
	a->seed = strtoull(value, &end, 10);
	return isdigit((unsigned char)*value) && !errno && !*end;
}

/* "-ENOMEM", "NULL", "true" or a number. */
static bool value_of(const char *word, size_t len, int64_t *value)
{
	char text[32], *end;

	if (!len || len >= sizeof(text))
		return false;
	memcpy(text, word, len);
	text[len] = '\0';
	for (int err = 1; err < 134 && !strncmp(text, "-E", 2); err++) {
		const char *name = strerrorname_np(err);

		if (name && !strcmp(name, text + 1)) {
			*value = -err;
			return true;
		}
	}
	if (!strcmp(text, "NULL") || !strcmp(text, "true")) {
		*value = text[0] == 't';
		return true;
	}
	errno = 0;
	*value = strtoll(text, &end, 0);
	return !errno && !*end;
}

static bool set_values(struct fl_settings *s, const char *value)
{
	s->list.n = 0;
	if (!strcmp(value, "rule") || !strcmp(value, "all")) {
		s->values = value[0] == 'r' ? FL_VALUES_RULE : FL_VALUES_ALL;
		return true;
	}
	s->values = FL_VALUES_LIST;
	while (*value) {
		size_t len = strcspn(value, ",");

		if (s->list.n == FL_MAX_VALUES ||
		    !value_of(value, len, &s->list.values[s->list.n++]))
			return false;
		value += len + (value[len] == ',');
	}
	return s->list.n > 0;
}

bool fl_settings_set(struct fl_settings *s, const char *name, const char *value)
{
	uint32_t depth;

	if (!strcmp(name, "each"))
		return set_each(&s->agenda, value);
	if (!strcmp(name, "occurrence"))
		return set_occurrence(&s->agenda, value);
	if (!strcmp(name, "mode"))
		return set_mode(&s->agenda, value);
	if (!strcmp(name, "shard"))
		return set_shard(&s->agenda, value);
	if (!strcmp(name, "values"))
		return set_values(s, value);
	if (!strcmp(name, "only"))
		s->agenda.only = value;
	if (!strcmp(name, "random"))
		return set_seed(&s->agenda, value);
	if (!strcmp(name, "depth")) {
		if (!number(value, 1, MAX_DEPTH, &depth))
			return false;
		s->agenda.depth = depth;
	}
	return true;
}

const char *fl_settings_form(const char *name)
{
	static const struct {
		const char *name, *form;
	} forms[] = {
		{ "each", "path, call or function" },
		{ "occurrence", "first, last, all or a number" },
		{ "values", "rule, all or a list such as -EIO,-ENOMEM" },
		{ "mode", "once, on, all or both" },
		{ "depth", "1 or 2" },
		{ "shard", "I/N, such as 1/4" },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (!strcmp(forms[i].name, name))
			return forms[i].form;
	}
	return "a glob";
}

/* What callers of functions that return an errno meet most. */
static const int64_t usual[] = { -ENOMEM, -EIO,	   -EINVAL, -EAGAIN, -EINTR,
				 -EBUSY,  -ENOSPC, -ENODEV, -EPERM,  -ETIMEDOUT };

static void add_allowed(struct fl_value_list *to, enum fl_tag tag, int64_t value)
{
	if (to->n < FL_MAX_VALUES && fl_tag_allows(tag, value))
		to->values[to->n++] = value;
}

static const struct fl_obj_attach *attach_of(const struct fl_object *obj,
					     const struct fl_spot *spot)
{
	for (size_t i = 0; i < obj->nattaches; i++) {
		const struct fl_obj_attach *a = &obj->attaches[i];

		if (!strcmp(a->shown, spot->function) &&
		    !strcmp(a->module ? a->module : "", spot->module ? spot->module : ""))
			return a;
	}
	return NULL;
}

static void give_values(void *arg, const struct fl_spot *spot, struct fl_value_list *list)
{
	const struct fl_settings *s = arg;
	const struct fl_obj_attach *a = attach_of(s->obj, spot);

	list->n = 0;
	if (!a)
		return;
	for (size_t i = 0; s->values == FL_VALUES_LIST && i < s->list.n; i++)
		add_allowed(list, a->tag, s->list.values[i]);
	if (s->values == FL_VALUES_LIST)
		return;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		add_allowed(list, a->tag, usual[i]);
	if (a->tag == FL_TAG_NULL || a->tag == FL_TAG_ERRNO_NULL)
		add_allowed(list, a->tag, 0);
	if (a->tag == FL_TAG_TRUE)
		add_allowed(list, a->tag, 1);
}

static uint64_t give_rate(void *arg, const struct fl_spot *spot)
{
	const struct fl_settings *s = arg;
	const struct fl_obj_rule *rule;
	const struct fl_obj_param *p;

	if (spot->rule >= s->obj->nrules)
		return 0;
	rule = &s->obj->rules[spot->rule];
	if (rule->rate_param < 0)
		return rule->knobs->rate;
	p = &s->obj->params[rule->rate_param];
	return fl_rate(p->value, p->is_fraction, false);
}

void fl_settings_values(struct fl_settings *s, const struct fl_object *obj)
{
	s->obj = obj;
	s->agenda.arg = s;
	s->agenda.rate = give_rate;
	if (s->values != FL_VALUES_RULE)
		s->agenda.values = give_values;
}

void fl_settings_of(struct fl_settings *s, const struct fl_ledger *l)
{
	fl_settings_init(s);
	for (size_t i = 0; i < l->noptions; i++)
		fl_settings_set(s, l->options[i].name, l->options[i].value);
	/* tags of functions are the kernel's to know */
	s->agenda.values_unknown = s->values != FL_VALUES_RULE;
	s->agenda.unproven = s->agenda.values_unknown &&
			     (l->status < 0 || !l->reason || strcmp(l->reason, "exhausted") != 0);
}
