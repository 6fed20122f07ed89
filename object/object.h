/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * object.h - what a compilation gives: ELF bytes and a manifest.
 *
 * The manifest says what the programs in the ELF are for and what the memory
 * that they share is to hold at first. It needs neither the source nor the
 * tree: runtime/ works from this alone. Everything belongs to the object and
 * goes with fl_object_free().
 */
#ifndef FL_OBJECT_H
#define FL_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend.h"
#include "expect.h"
#include "names.h"

struct fl_rule_knobs; /* fl_abi.h */

/* Who says which calls of rules with a return fail. */
enum fl_sweep {
	FL_SWEEP_NONE,	     /* the rules */
	FL_SWEEP_SYSTEMATIC, /* a campaign, call by call (runtime/points.h) */
	FL_SWEEP_RANDOM,     /* a campaign, several calls at a time, by the rules' rates */
};

/* One BPF program. */
struct fl_obj_prog {
	const char *name; /* of the C function in the ELF */
	enum fl_backend backend;
	const char *reason; /* the reason, for humans */
	bool is_tracker;    /* watches for within(); no rule's */
	size_t first_attach;
	size_t nattaches; /* one, but for kprobe.multi */
};

/* A function that a program is attached to. */
struct fl_obj_attach {
	uint32_t prog;
	const char *func;   /* what the kernel calls it */
	const char *shown;  /* what the script calls it: sys_openat */
	const char *module; /* or NULL for vmlinux */
	uint32_t btf_id;    /* of the function, for fmod_ret, fentry and fexit */
	enum fl_tag tag;
	enum fl_type_kind ret; /* FL_TYPE_UNKNOWN without BTF */
	uint64_t cookie;       /* for kprobe.multi: its number there, and func's << 32 */
};

struct fl_obj_rule {
	const char *label;  /* or NULL */
	const char *text;   /* the rule on one line */
	const char *source; /* name of the file that has it */
	unsigned int line;
	const struct fl_rule_knobs *knobs; /* initial ones */
	bool returns;			   /* counts as injected; otherwise as fired */
	bool fixed_value;		   /* it returns the knob's value */
	bool has_rate;			   /* rand < N, which is the knob's rate */
	int rate_param;			   /* or < $param: that one; -1 for none */
	bool child_only;
	bool resolved; /* false: all its functions are awaited, and little is known of it */
	bool per_key;  /* its schedules count by the key of "per" */
};

/* A term of a condition. */
struct fl_obj_test {
	const char *text;
	unsigned int cost; /* compiler/builtin.def has the units */
};

/* The tests of a rule, in order. */
struct fl_obj_cond {
	struct fl_obj_test *tests;
	size_t ntests;
	size_t nsure; /* before the guard; those after it draw random numbers */
};

/* A pair of a rule and a function; counters are kept for each. */
struct fl_obj_slot {
	uint32_t rule;
	uint32_t attach;
	uint32_t target; /* number of the rule's target that means the function */
	uint32_t cond;
};

/* A target that is not there, and that a module may bring. */
struct fl_obj_wait {
	uint32_t rule;
	uint32_t target;
	const char *module; /* or NULL: any */
	const char *name;   /* of a function, or a pattern */
};

enum fl_knob {
	FL_KNOB_VALUE,
	FL_KNOB_NTH_FIRST,
	FL_KNOB_NTH_LAST, /* and FIRST if there is no other end */
	FL_KNOB_NTH_ONLY,
	FL_KNOB_NTH_STEP,
	FL_KNOB_EVERY,
	FL_KNOB_AFTER,
	FL_KNOB_TIMES,
	FL_KNOB_AFTER_NS,
	FL_KNOB_FOR_NS,
};

/* A knob that follows a parameter. */
struct fl_obj_param_use {
	uint32_t param;
	uint32_t rule;
	enum fl_knob knob;
};

struct fl_obj_param {
	const char *name;
	const char *help;   /* or NULL */
	const char *string; /* a text, fixed when compiled; or NULL */
	int64_t value;	    /* a number, ns, or 1e-9 */
	bool is_duration;
	bool is_fraction;
};

/* How a value of a log is stored, in words of 8 bytes. */
enum fl_log_arg {
	FL_LOG_NUMBER, /* one */
	FL_LOG_FUNC,   /* one: number of a function */
	FL_LOG_STRING, /* as many as it takes, NUL-terminated */
};

struct fl_obj_log_arg {
	enum fl_log_arg kind;
	unsigned int words;
};

struct fl_obj_log {
	const char *format;
	struct fl_obj_log_arg *args;
	size_t nargs;
};

/* A map of the ELF, fl_at_N, that rules of several objects may share. */
struct fl_obj_state {
	const char *name; /* without the @ */
	unsigned int nkeys;
	unsigned int key_words;
};

/* A module that rules are on. */
struct fl_obj_module {
	const char *name;
	const char *build_id; /* in hexadecimal */
};

/* What the code holds of a kernel that its build does not settle. */
enum fl_fact {
	FL_FACT_RANGES = 0,  /* value: checksum of a pattern's address ranges */
	FL_FACT_ADDRESS = 1, /* value: of a symbol */
	FL_FACT_CGROUP = 2,  /* value: id of a control group */
};

struct fl_obj_fact {
	enum fl_fact kind;
	const char *name;   /* pattern, symbol, path */
	const char *module; /* of a pattern, or NULL */
	uint64_t value;
};

/* A command of a campaign's workload, for sh -c. */
struct fl_obj_command {
	const char *command;
	const char *message; /* of a check, or NULL */
	const char *source;
	unsigned int line;
};

/* A message of the kernel log that is right under this script's faults. */
struct fl_obj_allow {
	const char *pattern; /* a glob over the message */
	const char *reason;
	const char *source;
	unsigned int line;
};

struct fl_object {
	void *elf; /* NULL when only C was asked for */
	size_t elf_len;
	char *c_text;
	size_t c_len;
	struct fl_obj_prog *progs;
	size_t nprogs;
	struct fl_obj_attach *attaches;
	size_t nattaches;
	struct fl_obj_rule *rules;
	size_t nrules;
	struct fl_obj_slot *slots;
	size_t nslots;
	struct fl_obj_cond *conds;
	size_t nconds;
	struct fl_obj_param *params;
	size_t nparams;
	struct fl_obj_param_use *param_uses;
	size_t nparam_uses;
	struct fl_obj_log *logs;
	size_t nlogs;
	const char **funcs; /* functions by number */
	size_t nfuncs;
	struct fl_obj_state *states;
	size_t nstates;
	struct fl_obj_wait *waits;
	size_t nwaits;
	struct fl_obj_expect *expects;
	size_t nexpects;
	struct fl_obj_module *modules;
	size_t nmodules;
	struct fl_obj_fact *facts;
	size_t nfacts;
	/* the kernel that it is for */
	const char *release;
	const char *arch;
	const char *build_id; /* in hexadecimal; NULL unless it is to be written to a file */
	uint64_t seed;	      /* the one that a file is to be run with */
	/* the workload, each list in script order */
	struct fl_obj_command *setups;
	size_t nsetups;
	const struct fl_obj_command *run; /* or NULL */
	struct fl_obj_command *cleanups;
	size_t ncleanups;
	struct fl_obj_command *checks;
	size_t nchecks;
	struct fl_obj_allow *allows;
	size_t nallows;
	unsigned int ncpus;   /* in a row of counters, see fl_abi.h */
	bool tracks_children; /* has the programs that follow the command */
	bool uses_keys;	      /* "per" */
	bool seeded;
	bool force_return; /* values need not fit the functions' tags */
	enum fl_sweep sweep;
	void *memory; /* what the strings and arrays live in */
};

void fl_object_free(struct fl_object *obj);

/* "-EIO", "NULL", "true", "-4000": what a function was made to return. */
const char *fl_value_name(const struct fl_obj_attach *attach, int64_t value, char *buf, size_t len);

#endif /* FL_OBJECT_H */
