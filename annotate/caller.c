/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "caller.h"

#include <string.h>

#include "known.h"
#include "value.h"

struct scan {
	struct fl_unit *unit;
	const struct fl_tree *tree;
	const char *file;
	struct fl_findings *out;
};

static void classify(struct scan *s, const struct fl_node *value, struct fl_site *site, int depth);

static bool is_test(const char *name)
{
	return name && (!strncmp(name, "IS_ERR", 6) || !strncmp(name, "PTR_ERR", 7) ||
			!strcmp(name, "xa_is_err") || !strncmp(name, "xa_err", 6));
}

/* Does the branch end in a return of failure, or a jump? */
static bool gives_up(struct scan *s, const struct fl_node *branch)
{
	const struct fl_node *last = branch;

	while (last->kind == FL_NODE_LIST && last->n &&
	       !clang_isExpression(clang_getCursorKind(last->cursor)))
		last = last->list[last->n - 1];
	if (last->kind == FL_NODE_GOTO)
		return true;
	if (last->kind == FL_NODE_RETURN) {
		struct fl_values v = { 0 };
		bool is_int =
			clang_getCanonicalType(clang_getCursorResultType(s->tree->cursor)).kind ==
			CXType_Int;

		if (!last->n)
			return true;
		fl_values_of(s->unit, s->tree, last->list[0], &v);
		return !is_int || (v.bits & ~(unsigned int)FL_VALUE_ZERO);
	}
	return false;
}

/* A value is a condition, or part of one: what of the if statement follows? */
static void tested(struct scan *s, const struct fl_node *n, const struct fl_node *parent,
		   struct fl_site *site, bool negated)
{
	site->use = FL_USE_TESTED;
	site->null_test = true;
	if (parent->kind != FL_NODE_IF || parent->n < 2 || parent->list[0] != n)
		return;
	if (!negated)
		site->gives_up = gives_up(s, parent->list[1]);
	else
		site->gives_up = parent->n > 2 && gives_up(s, parent->list[2]);
}

/* --- variables ---------------------------------------------------------------- */

struct uses {
	const struct fl_node *after; /* the value; what comes earlier does not count */
	const struct fl_var *var;
	const char *member; /* or the text of the target of the store */
	const struct fl_node *first;
};

static bool is_target(const struct fl_node *n)
{
	return n->parent && n->parent->kind == FL_NODE_ASSIGN && !n->parent->compound &&
	       n->parent->n && n->parent->list[0] == n;
}

static bool is_use(struct scan *s, const struct uses *u, const struct fl_node *n)
{
	char text[80];

	if (n->offset < u->after->end || is_target(n))
		return false;
	if (u->var)
		return n->kind == FL_NODE_LOCAL && n->var == u->var;
	if (n->kind != FL_NODE_MEMBER && n->kind != FL_NODE_INDEX && n->kind != FL_NODE_DEREF &&
	    n->kind != FL_NODE_GLOBAL)
		return false;
	fl_node_text(s->tree, n, text, sizeof(text));
	return !strcmp(text, u->member);
}

static bool is_jump_back(const struct fl_node *n)
{
	for (; n; n = n->parent) {
		if (n->kind == FL_NODE_LOOP)
			return true;
	}
	return false;
}

/* How the variable is used later, until it is set again. */
static void follow(struct scan *s, struct uses *u, const struct fl_node *n, struct fl_site *site,
		   int depth, bool *over)
{
	if (*over)
		return;
	/* the value of an assignment is worked out before its target is set */
	if (n->kind == FL_NODE_ASSIGN && !n->compound && n->n == 2 && u->var &&
	    n->list[0]->kind == FL_NODE_LOCAL && n->list[0]->var == u->var &&
	    n->offset >= u->after->end) {
		follow(s, u, n->list[1], site, depth, over);
		*over = site->use != FL_USE_DROPPED || !n->parent || n->parent == s->tree->body;
		return;
	}
	if (is_use(s, u, n)) {
		struct fl_site use = { 0 };

		classify(s, n, &use, depth - 1);
		if (use.use == FL_USE_TESTED || (use.use == FL_USE_PASSED && !n->pointer)) {
			site->use = use.use;
			site->gives_up |= use.gives_up;
			site->err_test |= use.err_test;
			site->null_test |= use.null_test;
			*over = true;
			return;
		}
		if (use.use == FL_USE_PASSED)
			site->use = FL_USE_PASSED;
	}
	for (size_t i = 0; i < n->n; i++)
		follow(s, u, n->list[i], site, depth, over);
}

static void stored(struct scan *s, const struct fl_node *value, const struct fl_node *target,
		   struct fl_site *site, int depth)
{
	struct uses u = { .after = value };
	bool over = false;
	char text[80];

	if (!depth)
		return;
	if (target->kind == FL_NODE_LOCAL) {
		u.var = target->var;
	} else {
		fl_node_text(s->tree, target, text, sizeof(text));
		u.member = text;
		/* an error number stored elsewhere is checked elsewhere */
		if (!value->pointer)
			site->use = FL_USE_PASSED;
	}
	follow(s, &u, s->tree->body, site, depth, &over);
	/* in a loop, it may be read where the next turn begins */
	if (site->use == FL_USE_DROPPED && u.var && is_jump_back(value)) {
		u.after = s->tree->body->n ? s->tree->body->list[0] : value;
		over = false;
		follow(s, &u, s->tree->body, site, depth, &over);
	}
}

/* --- expressions -------------------------------------------------------------- */

static void in_call(struct scan *s, const struct fl_node *value, const struct fl_node *call,
		    struct fl_site *site, int depth)
{
	if (is_test(call->name)) {
		site->use = FL_USE_TESTED;
		site->err_test = true;
		if (strcmp(call->name, "IS_ERR_OR_NULL") == 0)
			site->null_test = true;
		return;
	}
	if (call->name && !strncmp(call->name, "__builtin_expect", 16)) {
		classify(s, call, site, depth);
		return;
	}
	/* a function that gets an error number looks at it; one that gets a pointer uses it */
	site->use = value->pointer && fl_known(call->name) != FL_KNOWN_PURE ? FL_USE_DROPPED
									    : FL_USE_PASSED;
}

static void in_block(struct scan *s, const struct fl_node *value, const struct fl_node *list,
		     struct fl_site *site, int depth)
{
	const struct fl_node *block = list->kind == FL_NODE_BLOCK ? list : list->parent;

	if (block && block->kind == FL_NODE_BLOCK && fl_node_value(block) == fl_node_value(value))
		classify(s, block, site, depth);
}

static void classify(struct scan *s, const struct fl_node *value, struct fl_site *site, int depth)
{
	const struct fl_node *n = value, *parent;
	bool negated = false;

	for (; depth && (parent = n->parent); n = parent) {
		switch (parent->kind) {
		case FL_NODE_NOT:
			negated = !negated;
			continue;
		case FL_NODE_IF:
		case FL_NODE_SWITCH:
			if (parent->list[0] == n)
				tested(s, n, parent, site, negated);
			return;
		case FL_NODE_LOOP:
			if (parent->n && parent->list[parent->body] != n)
				tested(s, n, parent, site, negated);
			return;
		case FL_NODE_CHOICE:
			if (parent->list[0] == n) {
				tested(s, n, parent, site, negated);
				return;
			}
			continue;
		case FL_NODE_RETURN:
			site->use = FL_USE_PASSED;
			return;
		case FL_NODE_VAR:
			stored(s, n, &(struct fl_node){ .kind = FL_NODE_LOCAL, .var = parent->var },
			       site, depth);
			return;
		case FL_NODE_ASSIGN: {
			struct fl_site outer = { 0 };

			if (parent->list[0] == n)
				return;
			classify(s, parent, &outer, depth - 1);
			if (outer.use == FL_USE_TESTED)
				*site = (struct fl_site){ site->callee,	  site->caller,
							  site->file,	  site->line,
							  outer.use,	  outer.gives_up,
							  outer.err_test, outer.null_test };
			else
				stored(s, n, parent->list[0], site, depth);
			return;
		}
		case FL_NODE_CALL:
			if (parent->list[0] != n)
				in_call(s, n, parent, site, depth);
			return;
		case FL_NODE_BLOCK:
			in_block(s, n, parent, site, depth);
			return;
		case FL_NODE_LIST:
			if (!clang_isExpression(clang_getCursorKind(parent->cursor))) {
				in_block(s, n, parent, site, depth);
				return;
			}
			/* part of && and ||, or compared */
			continue;
		default:
			/* used as it is, or not at all */
			return;
		}
	}
}

static void add_site(struct scan *s, const struct fl_node *call)
{
	struct fl_site *site = fl_arena_alloc(s->out->arena, sizeof(*site));
	struct fl_findings *out = s->out;

	site->callee = call->name;
	site->caller = s->tree->name;
	site->file = s->file;
	site->line = call->line;
	classify(s, call, site, 4);
	out->sites = fl_arena_grow(out->arena, out->sites, out->nsites, &out->sites_cap,
				   sizeof(out->sites[0]));
	out->sites[out->nsites++] = site;
}

static void scan(struct scan *s, const struct fl_node *n)
{
	if (n->kind == FL_NODE_CALL && n->name && strncmp(n->name, "__builtin_", 10) != 0)
		add_site(s, n);
	if (n->kind == FL_NODE_FUNCTION &&
	    !(n->parent && n->parent->kind == FL_NODE_CALL && n->parent->list[0] == n))
		fl_names_add(s->out->arena, &s->out->taken, n->name);
	for (size_t i = 0; i < n->n; i++)
		scan(s, n->list[i]);
}

void fl_callers_add(struct fl_unit *u, const struct fl_tree *t, const char *file,
		    struct fl_findings *out)
{
	struct scan s = { u, t, file, out };

	scan(&s, t->body);
}
