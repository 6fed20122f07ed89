/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include <inttypes.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)
#define LINES_PER_SECOND 20 /* on a terminal */

static void add(struct fl_totals *t, const struct fl_counts *c)
{
	t->calls += c->calls;
	t->matched += c->matched;
	t->injected += c->injected;
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

void fl_report_event(struct fl_report_stream *r, const struct fl_event *e)
{
	const struct fl_obj_prog *prog;
	uint64_t since;
	char value[32];

	if (r->quiet || e->slot >= r->obj->nslots)
		return;
	if (r->is_terminal) {
		fl_report_tick(r, false);
		if (r->shown == LINES_PER_SECOND) {
			r->hidden++;
			return;
		}
		r->shown++;
	}
	prog = &r->obj->progs[r->obj->slots[e->slot].prog];
	since = e->time_ns > r->armed_ns ? e->time_ns - r->armed_ns : 0;
	fprintf(r->out, "%4" PRIu64 ".%06" PRIu64 "  %s = %s  ", since / NS_PER_S,
		since % NS_PER_S / 1000, prog->func,
		fl_value_name(prog, e->value, value, sizeof(value)));
	print_comm(r->out, e->comm);
	fprintf(r->out, " %u/%u  cpu %u\n", e->pid, e->tid, e->cpu);
}

static void print_rule(struct fl_report_stream *r, size_t rule, const struct fl_totals *t)
{
	const struct fl_obj_rule *x = &r->obj->rules[rule];

	fprintf(r->out, "%5zu %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "  %s%s\n", rule + 1,
		t->calls, t->matched, t->injected, x->text,
		x->child_only ? "  [this command only]" : "");
}

static void print_slot(struct fl_report_stream *r, size_t slot, const struct fl_counts *c)
{
	const struct fl_obj_prog *prog = &r->obj->progs[r->obj->slots[slot].prog];

	fprintf(r->out, "      %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "    %s%s%s by %s\n",
		(uint64_t)c->calls, (uint64_t)c->matched, (uint64_t)c->injected,
		prog->module ? prog->module : "", prog->module ? ":" : "", prog->func,
		fl_backend_name(prog->backend));
}

void fl_report_summary(struct fl_report_stream *r, const struct fl_session *s, uint64_t end_ns)
{
	uint64_t since = end_ns > r->armed_ns ? end_ns - r->armed_ns : 0;
	struct fl_totals all;

	fl_report_tick(r, true);
	fl_report_totals(s, r->obj, &all);
	fprintf(r->out, "%5s %10s %10s %10s\n", "rule", "calls", "matched", "injected");
	for (size_t i = 0; i < r->obj->nrules; i++) {
		struct fl_totals t = { 0 };
		struct fl_counts c;

		for (size_t j = 0; j < r->obj->nslots; j++) {
			if (r->obj->slots[j].rule == i) {
				fl_session_counts(s, j, &c);
				add(&t, &c);
			}
		}
		print_rule(r, i, &t);
		for (size_t j = 0; r->verbose && j < r->obj->nslots; j++) {
			if (r->obj->slots[j].rule == i) {
				fl_session_counts(s, j, &c);
				print_slot(r, j, &c);
			}
		}
	}
	if (all.lost)
		fprintf(r->out,
			"%" PRIu64 " injections have no line above: the ring buffer was full "
			"(all are counted)\n",
			all.lost);
	fprintf(r->out, "%" PRIu64 " of %" PRIu64 " calls failed in %" PRIu64 ".%03" PRIu64 " s\n",
		all.injected, all.calls, since / NS_PER_S, since % NS_PER_S / 1000000);
}
