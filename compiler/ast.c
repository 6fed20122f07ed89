/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ast.c - tables about the tree, and walks over it. */
#include "ast.h"

#include <stdlib.h>
#include <string.h>

#include "fl_abi.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *text;
	int precedence;
	enum fl_code code;
} ops[] = {
#define FL_OP(id, text, prec, code) [FL_OP_##id] = { text, prec, FL_CODE_##code },
#include "op.def"
#undef FL_OP
	[FL_OP_NOT] = { "!", FL_PREC_UNARY, FL_CODE_NOT },
	[FL_OP_TILDE] = { "~", FL_PREC_UNARY, FL_CODE_TILDE },
	[FL_OP_NEGATE] = { "-", FL_PREC_UNARY, FL_CODE_NEGATE },
	[FL_OP_POSITIVE] = { "+", FL_PREC_UNARY, FL_CODE_POSITIVE },
	[FL_OP_FOLLOW] = { "*", FL_PREC_UNARY, FL_CODE_NONE },
};

const char *fl_op_text(enum fl_op op)
{
	return ops[op].text;
}

int fl_op_precedence(enum fl_op op)
{
	return ops[op].precedence;
}

enum fl_code fl_op_code(enum fl_op op)
{
	return ops[op].code;
}

uint32_t fl_sign_flags(const struct fl_expr *e)
{
	bool left = e->left->type == FL_VALUE_UINT, right = e->right->type == FL_VALUE_UINT;

	return (left || right ? FL_CODE_UNSIGNED : 0) | (left ? FL_CODE_LEFT_UNSIGNED : 0);
}

struct word {
	const char *name;
	enum fl_value_type type;
	enum fl_text text;
	unsigned int cost;
	unsigned int needs;
	bool is_task;
};

static const struct word builtins[] = {
#define FL_BUILTIN(name, type, text, cost, needs, is_task) \
	[FL_BUILTIN_##name] = { #name, FL_VALUE_##type, FL_TEXT_##text, cost, needs, is_task },
#include "builtin.def"
#undef FL_BUILTIN
};

static const struct word functions[] = {
#define FL_FUNCTION(name_, type_, cost_, is_task_)                                           \
	[FL_FUNCTION_##name_] = {                                                            \
		.name = #name_, .type = FL_VALUE_##type_, .cost = cost_, .is_task = is_task_ \
	},
#include "function.def"
#undef FL_FUNCTION
};

static unsigned int find_word(const struct word *words, size_t n, const char *name)
{
	/* index 0 means none */
	for (size_t i = 1; i < n; i++) {
		if (!strcmp(words[i].name, name))
			return (unsigned int)i;
	}
	return 0;
}

enum fl_builtin fl_builtin_find(const char *name)
{
	return (enum fl_builtin)find_word(builtins, COUNT(builtins), name);
}

enum fl_value_type fl_builtin_type(enum fl_builtin b)
{
	return builtins[b].type;
}

unsigned int fl_builtin_cost(enum fl_builtin b)
{
	return builtins[b].cost;
}

bool fl_builtin_is_task(enum fl_builtin b)
{
	return builtins[b].is_task;
}

const char *fl_builtin_name(enum fl_builtin b)
{
	return builtins[b].name;
}

unsigned int fl_builtin_needs(enum fl_builtin b)
{
	return builtins[b].needs;
}

enum fl_text fl_text_of(const struct fl_expr *e)
{
	if (e->type != FL_VALUE_STRING)
		return FL_TEXT_NONE;
	if (e->builtin)
		return builtins[e->builtin].text;
	return e->kind == FL_EXPR_STRING ? FL_TEXT_LITERAL : FL_TEXT_MEMORY;
}

unsigned int fl_key_size(const struct fl_expr *e)
{
	switch (fl_text_of(e)) {
	case FL_TEXT_COMM:
		return FL_COMM_LEN / 8;
	case FL_TEXT_FILLED:
	case FL_TEXT_MEMORY:
		return FL_KEY_WORDS;
	case FL_TEXT_LITERAL:
		return 0;
	default:
		return 1;
	}
}

unsigned int fl_log_words(const struct fl_expr *e)
{
	switch (fl_text_of(e)) {
	case FL_TEXT_COMM:
		return FL_COMM_LEN / 8;
	case FL_TEXT_FILLED:
	case FL_TEXT_MEMORY:
		return FL_STRING_LEN / 8;
	case FL_TEXT_LITERAL:
		return (unsigned int)strlen(e->text) / 8 + 1;
	default:
		return 1;
	}
}

enum fl_function fl_function_find(const char *name)
{
	return (enum fl_function)find_word(functions, COUNT(functions), name);
}

unsigned int fl_function_cost(enum fl_function f)
{
	return functions[f].cost;
}

bool fl_function_is_task(enum fl_function f)
{
	return functions[f].is_task;
}

const char *fl_function_name(enum fl_function f)
{
	return functions[f].name;
}

static const struct {
	const char *word;
	enum fl_operand operand;
	unsigned int traits;
	const char *example;
} actions[] = {
#define FL_ACTION(id, word, operand, traits, example) \
	[FL_ACT_##id] = { #word, FL_OPERAND_##operand, traits, example },
#include "action.def"
#undef FL_ACTION
	[FL_ACT_ASSIGN] = { NULL, FL_OPERAND_NONE, 0, NULL },
};

const char *fl_action_word(enum fl_action_kind kind)
{
	return actions[kind].word;
}

enum fl_operand fl_action_operand(enum fl_action_kind kind)
{
	return actions[kind].operand;
}

const char *fl_action_example(enum fl_action_kind kind)
{
	return actions[kind].example;
}

unsigned int fl_rule_traits(const struct fl_rule *rule)
{
	unsigned int traits = 0;

	for (size_t i = 0; i < rule->nacts; i++)
		traits |= actions[rule->acts[i].kind].traits;
	return traits;
}

const struct fl_action *fl_find_action(const struct fl_action *acts, size_t n,
				       enum fl_action_kind kind)
{
	for (size_t i = 0; i < n; i++) {
		if (acts[i].kind == kind)
			return &acts[i];
	}
	return NULL;
}

static const struct {
	const char *name;
	int number;
} signals[] = {
#define FL_SIGNAL(name, number) { #name, number },
#include "signal.def"
#undef FL_SIGNAL
};

#define MAX_SIGNAL 64 /* _NSIG, include/uapi/asm-generic/signal.h */

int fl_signal_number(const char *name)
{
	long number;
	char *end;

	if (*name >= '0' && *name <= '9') {
		number = strtol(name, &end, 10);
		return *end || number > MAX_SIGNAL ? 0 : (int)number;
	}
	if (!strncmp(name, "SIG", 3))
		name += 3;
	for (size_t i = 0; i < COUNT(signals); i++) {
		if (!strcmp(signals[i].name, name))
			return signals[i].number;
	}
	return 0;
}

void fl_walk(const struct fl_expr *e, void (*fn)(const struct fl_expr *e, void *arg), void *arg)
{
	if (!e)
		return;
	fn(e, arg);
	fl_walk(e->left, fn, arg);
	fl_walk(e->right, fn, arg);
	fl_walk(e->third, fn, arg);
	for (size_t i = 0; i < e->nitems; i++)
		fl_walk(e->items[i], fn, arg);
}

bool fl_is_renamed(const struct fl_target *t, const char *name)
{
	for (size_t i = 0; t && i < t->nrenames; i++) {
		if (!strcmp(t->renames[i].name, name))
			return true;
	}
	return false;
}

static bool is_rand(const struct fl_target *t, const struct fl_expr *e)
{
	return e->kind == FL_EXPR_NAME && fl_builtin_find(e->text) == FL_BUILTIN_rand &&
	       !fl_is_renamed(t, e->text);
}

struct fl_expr *fl_find_rate(const struct fl_target *t, struct fl_expr *cond,
			     struct fl_expr ***limit)
{
	struct fl_expr *found = NULL;

	if (!cond)
		return NULL;
	if (cond->kind == FL_EXPR_BINARY) {
		*limit = NULL;
		if ((cond->op == FL_OP_LT || cond->op == FL_OP_LE) && is_rand(t, cond->left))
			*limit = &cond->right;
		else if ((cond->op == FL_OP_GT || cond->op == FL_OP_GE) && is_rand(t, cond->right))
			*limit = &cond->left;
		if (*limit)
			return cond;
	}
	found = fl_find_rate(t, cond->left, limit);
	found = found ? found : fl_find_rate(t, cond->right, limit);
	found = found ? found : fl_find_rate(t, cond->third, limit);
	for (size_t i = 0; !found && i < cond->nitems; i++)
		found = fl_find_rate(t, cond->items[i], limit);
	return found;
}

static struct fl_expr **clone_list(struct fl_expr *const *list, size_t n, struct fl_arena *a)
{
	struct fl_expr **copy = fl_arena_alloc(a, n * sizeof(*copy));

	for (size_t i = 0; i < n; i++)
		copy[i] = fl_clone_expr(list[i], a);
	return copy;
}

struct fl_expr *fl_clone_expr(const struct fl_expr *e, struct fl_arena *a)
{
	struct fl_expr *copy;

	if (!e)
		return NULL;
	copy = fl_arena_alloc(a, sizeof(*copy));
	*copy = (struct fl_expr){
		.kind = e->kind,
		.op = e->op,
		.span = e->span,
		.value = e->value,
		.text = e->text,
		.left = fl_clone_expr(e->left, a),
		.right = fl_clone_expr(e->right, a),
		.third = fl_clone_expr(e->third, a),
		.items = clone_list(e->items, e->nitems, a),
		.nitems = e->nitems,
		.cast = e->cast,
		.pattern = e->pattern,
		.is_range = e->is_range,
		.is_set = e->is_set,
		.is_duration = e->is_duration,
		.is_arrow = e->is_arrow,
		.depth = e->depth,
	};
	return copy;
}

/* All expressions of an action: what else walks over them does it by this. */
static void each_expr(struct fl_action *act, void (*fn)(struct fl_expr **e, void *arg), void *arg)
{
	for (size_t i = 0; i < act->nchoices; i++) {
		fn(&act->choices[i].value, arg);
		if (act->choices[i].weight)
			fn(&act->choices[i].weight, arg);
	}
	if (act->state)
		fn(&act->state, arg);
	if (act->value)
		fn(&act->value, arg);
	for (size_t i = 0; i < act->nargs; i++)
		fn(&act->args[i], arg);
}

struct walk {
	void (*fn)(const struct fl_expr *e, void *arg);
	void *arg;
};

static void visit(struct fl_expr **e, void *arg)
{
	const struct walk *w = arg;

	w->fn(*e, w->arg);
}

void fl_walk_action(const struct fl_action *act, void (*fn)(const struct fl_expr *e, void *arg),
		    void *arg)
{
	struct fl_action same = *act;
	struct walk w = { fn, arg };

	each_expr(&same, visit, &w);
}

static void clone_expr(struct fl_expr **e, void *arg)
{
	*e = fl_clone_expr(*e, arg);
}

static void *copy_array(const void *array, size_t n, size_t size, struct fl_arena *a)
{
	void *copy = fl_arena_alloc(a, n * size);

	if (n)
		memcpy(copy, array, n * size);
	return copy;
}

struct fl_action *fl_clone_actions(const struct fl_action *acts, size_t n, struct fl_arena *a)
{
	struct fl_action *copy = copy_array(acts, n, sizeof(*copy), a);

	for (struct fl_action *act = copy; act < copy + n; act++) {
		act->choices = copy_array(act->choices, act->nchoices, sizeof(*act->choices), a);
		act->args = copy_array(act->args, act->nargs, sizeof(struct fl_expr *), a);
		each_expr(act, clone_expr, a);
	}
	return copy;
}

const struct fl_let *fl_find_let(const struct fl_script *script, const char *name)
{
	for (size_t i = 0; i < script->nlets; i++) {
		if (!strcmp(script->lets[i].name, name))
			return &script->lets[i];
	}
	return NULL;
}
