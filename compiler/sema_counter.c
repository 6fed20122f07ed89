/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sema_counter.c - counters of rules, exit and splats: what expectations are about. */
#include <string.h>

#include "near.h"
#include "sema_impl.h"

static const char *const counters[] = { "calls", "matched", "injected", "fired" };

void fl_check_counter(struct fl_sema *s, struct fl_expr *e)
{
	const char *label, *best = NULL;
	unsigned int distance = 3;
	size_t i;

	e->type = FL_VALUE_INT;
	if (e->kind == FL_EXPR_NAME)
		return;
	e->type = FL_VALUE_ERROR;
	if (e->left->kind != FL_EXPR_NAME || e->is_arrow) {
		fl_report(s->diags, FL_E_COUNTER, e->span, fl_expr_text(s, e), NULL);
		return;
	}
	label = e->left->text;
	for (i = 0; i < s->script->nrules; i++) {
		const char *other = s->script->rules[i].label;

		if (other && !strcmp(other, label))
			break;
		if (other)
			fl_nearest(label, other, &best, &distance);
	}
	if (i == s->script->nrules) {
		fl_report(s->diags, FL_E_NO_LABEL, e->left->span, label, best, NULL);
		return;
	}
	e->index = (unsigned int)i;
	for (i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		if (!strcmp(counters[i], e->text)) {
			e->value = i;
			e->type = FL_VALUE_INT;
			return;
		}
	}
	fl_report(s->diags, FL_E_COUNTER, e->span, fl_expr_text(s, e), NULL);
}
