/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * completion.c - `faultline completion -- WORD...`: what can complete the last
 * word of a command line that is being typed. The words before it are read by
 * the tables of options and modes, without getopt: nothing of a line that is not
 * finished is a mistake.
 */
#include "completion.h"

#include <stdio.h>
#include <string.h>

#include "completion_words.h"
#include "fl_shells.h"
#include "option.h"

struct line {
	enum fl_mode mode;
	bool chosen;	     /* the mode, by a word or an option */
	const char *subject; /* the first word that is not the mode's; NULL: none */
	const char *rules;   /* of -e, or NULL */
	const char *sysroot; /* "" is / */
	bool traceable;
	const struct fl_option *pending; /* an option that the next word is the value of */
	int command;			 /* number of the first word after "--"; 0: there is none */
};

/* --- the words before the last ---------------------------------------------- */

/* The row of an option for the mode, else any; by letter, or by name (@len bytes of it). */
static const struct fl_option *find(const struct line *l, char letter, const char *name, size_t len)
{
	const struct fl_option *any = NULL;

	for (size_t i = 0; i < fl_noptions; i++) {
		const struct fl_option *opt = &fl_options_table[i];

		if (letter ? opt->letter != letter
			   : !opt->name || strncmp(opt->name, name, len) || opt->name[len])
			continue;
		if (opt->modes & 1u << l->mode)
			return opt;
		if (!any)
			any = opt;
	}
	return any;
}

static void take(struct line *l, const struct fl_option *opt, const char *value)
{
	if (opt->kind == FL_ARG_RULES)
		l->rules = value;
	else if (opt->field == offsetof(struct fl_options, sysroot))
		l->sysroot = value;
}

static void read_option(struct line *l, const struct fl_option *opt)
{
	if (opt->kind == FL_ARG_MODE) {
		l->mode = opt->mode;
		l->chosen = true;
	} else if (opt->field == offsetof(struct fl_options, traceable)) {
		l->traceable = true;
	}
}

static void read_long(struct line *l, const char *word)
{
	size_t len = strcspn(word, "=");
	const struct fl_option *opt = find(l, 0, word, len);

	if (!opt)
		return;
	if (!fl_option_has_arg(opt))
		read_option(l, opt);
	else if (word[len])
		take(l, opt, word + len + 1);
	else
		l->pending = opt;
}

static void read_letters(struct line *l, const char *word)
{
	for (; *word; word++) {
		const struct fl_option *opt = find(l, *word, NULL, 0);

		if (!opt)
			return;
		if (!fl_option_has_arg(opt)) {
			read_option(l, opt);
			continue;
		}
		if (word[1])
			take(l, opt, word + 1);
		else
			l->pending = opt;
		return;
	}
}

static void read_name(struct line *l, const char *word)
{
	for (int i = 0; i < FL_NMODES && !l->chosen && !l->subject; i++) {
		if (fl_modes[i].word && !strcmp(word, fl_modes[i].word)) {
			l->mode = (enum fl_mode)i;
			l->chosen = true;
			return;
		}
	}
	if (!l->subject)
		l->subject = word;
}

static void read_line(struct line *l, char **words, int n)
{
	for (int i = 0; i < n; i++) {
		if (l->pending) {
			take(l, l->pending, words[i]);
			l->pending = NULL;
		} else if (!strcmp(words[i], "--")) {
			l->command = i + 1;
			return;
		} else if (!strncmp(words[i], "--", 2)) {
			read_long(l, words[i] + 2);
		} else if (words[i][0] == '-' && words[i][1]) {
			read_letters(l, words[i] + 1);
		} else {
			read_name(l, words[i]);
		}
	}
}

/* --- the last --------------------------------------------------------------- */

/* Those of "first|last|N" that are words themselves. */
static void offer_choices(const char *list, const char *typed)
{
	while (*list) {
		size_t len = strcspn(list, "|");
		char word[64];

		snprintf(word, sizeof(word), "%.*s", (int)len, list);
		if (!strpbrk(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
			fl_offer(typed, word, NULL);
		list += len + (list[len] == '|');
	}
}

/* As @words write it: "FILE.ko", "FILE.c|DIR"; without FILE, folders alone. */
static void offer_paths(const char *words)
{
	const char *file = strstr(words, "FILE");
	size_t len;

	if (!file) {
		puts(":dirs");
		return;
	}
	file += strlen("FILE");
	len = *file == '.' && file[1] != '.' ? strcspn(++file, "|. ]") : 0;
	printf(":files%s%.*s\n", len ? " " : "", (int)len, file);
}

static void offer_scripts(const struct line *l)
{
	/* an object is only run */
	puts(l->mode == FL_MODE_RUN ? ":files fault flo" : ":files fault");
}

static void offer_value(const struct line *l, const struct fl_option *opt, const char *typed)
{
	switch (opt->kind) {
	case FL_ARG_RULES:
		fl_offer_rules(typed, l->sysroot);
		break;
	case FL_ARG_CHOICE:
		offer_choices(opt->choices, typed);
		break;
	case FL_ARG_TEXT:
		offer_choices(opt->arg, typed);
		break;
	case FL_ARG_FUNCTION:
		fl_offer_functions(typed, l->sysroot, false);
		break;
	case FL_ARG_SETTING:
		if (l->subject)
			fl_offer_params(l->subject, typed);
		break;
	case FL_ARG_PID:
		fl_offer_processes(typed);
		break;
	case FL_ARG_FILE:
	case FL_ARG_DIRECTORY:
		offer_paths(opt->arg);
		break;
	default:
		break;
	}
}

/* Shells show a line: the first clause of a help. */
static void offer_helped(const char *typed, const char *word, const char *help)
{
	char line[160];

	snprintf(line, sizeof(line), "%.*s", (int)strcspn(help, ";"), help);
	fl_offer(typed, word, line);
}

/* Options; a letter is only offered if there is no name. */
static void offer_options(const struct line *l, const char *typed)
{
	unsigned int modes = l->chosen ? 1u << l->mode : FL_IN_RUN | FL_IN_LIST;

	for (size_t i = 0; i < fl_noptions; i++) {
		const struct fl_option *opt = &fl_options_table[i];
		bool helps = opt->kind == FL_ARG_MODE && opt->mode == FL_MODE_HELP;
		char word[FL_SPELLING];

		if (!(opt->modes & modes) && !helps)
			continue;
		/* one row of each is enough where no mode is chosen */
		if (opt->name && (opt->modes & 1u << l->mode) == 0 && !helps &&
		    find(l, 0, opt->name, strlen(opt->name))->modes & 1u << l->mode)
			continue;
		if (opt->name)
			snprintf(word, sizeof(word), "--%s", opt->name);
		else
			snprintf(word, sizeof(word), "-%c", opt->letter);
		offer_helped(typed, word, opt->help);
	}
}

static bool is_script(const char *name)
{
	size_t len = strlen(name);

	return strchr(name, '/') || (len > 6 && !strcmp(name + len - 6, ".fault"));
}

/* After a script NAME=VALUE may follow, and further words where several are allowed. */
static void offer_more(const struct line *l, const char *typed)
{
	switch (l->mode) {
	case FL_MODE_RUN:
	case FL_MODE_SWEEP:
		fl_offer_params(l->subject, typed);
		break;
	case FL_MODE_EXPLAIN:
		if (is_script(l->subject))
			fl_offer_params(l->subject, typed);
		break;
	case FL_MODE_CHECK:
	case FL_MODE_FORMAT:
		offer_scripts(l);
		break;
	case FL_MODE_MERGE:
		puts(":dirs");
		break;
	case FL_MODE_ANNOTATE:
		offer_paths(fl_modes[l->mode].words);
		break;
	case FL_MODE_ENABLE:
		fl_offer_functions(typed, l->sysroot, true);
		break;
	default:
		break;
	}
}

/* FUNCTION:TAG of enable. */
static void offer_tags(const char *typed)
{
	fl_offer_part(typed);
	for (int tag = FL_TAG_NONE + 1; tag <= FL_TAG_TRUE; tag++)
		fl_offer(typed, fl_tag_name((enum fl_tag)tag), NULL);
}

/* "_faultline" is zsh's, as zsh wants it; the others end in the name of the shell. */
static const char *shell_of(const struct fl_shell *script)
{
	const char *dot = strrchr(script->name, '.');

	return dot ? dot + 1 : "zsh";
}

static void offer_shells(const char *typed)
{
	for (size_t i = 0; i < fl_nshells; i++)
		fl_offer(typed, shell_of(&fl_shells[i]), NULL);
}

static void offer_first(const struct line *l, const char *typed)
{
	switch (fl_modes[l->mode].kind) {
	case FL_ARG_SCRIPT:
		offer_scripts(l);
		break;
	case FL_ARG_FUNCTION:
		fl_offer_functions(typed, l->sysroot, l->traceable || l->mode == FL_MODE_ENABLE);
		puts(":files ko");
		break;
	case FL_ARG_SUBJECT:
		fl_offer_functions(typed, l->sysroot, true);
		offer_scripts(l);
		break;
	case FL_ARG_FINDING:
		if (!fl_offer_findings(typed))
			puts(":dirs");
		break;
	case FL_ARG_DIRECTORY:
		offer_paths(fl_modes[l->mode].words);
		break;
	case FL_ARG_SHELL:
		offer_shells(typed);
		break;
	default:
		break;
	}
}

static void offer_words(const struct line *l, const char *typed)
{
	const char *colon = strrchr(typed, ':');

	for (int i = 0; i < FL_NMODES && !l->chosen && !l->subject && !l->rules; i++) {
		if (fl_modes[i].word)
			offer_helped(typed, fl_modes[i].word, fl_modes[i].help);
	}
	if (l->mode == FL_MODE_ENABLE && colon)
		offer_tags(colon + 1);
	else if (l->subject)
		offer_more(l, typed);
	else if (!l->rules)
		offer_first(l, typed);
}

/* "--name=VALUE" and "-xVALUE" are values from a place on. */
static const struct fl_option *attached(const struct line *l, const char *typed, const char **value)
{
	size_t len = strcspn(typed, "=");
	const struct fl_option *opt = NULL;

	if (!strncmp(typed, "--", 2) && typed[len]) {
		opt = find(l, 0, typed + 2, len - 2);
		*value = typed + len + 1;
	} else if (typed[0] == '-' && typed[1] != '-' && typed[1] && typed[2]) {
		opt = find(l, typed[1], NULL, 0);
		*value = typed + 2;
	}
	return opt && fl_option_has_arg(opt) ? opt : NULL;
}

static void complete(char **words, int n)
{
	struct line l = { .mode = FL_MODE_RUN, .sysroot = "" };
	const char *typed = words[n - 1], *value = typed;
	const struct fl_option *opt;

	read_line(&l, words, n - 1);
	opt = l.pending ? l.pending : attached(&l, typed, &value);
	if (l.command) {
		printf(":command %d\n", l.command);
	} else if (opt) {
		if (opt != l.pending && opt->kind != FL_ARG_RULES)
			fl_offer_part(value);
		offer_value(&l, opt, value);
	} else if (typed[0] == '-') {
		offer_options(&l, typed);
	} else {
		offer_words(&l, typed);
	}
}

/* --- the command ------------------------------------------------------------ */

int fl_completion(const struct fl_options *o)
{
	int n = 0;

	if (o->command) {
		while (o->command[n])
			n++;
		complete(o->command, n);
		return FL_EXIT_OK;
	}
	for (size_t i = 0; i < fl_nshells; i++) {
		if (!strcmp(shell_of(&fl_shells[i]), o->files[0]))
			fwrite(fl_shells[i].text, 1, fl_shells[i].len, stdout);
	}
	return FL_EXIT_OK;
}
