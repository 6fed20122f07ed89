/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "standalone.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "shell.h"
#include "terms.h"

static const struct fl_obj_cond *cond_of(const struct fl_object *obj, const struct fl_spot *s)
{
	for (size_t i = 0; i < obj->nslots; i++) {
		const struct fl_obj_slot *slot = &obj->slots[i];

		if (slot->rule == s->rule && slot->cond < obj->nconds &&
		    !strcmp(obj->attaches[slot->attach].shown, s->function))
			return &obj->conds[slot->cond];
	}
	return NULL;
}

/*
 * What the campaign's rule tested, random draws left out; false: nothing, or what
 * is defined elsewhere in its script.
 */
static bool put_tests(FILE *out, const struct fl_object *obj, const struct fl_spot *s)
{
	const struct fl_obj_cond *cond = cond_of(obj, s);
	size_t n = cond ? cond->nsure : 0;

	for (size_t i = 0; i < n; i++) {
		if (strpbrk(cond->tests[i].text, "$@"))
			return false;
	}
	for (size_t i = 0; i < n; i++)
		fprintf(out, " %s (%s)", i ? "&&" : "if", cond->tests[i].text);
	return n > 0;
}

static void put_condition(FILE *out, const struct fl_object *obj, const struct fl_spot *s,
			  const struct fl_terms *t)
{
	bool begun = put_tests(out, obj, s);
	char name[256];

	for (size_t i = 0; i < t->n; i++) {
		fl_terms_name(s->path[t->frames[i]], name, sizeof(name));
		fprintf(out, " %s %s(%s)", begun ? "&&" : "if", t->frames[i] ? "within" : "caller",
			name);
		begun = true;
	}
}

/* The rule's value, if the fault has no own one. */
static const char *rule_value(const struct fl_object *obj, const struct fl_spot *s)
{
	const char *at =
		s->rule < obj->nrules ? strstr(obj->rules[s->rule].text, " return ") : NULL;

	return at ? at + strlen(" return ") : "0";
}

static void put_rule(FILE *out, const struct fl_object *obj, const struct fl_spot *s,
		     const struct fl_fault_at *f, const struct fl_terms *t)
{
	char value[32];

	if (t->alike)
		fprintf(out, "# %zu other point%s look%s the same: the ordinal distinguishes it\n",
			t->alike, t->alike == 1 ? "" : "s", t->alike == 1 ? "s" : "");
	fprintf(out, "on %s%s%s", s->module ? s->module : "", s->module ? ":" : "", s->function);
	put_condition(out, obj, s, t);
	fprintf(out, " nth %" PRIu32 "%s", f->occurrence + t->before,
		f->mode == FL_INJECT_ONCE ? "" : "..");
	if (f->has_value)
		fl_describe_value(f->value, value, sizeof(value));
	fprintf(out, " return %s\n", f->has_value ? value : rule_value(obj, s));
}

char *fl_standalone_rules(const struct fl_object *obj, const struct fl_ledger *l,
			  const struct fl_fault_at *faults, size_t nfaults, bool fewest)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	for (size_t i = 0; i < nfaults; i++) {
		const struct fl_spot *s = &l->spots[faults[i].point];
		struct fl_terms terms;

		fl_terms_choose(l, s, fewest, &terms);
		if (s->rule < obj->nrules)
			fprintf(out, "# of the rule: %s\n", obj->rules[s->rule].text);
		put_rule(out, obj, s, &faults[i], &terms);
	}
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

/* Each in its own shell, because of "set -e"; @then follows it. */
static void put_commands(FILE *out, const char *title, const struct fl_obj_command *list, size_t n,
			 const char *then)
{
	if (n)
		fprintf(out, "\n# %s\n", title);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "(%s\n)%s\n", list[i].command, then);
}

/* As words, or else as an argument of @shell. */
static void put_run(FILE *out, const struct fl_object *obj, char *const *run, const char *words,
		    const char *shell)
{
	if (run) {
		fputs(words, out);
		for (size_t i = 0; run[i]; i++) {
			fputs(i ? " " : "", out);
			fl_shell_word(out, run[i]);
		}
	} else if (obj->run) {
		fputs(shell, out);
		fl_shell_word(out, obj->run->command);
	}
	fputc('\n', out);
}

char *fl_standalone_shell(const struct fl_object *obj, char *const *run, const char *script,
			  bool late)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fprintf(out, "#!/bin/sh\n# Reproduces the finding without the campaign that found it.\n"
		     "here=$(dirname \"$0\")\n");
	put_commands(out, "setup", obj->setups, obj->nsetups, " || exit");
	fprintf(out, "\nfaultline \"$here/%s\"", script);
	put_run(out, obj, run, " -- ", " -c ");
	put_commands(out, "cleanup", obj->cleanups, obj->ncleanups, "");
	if (late) {
		put_commands(out, "setup", obj->setups, obj->nsetups, " || exit");
		fprintf(out, "\n# it shows in a run without a fault\n");
		put_run(out, obj, run, "", "sh -c ");
		put_commands(out, "cleanup", obj->cleanups, obj->ncleanups, "");
	}
	put_commands(out, "check", obj->checks, obj->nchecks, "");
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}
