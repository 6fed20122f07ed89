/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include <inttypes.h>
#include <string.h>

#include "render.h"

#define NS_PER_S UINT64_C(1000000000)
#define LINES_PER_SECOND 20 /* on a terminal */

static void add(struct fl_totals *t, const struct fl_counts *c)
{
	t->calls += c->calls;
	t->matched += c->matched;
	t->injected += c->injected;
	t->fired += c->fired;
	t->lost += c->lost;
}

void fl_report_totals(const struct fl_session *s, const struct fl_object *obj,
		      struct fl_totals *totals)
{
	memset(totals, 0, sizeof(*totals));
	for (size_t i = 0; i < obj->nslots; i++) {
		struct fl_counts c;

		fl_session_counts(s, i, &c);
		add(totals, &c);
	}
}

void fl_report_rule_totals(const struct fl_session *s, const struct fl_object *obj, size_t rule,
			   struct fl_totals *totals)
{
	memset(totals, 0, sizeof(*totals));
	for (size_t i = 0; i < obj->nslots; i++) {
		struct fl_counts c;

		if (obj->slots[i].rule != rule)
			continue;
		fl_session_counts(s, i, &c);
		add(totals, &c);
	}
}

/* A task's name comes from its owner: nothing of it may steer a terminal. */
static void print_comm(FILE *out, const char *comm)
{
	for (size_t i = 0; i < FL_COMM_LEN && comm[i]; i++) {
		unsigned char c = (unsigned char)comm[i];

		fputc(c < 0x20 || c == 0x7f ? '?' : c, out);
	}
}

void fl_report_tick(struct fl_report_stream *r, bool last)
{
	uint64_t second = fl_now_ns() / NS_PER_S;

	if (second == r->second && !last)
		return;
	if (r->hidden)
		fprintf(r->out, "  ... and %" PRIu64 " more\n", r->hidden);
	r->second = second;
	r->shown = 0;
	r->hidden = 0;
}

static const struct fl_symbols *symbols_of(struct fl_report_stream *r)
{
	/* hidden addresses are no symbols: numbers are shown then */
	if (!r->symbols_tried && fl_symbols_open("", &r->symbols) == -1) {
		fl_symbols_free(r->symbols);
		r->symbols = NULL;
	}
	r->symbols_tried = true;
	return r->symbols;
}

/* Does a terminal have room for a line more in this second? */
static bool may_show(struct fl_report_stream *r)
{
	if (!r->is_terminal)
		return true;
	fl_report_tick(r, false);
	if (r->shown == LINES_PER_SECOND) {
		r->hidden++;
		return false;
	}
	r->shown++;
	return true;
}

static void print_task(FILE *out, const struct fl_event *e)
{
	print_comm(out, e->comm);
	fprintf(out, " %u/%u  cpu %u\n", e->pid, e->tid, e->cpu);
}

static bool format_uses_symbols(const struct fl_object *obj, const struct fl_event *e)
{
	return e->site < obj->nlogs && strstr(obj->logs[e->site].format, "%p");
}

static void print_stack(struct fl_report_stream *r, const struct fl_event *e)
{
	const uint64_t *frames;
	size_t n = fl_stack_frames(e, &frames);
	char text[256];

	for (size_t i = 0; i < n; i++) {
		fl_symbol_text(symbols_of(r), frames[i], text, sizeof(text));
		fprintf(r->out, "               %s\n", text);
	}
}

void fl_report_event(struct fl_report_stream *r, const struct fl_event *e)
{
	const struct fl_obj_attach *attach;
	char text[FL_MAX_LOG];
	uint64_t since;

	if (r->quiet || e->slot >= r->obj->nslots || !may_show(r))
		return;
	attach = &r->obj->attaches[r->obj->slots[e->slot].attach];
	since = e->time_ns > r->armed_ns ? e->time_ns - r->armed_ns : 0;
	fprintf(r->out, "%4" PRIu64 ".%06" PRIu64 "  ", since / NS_PER_S, since % NS_PER_S / 1000);
	switch (e->kind) {
	case FL_EVENT_INJECTED:
		fprintf(r->out, "%s = %s  ", attach->shown,
			fl_value_name(attach, e->value, text, sizeof(text)));
		print_task(r->out, e);
		break;
	case FL_EVENT_LOG:
		fl_log_text(r->obj, e, format_uses_symbols(r->obj, e) ? symbols_of(r) : NULL, text,
			    sizeof(text));
		fprintf(r->out, "%s: %s\n", attach->shown, text);
		break;
	case FL_EVENT_STACK:
		fprintf(r->out, "%s called by ", attach->shown);
		print_task(r->out, e);
		print_stack(r, e);
		break;
	default:
		fprintf(r->out, "%s  ", attach->shown);
		print_task(r->out, e);
	}
}

static void print_rule(struct fl_report_stream *r, size_t rule, const struct fl_totals *t)
{
	const struct fl_obj_rule *x = &r->obj->rules[rule];

	fprintf(r->out, "%5zu %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "  %s%s\n", rule + 1,
		t->calls, t->matched, x->returns ? t->injected : t->fired, x->text,
		x->child_only ? "  [this command only]" : "");
}

static void print_slot(struct fl_report_stream *r, size_t slot, const struct fl_counts *c)
{
	const struct fl_obj_attach *attach = &r->obj->attaches[r->obj->slots[slot].attach];
	const struct fl_obj_rule *x = &r->obj->rules[r->obj->slots[slot].rule];

	fprintf(r->out, "      %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "    %s%s%s by %s\n",
		(uint64_t)c->calls, (uint64_t)c->matched,
		(uint64_t)(x->returns ? c->injected : c->fired),
		attach->module ? attach->module : "", attach->module ? ":" : "", attach->func,
		fl_backend_name(r->obj->progs[attach->prog].backend));
}

static void print_slots(struct fl_report_stream *r, const struct fl_session *s, size_t rule)
{
	struct fl_counts c;

	for (size_t i = 0; i < r->obj->nslots; i++) {
		if (r->obj->slots[i].rule != rule)
			continue;
		fl_session_counts(s, i, &c);
		print_slot(r, i, &c);
	}
}

/* What a reader of the lines above would otherwise not know. */
static void print_remarks(struct fl_report_stream *r, const struct fl_session *s,
			  const struct fl_totals *all)
{
	uint64_t keys = fl_session_keys_lost(s), delays = fl_session_delays_skipped(s);

	if (all->lost)
		fprintf(r->out,
			"%" PRIu64 " events have no line above: the ring buffer was full "
			"(all are counted)\n",
			all->lost);
	if (keys)
		fprintf(r->out,
			"%" PRIu64 " times a key found no room in its map: what it counts is too "
			"low, and no rule acted on it\n",
			keys);
	if (delays)
		fprintf(r->out,
			"%" PRIu64 " delays were left out: together they may take %d ms a second\n",
			delays, FL_DELAY_BUDGET_NS / 1000000);
}

void fl_report_summary(struct fl_report_stream *r, const struct fl_session *s, uint64_t end_ns)
{
	uint64_t since = end_ns > r->armed_ns ? end_ns - r->armed_ns : 0;
	bool any_returns = false, any_fires = false;
	struct fl_totals all, t;

	fl_report_tick(r, true);
	fl_report_totals(s, r->obj, &all);
	for (size_t i = 0; i < r->obj->nrules; i++) {
		any_returns |= r->obj->rules[i].returns;
		any_fires |= !r->obj->rules[i].returns;
	}
	fprintf(r->out, "%5s %10s %10s %10s\n", "rule", "calls", "matched",
		!any_fires    ? "injected"
		: any_returns ? "done"
			      : "fired");
	for (size_t i = 0; i < r->obj->nrules; i++) {
		fl_report_rule_totals(s, r->obj, i, &t);
		print_rule(r, i, &t);
		if (r->verbose)
			print_slots(r, s, i);
	}
	print_remarks(r, s, &all);
	if (any_returns || !any_fires)
		fprintf(r->out,
			"%" PRIu64 " of %" PRIu64 " calls failed in %" PRIu64 ".%03" PRIu64 " s\n",
			all.injected, all.calls, since / NS_PER_S, since % NS_PER_S / 1000000);
	else
		fprintf(r->out,
			"%" PRIu64 " of %" PRIu64 " calls were acted on in %" PRIu64 ".%03" PRIu64
			" s\n",
			all.fired, all.calls, since / NS_PER_S, since % NS_PER_S / 1000000);
}
