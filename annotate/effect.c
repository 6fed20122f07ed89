/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "effect.h"

#include <string.h>

#include "known.h"
#include "value.h"

#define DEEPEST 6     /* calls that are followed into functions of the same file */
#define LARGEST 4000  /* nodes of such a function */
#define MOST_CALLS 24 /* unknown ones that a summary lists */

struct fl_summary_entry {
	struct fl_summary_entry *next;
	CXCursor function;
	struct fl_summary summary;
	bool known;
};

struct search {
	struct fl_unit *unit;
	const struct fl_tree *tree;
	struct fl_effects *out;
};

static void add(struct search *s, enum fl_effect_kind kind, const struct fl_node *n,
		const char *what, int param)
{
	struct fl_effects *out = s->out;

	out->list =
		fl_arena_grow(s->unit->arena, out->list, out->n, &out->cap, sizeof(out->list[0]));
	out->list[out->n++] = (struct fl_effect){ kind, n, what, param };
}

static const char *text_of(struct search *s, const struct fl_node *n)
{
	char text[80];

	fl_node_text(s->tree, n, text, sizeof(text));
	return fl_arena_strndup(s->unit->arena, text, strlen(text));
}

static void store(struct search *s, const struct fl_node *n, const struct fl_node *target)
{
	int param = -1;

	if (fl_place_of(target, &param) != FL_PLACE_LOCAL)
		add(s, FL_EFFECT_STORE, n, text_of(s, target), param);
}

/* A store through an argument. */
static void store_behind(struct search *s, const struct fl_node *call, const struct fl_node *arg)
{
	int param = -1;

	if (fl_place_behind(arg, &param) != FL_PLACE_LOCAL)
		add(s, FL_EFFECT_STORE, call, text_of(s, arg), param);
}

static const struct fl_node *argument(const struct fl_node *call, size_t i)
{
	return i + 1 < call->n ? call->list[i + 1] : NULL;
}

/* Locks and counters of an object that is not visible yet do not matter. */
static bool is_private(const struct fl_node *call)
{
	const struct fl_node *arg = argument(call, 0);
	int param;

	return arg && arg->pointer && fl_place_behind(arg, &param) == FL_PLACE_LOCAL;
}

static void known_call(struct search *s, const struct fl_node *n, enum fl_known class,
		       const char *name)
{
	const struct fl_node *arg;

	switch (class) {
	case FL_KNOWN_FILL:
	case FL_KNOWN_FILL_LAST:
		arg = class == FL_KNOWN_FILL ? argument(n, 0) : n->n > 1 ? n->list[n->n - 1] : NULL;
		if (arg)
			store_behind(s, n, arg);
		break;
	case FL_KNOWN_FREE:
		if (!is_private(n))
			add(s, FL_EFFECT_FREE, n, name, -1);
		break;
	case FL_KNOWN_LOCK:
		if (!is_private(n))
			add(s, FL_EFFECT_LOCK, n, name, -1);
		break;
	case FL_KNOWN_UNLOCK:
		if (!is_private(n))
			add(s, FL_EFFECT_UNLOCK, n, name, -1);
		break;
	case FL_KNOWN_REF:
		if (!is_private(n))
			add(s, FL_EFFECT_REF, n, name, -1);
		break;
	case FL_KNOWN_UNREF:
		if (!is_private(n))
			add(s, FL_EFFECT_UNREF, n, name, -1);
		break;
	default:
		break;
	}
}

/* A function whose body was read does what its summary says. */
static void read_call(struct search *s, const struct fl_node *n, const struct fl_summary *sum)
{
	if (sum->changes) {
		add(s, FL_EFFECT_CALL, n, n->name, -1);
		return;
	}
	for (size_t i = 0; i < sum->ncalls; i++)
		add(s, FL_EFFECT_CALL, n, sum->calls[i], -1);
	for (size_t i = 0; i < 32 && argument(n, i); i++) {
		if (sum->stores & 1u << i)
			store_behind(s, n, argument(n, i));
	}
}

static void call(struct search *s, const struct fl_node *n)
{
	enum fl_known class = fl_known(n->name);
	const struct fl_summary *sum;

	if (!n->name) {
		add(s, FL_EFFECT_POINTER, n, text_of(s, n->n ? n->list[0] : n), -1);
		return;
	}
	if (class != FL_KNOWN_NOT) {
		known_call(s, n, class, n->name);
		return;
	}
	sum = fl_unit_summary(s->unit, n->called);
	if (sum)
		read_call(s, n, sum);
	else
		add(s, FL_EFFECT_CALL, n, n->name, -1);
}

static void visit(struct search *s, const struct fl_node *n)
{
	enum fl_known outer = fl_known(n->macro);

	/* known macros are not examined, except for their arguments */
	if (outer == FL_KNOWN_PURE || outer == FL_KNOWN_SCOPE || outer == FL_KNOWN_ALLOC) {
		if (n->kind != FL_NODE_LOOP)
			return;
	}
	for (size_t i = 0; i < n->n; i++) {
		/* the target of an assignment is not read */
		if (n->kind == FL_NODE_CALL && !i && n->name)
			continue;
		visit(s, n->list[i]);
	}
	if (outer == FL_KNOWN_LOCK || outer == FL_KNOWN_UNLOCK || outer == FL_KNOWN_REF ||
	    outer == FL_KNOWN_UNREF) {
		if (n->kind == FL_NODE_CALL && fl_known(n->name) == FL_KNOWN_NOT)
			known_call(s, n, outer, n->macro);
		else if (n->kind == FL_NODE_CALL)
			call(s, n);
		return;
	}
	switch (n->kind) {
	case FL_NODE_ASSIGN:
	case FL_NODE_STEP:
		if (n->n)
			store(s, n, n->list[0]);
		break;
	case FL_NODE_CALL:
		call(s, n);
		break;
	case FL_NODE_ASM:
		add(s, FL_EFFECT_ASM, n, "", -1);
		break;
	default:
		break;
	}
}

void fl_effects_of(struct fl_unit *u, const struct fl_tree *t, const struct fl_node *n,
		   struct fl_effects *out)
{
	struct search s = { u, t, out };

	visit(&s, n);
}

static void note_call(struct fl_unit *u, struct fl_summary *s, const char *name)
{
	for (size_t i = 0; i < s->ncalls; i++) {
		if (!strcmp(s->calls[i], name))
			return;
	}
	if (s->ncalls == MOST_CALLS) {
		s->changes = true;
		return;
	}
	if (!s->calls)
		s->calls = fl_arena_alloc(u->arena, MOST_CALLS * sizeof(s->calls[0]));
	s->calls[s->ncalls++] = name;
}

void fl_summarize(struct fl_unit *u, const struct fl_tree *t, struct fl_summary *s)
{
	struct fl_effects all = { 0 };
	struct fl_values values = { 0 };

	fl_effects_of(u, t, t->body, &all);
	for (size_t i = 0; i < all.n; i++) {
		const struct fl_effect *e = &all.list[i];

		if (e->kind == FL_EFFECT_STORE && e->param >= 0 && e->param < 32)
			s->stores |= 1u << e->param;
		else if (e->kind == FL_EFFECT_CALL)
			note_call(u, s, e->what);
		else
			s->changes = true;
	}
	fl_values_returned(u, t, &values);
	s->fails = (values.bits & (FL_VALUE_ERRNO | FL_VALUE_ERR_PTR | FL_VALUE_NULL)) != 0;
	s->is_zero = !(values.bits & ~(unsigned int)FL_VALUE_ZERO);
}

static bool is_in_reach(const struct fl_tree *t)
{
	return t && t->nodes <= LARGEST;
}

const struct fl_summary *fl_unit_summary(struct fl_unit *u, CXCursor function)
{
	unsigned int hash;
	struct fl_summary_entry *e;
	CXCursor def;

	if (clang_Cursor_isNull(function))
		return NULL;
	def = clang_getCursorDefinition(function);
	if (clang_Cursor_isNull(def) || u->depth >= DEEPEST)
		return NULL;
	hash = clang_hashCursor(def) % (sizeof(u->entries) / sizeof(u->entries[0]));
	for (e = u->entries[hash]; e; e = e->next) {
		if (clang_equalCursors(e->function, def))
			return e->known && !e->summary.busy ? &e->summary : NULL;
	}
	e = fl_arena_alloc(u->arena, sizeof(*e));
	e->function = def;
	e->next = u->entries[hash];
	u->entries[hash] = e;
	e->summary.busy = true;
	u->depth++;
	const struct fl_tree *t = fl_tree_build(u->arena, u->cx, def);
	if (is_in_reach(t)) {
		fl_summarize(u, t, &e->summary);
		e->known = true;
	}
	u->depth--;
	e->summary.busy = false;
	return e->known ? &e->summary : NULL;
}
