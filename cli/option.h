/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option.h - the tables of modes and options. */
#ifndef FL_OPTION_H
#define FL_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "options.h"

/* What an argument is: how it is read, and what completes it. */
enum fl_arg_kind {
	FL_ARG_NONE,
	FL_ARG_MODE,	  /* no argument; the option itself chooses the mode */
	FL_ARG_RULES,	  /* text of rules, given once */
	FL_ARG_COMMAND,	  /* all further words */
	FL_ARG_TEXT,	  /* a command for the shell */
	FL_ARG_PID,	  /* a process */
	FL_ARG_NUMBER,	  /* from min to max */
	FL_ARG_DURATION,  /* with a unit; to ns */
	FL_ARG_CHOICE,	  /* one of choices */
	FL_ARG_FUNCTION,  /* of the kernel; repeatable */
	FL_ARG_SETTING,	  /* NAME=VALUE; repeatable */
	FL_ARG_FILE,	  /* any */
	FL_ARG_DIRECTORY, /* any */
	FL_ARG_SCRIPT,	  /* a file of rules */
	FL_ARG_SUBJECT,	  /* a function or a script */
	FL_ARG_FINDING,	  /* DIR/N of a campaign */
	FL_ARG_SHELL,	  /* one that there is a completion script for */
};

enum fl_option_section {
	FL_SECTION_WHAT,
	FL_SECTION_INSPECT,
	FL_SECTION_LIMITS,
	FL_SECTION_HOW,
	FL_SECTION_OUTPUT,
	FL_NSECTIONS
};

/* Sets of modes. */
enum {
#define FL_MODE(id, word, kind, words, help, more) FL_IN_##id = 1u << FL_MODE_##id,
#include "mode.def"
#undef FL_MODE
	FL_IN_RUNS = FL_IN_RUN | FL_IN_EXPLAIN, /* what explain describes is a run */
	FL_IN_RULES = FL_IN_RUNS | FL_IN_CHECK,
	FL_IN_FACTS = FL_IN_RULES | FL_IN_LIST,
	FL_IN_ALL = FL_IN_RULES | FL_IN_FORMAT | FL_IN_LIST | FL_IN_DOCTOR | FL_IN_SWEEP |
		    FL_IN_REPLAY | FL_IN_MINIMISE | FL_IN_REPORT | FL_IN_MERGE | FL_IN_SUPERVISE |
		    FL_IN_ANNOTATE,
};

struct fl_option {
	const char *name; /* without its dashes, or NULL */
	char letter;	  /* or 0 */
	enum fl_arg_kind kind;
	const char *arg;     /* as --help writes it; NULL: none, or its choices */
	const char *choices; /* "text|json" */
	uint64_t min, max;   /* of a number; of choices, min is the value of the first */
	size_t field, size;  /* the member of struct fl_options */
	size_t given;	     /* the flag beside it that it was given; 0: none */
	enum fl_mode mode;   /* that FL_ARG_MODE chooses */
	unsigned int modes;
	enum fl_option_section section;
	const char *help;
	const char *more;
};

struct fl_mode_info {
	const char *word; /* or NULL */
	enum fl_arg_kind kind;
	const char *words;
	const char *help;
	const char *more;
};

extern const struct fl_option fl_options_table[];
extern const size_t fl_noptions;
extern const struct fl_mode_info fl_modes[FL_NMODES];
extern const char *const fl_section_titles[FL_NSECTIONS];

static inline bool fl_option_has_arg(const struct fl_option *opt)
{
	return opt->kind != FL_ARG_NONE && opt->kind != FL_ARG_MODE;
}

#define FL_SPELLING 64

/* "-e" or "--seed", as messages name it. */
void fl_option_spelling(const struct fl_option *opt, char *out, size_t size);
/* How messages name a mode: "check", "-l". */
const char *fl_mode_name(enum fl_mode mode);

/* Note a mistake with the strings for its places: FL_EXIT_USAGE. */
#define fl_usage(o, ...) (fl_fault_raise(&(o)->fault, __VA_ARGS__, NULL), FL_EXIT_USAGE)

/* "500ms", "30s"; to ns. */
bool fl_option_duration(const char *text, uint64_t *out);
/* Store @arg (NULL for a flag) where the row says. 0, or FL_EXIT_USAGE with the mistake noted. */
int fl_option_apply(struct fl_options *o, const struct fl_option *opt, const char *arg);
/* NAME=VALUE; split in a copy. Repeatable. */
int fl_option_setting(struct fl_options *o, const char *arg);

#endif /* FL_OPTION_H */
