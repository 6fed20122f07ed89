/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * man_options - the OPTIONS section of docs/faultline.1, from the tables that
 * getopt and --help use. tests/docs/man compares and accepts it.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "option.h"

/* In mdoc, on lines of its own; the first letter as @capital says. */
static void put_text(const char *text, bool capital)
{
	for (const char *p = text; *p; p++) {
		if (*p == '\\')
			fputs("\\e", stdout);
		else if (*p == '-' && (p == text || p[-1] == ' ' || p[-1] == '-'))
			fputs("\\-", stdout);
		else if (*p == '.' && p[1] == ' ') /* a sentence, a line */
			fputs(".\n", stdout), p++;
		else
			putchar(p == text && capital ? toupper((unsigned char)*p) : *p);
	}
}

static void put_entry(const char *help, const char *more)
{
	put_text(help, true);
	puts(".");
	if (!*more)
		return;
	put_text(more, false);
	putchar('\n');
}

/* "FILE..." as " Ar file ..." */
static void put_arg(const char *arg)
{
	fputs(" Ar ", stdout);
	for (; *arg; arg++) {
		if (!strncmp(arg, "...", 3) && arg[-1] != ' ')
			putchar(' ');
		putchar(tolower((unsigned char)*arg));
		if (!strncmp(arg, "...", 3))
			fputs("..", stdout), arg += 2;
	}
}

static void put_option(const struct fl_option *opt)
{
	fputs(".It", stdout);
	if (opt->letter)
		printf(" Fl %c", opt->letter);
	if (opt->letter && opt->name)
		fputs(" , ", stdout);
	if (opt->name)
		printf("%sFl -%s", opt->letter ? "" : " ", opt->name);
	if (opt->choices) {
		fputs(" Cm", stdout);
		for (const char *p = opt->choices; *p; p++)
			printf(*p == '|' ? " | " : "%s%c", p == opt->choices ? " " : "", *p);
	} else if (opt->arg) {
		put_arg(opt->arg);
	}
	putchar('\n');
	put_entry(opt->help, opt->more);
}

/* Those of @modes that no mode in @elsewhere has. */
static bool put_options(int section, unsigned int modes, unsigned int elsewhere)
{
	bool any = false;

	for (size_t i = 0; i < fl_noptions; i++) {
		const struct fl_option *opt = &fl_options_table[i];

		if ((section >= 0 && opt->section != (enum fl_option_section)section) ||
		    !(opt->modes & modes) || (opt->modes & elsewhere))
			continue;
		if (!any)
			puts(".Bl -tag -width Ds");
		any = true;
		put_option(opt);
	}
	if (any)
		puts(".El");
	return any;
}

static void put_commands(void)
{
	puts(".Ss Commands\n.Bl -tag -width Ds");
	for (int i = 0; i < FL_NMODES; i++) {
		const struct fl_mode_info *m = &fl_modes[i];

		if (!m->word)
			continue;
		printf(".It Cm %s\n", m->word);
		put_entry(m->help, m->more);
		put_options(-1, 1u << i, FL_IN_RUN | FL_IN_LIST);
	}
	puts(".El");
}

int main(void)
{
	put_commands();
	for (int s = 0; s < FL_NSECTIONS; s++) {
		printf(".Ss %s\n", fl_section_titles[s]);
		put_options(s, FL_IN_RUN | FL_IN_LIST, 0);
	}
	return 0;
}
