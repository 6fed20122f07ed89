/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan.h - which programs there will be, and in which order conditions are
 * evaluated. The last decisions before C is written; emit.c makes none.
 *
 * What a kprobe returns in a function's place is lost when a BPF trampoline
 * (fmod_ret, fentry, fexit) is on the function too, whichever process attached
 * them, in any order: fmod_ret and fexit call the function anyway, and after
 * fentry the caller gets a meaningless value (docs/internals.md). So all
 * programs on a function are of the one or the other kind.
 */
#ifndef FL_PLAN_H
#define FL_PLAN_H

#include "ast.h"
#include "object.h"

/* A rule in a program. */
struct fl_plan_slot {
	const struct fl_rule *rule;
	uint32_t rule_index;
	const struct fl_instance *instance;
};

/* A function that a program is attached to. */
struct fl_plan_attach {
	const struct fl_on *on;
	uint32_t func_index; /* among all functions that rules are on */
};

struct fl_plan_prog {
	const char *name;
	enum fl_backend backend;
	const char *reason;
	bool on_exit;
	bool returns; /* one of its rules does */
	struct fl_backend_facts facts;
	bool may_join; /* a kprobe.multi program of many functions */
	struct fl_plan_attach *attaches;
	size_t nattaches;
	size_t attach_cap;
	struct fl_plan_slot *slots; /* in script order */
	size_t nslots;
	size_t slot_cap;
	size_t first_slot;		  /* in the whole plan: nslots for each attach */
	size_t first_attach;		  /* likewise */
	const struct fl_tracker *tracker; /* or NULL */
	/* what the entry has to fetch */
	uint32_t args;	   /* a bit for each register to fetch */
	bool args_are_mem; /* pointers among them: the verifier must not see them */
	bool uses_retval;
	bool uses_ip;
};

/* The condition of an instance, as terms of a conjunction, cheapest first. */
struct fl_plan_cond {
	const struct fl_expr **terms;
	unsigned int *costs; /* see builtin.def */
	size_t nterms;
	size_t nsure; /* terms before the first one that draws */
};

struct fl_plan {
	const struct fl_script *script;
	struct fl_plan_prog *progs;
	size_t nprogs;
	size_t cap_progs;
	size_t nslots;
	size_t nattaches;
	const char **funcs; /* as scripts call them, by func_index */
	size_t nfuncs;
	size_t cap_funcs;
	struct fl_plan_cond *conds; /* one per instance, by number */
	bool tracks_children;
	/* To the verifier, which looks at each function once: */
	bool separate; /* rules are functions of their own */
	size_t part;   /* or so many of a program are one; 0: none is */
};

/* A function whose program of this kind the kernel would not take. */
struct fl_refusal {
	const char *func;
	const char *module;
	enum fl_backend backend;
	const char *why;
};

struct fl_plan_opts {
	enum fl_backend backend; /* AUTO, or FMOD_RET or KPROBE to use for all that return */
	bool force_return;
	bool sweep; /* calls of functions that return are distinguished by their call path */
	const struct fl_refusal *refusals;
	size_t nrefusals;
	/* What is already attached to functions; only those that may matter. */
	const struct fl_attached *attached;
	size_t nattached;
};

void fl_plan(const struct fl_script *script, const struct fl_plan_opts *opts, struct fl_arena *a,
	     struct fl_diags *ds, struct fl_plan *plan);

#endif /* FL_PLAN_H */
