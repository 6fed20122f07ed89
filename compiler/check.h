/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check.h - what the files of sema share. Internal to them.
 *
 *	sema.c		items in order; rules put together
 *	sema_func.c	functions: targets, patterns, what was perhaps meant
 *	sema_expr.c	operators, strings, random numbers; constants folded
 *	sema_name.c	names: arguments, builtins, parameters, states
 *	sema_type.c	the kernel's types: members, casts, pointers followed
 *	sema_rule.c	schedules and actions
 *	sema_return.c	what may be returned, and whose tasks are hit
 */
#ifndef FL_CHECK_H
#define FL_CHECK_H

#include "sema.h"

/* Where an expression stands decides what it may mention. */
enum fl_place {
	FL_PLACE_CONSTANT, /* param, let */
	FL_PLACE_COND,
	FL_PLACE_ACTION,
	FL_PLACE_TRACKER, /* the condition inside within() */
	FL_PLACE_EXPECT,
};

struct fl_sema {
	struct fl_script *script;
	struct fl_kernel *kernel;
	const struct fl_sema_opts *opts;
	struct fl_arena *arena;
	struct fl_diags *diags;
	/* the expression at hand */
	enum fl_place place;
	struct fl_rule *rule;
	struct fl_instance *instance;
};

/* sema_expr.c: give every node at and below @e its type. */
void fl_check_expr(struct fl_sema *s, struct fl_expr *e);
/* @e is asked whether it is true; false after a report. */
bool fl_want_truth(struct fl_sema *s, const struct fl_expr *e);
/* @e is an operand: say what is wrong when it is no number. */
bool fl_want_number(struct fl_sema *s, const struct fl_expr *e, enum fl_op op);
void fl_set_constant(struct fl_expr *e, enum fl_value_type type, uint64_t value);
bool fl_is_number(const struct fl_expr *e);
/*
 * What a constant expression is worth when the parameters in it have their
 * first values; false when it is not constant but for those.
 */
bool fl_initial_value(const struct fl_expr *e, uint64_t *value);
uint64_t fl_fold(enum fl_op op, uint64_t a, uint64_t b, bool is_unsigned, bool left_unsigned);
const char *fl_expr_text(struct fl_sema *s, const struct fl_expr *e);

/* sema_name.c */
void fl_check_name(struct fl_sema *s, struct fl_expr *e);
void fl_check_param(struct fl_sema *s, struct fl_expr *e);
void fl_check_state(struct fl_sema *s, struct fl_expr *e);
void fl_check_call(struct fl_sema *s, struct fl_expr *e);
/* A label's counter in an expect: also a member expression. */
void fl_check_counter(struct fl_sema *s, struct fl_expr *e);
const struct fl_let *fl_find_let(const struct fl_script *script, const char *name);
/* Words of 8 bytes that @e takes as part of a key; 0 after a report. */
unsigned int fl_key_words(struct fl_sema *s, const struct fl_expr *e);
/* Does what @e says depend on the function that the rule is on? */
bool fl_depends_on_func(const struct fl_script *script, const struct fl_expr *e);
/* The nearest of @n names, or NULL; *best_distance is to be beaten. */
void fl_nearest(const char *wanted, const char *name, const char **best,
		unsigned int *best_distance);

/* sema_type.c */
void fl_set_type(struct fl_sema *s, struct fl_expr *e, const struct fl_type *t);
void fl_check_member(struct fl_sema *s, struct fl_expr *e);
void fl_check_index(struct fl_sema *s, struct fl_expr *e);
void fl_check_cast(struct fl_sema *s, struct fl_expr *e);
void fl_check_follow(struct fl_sema *s, struct fl_expr *e);
/* "struct bio *" */
const char *fl_type_text(struct fl_sema *s, const struct fl_expr *e);
/* Is it an array of characters, which is a string? */
bool fl_is_char_array(struct fl_sema *s, const struct fl_type *t);

/* sema_func.c */
void fl_check_targets(struct fl_sema *s, struct fl_rule *rule);
/* Add what one target stands for to rule->ons. */
bool fl_find_on(struct fl_sema *s, const struct fl_target *t, bool needs_return, struct fl_on *on);
/* "'mlx5_cmd_exec' (module mlx5_core) or ...", or NULL. */
const char *fl_offers(struct fl_sema *s, const char *wanted);
/* What the glob pattern of caller() or within() stands for, as e->index. */
void fl_check_pattern(struct fl_sema *s, struct fl_expr *e);

/* deny.c: why the function must not be made to fail, or NULL. */
const char *fl_denied(const struct fl_sema *s, const char *name);

/* sema_rule.c */
void fl_check_schedules(struct fl_sema *s, struct fl_rule *rule);
void fl_check_actions(struct fl_sema *s, struct fl_rule *rule, struct fl_instance *in);
/* A schedule of that kind, or NULL. */
const struct fl_schedule *fl_find_schedule(const struct fl_rule *rule, enum fl_schedule_kind kind);

/* sema_return.c */
void fl_check_return(struct fl_sema *s, struct fl_rule *rule, struct fl_action *act);
void fl_check_scope(struct fl_sema *s, struct fl_rule *rule);
void fl_check_reachable(struct fl_sema *s, struct fl_rule *rule);
bool fl_same_func(const struct fl_func *a, const struct fl_func *b);

#endif /* FL_CHECK_H */
