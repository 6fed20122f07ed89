/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "completion_words.h"

#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "complete.h"
#include "file.h"
#include "flo.h"
#include "journal.h"
#include "use.h"

#define MAX_OBJECT ((size_t)64 << 20)

bool fl_offer(const char *typed, const char *word, const char *help)
{
	if (strncmp(word, typed, strlen(typed)) != 0)
		return false;
	printf("%s%s%s\n", word, help ? "\t" : "", help ? help : "");
	return true;
}

void fl_offer_part(const char *typed)
{
	printf(":part %s\n", typed);
}

/* --- the language ---------------------------------------------------------- */

struct rule_words {
	const char *without; /* a word that is left out, or NULL */
	const char *text;    /* that is completed, where its part is to be printed; or NULL */
	size_t start;
};

static void offer_rule_word(const char *word, void *arg)
{
	struct rule_words *w = arg;

	if (w->without && !strcmp(word, w->without))
		return;
	if (w->text)
		fl_offer_part(w->text + w->start);
	w->text = NULL;
	fl_offer("", word, NULL);
}

static void complete_text(const char *text, const char *sysroot, struct rule_words *w)
{
	const struct fl_facts_opts facts = { .root = sysroot, .search_symbols = true };
	struct fl_complete_opts opts = { .kernel = NULL };

	if (fl_facts_open(&facts, &opts.kernel))
		return;
	fl_complete(text, strlen(text), &opts, &w->start, offer_rule_word, w);
	fl_facts_close(opts.kernel);
}

void fl_offer_rules(const char *text, const char *sysroot)
{
	struct rule_words w = { .text = text };

	complete_text(text, sysroot, &w);
}

void fl_offer_functions(const char *typed, const char *sysroot, bool traceable)
{
	struct rule_words w = { .without = "exit" };
	char text[256];

	/* the complete list of traceable functions is useless */
	snprintf(text, sizeof(text), "on %s%s", traceable && strlen(typed) > 1 ? "exit " : "",
		 typed);
	complete_text(text, sysroot, &w);
}

/* --- scripts --------------------------------------------------------------- */

static void offer_param(const char *name, const char *value, size_t value_len, const char *help,
			const char *typed)
{
	const char *equals = strchr(typed, '=');
	char word[512];

	snprintf(word, sizeof(word), "%s=%.*s", name, equals ? (int)value_len : 0, value);
	fl_offer(typed, word, help && *help ? help : NULL);
}

static void offer_script_params(const struct fl_input *in, const char *typed)
{
	const struct fl_compile_opts opts = {
		.sema.lenient = true,
		.read = fl_read_used,
		.is_same_file = fl_is_same_file,
	};
	struct fl_script script = { 0 };
	struct fl_arena arena;
	struct fl_diags diags;
	jmp_buf on_oom;

	fl_arena_init(&arena, &on_oom);
	fl_diags_init(&diags);
	diags.on_oom = &on_oom;
	if (!setjmp(on_oom)) {
		fl_parse_files(&in->source, &opts, &arena, &diags, &script);
		for (size_t i = 0; i < script.nparams; i++) {
			const struct fl_param_def *p = &script.params[i];
			const struct fl_span *value = &p->value->span;
			/* on the command line a text has no quotes */
			uint32_t quote = p->value->kind == FL_EXPR_STRING;

			offer_param(p->name, value->src->text + value->off + quote,
				    value->len - 2 * quote, p->help, typed);
		}
	}
	fl_arena_release(&arena);
	fl_diags_release(&diags);
}

static void offer_object_params(const char *data, size_t len, const char *typed)
{
	char why[FL_FLO_WHY];
	struct fl_object *obj;

	if (fl_flo_read(data, len, &obj, why))
		return;
	for (size_t i = 0; i < obj->nparams; i++)
		offer_param(obj->params[i].name, "", 0, NULL, typed);
	fl_object_free(obj);
}

void fl_offer_params(const char *path, const char *typed)
{
	struct fl_input in = { .source = { .name = path } };

	if (fl_read_file(path, MAX_OBJECT, &in.text, &in.source.len))
		return;
	in.source.text = in.text;
	if (fl_flo_is(in.text, in.source.len))
		offer_object_params(in.text, in.source.len, typed);
	else
		offer_script_params(&in, typed);
	fl_input_release(&in);
}

/* --- campaigns ------------------------------------------------------------- */

/* The first line of DIR/N/log without its newline; false if there is no such finding. */
static bool read_title(const char *dir, unsigned int n, char *out, size_t size)
{
	char path[PATH_MAX];
	FILE *log;

	if (snprintf(path, sizeof(path), "%s/%u/log", dir, n) >= (int)sizeof(path))
		return false;
	log = fopen(path, "re");
	if (!log)
		return false;
	if (!fgets(out, (int)size, log))
		*out = '\0';
	out[strcspn(out, "\n")] = '\0';
	fclose(log);
	for (char *p = out; *p; p++)
		*p = (unsigned char)*p < ' ' ? ' ' : *p;
	return true;
}

/* @dir as it is typed. */
static bool offer_folder(const char *dir, const char *typed)
{
	char path[PATH_MAX], word[PATH_MAX], title[80];
	bool any = false;

	if (snprintf(path, sizeof(path), "%s/" FL_JOURNAL_NAME, dir) >= (int)sizeof(path) ||
	    access(path, R_OK))
		return false;
	for (unsigned int n = 1; read_title(dir, n, title, sizeof(title)); n++) {
		if (snprintf(word, sizeof(word), "%s/%u", dir, n) < (int)sizeof(word))
			any |= fl_offer(typed, word, *title ? title : NULL);
	}
	return any;
}

bool fl_offer_findings(const char *typed)
{
	const char *slash = strrchr(typed, '/');
	bool any = false;
	struct dirent *e;
	DIR *here;

	if (slash) {
		char *dir = strndup(typed, (size_t)(slash - typed));

		any = dir && *dir && offer_folder(dir, typed);
		free(dir);
		return any;
	}
	here = opendir(".");
	while (here && (e = readdir(here))) {
		if (*e->d_name != '.' && !strncmp(e->d_name, typed, strlen(typed)))
			any |= offer_folder(e->d_name, typed);
	}
	if (here)
		closedir(here);
	return any;
}

/* --- processes ------------------------------------------------------------- */

/* The first @size - 1 bytes of a file of /proc/PID. */
static bool read_proc(const char *pid, const char *file, char *out, size_t size)
{
	char path[300];
	size_t len;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, file);
	in = fopen(path, "re");
	if (!in)
		return false;
	len = fread(out, 1, size - 1, in);
	fclose(in);
	out[len] = '\0';
	return len > 0;
}

void fl_offer_processes(const char *typed)
{
	char command[64], name[64];
	struct dirent *e;
	DIR *proc = opendir("/proc");

	while (proc && (e = readdir(proc))) {
		if (e->d_name[strspn(e->d_name, "0123456789")] ||
		    !read_proc(e->d_name, "cmdline", command, sizeof(command)) ||
		    !read_proc(e->d_name, "comm", name, sizeof(name)))
			continue;
		name[strcspn(name, "\n")] = '\0';
		fl_offer(typed, e->d_name, name);
	}
	if (proc)
		closedir(proc);
}
