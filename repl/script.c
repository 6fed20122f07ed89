/* SPDX-License-Identifier: GPL-2.0-or-later */
/* script.c - rules from files, into files, and through an editor. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "repl_impl.h"

void fl_repl_load(struct fl_repl *r, const char *path)
{
	struct fl_entry *e = NULL;
	char *text = NULL;
	size_t len;
	int err = r->opts->read(NULL, path, &text, &len);
	char *copy;

	if (err) {
		fl_repl_error(r, FL_F_READ, path, fl_file_error(err), NULL);
		return;
	}
	copy = strndup(text, len);
	free(text);
	/* a NUL in it ends it early: say so and not something else */
	if (copy && strlen(copy) != len)
		fl_repl_error(r, FL_P_NOT_SCRIPT, path, NULL);
	else if (copy)
		e = fl_repl_arm(r, &(struct fl_rule_text){ .text = copy, .source = path });
	if (e)
		fl_repl_note_armed(r, e);
	free(copy);
}

/* What the rules that are armed are compiled with, all in one; false after a report. */
static bool collect_definitions(struct fl_repl *r, struct fl_definitions *all)
{
	const char *conflict = NULL;
	struct fl_definitions d;
	int err = 0;

	memset(all, 0, sizeof(*all));
	for (size_t i = 0; i < r->nentries && !err && !conflict; i++) {
		err = fl_repl_definitions_of(r->entries[i], &d);
		for (size_t j = 0; j < d.n && !err && !conflict; j++) {
			const struct fl_definition *x = &d.list[j],
						   *other = fl_definitions_find(all, x->name,
										x->is_param);

			if (other && strcmp(other->value, x->value) != 0)
				conflict = other->name;
		}
		if (!err && !conflict)
			err = fl_definitions_add(all, &d);
		fl_definitions_release(&d);
	}
	if (err)
		fl_repl_error(r, FL_F_MEMORY, NULL);
	if (conflict)
		fl_repl_error(r, FL_P_CONFLICT, conflict, NULL);
	if (!err && !conflict)
		return true;
	fl_definitions_release(all);
	return false;
}

static int save_rule(struct fl_ref ref, FILE *out)
{
	char *text = fl_repl_text(ref, ref.entry->rules[ref.rule].name);
	struct fl_rule_status status;

	if (!text)
		return -errno;
	fl_armed_rule_status(ref.entry->armed, ref.rule, &status);
	fprintf(out, "%s%s\n", status.enabled ? "" : "# disabled: ", text);
	free(text);
	return 0;
}

/*
 * The newest text first: of the programs on a function the last one runs first,
 * and of the rules of a script the first.
 */
static int save_rules(const struct fl_repl *r, FILE *out)
{
	int err = 0;

	for (size_t i = r->nentries; i-- && !err;) {
		struct fl_entry *e = r->entries[i];

		for (size_t j = 0; j < e->obj->nrules && !err; j++) {
			if (!e->rules[j].gone)
				err = save_rule((struct fl_ref){ e, j }, out);
		}
	}
	return err;
}

static int write_script(const struct fl_repl *r, const char *path, const struct fl_definitions *d)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int err;

	if (!out)
		return -errno;
	fprintf(out, "#!/usr/bin/env -S faultline\n%s", d->text ? d->text : "");
	err = save_rules(r, out);
	if (fclose(out) && !err)
		err = -errno;
	if (!err)
		err = fl_replace_file(path, 0666, text, len);
	free(text);
	return err;
}

void fl_repl_save(struct fl_repl *r, const char *path)
{
	size_t n = fl_repl_count(r);
	struct fl_definitions d;
	int err;

	if (!n) {
		fl_repl_say(r, "no rules are armed, nothing to save\n");
		return;
	}
	if (!collect_definitions(r, &d))
		return;
	err = write_script(r, path, &d);
	fl_definitions_release(&d);
	if (err)
		fl_repl_error(
			r, FL_F_WRITE, path,
			err == -ENOTSUP
				? "a rule has a rate, and 'rand' is an argument of some functions"
				: fl_file_error(err),
			NULL);
	else
		fl_repl_say(r, "%zu rule%s in %s\n", n, n == 1 ? "" : "s", path);
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
	fl_repl_error(r, FL_P_EDITOR, editor, NULL);
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
	struct fl_rule_text rule_text = { .text = text };
	struct fl_definitions defined;
	struct fl_rule_status status;
	struct fl_entry *e;
	char name[64];

	snprintf(name, sizeof(name), "%s", rule->name);
	fl_armed_rule_status(ref.entry->armed, ref.rule, &status);
	fl_repl_definitions_of(ref.entry, &defined);
	rule_text.name = rule_text.source = name;
	rule_text.defined = &defined;
	rule_text.disabled = !status.enabled;
	/* both are armed for a moment, so the old one loses its name */
	snprintf(rule->name, sizeof(rule->name), "%s", "(old)");
	e = fl_repl_arm(r, &rule_text);
	fl_definitions_release(&defined);
	if (!e) {
		snprintf(rule->name, sizeof(rule->name), "%s", name);
		return;
	}
	fl_repl_note_armed(r, e);
	fl_repl_note_disarm(r, ref, name);
	reorder_undo(r, e->obj->nrules);
	fl_repl_disarm(r, ref);
}

void fl_repl_edit(struct fl_repl *r, struct fl_ref ref)
{
	char path[] = "/tmp/faultline-XXXXXX.fault";
	char *old = fl_repl_text(ref, NULL), *text = NULL;
	int fd = old ? mkostemps(path, 6, O_CLOEXEC) : -1;
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (!out || fprintf(out, "%s\n", old) < 0 || fclose(out)) {
		fl_repl_error(r, FL_P_TEMPORARY, strerror(errno), NULL);
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
