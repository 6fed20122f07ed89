/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repl_impl.h - what the files of repl/ share.
 *
 *	repl.c		the loop: keys, signals, lines
 *	say.c		text above the prompt
 *	events.c	what rules do, as lines and rates
 *	dispatch.c	commands: found, and those that change something
 *	param.c		parameters and their values
 *	define.c	param and let as a list
 *	entry.c		rules from text to armed and back
 *	undo.c		what was changed, and how to revert it
 *	show.c		commands that only show
 *	table.c		rules as rows that fit the terminal
 *	live_table.c	the live table
 *	script.c	load, save, edit
 *	job.c		run
 *	line.c		completion and history
 *
 * say.c and events.c use none of the others; undo.c knows how everything is taken
 * back, and is told by those who let it be done.
 */
#ifndef FL_REPL_IMPL_H
#define FL_REPL_IMPL_H

#include <stdio.h>

#include "define.h"
#include "engine.h"
#include "event_text.h"
#include "repl.h"
#include "rewrite.h"
#include "throttle.h"

#define FL_MAX_EVENTS 1000 /* that are remembered */
#define FL_HISTORY 30	   /* seconds of rates that are remembered */
#define FL_MAX_UNDO 100

/* One text that was armed: a rule that was typed, or a file. */
struct fl_entry {
	char *text;
	struct fl_armed *armed;
	const struct fl_object *obj;	   /* the set's */
	struct fl_definitions definitions; /* that its rules were compiled with */
	struct fl_entry_rule {
		char name[64];
		bool gone;		  /* disarmed, while others of the same text are not */
		struct fl_rule_edit edit; /* what "set" has changed */
		uint64_t last;		  /* injected or fired a second ago */
		uint32_t history[FL_HISTORY];
	} * rules; /* one for each of obj */
};

/* A rule that a command is about. */
struct fl_ref {
	struct fl_entry *entry;
	size_t rule;
};

struct fl_seen {
	size_t number; /* from 1, over the whole session */
	char name[64]; /* the rule's */
	char *text;    /* with its stack, a line each */
};

enum fl_undo_kind {
	FL_UNDO_ARM,	/* the rule called name was armed */
	FL_UNDO_DISARM, /* text, after definitions, was armed as name; old: it was enabled */
	FL_UNDO_ENABLE, /* old: it was enabled */
	FL_UNDO_RATE,
	FL_UNDO_TIMES,
	FL_UNDO_VALUE,
	FL_UNDO_PARAM,
};

struct fl_undo {
	enum fl_undo_kind kind;
	char name[64]; /* of the rule or parameter */
	char *text;
	struct fl_definitions definitions;
	int64_t old;
	struct fl_rule_edit edit;
	bool with_previous; /* belongs to the change before it */
};

struct fl_repl {
	const struct fl_repl_opts *opts;
	struct fl_engine *engine;
	struct fl_entry **entries;
	size_t nentries;
	size_t next_name;
	bool paused;
	uint64_t deadline_ns;  /* for all rules, those to come included; 0: none */
	bool deadline_decided; /* by the command line's at the first rule, or by a command */
	struct fl_definitions definitions; /* that were typed, with the values of now */
	struct fl_seen events[FL_MAX_EVENTS];
	size_t nevents; /* ever */
	struct fl_undo undos[FL_MAX_UNDO];
	size_t nundos;
	struct fl_throttle throttle;
	/* the terminal */
	char *pending;	   /* lines of a rule that is not complete */
	bool line_is_open; /* readline shows a prompt */
	enum fl_fault_tag last_error;
	bool asked; /* whether to leave although rules are armed */
	bool leaving;
	bool color;
	bool quiet;	 /* events are kept, not shown: a command has the terminal */
	uint64_t ticked; /* the second that rates were taken at */
	int signal_fd;
	int key_fd; /* the terminal, never waited for in a read */
};

/* say.c: print above the prompt, which comes back by itself. */
__attribute__((format(printf, 2, 3))) void fl_repl_say(struct fl_repl *r, const char *format, ...);
void fl_repl_fault(struct fl_repl *r, const struct fl_fault *f);
/* An error of the prompt's own; the strings for its places follow, then NULL. */
void fl_repl_error(struct fl_repl *r, enum fl_fault_tag tag, ...) __attribute__((sentinel));
/* For the engine's sink; @r is the prompt. */
void fl_repl_on_fault(void *r, const struct fl_fault *f);
void fl_repl_on_diags(void *r, const struct fl_diags *ds);
const char *fl_repl_bold(const struct fl_repl *r);
const char *fl_repl_plain(const struct fl_repl *r);

/* events.c: for the engine's sink; @r is the prompt. */
void fl_repl_on_event(void *r, const struct fl_armed *a, const struct fl_object *obj,
		      const struct fl_event *e);
void fl_repl_on_splat(void *r, const char *line);
/* Rates, and what the throttle has hidden: after each step. */
void fl_repl_tick(struct fl_repl *r);
void fl_repl_forget_events(struct fl_repl *r);

/* entry.c */
struct fl_rule_text {
	const char *name; /* of a rule without a label; NULL: it gets one */
	const char *text;
	const char *source;		      /* where it stands */
	const struct fl_definitions *defined; /* that go before it; NULL: those that were typed */
	bool disabled;
};
/* NULL after a report. */
struct fl_entry *fl_repl_arm(struct fl_repl *r, const struct fl_rule_text *text);
void fl_repl_disarm(struct fl_repl *r, struct fl_ref ref);
/* In ns from now: FL_NEVER without one, 0 when it has passed. */
uint64_t fl_repl_time_left(const struct fl_repl *r);
void fl_repl_disarm_all(struct fl_repl *r);
/* The rule of that name, or with that prefix; reports when there is none. */
bool fl_repl_find(struct fl_repl *r, const char *name, struct fl_ref *out);
size_t fl_repl_count(const struct fl_repl *r);
/* The rule of exactly that name. */
bool fl_repl_find_exactly(const struct fl_repl *r, const char *name, struct fl_ref *out);
/* Call @fn for every rule that is armed. */
void fl_repl_each(struct fl_repl *r, void (*fn)(struct fl_repl *r, struct fl_ref ref, void *arg),
		  void *arg);
/* The rule as text, with the changes that were made to it; malloc'd. */
char *fl_repl_text(struct fl_ref ref, const char *name);
/* What @e's rules are compiled with when they are armed again; 0 or -ENOMEM. */
int fl_repl_definitions_of(const struct fl_entry *e, struct fl_definitions *out);
/* Can they be added to the definitions for every rule? False after a report. */
bool fl_repl_check_definitions(struct fl_repl *r, const char *text);
const struct fl_source *fl_repl_prelude(struct fl_repl *r, struct fl_source *src);

/* undo.c */
struct fl_undo *fl_repl_note(struct fl_repl *r, enum fl_undo_kind kind, const char *name);
void fl_undo_release(struct fl_undo *u);
/* All rules of an entry were armed by one action. */
void fl_repl_note_armed(struct fl_repl *r, const struct fl_entry *e);
/* How a rule is armed again that is about to go. */
void fl_repl_note_disarm(struct fl_repl *r, struct fl_ref ref, const char *name);
void fl_repl_undo(struct fl_repl *r);

/* dispatch.c */
void fl_repl_command(struct fl_repl *r, char *line);
bool fl_repl_is_command(const char *word);

/* param.c */
bool fl_repl_is_param(const struct fl_repl *r, const char *name);
enum fl_literal fl_repl_param_kind(const struct fl_obj_param *p);
/*
 * A parameter's value everywhere, or nowhere after a report. *old is yours and may
 * be NULL; with *old_value it is what fl_repl_undo_param() needs.
 */
bool fl_repl_set_param(struct fl_repl *r, const char *name, const char *text, char **old,
		       int64_t *old_value);
bool fl_repl_undo_param(struct fl_repl *r, const struct fl_undo *u);

/* show.c */
void fl_repl_list(struct fl_repl *r);
void fl_repl_show(struct fl_repl *r, struct fl_ref ref);
void fl_repl_events(struct fl_repl *r, const char *name, size_t n);
void fl_repl_stack(struct fl_repl *r, const char *number);
void fl_repl_help(struct fl_repl *r, const char *topic);

/* table.c */
/* Of the terminal; many without one. */
int fl_repl_columns(void);
/* A line, that ends in "..." where it is cut to @columns characters. */
void fl_repl_put_cut(FILE *out, const char *text, int columns);
/* The head of a table of rules, and a rule; with its last seconds where @history. */
void fl_repl_head(FILE *out, int columns, bool history);
void fl_repl_row(FILE *out, struct fl_ref ref, int columns, bool history);

/* live_table.c */
void fl_repl_watch(struct fl_repl *r, const struct fl_ref *only);

/* script.c */
void fl_repl_load(struct fl_repl *r, const char *path);
void fl_repl_save(struct fl_repl *r, const char *path);
void fl_repl_edit(struct fl_repl *r, struct fl_ref ref);

/* job.c: a shell's command in the foreground; its status as from waitpid(2), or -1. */
int fl_repl_job(struct fl_repl *r, const char *command, bool is_child);
void fl_repl_run(struct fl_repl *r, const char *command);

/* line.c */
void fl_repl_line_init(struct fl_repl *r);
void fl_repl_line_done(struct fl_repl *r);
void fl_repl_remember(const char *text);

#endif /* FL_REPL_IMPL_H */
