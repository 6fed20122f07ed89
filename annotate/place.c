/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place.c - where pointers lead to, without regard to the order of statements. */
#include <string.h>

#include "effect.h"
#include "known.h"

static enum fl_place worse(enum fl_place a, enum fl_place b)
{
	return a > b ? a : b;
}

static bool is_array(CXType t)
{
	switch (clang_getCanonicalType(t).kind) {
	case CXType_ConstantArray:
	case CXType_IncompleteArray:
	case CXType_VariableArray:
		return true;
	default:
		return false;
	}
}

static enum fl_place behind_variable(struct fl_var *v, int *param)
{
	enum fl_place place = FL_PLACE_LOCAL;

	if (is_array(clang_getCursorType(v->decl)) && v->param < 0)
		return FL_PLACE_LOCAL;
	if (v->param >= 0) {
		*param = v->param;
		place = FL_PLACE_PARAM;
	}
	if (v->busy)
		return place;
	/* other code may have set it */
	if (v->escapes && v->param < 0)
		place = FL_PLACE_SHARED;
	v->busy = true;
	for (size_t i = 0; i < v->nfrom; i++)
		place = worse(place, fl_place_behind(v->from[i], param));
	v->busy = false;
	return place;
}

static enum fl_place behind_call(const struct fl_node *n, int *param)
{
	enum fl_place place = FL_PLACE_LOCAL;
	bool any = false;

	switch (fl_known(n->macro)) {
	case FL_KNOWN_ALLOC:
		return FL_PLACE_LOCAL;
	default:
		break;
	}
	if (fl_known(n->name) == FL_KNOWN_ALLOC)
		return FL_PLACE_LOCAL;
	if (n->name && (!strcmp(n->name, "ERR_PTR") || strstr(n->name, "alloc")))
		return FL_PLACE_LOCAL;
	/* its result points into its arguments */
	for (size_t i = 1; i < n->n; i++) {
		if (!n->list[i]->pointer)
			continue;
		any = true;
		place = worse(place, fl_place_behind(n->list[i], param));
	}
	return any ? place : FL_PLACE_SHARED;
}

enum fl_place fl_place_behind(const struct fl_node *n, int *param)
{
	enum fl_place place = FL_PLACE_LOCAL;

	switch (n->kind) {
	case FL_NODE_CONST:
		return FL_PLACE_LOCAL;
	case FL_NODE_LOCAL:
		return behind_variable(n->var, param);
	case FL_NODE_ADDRESS:
		return n->n ? fl_place_of(n->list[0], param) : FL_PLACE_SHARED;
	case FL_NODE_MEMBER:
	case FL_NODE_INDEX:
		/* an array in a structure is part of it, a pointer leads elsewhere */
		if (n->n && is_array(clang_getCursorType(n->cursor)))
			return fl_place_of(n, param);
		place = n->n ? fl_place_of(n, param) : FL_PLACE_SHARED;
		return place == FL_PLACE_LOCAL ? FL_PLACE_SHARED : place;
	case FL_NODE_CALL:
		return behind_call(n, param);
	case FL_NODE_BLOCK:
		n = fl_node_value(n);
		return n && n->kind != FL_NODE_BLOCK ? fl_place_behind(n, param) : FL_PLACE_SHARED;
	case FL_NODE_CHOICE:
		for (size_t i = 1; i < n->n; i++)
			place = worse(place, fl_place_behind(n->list[i], param));
		return place;
	case FL_NODE_ASSIGN:
		return n->n ? fl_place_behind(n->list[n->n - 1], param) : FL_PLACE_SHARED;
	case FL_NODE_LIST: {
		bool any = false;

		/* arithmetic with a pointer stays in its object */
		for (size_t i = 0; i < n->n; i++) {
			const struct fl_node *in = n->list[i];

			if (!in->pointer && !is_array(clang_getCursorType(in->cursor)) &&
			    in->kind != FL_NODE_LIST && in->kind != FL_NODE_ADDRESS)
				continue;
			any = true;
			place = worse(place, fl_place_behind(in, param));
		}
		return any || !n->pointer ? place : FL_PLACE_SHARED;
	}
	default:
		return FL_PLACE_SHARED;
	}
}

enum fl_place fl_place_of(const struct fl_node *n, int *param)
{
	switch (n->kind) {
	case FL_NODE_LOCAL:
		return FL_PLACE_LOCAL;
	case FL_NODE_MEMBER:
		if (!n->n)
			return FL_PLACE_SHARED;
		return n->arrow ? fl_place_behind(n->list[0], param)
				: fl_place_of(n->list[0], param);
	case FL_NODE_INDEX:
		if (!n->n)
			return FL_PLACE_SHARED;
		if (is_array(clang_getCursorType(n->list[0]->cursor)) ||
		    n->list[0]->kind == FL_NODE_MEMBER || n->list[0]->kind == FL_NODE_INDEX)
			return fl_place_of(n->list[0], param);
		return fl_place_behind(n->list[0], param);
	case FL_NODE_DEREF:
		return n->n ? fl_place_behind(n->list[0], param) : FL_PLACE_SHARED;
	case FL_NODE_BLOCK:
	case FL_NODE_CALL:
	case FL_NODE_LIST:
	case FL_NODE_CONST:
		return FL_PLACE_LOCAL; /* a value, which is nowhere, or a compound literal */
	default:
		return FL_PLACE_SHARED;
	}
}
