/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan.h - which programs there will be, and in which order conditions are
 * evaluated. The last decisions before C is written; emit.c makes none.
 */
#ifndef FL_PLAN_H
#define FL_PLAN_H

#include "ast.h"
#include "object.h"

struct fl_plan_slot {
	const struct fl_rule *rule;
	uint32_t rule_index;
};

struct fl_plan_prog {
	const struct fl_target *target;
	const struct fl_func *func;
	const char *name;
	enum fl_backend backend;
	const char *reason;
	struct fl_plan_slot *slots; /* in script order */
	size_t nslots;
	size_t cap;
	size_t first_slot; /* number of slots[0] in the whole plan */
};

/* The condition of a rule, as terms of a conjunction, cheapest first. */
struct fl_plan_cond {
	const struct fl_expr **terms;
	size_t nterms;
};

struct fl_plan {
	const struct fl_script *script;
	struct fl_plan_prog *progs;
	size_t nprogs;
	size_t cap;
	size_t nslots;
	struct fl_plan_cond *conds; /* one per rule */
	bool tracks_children;
};

/* A function whose fmod_ret program the kernel would not take. */
struct fl_refusal {
	const char *func;
	const char *module;
	const char *why;
};

struct fl_plan_opts {
	enum fl_backend backend; /* AUTO, or the one to use for all */
	const struct fl_refusal *refusals;
	size_t nrefusals;
};

void fl_plan(const struct fl_script *script, const struct fl_plan_opts *opts, struct fl_arena *a,
	     struct fl_diags *ds, struct fl_plan *plan);

#endif /* FL_PLAN_H */
