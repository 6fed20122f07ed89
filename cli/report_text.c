/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_text.c - a run for people: a line per injection, a table at the end. */
#include <inttypes.h>
#include <string.h>

#include "render.h"
#include "report.h"

#define NS_PER_S UINT64_C(1000000000)
#define LINES_PER_SECOND 20 /* on a terminal */

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

static void print_stack(struct fl_report_stream *r, const struct fl_event *e)
{
	const uint64_t *frames;
	size_t n = fl_stack_frames(e, &frames);
	char text[256];

	for (size_t i = 0; i < n; i++) {
		fl_symbol_text(fl_report_symbols(r), frames[i], text, sizeof(text));
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
		fl_log_text(r->obj, e,
			    fl_report_uses_symbols(r->obj, e) ? fl_report_symbols(r) : NULL, text,
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

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void print_programs(FILE *out, const struct fl_object *obj)
{
	for (size_t i = 0; i < obj->nprogs; i++) {
		const struct fl_obj_prog *p = &obj->progs[i];
		const struct fl_obj_attach *a = &obj->attaches[p->first_attach];

		if (p->nattaches > 1)
			fprintf(out, "  %zu functions", p->nattaches);
		else
			fprintf(out, "  %s%s%s", a->module ? a->module : "", a->module ? ":" : "",
				a->func);
		fprintf(out, " by %s: %s\n", fl_backend_name(p->backend),
			p->is_tracker ? "watched for within()" : p->reason);
	}
}

static void say_armed(struct fl_report_stream *r, const struct fl_armed_news *news)
{
	size_t functions = fl_report_functions(news->obj), rules = news->obj->nrules;

	if (!r->quiet || r->verbose)
		fprintf(r->out, "armed %zu rule%s on %zu function%s in %.0f ms%s%s\n", rules,
			plural(rules), functions, plural(functions), news->ms,
			news->dry_run ? "; nothing will really fail (--no-return)" : "",
			news->force_return ? "; any value may be returned (--force-return)" : "");
	if (r->verbose)
		print_programs(r->out, news->obj);
}

static void say_splat(struct fl_report_stream *r, const char *line)
{
	fprintf(r->out, "  the kernel: %s\n", line);
}

static void say_module(struct fl_report_stream *r, const struct fl_module_news *news)
{
	switch (news->event) {
	case FL_MODULE_AWAITED:
		if (news->module)
			fprintf(r->out, "waiting for module '%s' with '%s'\n", news->module,
				news->function);
		else
			fprintf(r->out, "waiting for a module with '%s'\n", news->function);
		break;
	case FL_MODULE_ARMED:
		fprintf(r->out, "module '%s' was loaded: armed %zu function%s of it\n",
			news->module, news->nfunctions, plural(news->nfunctions));
		break;
	case FL_MODULE_REFUSED:
		fprintf(r->out, "module '%s' was loaded, but cannot be armed: %s\n", news->module,
			news->why);
		break;
	case FL_MODULE_GONE:
		fprintf(r->out, "module '%s' was unloaded: %zu function%s of it %s armed no more\n",
			news->module, news->nfunctions, plural(news->nfunctions),
			news->nfunctions == 1 ? "is" : "are");
		break;
	}
}

/* Errors are on standard error; a report of text is not read by programs. */
static void say_error(struct fl_report_stream *r, const struct fl_fault *fault)
{
	(void)r;
	(void)fault;
}

static void print_rule(FILE *out, const struct fl_obj_rule *x, size_t rule,
		       const struct fl_totals *t)
{
	fprintf(out, "%5zu %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "  %s%s\n", rule + 1, t->calls,
		t->matched, x->returns ? t->injected : t->fired, x->text,
		x->child_only ? "  [this command only]" : "");
}

static void print_slot(FILE *out, const struct fl_part *p, size_t slot)
{
	const struct fl_obj_attach *attach = &p->obj->attaches[p->obj->slots[slot].attach];
	const struct fl_obj_rule *x = &p->obj->rules[p->obj->slots[slot].rule];
	struct fl_counts c;

	fl_session_counts(p->session, slot, &c);
	fprintf(out, "      %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "    %s%s%s by %s\n",
		(uint64_t)c.calls, (uint64_t)c.matched,
		(uint64_t)(x->returns ? c.injected : c.fired), attach->module ? attach->module : "",
		attach->module ? ":" : "", attach->func,
		fl_backend_name(p->obj->progs[attach->prog].backend));
}

static void print_slots(FILE *out, const struct fl_summary *s, size_t rule)
{
	for (const struct fl_part *p = s->parts; p < s->parts + s->nparts; p++) {
		for (size_t i = 0; i < p->obj->nslots; i++) {
			if (p->obj->slots[i].rule == rule)
				print_slot(out, p, i);
		}
	}
}

/* What a reader of the lines above would otherwise not know. */
static void print_remarks(FILE *out, const struct fl_summary *s)
{
	if (s->all.lost)
		fprintf(out,
			"%" PRIu64 " events have no line above: the ring buffer was full "
			"(all are counted)\n",
			s->all.lost);
	if (s->misses)
		fprintf(out,
			"%" PRIu64 " calls were neither counted nor acted on: they came from "
			"inside of a tracing program\n",
			s->misses);
	if (s->keys_lost)
		fprintf(out,
			"%" PRIu64 " times a key found no room in its map: what it counts is too "
			"low, and no rule acted on it\n",
			s->keys_lost);
	if (s->delays_skipped)
		fprintf(out,
			"%" PRIu64 " delays were left out: together they may take %d ms a second\n",
			s->delays_skipped, FL_DELAY_BUDGET_NS / 1000000);
}

static void print_table(struct fl_report_stream *r, const struct fl_summary *s)
{
	const struct fl_object *obj = s->parts[0].obj;
	uint64_t since = s->end_ns > r->armed_ns ? s->end_ns - r->armed_ns : 0;
	bool any_returns = false, any_fires = false, failed;
	struct fl_totals t;

	for (size_t i = 0; i < obj->nrules; i++) {
		any_returns |= obj->rules[i].returns;
		any_fires |= !obj->rules[i].returns;
	}
	fprintf(r->out, "%5s %10s %10s %10s\n", "rule", "calls", "matched",
		!any_fires    ? "injected"
		: any_returns ? "done"
			      : "fired");
	for (size_t i = 0; i < obj->nrules; i++) {
		fl_report_rule_totals(s->parts, s->nparts, i, &t);
		print_rule(r->out, fl_report_rule(s->parts, s->nparts, i), i, &t);
		if (r->verbose)
			print_slots(r->out, s, i);
	}
	print_remarks(r->out, s);
	failed = any_returns || !any_fires;
	fprintf(r->out, "%" PRIu64 " of %" PRIu64 " calls %s in %" PRIu64 ".%03" PRIu64 " s\n",
		failed ? s->all.injected : s->all.fired, s->all.calls,
		failed ? "failed" : "were acted on", since / NS_PER_S, since % NS_PER_S / 1000000);
}

static void say_summary(struct fl_report_stream *r, const struct fl_summary *s)
{
	const struct fl_object *obj = s->parts[0].obj;

	fl_report_tick(r, true);
	print_table(r, s);
	if (s->splats)
		fprintf(r->out, "the kernel log has %zu warning%s or worse of this run\n",
			s->splats, plural(s->splats));
	if (s->command_ended)
		fprintf(r->out, "the command exited with status %d\n", s->command_status);
	else if (s->has_command)
		fprintf(r->out, "the command is still running\n");
	for (size_t i = 0; i < obj->nexpects; i++) {
		const struct fl_obj_expect *x = &obj->expects[i];

		fprintf(r->out, "%s: expect %s%s%s%s\n", s->held[i] ? "held" : "FAILED", x->text,
			x->needs_exit && !s->command_ended ? " (no command came to its end)" : "",
			x->message ? ": " : "", x->message ? x->message : "");
	}
}

const struct fl_report_ops fl_report_text = {
	.armed = say_armed,
	.event = fl_report_event,
	.splat = say_splat,
	.module = say_module,
	.error = say_error,
	.summary = say_summary,
};
