/* SPDX-License-Identifier: GPL-2.0-or-later */
/* usage.c - faultline --help, from the tables of modes and options. */
#include <string.h>

#include "option.h"

#define LEFT 24 /* columns of the left part */
#define WIDTH 80

static const char about[] = "Make chosen kernel functions fail, by rules such as\n"
			    "  on mlx5_cmd_exec if comm==\"ip\" && rand<10 return -EIO\n";

static const char statuses[] =
	"Exit status: 0 success; 1 finding; 2 usage or script error; 3 nothing injected;\n"
	"4 not supported by this kernel; 5 no permission; 6 the sweep needs a fresh\n"
	"machine.\n";

/* @left, and @text beside it or, where that is too long, below; in lines. */
static void put_entry(FILE *out, const char *left, const char *text)
{
	int column = fprintf(out, "  %s", left);

	if (column >= LEFT) {
		fputc('\n', out);
		column = 0;
	}
	fprintf(out, "%*s", LEFT - column, "");
	column = LEFT;
	while (*text) {
		int len = (int)strcspn(text, " ");

		if (column > LEFT && column + 1 + len > WIDTH) {
			fprintf(out, "\n%*s", LEFT, "");
			column = LEFT;
		}
		column += fprintf(out, "%s%.*s", column > LEFT ? " " : "", len, text);
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

static void put_option(FILE *out, const struct fl_option *opt)
{
	const char *arg = opt->choices ? opt->choices : opt->arg;
	char left[80];

	/* what takes no argument is short enough for both names */
	if (opt->letter && opt->name && opt->kind != FL_ARG_NONE && opt->kind != FL_ARG_MODE)
		snprintf(left, sizeof(left), "-%c %s", opt->letter, arg);
	else if (opt->letter && opt->name)
		snprintf(left, sizeof(left), "-%c, --%s%s%s", opt->letter, opt->name,
			 arg ? " " : "", arg ? arg : "");
	else if (opt->letter)
		snprintf(left, sizeof(left), "-%c %s", opt->letter, arg ? arg : "");
	else
		snprintf(left, sizeof(left), "--%s%s%s", opt->name, arg ? " " : "", arg ? arg : "");
	put_entry(out, left, opt->help);
}

static void put_options(FILE *out, unsigned int modes)
{
	for (int s = 0; s < FL_NSECTIONS; s++) {
		bool titled = false;

		for (size_t i = 0; i < fl_noptions; i++) {
			const struct fl_option *opt = &fl_options_table[i];

			if (opt->section != (enum fl_option_section)s || !(opt->modes & modes))
				continue;
			if (!titled)
				fprintf(out, "\n%s\n", fl_section_titles[s]);
			titled = true;
			put_option(out, opt);
		}
	}
}

/* A line for each form. */
static void put_usage(FILE *out, enum fl_mode mode, bool is_first)
{
	const struct fl_mode_info *m = &fl_modes[mode];
	const char *form = m->words;

	do {
		size_t len = strcspn(form, "\n");

		fprintf(out, "%s faultline", is_first ? "usage:" : "      ");
		/* the word of a run is left out where its forms begin otherwise */
		if (m->word && mode != FL_MODE_RUN)
			fprintf(out, " %s", m->word);
		fprintf(out, "%s%.*s\n", len ? " " : "", (int)len, form);
		is_first = false;
		form += len + (form[len] == '\n');
	} while (*form);
}

static void put_commands(FILE *out)
{
	char left[80];

	fputs("\nCommands\n", out);
	for (int i = 0; i < FL_NMODES; i++) {
		const struct fl_mode_info *m = &fl_modes[i];

		if (!m->word)
			continue;
		snprintf(left, sizeof(left), "%s", m->word);
		put_entry(out, left, m->help);
	}
	put_entry(out, "COMMAND --help", "show what a command does, and its options");
	put_entry(out, "SCRIPT.fault --help", "show what a script does, and its parameters");
}

void fl_options_help(enum fl_mode topic, FILE *out)
{
	if (topic != FL_MODE_RUN) {
		put_usage(out, topic, true);
		fputc('\n', out);
		put_entry(out, fl_mode_name(topic), fl_modes[topic].help);
		put_options(out, 1u << topic);
		return;
	}
	for (int i = 0; i < FL_NMODES; i++) {
		if (fl_modes[i].word || i == FL_MODE_LIST)
			put_usage(out, (enum fl_mode)i, i == FL_MODE_RUN);
	}
	fprintf(out, "\n%s", about);
	put_commands(out);
	put_options(out, FL_IN_RUN | FL_IN_LIST);
	fprintf(out, "\n%s", statuses);
}
