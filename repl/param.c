/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * param.c - parameters at the prompt: their values in armed rules, and in the
 * definitions for later rules.
 */
#include <stdlib.h>
#include <string.h>

#include "repl_impl.h"

/* A parameter of a text that is armed. */
struct armed_param {
	struct fl_armed *armed;
	const struct fl_obj_param *param;
	size_t index;
	int64_t old;
	int64_t value; /* to be */
};

static size_t find_armed(const struct fl_repl *r, const char *name, struct armed_param **out)
{
	struct armed_param *list = NULL, *more;
	size_t n = 0;

	for (size_t i = 0; i < r->nentries; i++) {
		const struct fl_entry *e = r->entries[i];

		for (size_t j = 0; j < e->obj->nparams; j++) {
			if (strcmp(e->obj->params[j].name, name) != 0)
				continue;
			more = realloc(list, (n + 1) * sizeof(*list));
			if (!more)
				break;
			list = more;
			list[n++] = (struct armed_param){ e->armed, &e->obj->params[j], j,
							  fl_armed_param(e->armed, j), 0 };
		}
	}
	*out = list;
	return n;
}

enum fl_literal fl_repl_param_kind(const struct fl_obj_param *p)
{
	if (p->string)
		return FL_LITERAL_TEXT;
	if (p->is_fraction)
		return FL_LITERAL_FRACTION;
	return p->is_duration ? FL_LITERAL_TIME : FL_LITERAL_NUMBER;
}

bool fl_repl_is_param(const struct fl_repl *r, const char *name)
{
	struct armed_param *armed;
	size_t n = find_armed(r, name, &armed);

	free(armed);
	return n || fl_definitions_find(&r->definitions, name, true);
}

static bool refuse(struct fl_repl *r, const char *name, enum fl_literal kind, const char *text)
{
	static const struct {
		const char *what;
		const char *hint;
	} words[] = {
		[FL_LITERAL_NUMBER] = { "a whole number",
					"its definition decides: 'param NAME = 10.0' takes "
					"fractions" },
		[FL_LITERAL_FRACTION] = { "a percentage from 0 to 100", "0.5, or 20" },
		[FL_LITERAL_TIME] = { "a time", "30s, or 500ms" },
	};

	if (kind == FL_LITERAL_TEXT)
		fl_repl_error(r, FL_P_PARAM_TEXT, name, NULL);
	else
		fl_repl_error(r, FL_P_PARAM_KIND, name, words[kind].what, text, words[kind].hint,
			      NULL);
	return false;
}

/* The value that @text means for a parameter of this kind; false after a report. */
static bool read_value(struct fl_repl *r, const char *name, enum fl_literal kind, const char *text,
		       int64_t *out)
{
	enum fl_literal got;
	bool good;

	if (kind == FL_LITERAL_FRACTION)
		good = fl_literal_percent(text, out);
	else
		good = fl_literal_read(text, &got, out) && got == kind;
	return good || refuse(r, name, kind, text);
}

/* All of them or none. */
static bool store(struct fl_repl *r, const struct armed_param *armed, size_t n)
{
	struct fl_fault fault;

	for (size_t i = 0; i < n; i++) {
		if (!fl_armed_change_param(armed[i].armed, armed[i].index, armed[i].value, &fault))
			continue;
		fl_repl_fault(r, &fault);
		while (i--)
			fl_armed_set_param(armed[i].armed, armed[i].index, armed[i].old);
		return false;
	}
	return true;
}

/* What a parameter is now, as the language has it; malloc'd. */
static char *text_now(const struct fl_definition *d, const struct armed_param *armed, size_t n)
{
	if (d)
		return strdup(d->value);
	return n ? fl_literal_text(fl_repl_param_kind(armed[0].param), armed[0].old) : NULL;
}

static bool change(struct fl_repl *r, const char *name, const char *text, struct armed_param *armed,
		   size_t n, const struct fl_definition *d)
{
	int64_t value = 0;
	char *plain;
	bool good;

	for (size_t i = 0; i < n; i++) {
		if (!read_value(r, name, fl_repl_param_kind(armed[i].param), text, &armed[i].value))
			return false;
	}
	if (d && !read_value(r, name, d->kind, text, &value))
		return false;
	if (!store(r, armed, n))
		return false;
	if (!d)
		return true;
	/* in a form that keeps the kind: 20 is 20.0 where fractions are taken */
	plain = fl_literal_text(d->kind, value);
	good = plain && !fl_definitions_set(&r->definitions, name, plain);
	free(plain);
	if (!good)
		fl_repl_error(r, FL_F_MEMORY, NULL);
	return good;
}

bool fl_repl_set_param(struct fl_repl *r, const char *name, const char *text, char **old,
		       int64_t *old_value)
{
	const struct fl_definition *d = fl_definitions_find(&r->definitions, name, true);
	struct armed_param *armed;
	size_t n = find_armed(r, name, &armed);
	bool good;

	*old = text_now(d, armed, n);
	*old_value = n ? armed[0].old : 0;
	good = change(r, name, text, armed, n, d);
	if (good) {
		fl_repl_say(r, "%s is now %s\n", name, text);
	} else {
		free(*old);
		*old = NULL;
	}
	free(armed);
	return good;
}

bool fl_repl_undo_param(struct fl_repl *r, const struct fl_undo *u)
{
	const char *text = u->text ? u->text : "";
	struct armed_param *armed;
	size_t n = find_armed(r, u->name, &armed);
	bool good;

	for (size_t i = 0; i < n; i++)
		armed[i].value = u->old;
	good = store(r, armed, n);
	free(armed);
	if (good && fl_definitions_find(&r->definitions, u->name, true))
		good = !fl_definitions_set(&r->definitions, u->name, text);
	if (good)
		fl_repl_say(r, "%s is %s again\n", u->name, text);
	return good;
}
