/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * backend.h - which back end a program gets, from facts alone.
 *
 * The compiler, `-l`, `explain` and `doctor` all ask here, so they cannot
 * disagree where they know the same. Nothing is probed and nothing is attached:
 * runtime/backend/ does that.
 */
#ifndef FL_BACKEND_H
#define FL_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fl_backend {
	FL_BACKEND_AUTO,
#define FL_BACKEND(id, code, ...) FL_BACKEND_##id = (code),
#include "backend.def"
#undef FL_BACKEND
};

/* Codes are those from 1 on. */
enum {
	FL_BACKEND_NO_ROW,
#define FL_BACKEND(id, ...) FL_BACKEND_ROW_##id,
#include "backend.def"
#undef FL_BACKEND
	FL_NBACKENDS
};

/* What keeps a back end from being used, in the order of precedence. */
enum fl_why {
	FL_WHY_NONE,
#define FL_WHY_NOT(id, condition, text) FL_WHY_##id,
#include "backend.def"
#undef FL_WHY_NOT
	FL_NWHYS
};

struct fl_why_not {
	enum fl_why id;
	const char *text; /* a clause, lower case, no full stop; "" for FL_WHY_NONE */
};

#define FL_MULTI_LEAST 9 /* functions for which one kprobe.multi is better */

/* What the kernel is known to lack; unknown features are assumed to exist. */
#define FL_LACKS_FMOD_RET 1U
#define FL_LACKS_FENTRY 2U
#define FL_LACKS_KPROBE 4U
#define FL_LACKS_OVERRIDE 8U
#define FL_LACKS_KPROBE_MULTI 16U

/* A function, and what the rules on it want. Zero is the harmless value of each. */
struct fl_backend_facts {
	/* the rules */
	enum fl_backend asked; /* on the command line: AUTO, FMOD_RET or KPROBE */
	bool returns;	       /* one of them returns in the function's place */
	bool may_be_zero;      /* and it may be 0 or NULL */
	bool at_exit;	       /* they are on the function's end */
	bool uses_args;
	bool is_syscall;
	bool exit_args;	 /* other rules, on its end, use its arguments */
	bool overridden; /* other rules make it return by a kprobe */
	size_t nfuncs;	 /* functions with exactly these rules */
	/* the function */
	bool on_list; /* of injectable functions */
	bool in_module;
	bool in_btf;
	enum fl_why no_trampoline; /* as in struct fl_func */
	unsigned int copies;	   /* functions of that name where it is; 0: not known */
	bool probed;		   /* a kprobe is on it that may return in its place */
	bool trampolined;	   /* fentry, fexit or fmod_ret is on it */
	/* the kernel */
	unsigned int lacks;		   /* FL_LACKS_... */
	const char *refused[FL_NBACKENDS]; /* its refusal of this one, or NULL */
};

/* Can @b do it? Where not, *why is the reason. */
bool fl_backend_can(enum fl_backend b, const struct fl_backend_facts *f, struct fl_why_not *why);
/* It can: does it harm others, or get harmed? *why is how. */
bool fl_backend_harms(enum fl_backend b, const struct fl_backend_facts *f, struct fl_why_not *why);

struct fl_backend_choice {
	enum fl_backend backend;   /* AUTO: none can */
	enum fl_backend preferred; /* would be best, if it could */
	struct fl_why_not against; /* why that is not used; NONE where it is */
	struct fl_why_not last;	   /* why the last resort cannot be used, or NONE */
	const char *reason;	   /* for the back end, or against the preferred one */
};

/* The best back end for one function, which harms none where there is such a one. */
void fl_backend_choose(const struct fl_backend_facts *f, struct fl_backend_choice *out);

/*
 * The kernel refused @b: may another plan do? @is_hook: a security hook, which
 * no other back end makes fail.
 */
bool fl_backend_has_other(enum fl_backend b, enum fl_backend asked, bool is_hook);

/* "fmod_ret", "kprobe" */
const char *fl_backend_name(enum fl_backend b);
/* At the function's end and not at its start. */
bool fl_backend_is_exit(enum fl_backend b);
/* Attached by BTF id, by one of BPF's trampolines. */
bool fl_backend_is_tracing(enum fl_backend b);
/* Why it is taken where it is the best; "" for a last resort. */
const char *fl_backend_chosen(enum fl_backend b);
/* The macro of bpf-templates/ that returns in the function's place, or NULL. */
const char *fl_backend_returns(enum fl_backend b);

#endif /* FL_BACKEND_H */
