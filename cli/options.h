/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - the command line, read once into one structure. */
#ifndef FL_OPTIONS_H
#define FL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "compile.h"
#include "fault.h"
#include "result_form.h"

enum fl_mode {
#define FL_MODE(id, word, kind, words, help, more) FL_MODE_##id,
#include "mode.def"
#undef FL_MODE
	FL_NMODES
};

/* --emit, in the order of its choices. */
enum fl_emit_to {
	FL_EMIT_TO_KERNEL, /* not given: the rules are armed */
	FL_EMIT_TO_C,
	FL_EMIT_TO_OBJECT,
};

struct fl_options {
	enum fl_mode mode;
	enum fl_mode topic; /* of help: the mode that it is about; with a file, that script */
	const char *rules;  /* -e, or NULL */
	char **files;	    /* of check and fmt; the one script; what list and explain are about */
	int nfiles;
	struct fl_param_setting *settings; /* name=value, --set */
	size_t nsettings;
	char **command;		   /* NULL-terminated, or NULL */
	const char *shell_command; /* -c, or NULL */
	const char *output;	   /* -o, or NULL */
	/* of a campaign; texts as given, or NULL */
	const char *occurrence;
	const char *values;
	const char *only;
	const char *shard;
	const char *budget;
	const char *console;
	uint64_t timeout_ns; /* of a trial, or of the journal; 0: as the baseline says */
	uint64_t idle_ns;    /* of journal and console */
	uint32_t max_boots;  /* 0: any number */
	/* of annotate; NULL: not given */
	const char *build;
	const char *match;
	uint32_t min_score;
	bool patch;
	bool signoff;
	/* of enable; NULL: not given */
	const char *source;
	const char *kernel_build;
	bool force;
	bool undo;
	uint32_t each;	      /* --each: path, call, function */
	uint32_t inject_mode; /* --mode: once, on, all, both */
	uint32_t depth;
	bool keep_going;
	bool fresh_lockdep;
	char **argv; /* the whole command line, borrowed */
	int argc;
	const char *sysroot;  /* facts are read below it; "" is / */
	int pid;	      /* -p, or 0 */
	const char **allowed; /* --allow */
	size_t nallowed;
	enum fl_backend backend;
	enum fl_emit_to emit;
	enum fl_form form; /* -f */
	bool traceable;	   /* list what can be traced instead of what can fail */
	bool help;
	bool sweep;
	bool random;
	bool fix_hint;	 /* doctor */
	bool only_check; /* fmt: report what is not formatted, and write nothing */
	bool verbose;
	bool quiet;
	bool system_wide;
	bool force_return;
	bool no_return;
	bool allow_idle;
	bool propagate;
	bool wait_for_module;
	bool timing;
	bool wait; /* for trampolines to come off */
	bool include_init;
	bool include_self;
	bool include_exec;
	bool has_seed;
	struct fl_fault fault; /* after FL_EXIT_USAGE: the mistake */
	uint64_t seed;
	uint64_t deadline_ns;	/* 0: none */
	int64_t max_injections; /* negative: any number */
	uint32_t rate_cap;	/* 0: any number */
};

/*
 * 0, or FL_EXIT_USAGE with the mistake printed. The strings are argv's; what
 * is allocated is released by fl_options_release().
 */
int fl_options_parse(struct fl_options *o, int argc, char **argv);
void fl_options_release(struct fl_options *o);

/* Is what runs an object, FILE.flo? */
bool fl_runs_object(const struct fl_options *o);
/* Does enable load a module that was built before? */
bool fl_enables_file(const struct fl_options *o);
/* explain: is it about rules, not a function? */
bool fl_explains_rules(const struct fl_options *o);

/* --help: of everything for FL_MODE_RUN, else of one mode. */
void fl_options_help(enum fl_mode topic, FILE *out);

#endif /* FL_OPTIONS_H */
