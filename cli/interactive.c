/* SPDX-License-Identifier: GPL-2.0-or-later */
/* interactive.c - the REPL with what the command line has, too. */
#include <stdio.h>
#include <string.h>

#include "errors.h"
#include "build.h"
#include "inspect.h"
#include "repl.h"
#include "run.h"

/* The options of this run, for inspecting commands. */
static struct fl_options asked;

static void ask(int (*fn)(const struct fl_options *o), enum fl_mode mode, const char *word)
{
	char *files[] = { (char *)word, NULL };

	asked.mode = mode;
	asked.files = files;
	asked.nfiles = *word ? 1 : 0;
	fn(&asked);
	asked.files = NULL;
	asked.nfiles = 0;
}

static void functions(const char *pattern)
{
	ask(fl_list, FL_MODE_LIST, pattern);
}

static void explain(const char *function)
{
	if (*function)
		ask(fl_explain, FL_MODE_EXPLAIN, function);
	else
		fprintf(stderr, "error: explain which function?\n");
}

static void doctor(void)
{
	ask(fl_doctor, FL_MODE_DOCTOR, "");
}

/* An option that makes no sense without rules; NULL: none. */
static const char *meant_to_run(const struct fl_options *o)
{
	return o->command || o->shell_command ? "a command"
	       : o->pid			      ? "-p"
	       : o->emit		      ? "--emit"
	       : o->output		      ? "-o"
	       : o->form		      ? "-f"
	       : o->wait_for_module	      ? "--wait-for-module"
					      : NULL;
}

int fl_interactive(const struct fl_options *o)
{
	const struct fl_repl_opts opts = {
		.facts = { .root = "", .search_symbols = true },
		.compile = fl_compile_options(o),
		.session = fl_arming_options(o),
		.functions = functions,
		.explain = explain,
		.doctor = doctor,
		.read = fl_read_used,
	};
	const char *meant = meant_to_run(o);
	int err;

	if (meant)
		return fl_complain(FL_O_NO_RULES, meant, NULL);
	asked = (struct fl_options){ .sysroot = "", .max_injections = -1 };
	err = fl_repl(&opts);
	if (!err)
		return FL_EXIT_OK;
	return fl_complain(FL_F_PROMPT, strerror(-err), NULL);
}
