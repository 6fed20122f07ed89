/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file.c - rules from files, into files, and through an editor. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "repl_impl.h"

void fl_repl_load(struct fl_repl *r, const char *path)
{
	char *text = NULL;
	size_t len;
	int err = r->opts->read(NULL, path, &text, &len);
	char *copy;

	if (err) {
		fl_repl_say(r, "error: '%s' cannot be read: %s\n", path, strerror(-err));
		return;
	}
	copy = strndup(text, len);
	free(text);
	/* a NUL in it ends it early: say so and not something else */
	if (copy && strlen(copy) != len)
		fl_repl_say(r, "error: '%s' is not a script\n", path);
	else if (copy)
		fl_repl_arm(r, &(struct fl_arming){ .text = copy, .source = path });
	free(copy);
}

struct saving {
	FILE *out;
	size_t n;
};

static void save_one(struct fl_repl *r, struct fl_ref ref, void *arg)
{
	const struct fl_entry_rule *rule = &ref.entry->rules[ref.rule];
	struct saving *s = arg;
	struct fl_rule_status status;
	char *text = fl_repl_text(ref, rule->name);

	(void)r;
	fl_session_rule_status(ref.entry->session, ref.rule, &status);
	if (text)
		fprintf(s->out, "%s%s\n", status.enabled ? "" : "# disabled: ", text);
	s->n += text != NULL;
	free(text);
}

/* Parameters of files, with the values that they have now. */
static void save_params(const struct fl_repl *r, FILE *out)
{
	for (size_t i = 0; i < r->nentries; i++) {
		const struct fl_entry *e = r->entries[i];

		for (size_t j = 0; j < e->obj->nparams; j++) {
			const struct fl_obj_param *p = &e->obj->params[j];
			long long value = fl_session_param(e->session, j);
			bool first = true;

			for (size_t k = 0; k < i && first; k++) {
				for (size_t l = 0; l < r->entries[k]->obj->nparams; l++)
					first &= strcmp(r->entries[k]->obj->params[l].name,
							p->name) != 0;
			}
			if (!first)
				continue;
			if (p->string)
				fprintf(out, "param %s = \"%s\"", p->name, p->string);
			else if (p->is_fraction)
				fprintf(out, "param %s = %lld.%09lld", p->name,
					value / FL_RATE_UNIT, value % FL_RATE_UNIT);
			else
				fprintf(out, "param %s = %lld%s", p->name, value,
					p->is_duration ? "ns" : "");
			fprintf(out, p->help ? " \"%s\"\n" : "\n", p->help);
		}
	}
}

static void save_lets(const struct fl_repl *r, FILE *out)
{
	for (size_t i = 0; i < r->definitions.n; i++) {
		const struct fl_definition *d = &r->definitions.list[i];

		if (!d->is_param)
			fprintf(out, "let %s = %s\n", d->name, d->value);
	}
}

void fl_repl_save(struct fl_repl *r, const char *path)
{
	struct saving s = { .n = 0 };
	char part[4096];

	if (!fl_repl_count(r)) {
		fl_repl_say(r, "no rules are armed: there is nothing to save\n");
		return;
	}
	/* whole or not at all */
	if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part))
		return;
	s.out = fopen(part, "we");
	if (s.out) {
		fputs("#!/usr/bin/env -S faultline\n", s.out);
		save_params(r, s.out);
		save_lets(r, s.out);
		fl_repl_each(r, save_one, &s);
	}
	if (!s.out || fclose(s.out) || rename(part, path)) {
		fl_repl_say(r, "error: '%s' cannot be written: %s\n", path, strerror(errno));
		unlink(part);
		return;
	}
	fl_repl_say(r, "%zu rule%s in %s\n", s.n, s.n == 1 ? "" : "s", path);
}

/* The file's text without the end of its last line; malloc'd. */
static char *read_back(struct fl_repl *r, const char *path)
{
	char *text = NULL, *copy;
	size_t len;

	if (r->opts->read(NULL, path, &text, &len))
		return NULL;
	copy = strndup(text, len);
	free(text);
	for (len = copy ? strlen(copy) : 0; len && copy[len - 1] == '\n'; len--)
		copy[len - 1] = '\0';
	return copy;
}

static bool edit_text(struct fl_repl *r, const char *path)
{
	const char *editor = getenv("VISUAL");
	char command[8192];
	int status;

	if (!editor || !*editor)
		editor = getenv("EDITOR");
	if (!editor || !*editor)
		editor = "vi";
	snprintf(command, sizeof(command), "%s '%s'", editor, path);
	status = fl_repl_job(r, command, false);
	if (status == 0)
		return true;
	fl_repl_say(r, "error: '%s' failed; the rule is as it was\n", editor);
	return false;
}

/* The disarming goes before the @armed that it made room for: those go first, then the old comes. */
static void reorder_undo(struct fl_repl *r, size_t armed)
{
	size_t last = r->nundos - 1, first = last - (armed < last ? armed : last);
	struct fl_undo disarm = r->undos[last];

	memmove(&r->undos[first + 1], &r->undos[first], (last - first) * sizeof(disarm));
	r->undos[first] = disarm;
	for (size_t i = first; i <= last; i++)
		r->undos[i].with_previous = i > first;
}

/* The new text first; the old rule goes only when that is armed. */
static void replace(struct fl_repl *r, struct fl_ref ref, const char *text)
{
	struct fl_entry_rule *rule = &ref.entry->rules[ref.rule];
	struct fl_arming arming = { .text = text };
	struct fl_definitions defined;
	struct fl_rule_status status;
	char name[64];
	int err;

	snprintf(name, sizeof(name), "%s", rule->name);
	fl_session_rule_status(ref.entry->session, ref.rule, &status);
	fl_repl_definitions_of(ref.entry, &defined);
	arming.name = arming.source = name;
	arming.defined = &defined;
	arming.disabled = !status.enabled;
	/* both are armed for a moment, so the old one gives up its name */
	snprintf(rule->name, sizeof(rule->name), "%s", "(old)");
	err = fl_repl_arm(r, &arming);
	fl_definitions_release(&defined);
	if (err) {
		snprintf(rule->name, sizeof(rule->name), "%s", name);
		return;
	}
	fl_repl_note_disarm(r, ref, name);
	reorder_undo(r, r->entries[r->nentries - 1]->obj->nrules);
	fl_repl_disarm(r, ref);
}

void fl_repl_edit(struct fl_repl *r, struct fl_ref ref)
{
	char path[] = "/tmp/faultline-XXXXXX.fault";
	char *old = fl_repl_text(ref, NULL), *text = NULL;
	int fd = old ? mkostemps(path, 6, 02000000 /* O_CLOEXEC */) : -1;
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (!out || fprintf(out, "%s\n", old) < 0 || fclose(out)) {
		fl_repl_say(r, "error: there is no place for a temporary file: %s\n",
			    strerror(errno));
	} else if (edit_text(r, path)) {
		text = read_back(r, path);
		if (text && strcmp(text, old) != 0)
			replace(r, ref, text);
		else
			fl_repl_say(r, "nothing was changed\n");
	}
	if (fd >= 0)
		unlink(path);
	free(old);
	free(text);
}
