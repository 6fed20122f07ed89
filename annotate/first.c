/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * first.c - statements are walked in the order of the text, and of what happens
 * on the way there is kept: the effects, and the value that each variable was
 * given last. A branch has a copy of both; those that leave the function do not
 * come back. The walk ends at the first return that may be an error.
 *
 * Not counted: the call whose failure is returned, because it is to have
 * changed nothing then; what the branch does that gives up; what is undone.
 */
#include "first.h"

#include <string.h>

#include "known.h"
#include "value.h"

#define MOST_FAILS 16

struct state {
	size_t neffects;
	const struct fl_node **last; /* by the number of the variable; NULL: not known */
};

struct walk {
	struct fl_unit *unit;
	const struct fl_tree *tree;
	struct fl_first *out;
	bool truth;
	struct fl_effects effects;
	struct state now;
	const struct fl_node *condition; /* of the innermost branch */
	size_t branch;			 /* the effects before that */
	bool found;
};

static bool walk(struct walk *w, const struct fl_node *n);

static size_t number_of(const struct walk *w, const struct fl_var *v)
{
	for (size_t i = 0; i < w->tree->nvars; i++) {
		if (w->tree->vars[i] == v)
			return i;
	}
	return w->tree->nvars;
}

static const struct fl_node **copy_last(const struct walk *w)
{
	size_t size = (w->tree->nvars + 1) * sizeof(w->now.last[0]);
	const struct fl_node **copy = fl_arena_alloc(w->unit->arena, size);

	memcpy(copy, w->now.last, size);
	return copy;
}

static void give_value(struct walk *w, const struct fl_var *v, struct fl_node *value)
{
	size_t i = number_of(w, v);

	if (w->now.last[i] != value)
		value->earlier = w->now.last[i];
	w->now.last[i] = value;
}

static void note_values(struct walk *w, const struct fl_node *n)
{
	for (size_t i = 0; i < n->n; i++)
		note_values(w, n->list[i]);
	if (n->kind == FL_NODE_ASSIGN && n->n == 2 && n->list[0]->kind == FL_NODE_LOCAL)
		/* x |= y is worked out from both */
		give_value(w, n->list[0]->var, n->compound ? n->list[0]->parent : n->list[1]);
	else if (n->kind == FL_NODE_VAR && n->n)
		give_value(w, n->var, n->list[0]);
}

static void happen(struct walk *w, const struct fl_node *n)
{
	fl_effects_of(w->unit, w->tree, n, &w->effects);
	w->now.neffects = w->effects.n;
	note_values(w, n);
}

/* The value that a variable was given last, through copies. */
static const struct fl_node *value_of(const struct walk *w, const struct fl_node *n)
{
	for (int i = 0; i < 4 && n && n->kind == FL_NODE_LOCAL; i++) {
		const struct fl_node *last = w->now.last[number_of(w, n->var)];

		if (!last)
			break;
		n = last;
	}
	return n;
}

static unsigned int bits_of(struct walk *w, const struct fl_node *n)
{
	struct fl_values v = { 0 };

	fl_values_of(w->unit, w->tree, value_of(w, n), &v);
	return v.bits;
}

static bool may_be_error(struct walk *w, const struct fl_node *n)
{
	unsigned int bits = bits_of(w, n);

	if (w->truth)
		return (bits & ~(unsigned int)FL_VALUE_ZERO) != 0;
	return (bits & (FL_VALUE_ERRNO | FL_VALUE_ERR_PTR | FL_VALUE_NULL | FL_VALUE_FORWARDED)) !=
	       0;
}

static void add_fail(struct walk *w, const struct fl_node *call)
{
	struct fl_first *out = w->out;

	if (!out->fails)
		out->fails = fl_arena_alloc(w->unit->arena, MOST_FAILS * sizeof(out->fails[0]));
	if (out->nfails < MOST_FAILS)
		out->fails[out->nfails++] = call;
}

/* The calls that an expression's value comes from, through the variables in it. */
static void collect_fails(struct walk *w, const struct fl_node *n, int depth)
{
	const struct fl_node *last;

	if (n->kind == FL_NODE_CALL || n->kind == FL_NODE_BLOCK)
		add_fail(w, n);
	if (n->kind == FL_NODE_LOCAL && depth) {
		last = w->now.last[number_of(w, n->var)];
		/* error = translate(error) */
		while (last && fl_node_within(n, last))
			last = last->earlier;
		if (last)
			collect_fails(w, last, depth - 1);
	}
	for (size_t i = 0; i < n->n; i++)
		collect_fails(w, n->list[i], depth);
}

/* A call that sets what the condition reads: p->x = get(); if (!p->x) */
static void collect_stored(struct walk *w, const struct fl_node *condition)
{
	char text[80], tested[160];

	fl_node_text(w->tree, condition, tested, sizeof(tested));
	for (size_t i = 0; i < w->now.neffects; i++) {
		const struct fl_node *n = w->effects.list[i].node;

		if (w->effects.list[i].kind != FL_EFFECT_STORE || n->kind != FL_NODE_ASSIGN ||
		    n->n != 2)
			continue;
		fl_node_text(w->tree, n->list[0], text, sizeof(text));
		if (strstr(tested, text)) {
			add_fail(w, n);
			collect_fails(w, n->list[1], 1);
		}
	}
}

static bool is_excused(const struct walk *w, const struct fl_effect *e)
{
	for (size_t i = 0; i < w->out->nfails; i++) {
		if (fl_node_within(e->node, w->out->fails[i]))
			return true;
	}
	return false;
}

static bool undoes(const struct fl_effect *undo, const struct fl_effect *e)
{
	if (undo->kind == FL_EFFECT_UNLOCK)
		return e->kind == FL_EFFECT_LOCK;
	if (undo->kind == FL_EFFECT_UNREF)
		return e->kind == FL_EFFECT_REF;
	if (undo->kind == FL_EFFECT_STORE)
		return e->kind == FL_EFFECT_STORE && !strcmp(undo->what, e->what);
	return false;
}

/* Take back the newest effect that this one undoes. */
static bool take_back(struct walk *w, struct fl_effects *list, const struct fl_effect *undo)
{
	for (size_t i = list->n; i-- > 0;) {
		if (undoes(undo, &list->list[i])) {
			memmove(&list->list[i], &list->list[i + 1],
				(list->n - i - 1) * sizeof(list->list[0]));
			list->n--;
			w->out->undone++;
			return true;
		}
	}
	return false;
}

static bool is_undo(const struct fl_effect *e)
{
	return e->kind == FL_EFFECT_UNLOCK || e->kind == FL_EFFECT_UNREF;
}

static void keep(struct walk *w, const struct fl_effect *e)
{
	struct fl_effects *list = &w->out->before;

	list->list = fl_arena_grow(w->unit->arena, list->list, list->n, &list->cap,
				   sizeof(list->list[0]));
	list->list[list->n++] = *e;
}

/*
 * The exit is found. Effects from @own on are the branch's that gives up, and
 * @after what follows its goto: these only undo.
 */
static void conclude(struct walk *w, const struct fl_node *exit, size_t own,
		     const struct fl_effects *after)
{
	w->found = true;
	w->out->exit = exit;
	for (size_t i = 0; i < w->now.neffects; i++) {
		const struct fl_effect *e = &w->effects.list[i];

		if (is_undo(e) || (i >= own && e->kind == FL_EFFECT_STORE))
			take_back(w, &w->out->before, e);
		else if (i < own && !is_excused(w, e))
			keep(w, e);
	}
	for (size_t i = 0; after && i < after->n; i++)
		take_back(w, &w->out->before, &after->list[i]);
}

/* Is the value decided in the branch by a call, and not by what led to the branch? */
static bool is_decided_here(const struct walk *w, const struct fl_node *value)
{
	const struct fl_node *from = value_of(w, value);

	if (!w->condition || !from)
		return true;
	if (from->kind != FL_NODE_CALL && from->kind != FL_NODE_BLOCK)
		return false;
	if (from->name && (!strcmp(from->name, "ERR_PTR") || !strcmp(from->name, "PTR_ERR") ||
			   !strcmp(from->name, "ERR_CAST") || !strcmp(from->name, "xas_error")))
		return false;
	/* what was called before the condition was tested is what the condition tests */
	return from->offset > w->condition->offset;
}

static void leave(struct walk *w, const struct fl_node *exit, const struct fl_node *value,
		  const struct fl_effects *after)
{
	size_t own = w->branch;

	if (is_decided_here(w, value))
		own = w->now.neffects;
	if (w->condition) {
		collect_fails(w, w->condition, 3);
		collect_stored(w, w->condition);
	}
	collect_fails(w, value, 3);
	conclude(w, exit, own, after);
}

/* --- goto --------------------------------------------------------------------- */

static const struct fl_node *find_label(const struct fl_node *n, const char *name)
{
	if (n->kind == FL_NODE_LABEL && !strcmp(n->name, name))
		return n;
	for (size_t i = 0; i < n->n; i++) {
		const struct fl_node *found = find_label(n->list[i], name);

		if (found)
			return found;
	}
	return NULL;
}

static size_t index_in(const struct fl_node *parent, const struct fl_node *n)
{
	for (size_t i = 0; i < parent->n; i++) {
		if (parent->list[i] == n)
			return i;
	}
	return parent->n;
}

static const struct fl_node *return_in(const struct fl_node *n)
{
	while (n->kind == FL_NODE_LABEL && n->n)
		n = n->list[n->n - 1];
	return n->kind == FL_NODE_RETURN ? n : NULL;
}

/* The return that is reached from a label without a branch; what happens on the way is appended. */
static const struct fl_node *return_after(struct walk *w, const struct fl_node *label,
					  struct fl_effects *after)
{
	const struct fl_node *n = label;

	while (n->parent) {
		const struct fl_node *parent = n->parent;

		if (parent->kind == FL_NODE_LOOP || parent->kind == FL_NODE_SWITCH)
			return NULL;
		if (parent->kind != FL_NODE_LIST) {
			n = parent;
			continue;
		}
		for (size_t i = index_in(parent, n); i < parent->n; i++) {
			if (return_in(parent->list[i]))
				return return_in(parent->list[i]);
			fl_effects_of(w->unit, w->tree, parent->list[i], after);
		}
		n = parent;
	}
	return NULL;
}

/* Is the variable given another value between the label and the return? */
static bool is_set_between(const struct fl_node *n, const struct fl_var *v, unsigned int from,
			   unsigned int to)
{
	if (n->kind == FL_NODE_ASSIGN && n->n == 2 && n->list[0]->kind == FL_NODE_LOCAL &&
	    n->list[0]->var == v && n->offset >= from && n->offset < to)
		return true;
	for (size_t i = 0; i < n->n; i++) {
		if (is_set_between(n->list[i], v, from, to))
			return true;
	}
	return false;
}

static void follow_goto(struct walk *w, const struct fl_node *n)
{
	const struct fl_node *label = find_label(w->tree->body, n->name), *ret, *value;
	struct fl_effects after = { 0 };

	if (!label || label->offset < n->offset)
		return;
	ret = return_after(w, label, &after);
	if (!ret || !ret->n)
		return;
	value = ret->list[0];
	if (value->kind == FL_NODE_LOCAL &&
	    is_set_between(w->tree->body, value->var, label->offset, ret->offset))
		return;
	if (may_be_error(w, value))
		leave(w, n, value, &after);
}

/* --- statements --------------------------------------------------------------- */

static void restore(struct walk *w, size_t neffects, const struct fl_node **last)
{
	w->effects.n = neffects;
	w->now.neffects = neffects;
	w->now.last = last;
}

static void join(struct walk *w, const struct fl_node **other)
{
	for (size_t i = 0; i < w->tree->nvars; i++) {
		if (w->now.last[i] != other[i])
			w->now.last[i] = NULL;
	}
}

/* if (!error) and if (error == 0): no error in that branch. */
static bool is_success(const struct fl_node *condition, struct fl_var **v)
{
	if (condition->kind != FL_NODE_NOT || !condition->n ||
	    condition->list[0]->kind != FL_NODE_LOCAL || condition->list[0]->pointer)
		return false;
	*v = condition->list[0]->var;
	return true;
}

static bool is_success_exit(const struct walk *w, const struct fl_node *condition,
			    const struct fl_node *branch)
{
	struct fl_var *v;

	if (w->truth || !is_success(condition, &v))
		return false;
	while (branch->kind == FL_NODE_LIST && branch->n)
		branch = branch->list[branch->n - 1];
	return branch->kind == FL_NODE_GOTO ||
	       (branch->kind == FL_NODE_RETURN && branch->n &&
		branch->list[0]->kind == FL_NODE_LOCAL && branch->list[0]->var == v);
}

/* Walks one branch; true when it does not come back. */
static bool walk_branch(struct walk *w, const struct fl_node *condition, const struct fl_node *n)
{
	const struct fl_node *outer = w->condition;
	size_t branch = w->branch;
	bool gone;

	w->condition = condition;
	w->branch = w->now.neffects;
	gone = walk(w, n);
	w->condition = outer;
	w->branch = branch;
	return gone;
}

static bool walk_if(struct walk *w, const struct fl_node *n)
{
	const struct fl_node **before, **after_then;
	size_t neffects, then_effects;
	bool then_gone, else_gone = false;
	struct fl_effects then = { 0 };

	if (!n->n)
		return false;
	happen(w, n->list[0]);
	neffects = w->now.neffects;
	before = copy_last(w);
	if (n->n < 2)
		return false;
	if (is_success_exit(w, n->list[0], n->list[1]))
		then_gone = true;
	else
		then_gone = walk_branch(w, n->list[0], n->list[1]);
	if (w->found)
		return true;
	after_then = w->now.last;
	then_effects = w->now.neffects;
	for (size_t i = neffects; i < then_effects && !then_gone; i++) {
		then.list = fl_arena_grow(w->unit->arena, then.list, then.n, &then.cap,
					  sizeof(then.list[0]));
		then.list[then.n++] = w->effects.list[i];
	}
	restore(w, neffects, before);
	if (n->n > 2)
		else_gone = walk_branch(w, n->list[0], n->list[2]);
	if (w->found)
		return true;
	if (else_gone)
		restore(w, neffects, after_then);
	else if (!then_gone)
		join(w, after_then);
	for (size_t i = 0; i < then.n; i++) {
		w->effects.list = fl_arena_grow(w->unit->arena, w->effects.list, w->effects.n,
						&w->effects.cap, sizeof(w->effects.list[0]));
		w->effects.list[w->effects.n++] = then.list[i];
	}
	w->now.neffects = w->effects.n;
	return then_gone && else_gone;
}

static bool walk_loop(struct walk *w, const struct fl_node *n)
{
	const struct fl_node **before;

	for (size_t i = 0; i < n->n; i++) {
		if (i != n->body)
			happen(w, n->list[i]);
	}
	before = copy_last(w);
	if (n->body < n->n) {
		const struct fl_node *outer = w->condition;

		w->condition = NULL;
		walk(w, n->list[n->body]);
		w->condition = outer;
	}
	if (!w->found)
		join(w, before);
	return false;
}

/* Cases begin where the switch does; what each does may have been done after it. */
static bool walk_switch(struct walk *w, const struct fl_node *n)
{
	const struct fl_node *body, **before, *outer = w->condition;

	if (n->n < 2)
		return false;
	happen(w, n->list[0]);
	before = copy_last(w);
	body = n->list[1];
	w->condition = n->list[0];
	size_t branch = w->branch, neffects = w->now.neffects;
	for (size_t i = 0; i < body->n && !w->found; i++) {
		/* effects are kept: whichever case it was, they may have happened by the end */
		if (body->list[i]->kind == FL_NODE_CASE) {
			memcpy(w->now.last, before, w->tree->nvars * sizeof(before[0]));
			w->branch = w->now.neffects;
		}
		if (walk(w, body->list[i]))
			restore(w, neffects, w->now.last);
	}
	w->branch = branch;
	w->condition = outer;
	return false;
}

static bool walk_list(struct walk *w, const struct fl_node *n)
{
	bool gone = false;

	for (size_t i = 0; i < n->n && !w->found; i++) {
		/* after a jump only a label is reached */
		if (gone && n->list[i]->kind != FL_NODE_LABEL && n->list[i]->kind != FL_NODE_CASE)
			continue;
		gone = walk(w, n->list[i]);
	}
	return gone;
}

static bool is_statement_list(const struct fl_node *n)
{
	return n->kind == FL_NODE_LIST && !clang_isExpression(clang_getCursorKind(n->cursor));
}

static bool walk(struct walk *w, const struct fl_node *n)
{
	switch (n->kind) {
	case FL_NODE_IF:
		return walk_if(w, n);
	case FL_NODE_LOOP:
		return walk_loop(w, n);
	case FL_NODE_SWITCH:
		return walk_switch(w, n);
	case FL_NODE_CASE:
	case FL_NODE_LABEL:
		return n->n && walk(w, n->list[n->n - 1]);
	case FL_NODE_GOTO:
		follow_goto(w, n);
		return true;
	case FL_NODE_BREAK:
		return true;
	case FL_NODE_RETURN:
		if (!n->n)
			return true;
		happen(w, n->list[0]);
		if (may_be_error(w, n->list[0]))
			leave(w, n, n->list[0], NULL);
		return true;
	default:
		if (is_statement_list(n))
			return walk_list(w, n);
		happen(w, n);
		return false;
	}
}

void fl_first_error(struct fl_unit *u, const struct fl_tree *t, bool truth, struct fl_first *out)
{
	struct walk w = { .unit = u, .tree = t, .out = out, .truth = truth };

	w.now.last = fl_arena_alloc(u->arena, (t->nvars + 1) * sizeof(w.now.last[0]));
	walk(&w, t->body);
}
