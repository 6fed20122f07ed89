/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ast.h - a script as the parser understood it and sema annotated it.
 *
 * Nodes live in the compilation's arena. Fields under "sema" are zero until
 * sema has run; no later pass writes to a node.
 */
#ifndef FL_AST_H
#define FL_AST_H

#include "diag.h"
#include "kernel.h"
#include "object.h"

enum fl_expr_kind {
	FL_EXPR_INT, /* also durations */
	FL_EXPR_FRACTION,
	FL_EXPR_STRING,
	FL_EXPR_NAME,	/* a builtin, an argument, a constant, a let */
	FL_EXPR_PARAM,	/* $name */
	FL_EXPR_STATE,	/* @name, @name[items] */
	FL_EXPR_MEMBER, /* left.name, left->name */
	FL_EXPR_INDEX,	/* left[right] */
	FL_EXPR_CAST,	/* (type)left */
	FL_EXPR_CALL,	/* name(items); caller() and within() have a pattern */
	FL_EXPR_UNARY,
	FL_EXPR_BINARY,
	FL_EXPR_TERNARY,
	FL_EXPR_IN, /* left in { items }, left in items[0]..items[1], left in NAME */
};

#define FL_PREC_TERNARY 0
#define FL_PREC_IN 7
#define FL_PREC_UNARY 11
#define FL_PREC_POSTFIX 12

enum fl_op {
	FL_OP_NONE,
#define FL_OP(id, text, prec, code) FL_OP_##id,
#include "op.def"
#undef FL_OP
	FL_OP_NOT, /* unary */
	FL_OP_TILDE,
	FL_OP_NEGATE,
	FL_OP_POSITIVE,
	FL_OP_FOLLOW, /* *pointer */
};

enum fl_builtin {
	FL_BUILTIN_NONE,
#define FL_BUILTIN(name, type, text, cost, needs, is_task) FL_BUILTIN_##name,
#include "builtin.def"
#undef FL_BUILTIN
	FL_NBUILTINS
};

enum fl_function {
	FL_FUNCTION_NONE,
#define FL_FUNCTION(name, type, cost, is_task) FL_FUNCTION_##name,
#include "function.def"
#undef FL_FUNCTION
	FL_NFUNCTIONS
};

/* How programs have a string; NONE is a number. */
enum fl_text {
	FL_TEXT_NONE,
	FL_TEXT_FUNC,	 /* the number of a name that is known when compiling */
	FL_TEXT_COMM,	 /* two words, kept with the call */
	FL_TEXT_FILLED,	 /* by a template's function */
	FL_TEXT_MEMORY,	 /* read from an address */
	FL_TEXT_LITERAL, /* compiled in */
};

/* What programs need to know of the kernel for some builtins. */
#define FL_NEED_CHILDREN 1 /* fl_child.bpf.h */
#define FL_NEED_PARENT 2   /* of a task */
#define FL_NEED_PREEMPT 4  /* where CPUs count what they are inside of */

/* What an expression is worth. */
enum fl_value_type {
	FL_VALUE_ERROR, /* a mistake in it has been reported */
	FL_VALUE_INT,	/* 64 bits, signed */
	FL_VALUE_UINT,	/* 64 bits, unsigned */
	FL_VALUE_STRING,
	FL_VALUE_RAND, /* uniform over [0, 100) */
	FL_VALUE_FRACTION,
	FL_VALUE_POINTER,
	FL_VALUE_OBJECT, /* a structure, union or array; only has parts */
};

/* A type as a cast spells it. */
struct fl_typename {
	struct fl_span span;
	enum fl_type_kind kind; /* STRUCT, UNION, ENUM; INT: by name; UNKNOWN: a typedef */
	const char *name;
	unsigned int stars;
};

/* Where functions are named by a pattern: caller(f), within(mod:f*). */
struct fl_pattern {
	struct fl_span span;
	const char *module; /* or NULL */
	const char *name;
};

/* Where a name leads to. */
enum fl_name_kind {
	FL_NAME_OTHER, /* folded, or a builtin */
	FL_NAME_ARGUMENT,
	FL_NAME_RETVAL,
};

struct fl_expr {
	enum fl_expr_kind kind;
	enum fl_op op;
	struct fl_span span;
	uint64_t value;	      /* INT; FRACTION in 1e-9 */
	const char *text;     /* STRING, NAME, PARAM, STATE, MEMBER, CALL */
	struct fl_expr *left; /* UNARY, BINARY, IN, MEMBER, INDEX, CAST, condition of within() */
	struct fl_expr *right;
	struct fl_expr *third;
	struct fl_expr **items; /* IN, STATE, CALL */
	size_t nitems;
	struct fl_typename *cast;
	struct fl_pattern *pattern;
	bool is_range;	    /* IN */
	bool is_set;	    /* IN: written in braces */
	bool is_duration;   /* INT */
	bool is_arrow;	    /* MEMBER */
	unsigned int depth; /* nodes on the longest way down */

	/* sema */
	enum fl_value_type type;
	bool is_constant; /* value is constant */
	bool is_null;	  /* the name NULL */
	bool is_errno;	  /* an errno by name, still positive */
	enum fl_builtin builtin;
	enum fl_function function;
	enum fl_name_kind name_kind;
	unsigned int mention; /* rand, random: number of this use in its rule */
	bool is_rate;	      /* a comparison whose limit is the rule's rate knob */
	unsigned int index;   /* PARAM, STATE, pattern, tracker, argument's register */
	/*
	 * What the kernel calls the type: @base with @stars pointers in front
	 * of it; @base itself is never a pointer. A value in memory is at
	 * @offset from the address that left leads to.
	 */
	struct fl_type base;
	unsigned int stars;
	bool in_memory;
	uint32_t offset;
	uint8_t bit_size; /* a bit-field: its bits, its unit's bytes, and where in it */
	uint8_t bit_unit;
	uint8_t bit_shift;
};

/* Names for a target's arguments. */
struct fl_rename {
	struct fl_span span;
	const char *name;
};

struct fl_target {
	struct fl_span span; /* of the function's name */
	struct fl_span module_span;
	const char *module; /* or NULL */
	const char *name;   /* or a pattern */
	bool is_glob;
	bool has_renames;
	struct fl_rename *renames;
	size_t nrenames;
};

enum fl_schedule_kind {
	FL_SCHED_NTH,
	FL_SCHED_EVERY,
	FL_SCHED_TIMES,
	FL_SCHED_AFTER,
	FL_SCHED_FOR,
	FL_SCHED_PER,
};

struct fl_schedule {
	enum fl_schedule_kind kind;
	struct fl_span span;
	struct fl_expr *first; /* the number, time or key */
	struct fl_expr *last;  /* nth: NULL is the same as first, unless is_open */
	struct fl_expr *step;  /* nth, or NULL */
	bool is_open;	       /* nth 3.. */
	bool is_time;	       /* after, for: sema, a duration */
};

enum fl_action_kind {
#define FL_ACTION(id, word, operand, traits, example) FL_ACT_##id,
#include "action.def"
#undef FL_ACTION
	FL_ACT_ASSIGN, /* begins with its state and not a word */
};

/* What follows the word of an action, as fields of struct fl_action. */
enum fl_operand {
	FL_OPERAND_NONE,
	FL_OPERAND_AMOUNT,  /* value: a number or a time */
	FL_OPERAND_CHOICES, /* choices */
	FL_OPERAND_STATE,   /* state */
	FL_OPERAND_SIGNAL,  /* signal */
	FL_OPERAND_FORMAT,  /* format, args */
};

/* Traits of an action. */
#define FL_ACT_HARMS 1	  /* identifies the task: a rule must limit its tasks */
#define FL_ACT_REPORTS 2  /* writes its own event */
#define FL_ACT_SHOWN 4	  /* reported as fired where no action writes an event */
#define FL_ACT_NEEDS_IP 8 /* finds the function on the stack */

enum fl_assign_op {
	FL_ASSIGN_SET,
	FL_ASSIGN_ADD,
	FL_ASSIGN_SUB,
};

struct fl_choice {
	struct fl_expr *value;
	struct fl_expr *weight; /* or NULL: 1 */

	/* sema */
	uint32_t share;
};

/* What a rule does. */
struct fl_action {
	enum fl_action_kind kind;
	struct fl_span span;
	struct fl_choice *choices; /* RETURN; more than one: one of */
	size_t nchoices;
	bool is_one_of;
	struct fl_expr *value; /* DELAY: how long; ASSIGN: NULL is 1 */
	struct fl_expr *state; /* ASSIGN, DELETE: a FL_EXPR_STATE */
	enum fl_assign_op assign;
	bool is_step; /* ASSIGN: ++ or -- */
	const char *signal;
	struct fl_span signal_span;
	struct fl_span format_span;
	const char *format;    /* LOG */
	struct fl_expr **args; /* LOG */
	size_t nargs;

	/* sema */
	int signal_number;
	unsigned int site; /* LOG: number of its format in the script */
};

/* A rule on one function, or on several where it makes no difference which. */
struct fl_instance {
	const struct fl_func *func; /* the first of them */
	const struct fl_target *target;
	struct fl_expr *cond;	/* or NULL */
	struct fl_expr *per;	/* or NULL */
	struct fl_action *acts; /* nacts of the rule */
	unsigned int number;	/* over the whole script */
	bool uses_retval;
};

/* A function that a rule is on. */
struct fl_on {
	const struct fl_target *target;
	const struct fl_func *func;
	bool on_list; /* of injectable functions, or taken to be */
	bool is_syscall;
	uint32_t fmod_ret_id; /* BTF id of the function itself; 0: not in BTF */
	struct fl_instance *instance;
};

struct fl_rule {
	struct fl_span span; /* from "on" to the last action */
	struct fl_span label_span;
	const char *label; /* or NULL */
	bool on_exit;
	struct fl_target *targets;
	size_t ntargets;
	struct fl_expr *cond; /* or NULL */
	struct fl_schedule *scheds;
	size_t nscheds;
	struct fl_action *acts;
	size_t nacts;
	bool in_braces; /* the actions */

	/* sema */
	struct fl_on *ons;
	size_t nons;
	struct fl_instance *instances;
	size_t ninstances;
	const struct fl_action *ret; /* its return among acts, or NULL */
	unsigned int ndraws;	     /* uses of rand and random */
	bool limits_tasks;	     /* the condition limits the rule to certain tasks */
	bool child_only;	     /* limited to the command's tasks */
	bool has_rate;
	uint64_t rate;	  /* FL_RATE_ALWAYS and less, see fl_abi.h */
	int rate_param;	  /* index of the parameter that is the rate, or -1 */
	bool fixed_value; /* returns one constant: the knob's initial value */
};

struct fl_param_def {
	struct fl_span span; /* of the name */
	const char *name;
	struct fl_expr *value;
	const char *help; /* or NULL */
	bool is_set;	  /* its value was given from outside */

	/* sema */
	const char *string; /* a string's value; NULL for a number */
	bool is_duration;
	bool is_used;
};

struct fl_let {
	struct fl_span span;
	const char *name;
	struct fl_expr *value; /* or NULL: a set */
	struct fl_expr **items;
	size_t nitems;
};

enum fl_require_kind {
	FL_REQUIRE_KERNEL,
	FL_REQUIRE_FUNCTION,
	FL_REQUIRE_MODULE,
	FL_REQUIRE_CONFIG,
	FL_REQUIRE_ARCH,
};

struct fl_require {
	enum fl_require_kind kind;
	struct fl_span span;
	struct fl_span name_span;
	const char *name; /* also the version */
};

struct fl_expect {
	struct fl_span span;
	struct fl_expr *cond;
	const char *message; /* or NULL */
};

#define FL_SCRIPT_START "set -e" /* of a command of several lines */

/* In the order of step.def. */
enum fl_step {
	FL_STEP_SETUP,
	FL_STEP_RUN, /* at most one */
	FL_STEP_CLEANUP,
	FL_STEP_CHECK,
	FL_STEP_ALLOW,
};

/* A command, or a message that is allowed. Their words only count where an item begins. */
struct fl_step_item {
	enum fl_step kind;
	struct fl_span span; /* all of it */
	struct fl_span text_span;
	const char *text; /* for sh -c; ALLOW: a pattern of messages of the kernel log */
	struct fl_span note_span;
	const char *note; /* CHECK: the message, or NULL; ALLOW: the reason */
};

struct fl_use {
	struct fl_span span;
	const char *path;
};

/* sema: a map that rules share, @name. */
struct fl_state_def {
	const char *name;
	struct fl_span span;	/* of its first use */
	unsigned int nkeys;	/* 0: a single number */
	unsigned int key_words; /* of 8 bytes */
	uint8_t *widths;	/* words of each key */
};

/* sema: within(f if EXPR), tracked by separate programs. */
struct fl_tracker {
	const struct fl_expr *expr; /* the within() */
	struct fl_on on;
	struct fl_instance instance;
};

/* sema: address ranges that a pattern expands to. */
struct fl_pattern_set {
	const struct fl_pattern *pattern;
	const char *symbol; /* the kernel's name: that of a system call differs */
	const struct fl_range *ranges;
	size_t nranges;
	size_t first; /* in the table of all */
};

/* sema: a target that is not there, and may come with a module. */
struct fl_awaited {
	uint32_t rule; /* its number, and the target's in it */
	uint32_t target;
	const char *module; /* or NULL */
	const char *name;
};

#define FL_LIST(type, name) \
	type *name;         \
	size_t n##name;     \
	size_t cap_##name

struct fl_script {
	FL_LIST(struct fl_rule, rules);
	FL_LIST(struct fl_param_def, params);
	FL_LIST(struct fl_let, lets);
	FL_LIST(struct fl_require, requires);
	FL_LIST(struct fl_expect, expects);
	FL_LIST(struct fl_use, uses);
	FL_LIST(struct fl_step_item, steps);
	/* sema */
	FL_LIST(struct fl_state_def, states);
	FL_LIST(struct fl_tracker, trackers);
	FL_LIST(struct fl_pattern_set, patterns);
	FL_LIST(const struct fl_action *, logs);
	FL_LIST(const struct fl_expr *, cgroups); /* calls of cgroup() */
	FL_LIST(struct fl_awaited, waits);
	unsigned int ninstances;
	unsigned int needs;			    /* FL_NEED_* of its builtins */
	struct fl_span first_mention[FL_NBUILTINS]; /* src NULL: none */
};

/* One more element at the end of a list of @s, zeroed. */
#define FL_APPEND(arena, s, name)                                                    \
	((s)->name = fl_arena_grow(arena, (s)->name, (s)->n##name, &(s)->cap_##name, \
				   sizeof(*(s)->name)),                              \
	 memset(&(s)->name[(s)->n##name], 0, sizeof(*(s)->name)), &(s)->name[(s)->n##name++])

/* "<=" */
const char *fl_op_text(enum fl_op op);
int fl_op_precedence(enum fl_op op);
/* The operator in the code of expectations; FL_CODE_NONE for what they cannot have. */
enum fl_code fl_op_code(enum fl_op op);
/* How it treats the operands of the binary operator @e: FL_CODE_UNSIGNED and the like. */
uint32_t fl_sign_flags(const struct fl_expr *e);

/* Names of the language; NONE when it is none of them. */
enum fl_builtin fl_builtin_find(const char *name);
enum fl_value_type fl_builtin_type(enum fl_builtin b);
unsigned int fl_builtin_cost(enum fl_builtin b);
bool fl_builtin_is_task(enum fl_builtin b);
const char *fl_builtin_name(enum fl_builtin b);
unsigned int fl_builtin_needs(enum fl_builtin b);
enum fl_function fl_function_find(const char *name);
unsigned int fl_function_cost(enum fl_function f);
bool fl_function_is_task(enum fl_function f);
const char *fl_function_name(enum fl_function f);

enum fl_text fl_text_of(const struct fl_expr *e);
/*
 * Words of 8 bytes that @e takes as part of a key; 0 for a literal, which cannot be a
 * key.
 */
unsigned int fl_key_size(const struct fl_expr *e);
/* The same in a log. */
unsigned int fl_log_words(const struct fl_expr *e);

/* "delay"; NULL for the one without. */
const char *fl_action_word(enum fl_action_kind kind);
enum fl_operand fl_action_operand(enum fl_action_kind kind);
/* How it is written, for a hint. */
const char *fl_action_example(enum fl_action_kind kind);
/* FL_ACT_* of all actions of @rule. */
unsigned int fl_rule_traits(const struct fl_rule *rule);
/* The first of @n actions that is of that kind, or NULL. */
const struct fl_action *fl_find_action(const struct fl_action *acts, size_t n,
				       enum fl_action_kind kind);

/* The definition of that name, or NULL. */
const struct fl_let *fl_find_let(const struct fl_script *script, const char *name);

/* Call @fn for @e and every node below it, parents first. */
void fl_walk(const struct fl_expr *e, void (*fn)(const struct fl_expr *e, void *arg), void *arg);
/* Does a rule give an argument of @t, which may be NULL, that name? */
bool fl_is_renamed(const struct fl_target *t, const char *name);
/*
 * The comparison in @cond, a condition on @t, whose limit is the rule's rate:
 * the first "rand < N", or "N > rand", in writing order, whether N is included
 * or not. @limit is set to where N hangs. NULL: none.
 */
struct fl_expr *fl_find_rate(const struct fl_target *t, struct fl_expr *cond,
			     struct fl_expr ***limit);

/* Call @fn for each expression of @act, and not for what is below those. */
void fl_walk_action(const struct fl_action *act, void (*fn)(const struct fl_expr *e, void *arg),
		    void *arg);
/* The same expression in new nodes, with nothing of sema's in them. */
struct fl_expr *fl_clone_expr(const struct fl_expr *e, struct fl_arena *a);
struct fl_action *fl_clone_actions(const struct fl_action *acts, size_t n, struct fl_arena *a);

/* A rule or expression as canonical source text on one line (print.c). */
void fl_print_rule(struct fl_buf *out, const struct fl_rule *rule);
void fl_print_expr(struct fl_buf *out, const struct fl_expr *e);
/* A string in quotes with its escapes. */
void fl_print_string(struct fl_buf *out, const char *text);

/* "SIGKILL", "KILL" or "9" to 9; 0 when it is none. */
int fl_signal_number(const char *name);

#endif /* FL_AST_H */
