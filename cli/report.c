/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include <string.h>

static void add(struct fl_totals *t, const struct fl_counts *c)
{
	t->calls += c->calls;
	t->matched += c->matched;
	t->injected += c->injected;
	t->fired += c->fired;
	t->lost += c->lost;
}

static void sum(const struct fl_part *parts, size_t nparts, bool all, size_t rule,
		struct fl_totals *totals)
{
	memset(totals, 0, sizeof(*totals));
	for (const struct fl_part *p = parts; p < parts + nparts; p++) {
		for (size_t i = 0; i < p->obj->nslots; i++) {
			struct fl_counts c;

			if (!all && p->obj->slots[i].rule != rule)
				continue;
			fl_session_counts(p->session, i, &c);
			add(totals, &c);
		}
	}
}

void fl_report_totals(const struct fl_part *parts, size_t nparts, struct fl_totals *totals)
{
	sum(parts, nparts, true, 0, totals);
}

void fl_report_rule_totals(const struct fl_part *parts, size_t nparts, size_t rule,
			   struct fl_totals *totals)
{
	sum(parts, nparts, false, rule, totals);
}

const struct fl_obj_rule *fl_report_rule(const struct fl_part *parts, size_t nparts, size_t rule)
{
	while (nparts > 1 && !parts[nparts - 1].obj->rules[rule].resolved)
		nparts--;
	return &parts[nparts - 1].obj->rules[rule];
}

size_t fl_report_functions(const struct fl_object *obj)
{
	size_t n = 0;

	for (size_t i = 0; i < obj->nprogs; i++)
		n += obj->progs[i].is_tracker ? 0 : obj->progs[i].nattaches;
	return n;
}

const struct fl_symbols *fl_report_symbols(struct fl_report_stream *r)
{
	/* hidden addresses are no symbols: numbers are shown then */
	if (!r->symbols_tried && fl_symbols_open("", &r->symbols) == -1) {
		fl_symbols_free(r->symbols);
		r->symbols = NULL;
	}
	r->symbols_tried = true;
	return r->symbols;
}

bool fl_report_uses_symbols(const struct fl_object *obj, const struct fl_event *e)
{
	return e->kind == FL_EVENT_STACK || (e->kind == FL_EVENT_LOG && e->site < obj->nlogs &&
					     strstr(obj->logs[e->site].format, "%p"));
}
