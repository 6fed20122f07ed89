/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "standalone.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"

#define MAX_TERMS 8 /* of a path: more single out nothing more */

/* "f+0x1 [m]" as the language names it: f, or m:f. */
static bool term(const char *frame, char *buf, size_t size)
{
	size_t len = strcspn(frame, "+");
	const char *module = strchr(frame, '[');

	/* a frame without a symbol, or a compiler's copy, has no name in the language */
	if (!len || frame[0] == '[' || memchr(frame, '.', len))
		return false;
	if (module)
		snprintf(buf, size, "%.*s:%.*s", (int)strcspn(module + 1, "]"), module + 1,
			 (int)len, frame);
	else
		snprintf(buf, size, "%.*s", (int)len, frame);
	return true;
}

static void put_path(FILE *out, const struct fl_spot *s)
{
	char name[256], last[256] = "";
	size_t n = 0;

	for (size_t i = 0; i < s->npath && n < MAX_TERMS; i++) {
		if (!term(s->path[i], name, sizeof(name)) || !strcmp(name, last))
			continue;
		fprintf(out, " %s %s(%s)", n ? "&&" : "if", i ? "within" : "caller", name);
		snprintf(last, sizeof(last), "%s", name);
		n++;
	}
}

/* The value as the rule has it, where the fault has none of its own. */
static const char *rule_value(const struct fl_object *obj, const struct fl_spot *s)
{
	const char *at =
		s->rule < obj->nrules ? strstr(obj->rules[s->rule].text, " return ") : NULL;

	return at ? at + strlen(" return ") : "0";
}

static void put_rule(FILE *out, const struct fl_object *obj, const struct fl_spot *s,
		     const struct fl_fault_at *f)
{
	char value[32];

	fprintf(out, "on %s%s%s", s->module ? s->module : "", s->module ? ":" : "", s->function);
	put_path(out, s);
	fprintf(out, " nth %" PRIu32 "%s", f->occurrence, f->mode == FL_INJECT_ONCE ? "" : "..");
	if (f->has_value)
		fl_describe_value(f->value, value, sizeof(value));
	fprintf(out, " return %s\n", f->has_value ? value : rule_value(obj, s));
}

char *fl_standalone_rules(const struct fl_object *obj, const struct fl_spot *const *spots,
			  const struct fl_fault_at *faults, size_t nfaults)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	for (size_t i = 0; i < nfaults; i++) {
		const struct fl_spot *s = spots[i];

		if (s->rule < obj->nrules)
			fprintf(out, "# of the rule: %s\n", obj->rules[s->rule].text);
		put_rule(out, obj, s, &faults[i]);
	}
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

/* A word for the shell. */
static void put_word(FILE *out, const char *word)
{
	fputc('\'', out);
	for (; *word; word++)
		fputs(*word == '\'' ? "'\\''" : (char[]){ *word, '\0' }, out);
	fputc('\'', out);
}

static void put_commands(FILE *out, const char *title, const struct fl_obj_command *list, size_t n)
{
	if (n)
		fprintf(out, "\n# %s\n", title);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s\n", list[i].command);
}

char *fl_standalone_shell(const struct fl_object *obj, char *const *run, const char *script)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fprintf(out, "#!/bin/sh\n# Shows the finding again, without the campaign that found it.\n"
		     "here=$(dirname \"$0\")\n");
	put_commands(out, "setup", obj->setups, obj->nsetups);
	fprintf(out, "\nfaultline \"$here/%s\"", script);
	if (run) {
		fprintf(out, " --");
		for (size_t i = 0; run[i]; i++) {
			fputc(' ', out);
			put_word(out, run[i]);
		}
	} else if (obj->run) {
		fprintf(out, " -c ");
		put_word(out, obj->run->command);
	}
	fputc('\n', out);
	put_commands(out, "cleanup", obj->cleanups, obj->ncleanups);
	put_commands(out, "check", obj->checks, obj->nchecks);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}
