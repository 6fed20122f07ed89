/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.c - the command line by the tables of option.def and mode.def.
 *
 * getopt accepts the options of all modes; the mode, and so the row of an
 * option, is only known after the last word.
 */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "near.h"
#include "option.h"

#define FIRST_LONG 256 /* above letters: FIRST_LONG + the index of an option */
/* What getopt has read, until the mode is known. */
struct item {
	const struct fl_option *opt; /* the first of its rows */
	bool by_letter;		     /* which may mean another option in another mode */
	const char *arg;
};

struct reader {
	struct fl_options *o;
	struct item *items;
	size_t nitems;
	bool chosen; /* the mode, by a word */
};

static bool same_option(const struct fl_option *a, const struct fl_option *b, bool by_letter)
{
	if (by_letter)
		return a->letter && a->letter == b->letter;
	return a->name && b->name && !strcmp(a->name, b->name);
}

/* The row of @opt for the mode, or NULL. */
static const struct fl_option *find_row(const struct fl_option *opt, bool by_letter,
					enum fl_mode mode)
{
	for (size_t i = 0; i < fl_noptions; i++) {
		const struct fl_option *row = &fl_options_table[i];

		if (same_option(row, opt, by_letter) && (row->modes & 1u << mode))
			return row;
	}
	return NULL;
}

static int not_here(struct fl_options *o, const struct fl_option *opt, bool by_letter)
{
	char name[FL_SPELLING], modes[160] = "";
	unsigned int in = 0;
	size_t len = 0;

	for (size_t i = 0; i < fl_noptions; i++) {
		if (same_option(&fl_options_table[i], opt, by_letter))
			in |= fl_options_table[i].modes;
	}
	for (int i = 0; i < FL_NMODES && len < sizeof(modes); i++) {
		unsigned int later = in & ~((2u << i) - 1);

		if (in & 1u << i)
			len += (size_t)snprintf(modes + len, sizeof(modes) - len, "%s%s",
						fl_mode_name((enum fl_mode)i),
						!later		      ? ""
						: later & (later - 1) ? ", "
								      : " and ");
	}
	fl_option_spelling(opt, name, sizeof(name));
	return fl_usage(o, FL_O_NOT_HERE, name, modes, fl_mode_name(o->mode));
}

static int apply_all(const struct reader *r)
{
	struct fl_options *o = r->o;

	for (size_t i = 0; i < r->nitems; i++) {
		const struct item *item = &r->items[i];
		const struct fl_option *opt = find_row(item->opt, item->by_letter, o->mode);
		int err;

		/* help is for humans who do not know yet what goes together */
		if (!opt && o->help)
			continue;
		err = opt ? fl_option_apply(o, opt, item->arg)
			  : not_here(o, item->opt, item->by_letter);
		if (err)
			return err;
	}
	return 0;
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t len = strlen(name);

	return len >= strlen(suffix) && !strcmp(name + len - strlen(suffix), suffix);
}

/* A function's name has no slash; a script's ends in .fault, or has one. NULL is neither. */
static bool is_script(const char *name)
{
	if (!name || !*name)
		return false;
	return !strcmp(name, "-") || strchr(name, '/') || ends_in(name, ".fault");
}

bool fl_runs_object(const struct fl_options *o)
{
	return o->mode == FL_MODE_RUN && o->nfiles && ends_in(o->files[0], ".flo");
}

bool fl_explains_rules(const struct fl_options *o)
{
	return o->rules || is_script(o->files[0]);
}

/* May NAME=VALUE be a parameter's? */
static bool follows_script(const struct fl_options *o)
{
	return ((o->mode == FL_MODE_RUN || o->mode == FL_MODE_SWEEP) && o->nfiles) ||
	       (o->mode == FL_MODE_EXPLAIN && is_script(o->files[0]));
}

static int check_one_script(struct fl_options *o)
{
	if (o->rules && o->nfiles)
		return fl_usage(o, FL_O_TWO_SOURCES, o->files[0]);
	if (o->nfiles > 1)
		return fl_usage(o, FL_O_TWO_SCRIPTS, o->files[1]);
	if (o->pid && (o->command || o->shell_command))
		return fl_usage(o, FL_O_PID_COMMAND);
	if (o->command && o->shell_command)
		return fl_usage(o, FL_O_TWO_COMMANDS);
	return 0;
}

static int check_explain(struct fl_options *o)
{
	if (fl_explains_rules(o))
		return check_one_script(o);
	if (o->command || o->shell_command)
		return fl_usage(o, FL_O_RUNS_NOTHING, "explain");
	if (!o->nfiles)
		return fl_usage(o, FL_O_NO_SUBJECT);
	if (o->nfiles > 1)
		return fl_usage(o, FL_O_TOO_MANY, o->files[1], "explain");
	return 0;
}

/* Options fixed when the object was compiled. */
static int check_object(struct fl_options *o)
{
	const char *option = o->emit		  ? "--emit"
			     : o->system_wide	  ? "--system-wide"
			     : o->nallowed	  ? "--allow"
			     : o->force_return	  ? "--force-return"
			     : o->backend	  ? "--backend"
			     : o->wait_for_module ? "--wait-for-module"
						  : NULL;

	return option ? fl_usage(o, FL_O_COMPILED_IN, option, o->files[0]) : 0;
}

static int check_run(struct fl_options *o)
{
	if (o->output && o->emit == FL_EMIT_TO_C)
		return fl_usage(o, FL_O_OUTPUT);
	if (!o->output && o->emit == FL_EMIT_TO_OBJECT)
		return fl_usage(o, FL_O_NO_OUTPUT);
	if (o->wait_for_module && o->emit == FL_EMIT_TO_OBJECT)
		return fl_usage(o, FL_O_OBJECT_WAITS);
	if (*o->sysroot && !o->emit)
		return fl_usage(o, FL_O_SYSROOT);
	if (fl_runs_object(o) && check_object(o))
		return FL_EXIT_USAGE;
	return check_one_script(o);
}

static int check_annotate(struct fl_options *o)
{
	if (!o->nfiles)
		return fl_usage(o, FL_O_NO_SOURCE, fl_mode_name(o->mode));
	if (o->patch)
		return o->form == FL_FORM_JSON ? fl_usage(o, FL_O_NO_JSON, "--patch") : 0;
	if (o->output || o->signoff)
		return fl_usage(o, FL_O_NEEDS, o->output ? "-o" : "--signoff", "--patch");
	return 0;
}

bool fl_enables_file(const struct fl_options *o)
{
	const char *first = o->nfiles ? o->files[0] : NULL;

	return first && ends_in(first, ".ko");
}

static int check_enable(struct fl_options *o)
{
	bool is_module = fl_enables_file(o);

	if (o->undo && o->nfiles)
		return fl_usage(o, FL_O_NO_WORDS, "--undo", o->files[0]);
	if (!o->nfiles && !o->undo)
		return fl_usage(o, FL_O_NO_FUNCTION, fl_mode_name(o->mode));
	if (is_module && o->nfiles > 1)
		return fl_usage(o, FL_O_TOO_MANY, o->files[1], o->files[0]);
	if (o->output && (is_module || o->undo))
		return fl_usage(o, FL_O_NEEDS, "-o", "a function");
	return 0;
}

static int check_completion(struct fl_options *o)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };
	const char *shell = o->nfiles ? o->files[0] : NULL;

	if (!shell)
		return o->command ? 0 : fl_usage(o, FL_O_NEEDS, "completion", "bash, zsh or fish");
	if (o->command)
		return fl_usage(o, FL_O_NO_WORDS, "completion --", shell);
	if (o->nfiles > 1)
		return fl_usage(o, FL_O_TOO_MANY, o->files[1], "completion");
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (!strcmp(shells[i], shell))
			return 0;
	}
	return fl_usage(o, FL_O_CHOICE, "shell", shell, "bash, zsh or fish");
}

/* Check combinations, after all options were read. */
static int check_combination(struct fl_options *o)
{
	switch (o->mode) {
	case FL_MODE_RUN:
		return check_run(o);
	case FL_MODE_EXPLAIN:
		return check_explain(o);
	case FL_MODE_CHECK:
		if (o->rules && o->nfiles)
			return fl_usage(o, FL_O_TWO_SOURCES, o->files[0]);
		return o->rules || o->nfiles ? 0 : fl_usage(o, FL_O_NO_FILE, "check");
	case FL_MODE_MERGE:
		if (!o->nfiles)
			return fl_usage(o, FL_O_NO_FOLDER, "merge");
		return o->output ? 0 : fl_usage(o, FL_O_NO_MERGED);
	case FL_MODE_SUPERVISE:
		if (o->nfiles)
			return fl_usage(o, FL_O_NO_WORDS, "supervise", o->files[0]);
		return o->command ? 0 : fl_usage(o, FL_O_NO_MACHINE);
	case FL_MODE_DOCTOR:
		if (o->fix_hint && o->form == FL_FORM_JSON)
			return fl_usage(o, FL_O_NO_JSON, "--fix-hint");
		__attribute__((fallthrough));
	case FL_MODE_LSP:
		return o->nfiles ? fl_usage(o, FL_O_NO_WORDS, fl_mode_name(o->mode), o->files[0])
				 : 0;
	case FL_MODE_LIST:
		return o->nfiles > 1 ? fl_usage(o, FL_O_TOO_MANY, o->files[1], "-l") : 0;
	case FL_MODE_ANNOTATE:
		return check_annotate(o);
	case FL_MODE_ENABLE:
		return check_enable(o);
	case FL_MODE_COMPLETION:
		return check_completion(o);
	case FL_MODE_SWEEP:
		return check_one_script(o);
	case FL_MODE_REPLAY:
	case FL_MODE_MINIMISE:
	case FL_MODE_REPORT:
		if (o->nfiles > 1)
			return fl_usage(o, FL_O_TOO_MANY, o->files[1], fl_mode_name(o->mode));
		return o->nfiles ? 0 : fl_usage(o, FL_O_NO_FOLDER, fl_mode_name(o->mode));
	default:
		return 0;
	}
}

/* A first word that says what to do. */
static bool choose_mode(struct reader *r, const char *word)
{
	if (r->chosen || r->o->nfiles || r->o->mode != FL_MODE_RUN)
		return false;
	for (int i = 0; i < FL_NMODES; i++) {
		if (fl_modes[i].word && !strcmp(word, fl_modes[i].word)) {
			r->o->mode = (enum fl_mode)i;
			r->chosen = true;
			return true;
		}
	}
	return false;
}

static int add_word(struct reader *r, char *word)
{
	struct fl_options *o = r->o;

	if (choose_mode(r, word))
		return 0;
	if (follows_script(o) && strchr(word, '='))
		return fl_option_setting(o, word);
	o->files[o->nfiles++] = word;
	return 0;
}

static void add_item(struct reader *r, const struct fl_option *opt, bool by_letter, const char *arg)
{
	if (opt->kind == FL_ARG_MODE && opt->mode == FL_MODE_HELP)
		r->o->help = true;
	else if (opt->kind == FL_ARG_MODE)
		r->o->mode = opt->mode;
	else
		r->items[r->nitems++] = (struct item){ opt, by_letter, arg };
}

static int unknown_option(struct fl_options *o, const char *word)
{
	unsigned int distance = 4;
	const char *best = NULL;
	char hint[FL_SPELLING];

	for (size_t i = 0; i < fl_noptions && !strncmp(word, "--", 2); i++) {
		if (fl_options_table[i].name)
			fl_nearest(word + 2, fl_options_table[i].name, &best, &distance);
	}
	snprintf(hint, sizeof(hint), "--%s", best ? best : "");
	return best ? fl_usage(o, FL_O_UNKNOWN, word, hint) : fl_usage(o, FL_O_UNKNOWN, word);
}

/* The tables as getopt wants them; the caller's @longs has room for all and one more. */
static void fill_getopt(char *letters, struct option *longs)
{
	size_t nlongs = 0;

	/* other words come as the value of option 1, and getopt prints nothing */
	*letters++ = '-';
	*letters++ = ':';
	for (size_t i = 0; i < fl_noptions; i++) {
		const struct fl_option *opt = &fl_options_table[i];
		bool has_arg = fl_option_has_arg(opt), new_letter = true, new_name = true;

		for (size_t j = 0; j < i; j++) {
			new_letter = new_letter && !same_option(opt, &fl_options_table[j], true);
			new_name = new_name && !same_option(opt, &fl_options_table[j], false);
		}
		if (opt->kind == FL_ARG_COMMAND)
			continue;
		if (opt->letter && new_letter) {
			*letters++ = opt->letter;
			*letters = ':';
			letters += has_arg;
		}
		if (opt->name && new_name)
			longs[nlongs++] =
				(struct option){ opt->name, has_arg, NULL, FIRST_LONG + (int)i };
	}
	*letters = '\0';
	longs[nlongs] = (struct option){ 0 };
}

static const struct fl_option *by_getopt(int value)
{
	if (value >= FIRST_LONG)
		return &fl_options_table[value - FIRST_LONG];
	for (size_t i = 0; i < fl_noptions; i++) {
		if (fl_options_table[i].letter == value)
			return &fl_options_table[i];
	}
	return NULL;
}

/* Options and words up to @end. */
static int read_words(struct reader *r, int end, char **argv, const char *letters,
		      const struct option *longs)
{
	int opt, err;

	optind = 0; /* and not 1: GNU forgets an earlier command line */
	opterr = 0;
	while ((opt = getopt_long(end, argv, letters, longs, NULL)) != -1) {
		if (opt == 1) {
			err = add_word(r, optarg);
			if (err)
				return err;
		} else if (opt == '?' && optopt > ' ' && optopt < 0x7f) {
			/* optind stays where it was inside of "-zq" */
			char letter[] = { '-', (char)optopt, '\0' };

			return unknown_option(r->o, letter);
		} else if (opt == '?') {
			return unknown_option(r->o, argv[optind - 1]);
		} else if (opt == ':') {
			return fl_usage(r->o, FL_O_NO_VALUE, argv[optind - 1]);
		} else {
			add_item(r, by_getopt(opt), opt < FIRST_LONG, optarg);
		}
	}
	return 0;
}

/* The row of "--". */
static const struct fl_option *command_option(void)
{
	const struct fl_option *opt = fl_options_table;

	while (opt->kind != FL_ARG_COMMAND)
		opt++;
	return opt;
}

static int parse(struct reader *r, int argc, char **argv, char *letters, struct option *longs)
{
	struct fl_options *o = r->o;
	int end, err;

	/* Everything after "--" belongs to the command, options included. */
	for (end = 1; end < argc && strcmp(argv[end], "--"); end++)
		;
	if (end < argc) {
		if (end + 1 == argc)
			return fl_usage(o, FL_O_NO_COMMAND);
		o->command = &argv[end + 1];
	}
	fill_getopt(letters, longs);
	err = read_words(r, end, argv, letters, longs);
	if (err || o->mode == FL_MODE_VERSION)
		return err;
	if (o->command && !o->help && !find_row(command_option(), true, o->mode))
		return not_here(o, command_option(), true);
	err = apply_all(r);
	if (err)
		return err;
	if (!o->help)
		return check_combination(o);
	/* the help of other modes is about the mode, whatever its words are */
	if (o->mode != FL_MODE_RUN && o->mode != FL_MODE_CHECK)
		o->nfiles = 0;
	o->topic = o->mode;
	o->mode = FL_MODE_HELP;
	return 0;
}

static bool wants_json(const struct reader *r)
{
	for (size_t i = 0; i < r->nitems; i++) {
		if (r->items[i].opt->field == offsetof(struct fl_options, form) &&
		    !strcmp(r->items[i].arg, "json"))
			return true;
	}
	return false;
}

/* As a report goes: with a command, standard output is the command's. */
static void print_fault(const struct reader *r)
{
	const struct fl_fault *f = &r->o->fault;
	const char *word = fl_modes[r->o->mode].word;

	fprintf(stderr, "faultline: error: %s\nhint: ", f->text);
	if (*f->hint)
		fprintf(stderr, "%s\n", f->hint);
	else
		fprintf(stderr, "faultline %s%s--help lists the options\n", r->chosen ? word : "",
			r->chosen ? " " : "");
	if (wants_json(r))
		fl_fault_event(f, r->o->command ? stderr : stdout);
}

int fl_options_parse(struct fl_options *o, int argc, char **argv)
{
	struct option *longs = calloc(fl_noptions + 1, sizeof(*longs));
	char *letters = calloc(fl_noptions + 2, 2);
	struct reader r = { .o = o };
	size_t most = 1;
	int err;

	memset(o, 0, sizeof(*o));
	o->argv = argv;
	o->argc = argc;
	o->sysroot = "";
	o->max_injections = -1;
	o->files = calloc((size_t)argc + 1, sizeof(o->files[0]));
	o->allowed = calloc((size_t)argc + 1, sizeof(o->allowed[0]));
	/* "-qv" is one word and two options */
	for (int i = 1; i < argc; i++)
		most += strlen(argv[i]);
	r.items = calloc(most, sizeof(r.items[0]));
	if (!o->files || !o->allowed || !r.items || !letters || !longs)
		err = fl_usage(o, FL_F_MEMORY);
	else
		err = parse(&r, argc, argv, letters, longs);
	if (err)
		print_fault(&r);
	free(r.items);
	free(letters);
	free(longs);
	return err;
}

void fl_options_release(struct fl_options *o)
{
	free(o->files);
	o->files = NULL;
	free(o->allowed);
	o->allowed = NULL;
	for (size_t i = 0; i < o->nsettings; i++)
		free((char *)o->settings[i].name);
	free(o->settings);
	o->settings = NULL;
}
