/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sema_impl.h - what the files of sema share. Internal to them.
 *
 *	sema.c		items in order; rules put together
 *	sema_func.c	functions: targets and patterns
 *	sema_near.c	unknown names, and suggestions
 *	sema_expr.c	operators, strings, random numbers; constants folded
 *	sema_name.c	names: arguments, builtins, parameters, states
 *	sema_call.c	str(), within() and the like
 *	sema_counter.c	counters of rules, for expectations
 *	sema_type.c	the kernel's types: members, casts, pointers followed
 *	sema_rule.c	schedules and actions
 *	sema_step.c	items of a workload, and what a sweep needs of rules
 *	sema_return.c	what may be returned, and whose tasks are hit
 *	sema_value.c	what an expression is and whether that is wanted; words for it
 */
#ifndef FL_SEMA_IMPL_H
#define FL_SEMA_IMPL_H

#include "arch.h"
#include "sema.h"

#define FL_SYSCALL_PREFIX "sys_"

/* The place of an expression decides which names it may use. */
enum fl_place {
	FL_PLACE_CONSTANT, /* param, let */
	FL_PLACE_SCHEDULE, /* a number of a schedule, a weight */
	FL_PLACE_COND,
	FL_PLACE_ACTION,
	FL_PLACE_TRACKER, /* the condition inside within() */
	FL_PLACE_EXPECT,
};

struct fl_sema {
	struct fl_script *script;
	struct fl_kernel *kernel;
	const struct fl_arch *arch; /* of the kernel */
	const struct fl_sema_opts *opts;
	struct fl_arena *arena;
	struct fl_diags *diags;
	size_t nlets; /* those already checked, which may be used */
	/* the current expression */
	enum fl_place place;
	struct fl_rule *rule;
	struct fl_instance *instance;
};

/* sema_value.c */
/* Is the current expression evaluated outside of a call? */
bool fl_is_outside_calls(const struct fl_sema *s);
bool fl_is_number(const struct fl_expr *e);
/* A structure or union. */
bool fl_is_record(const struct fl_type *t);
void fl_set_constant(struct fl_expr *e, enum fl_value_type type, uint64_t value);
/* "bio->bi_opf & 1" */
const char *fl_expr_text(struct fl_sema *s, const struct fl_expr *e);
/* "struct bio *" */
const char *fl_type_text(struct fl_sema *s, const struct fl_expr *e);
/*
 * "its first member is X.NAME" of a structure or array, which is not a value, or
 * NULL.
 */
const char *fl_part_of(struct fl_sema *s, const struct fl_expr *e);
/* @e is a condition; false after a report. */
bool fl_want_truth(struct fl_sema *s, const struct fl_expr *e);
/* @e is an operand of @op, or NONE: report if it is not a number. */
bool fl_want_number(struct fl_sema *s, const struct fl_expr *e, enum fl_op op);

/* sema_expr.c: give every node at and below @e its type. */
void fl_check_expr(struct fl_sema *s, struct fl_expr *e);
/*
 * What a constant expression is worth when the parameters in it have their
 * first values; false when it is not constant but for those.
 */
bool fl_initial_value(const struct fl_expr *e, uint64_t *value);
/* "3..9" for a range that was written 9..3, or NULL. */
const char *fl_turned_range(struct fl_sema *s, const struct fl_expr *low,
			    const struct fl_expr *high);

/* sema_name.c */
void fl_check_name(struct fl_sema *s, struct fl_expr *e);
void fl_check_param(struct fl_sema *s, struct fl_expr *e);
void fl_check_state(struct fl_sema *s, struct fl_expr *e);
/* Does the name always mean the same number? */
bool fl_is_constant_name(struct fl_sema *s, const char *name);
/* Words of 8 bytes that @e takes as part of a key; 0 after a report. */
unsigned int fl_key_words(struct fl_sema *s, const struct fl_expr *e);
/* Does what @e says depend on the function that the rule is on? */
bool fl_depends_on_func(const struct fl_script *script, const struct fl_expr *e);

/* sema_call.c */
void fl_check_call(struct fl_sema *s, struct fl_expr *e);

/* sema_counter.c */
/* A label's counter in an expect: also a member expression. */
void fl_check_counter(struct fl_sema *s, struct fl_expr *e);

/* sema_type.c */
void fl_set_type(struct fl_sema *s, struct fl_expr *e, const struct fl_type *t);
void fl_check_member(struct fl_sema *s, struct fl_expr *e);
void fl_check_index(struct fl_sema *s, struct fl_expr *e);
void fl_check_cast(struct fl_sema *s, struct fl_expr *e);
void fl_check_follow(struct fl_sema *s, struct fl_expr *e);
/* The bytes of a value of that type; false after a report. */
bool fl_size_of(struct fl_sema *s, const struct fl_typename *name, uint64_t *size);
/* Is it an array of characters, which is a string? */
bool fl_is_char_array(struct fl_sema *s, const struct fl_type *t);

/* sema_func.c */
void fl_check_targets(struct fl_sema *s, struct fl_rule *rule);
/* Add what one target expands to to rule->ons. */
bool fl_find_on(struct fl_sema *s, const struct fl_target *t, bool needs_return, struct fl_on *on);
/* What the glob pattern of caller() or within() expands to, as e->index. */
void fl_check_pattern(struct fl_sema *s, struct fl_expr *e);

/* deny.c: why the function must not fail, or NULL. */
const char *fl_denied(const struct fl_sema *s, const char *name);
/* What scripts call a function: "__x64_sys_kill" and "__do_sys_kill" are sys_kill. */
const char *fl_script_name(const char *name);

/* sema_near.c */
/*
 * Functions similar to an unknown name or pattern, among the injectable or
 * all @traceable ones: "'mlx5_cmd_exec' (module mlx5_core) or ...", or NULL.
 */
const char *fl_offers(struct fl_sema *s, const char *wanted, bool traceable);
/*
 * Injectable functions that one calls, or that call it, by the kernel's code:
 * "'should_failslab' (3 calls away), ...", or NULL.
 */
const char *fl_neighbours(struct fl_sema *s, const char *module, const char *name, bool callers);
/*
 * Traceable functions: by the kernel's own list, or without it by its types.
 */
void fl_each_traceable(struct fl_kernel *k,
		       int (*fn)(const char *name, const char *module, enum fl_tag tag, void *arg),
		       void *arg);

/* sema_rule.c */
void fl_check_schedules(struct fl_sema *s, struct fl_rule *rule);
void fl_check_actions(struct fl_sema *s, struct fl_rule *rule, struct fl_instance *in);
const char *fl_schedule_name(enum fl_schedule_kind kind); /* "nth" */
/* A schedule of that kind, or NULL. */
const struct fl_schedule *fl_find_schedule(const struct fl_rule *rule, enum fl_schedule_kind kind);

/* sema_return.c */
void fl_check_return(struct fl_sema *s, struct fl_rule *rule, struct fl_action *act);
void fl_check_scope(struct fl_sema *s, struct fl_rule *rule);
void fl_check_reachable(struct fl_sema *s, struct fl_rule *rule);
bool fl_same_func(const struct fl_func *a, const struct fl_func *b);

/* sema_step.c */
void fl_check_steps(struct fl_sema *s);
/* A sweep chooses the calls that fail: schedules are refused, and random terms but for --random. */
void fl_check_sweep(struct fl_sema *s);

#endif /* FL_SEMA_IMPL_H */
