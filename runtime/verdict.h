/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdict.h - is one function injectable, and exactly why not.
 *
 * Everything comes from the kernel: its list, its types, its symbol table, what
 * ftrace can trace, a trial of its verifier. Reasons are never guessed.
 */
#ifndef FL_VERDICT_H
#define FL_VERDICT_H

#include "probe.h"
#include "object.h"

#define FL_MAX_REASONS 6
#define FL_MAX_VARIANTS 4

/* Against it, or worth knowing. The names in text are for programs. */
enum fl_reason_id {
	FL_REASON_NOT_LISTED,	     /* "not-listed" */
	FL_REASON_NO_SYMBOL,	     /* "no-symbol": inlined, or not there at all */
	FL_REASON_SUFFIX_ONLY,	     /* "suffix-only": .isra, .part, .constprop */
	FL_REASON_MODULE_NOT_LOADED, /* "module-not-loaded" */
	FL_REASON_NO_MODULE,	     /* "no-module" */
	FL_REASON_NOT_IN_MODULE,     /* "not-in-module" */
	FL_REASON_NO_INJECTION,	     /* "no-error-injection": configuration */
	FL_REASON_LIST_HIDDEN,	     /* "list-hidden": debugfs, lockdown, rights */
	FL_REASON_NOT_IN_BTF,	     /* "not-in-btf" */
	FL_REASON_DUPLICATE,	     /* "duplicate" */
	FL_REASON_NOTRACE,	     /* "notrace" */
	FL_REASON_NO_OVERRIDE,	     /* "no-override": needs kprobes, which cannot */
	FL_REASON_UNDONE,	     /* "undone": needs kprobes, and a trampoline is on it */
	FL_REASON_FMOD_RET_REFUSED,  /* "fmod-ret-refused" */
	FL_REASON_NO_ERROR_RETURN,   /* "no-error-return": void and the like */
	FL_REASON_NOT_PERMITTED,     /* "not-permitted" */
};

struct fl_reason {
	enum fl_reason_id id;
	bool fatal;	/* the function is not injectable because of it */
	char text[320]; /* a clause, lower case, no full stop */
	char hint[320]; /* what to do; "" without */
};

struct fl_verdict {
	const char *name;
	char module[64]; /* where it is; "" for vmlinux and for nowhere */
	bool exists;	 /* anything in this kernel, or the module's file, has it */
	bool on_list;
	bool is_hook;	 /* security_*: fmod_ret takes it without a list */
	bool injectable; /* by this kernel; see FL_REASON_NOT_PERMITTED */
	enum fl_tag tag;
	bool tag_guessed; /* as in struct fl_func */
	bool in_btf;
	char proto[1024];	 /* "" unknown */
	enum fl_backend backend; /* AUTO: none */
	char backend_reason[200];
	enum fl_answer traceable;
	struct fl_reason reasons[FL_MAX_REASONS];
	size_t nreasons;
	/* the compiler's copies of it, with their suffixes */
	char variants[FL_MAX_VARIANTS][128];
	size_t nvariants;
	size_t ncopies; /* symbols of exactly that name; 0 also when not known */
	bool exported;	/* other modules may call it, as far as is known */
	/*
	 * "ALLOW_ERROR_INJECTION(name, ERRNO);" where that would make it
	 * injectable, else "".
	 */
	char macro[200];
	enum fl_tag macro_tag;
	char macro_note[240]; /* about its second argument; "" without */
};

struct fl_verdict_opts {
	const char *root; /* as for the kernel's facts */
	bool probe;	  /* try on the running kernel */
};

/* @module NULL: anywhere. 0 with *out set, or -ENOMEM. */
int fl_verdict(struct fl_kernel *k, const struct fl_verdict_opts *opts, const char *module,
	       const char *name, struct fl_verdict *out);

/* "not-listed" and so on. */
const char *fl_reason_name(enum fl_reason_id id);

#endif /* FL_VERDICT_H */
