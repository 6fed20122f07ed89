/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value.h"

#include <string.h>

#include "known.h"

#define MOST_ERRNO 4095 /* MAX_ERRNO of the kernel */

static void add_name(const char **list, size_t *n, size_t most, const char *name)
{
	for (size_t i = 0; i < *n; i++) {
		if (!strcmp(list[i], name))
			return;
	}
	if (*n < most)
		list[(*n)++] = name;
}

static void add_error(struct fl_unit *u, const struct fl_tree *t, const struct fl_node *n,
		      struct fl_values *v)
{
	char text[40];

	fl_node_text(t, n, text, sizeof(text));
	add_name(v->errors, &v->nerrors, sizeof(v->errors) / sizeof(v->errors[0]),
		 fl_arena_strndup(u->arena, text, strlen(text)));
}

static void add_call(struct fl_unit *u, const struct fl_tree *t, const struct fl_node *n,
		     struct fl_values *v)
{
	const char *name = n->name;
	const struct fl_summary *sum;
	long long number;

	if (!name) {
		v->bits |= FL_VALUE_FORWARDED;
		return;
	}
	if (!strcmp(name, "ERR_PTR") || !strcmp(name, "ERR_CAST")) {
		v->bits |= FL_VALUE_ERR_PTR;
		if (n->n == 2 && fl_node_number(n->list[1], &number))
			add_error(u, t, n->list[1], v);
		return;
	}
	if (!strcmp(name, "PTR_ERR") || !strcmp(name, "xas_error")) {
		v->bits |= FL_VALUE_ERRNO;
		return;
	}
	if (!strcmp(name, "PTR_ERR_OR_ZERO")) {
		v->bits |= FL_VALUE_ERRNO | FL_VALUE_ZERO;
		return;
	}
	if (!strncmp(name, "__builtin_expect", 16) && n->n > 1) {
		fl_values_of(u, t, n->list[1], v);
		return;
	}
	if (fl_known(name) == FL_KNOWN_ALLOC || fl_known(n->macro) == FL_KNOWN_ALLOC) {
		v->bits |= FL_VALUE_NULL | FL_VALUE_OBJECT;
		return;
	}
	/* what fills a buffer returns a length, or the buffer */
	if (fl_known(name) == FL_KNOWN_PURE || fl_known(name) == FL_KNOWN_FILL) {
		v->bits |= FL_VALUE_OTHER;
		return;
	}
	sum = fl_unit_summary(u, n->called);
	if (sum && sum->is_zero) {
		v->bits |= FL_VALUE_ZERO;
		return;
	}
	v->bits |= FL_VALUE_FORWARDED;
	add_name(v->forwarded, &v->nforwarded, sizeof(v->forwarded) / sizeof(v->forwarded[0]),
		 name);
}

/* if (!v) that leaves: what is returned later is not the NULL of an allocation. */
static bool is_tested(const struct fl_node *n, const struct fl_var *var)
{
	if (n->kind == FL_NODE_IF && n->n > 1) {
		const struct fl_node *c = n->list[0], *leaves = n->list[1];

		while (leaves->kind == FL_NODE_LIST && leaves->n)
			leaves = leaves->list[leaves->n - 1];
		while (c->kind == FL_NODE_CALL && c->n > 1) /* __builtin_expect() */
			c = c->list[1];
		while (c->kind == FL_NODE_NOT && c->n && c->list[0]->kind == FL_NODE_NOT)
			c = c->list[0]->list[0];
		if (c->kind == FL_NODE_NOT && c->n && c->list[0]->kind == FL_NODE_LOCAL &&
		    c->list[0]->var == var &&
		    (leaves->kind == FL_NODE_RETURN || leaves->kind == FL_NODE_GOTO))
			return true;
	}
	for (size_t i = 0; i < n->n; i++) {
		if (is_tested(n->list[i], var))
			return true;
	}
	return false;
}

static bool is_allocation(const struct fl_node *n)
{
	return (n->kind == FL_NODE_CALL || n->kind == FL_NODE_BLOCK) &&
	       (fl_known(n->name) == FL_KNOWN_ALLOC || fl_known(n->macro) == FL_KNOWN_ALLOC);
}

static void add_variable(struct fl_unit *u, const struct fl_tree *t, struct fl_var *var,
			 struct fl_values *v)
{
	if (var->busy)
		return;
	if (var->param >= 0 || var->escapes)
		v->bits |= FL_VALUE_OTHER;
	var->busy = true;
	for (size_t i = 0; i < var->nfrom; i++) {
		if (is_allocation(var->from[i]) && is_tested(t->body, var))
			v->bits |= FL_VALUE_OBJECT;
		else
			fl_values_of(u, t, var->from[i], v);
	}
	var->busy = false;
}

static void add_number(struct fl_unit *u, const struct fl_tree *t, const struct fl_node *n,
		       long long number, struct fl_values *v)
{
	if (n->pointer) {
		v->bits |= number ? FL_VALUE_OTHER : FL_VALUE_NULL;
	} else if (!number) {
		v->bits |= FL_VALUE_ZERO;
	} else if (number > 0) {
		v->bits |= FL_VALUE_POSITIVE;
	} else if (number >= -MOST_ERRNO) {
		v->bits |= FL_VALUE_ERRNO;
		add_error(u, t, n, v);
	} else {
		v->bits |= FL_VALUE_OTHER;
	}
}

void fl_values_of(struct fl_unit *u, const struct fl_tree *t, const struct fl_node *n,
		  struct fl_values *v)
{
	long long number;

	switch (n->kind) {
	case FL_NODE_CALL:
		add_call(u, t, n, v);
		return;
	case FL_NODE_LOCAL:
		add_variable(u, t, n->var, v);
		return;
	case FL_NODE_CHOICE:
		for (size_t i = 1; i < n->n; i++)
			fl_values_of(u, t, n->list[i], v);
		return;
	case FL_NODE_ADDRESS:
		v->bits |= FL_VALUE_OBJECT;
		return;
	case FL_NODE_BLOCK: {
		const struct fl_node *value = fl_node_value(n);

		if (fl_known(n->macro) == FL_KNOWN_ALLOC)
			v->bits |= FL_VALUE_NULL | FL_VALUE_OBJECT;
		else if (value && value->kind != FL_NODE_BLOCK)
			fl_values_of(u, t, value, v);
		else
			v->bits |= FL_VALUE_OTHER;
		return;
	}
	case FL_NODE_NOT:
		v->bits |= FL_VALUE_BOOL;
		return;
	case FL_NODE_ASSIGN:
		if (!n->compound && n->n == 2)
			fl_values_of(u, t, n->list[1], v);
		else
			v->bits |= FL_VALUE_OTHER;
		return;
	case FL_NODE_CONST:
		if (fl_node_is_null(n)) {
			v->bits |= FL_VALUE_NULL;
			return;
		}
		break;
	default:
		break;
	}
	if (fl_node_number(n, &number))
		add_number(u, t, n, number, v);
	else
		v->bits |= n->pointer ? FL_VALUE_OBJECT : FL_VALUE_OTHER;
}

static void add_returns(struct fl_unit *u, const struct fl_tree *t, const struct fl_node *n,
			struct fl_values *v)
{
	if (n->kind == FL_NODE_RETURN) {
		if (n->n)
			fl_values_of(u, t, n->list[0], v);
		return;
	}
	for (size_t i = 0; i < n->n; i++)
		add_returns(u, t, n->list[i], v);
}

void fl_values_returned(struct fl_unit *u, const struct fl_tree *t, struct fl_values *v)
{
	add_returns(u, t, t->body, v);
}
