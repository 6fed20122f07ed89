/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_text.c - a run for humans: a line per injection, a table at the end. */
#include <inttypes.h>
#include <string.h>

#include "render.h"
#include "report.h"

#define NS_PER_S UINT64_C(1000000000)

void fl_report_tick(struct fl_report_stream *r, bool last)
{
	uint64_t hidden = fl_throttle_turn(&r->throttle, fl_now_ns(), last);

	if (hidden)
		fprintf(r->out, "  ... and %" PRIu64 " more\n", hidden);
}

/* Does a terminal have room for a line more in this second? */
static bool may_show(struct fl_report_stream *r)
{
	if (!r->is_terminal)
		return true;
	fl_report_tick(r, false);
	return fl_throttle_take(&r->throttle);
}

static void say_event(struct fl_report_stream *r, const struct fl_object *obj,
		      const struct fl_event *e)
{
	if (!r->quiet && may_show(r))
		fl_event_print(r->out, obj, e, r->armed_ns, r->kernel);
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

static void print_timing(FILE *out, const struct fl_armed_news *news)
{
	const struct fl_timing *t = news->timing;
	double ms[] = { (double)t->front_ns / 1e6, (double)t->clang_ns / 1e6,
			(double)t->load_ns / 1e6, (double)t->attach_ns / 1e6 };

	fprintf(out,
		"  rules to C %.1f ms, Clang %.1f ms, load %.1f ms, attach %.1f ms, other %.1f ms\n",
		ms[0], ms[1], ms[2], ms[3], news->ms - ms[0] - ms[1] - ms[2] - ms[3]);
}

static void say_armed(struct fl_report_stream *r, const struct fl_armed_news *news)
{
	size_t functions = fl_object_functions(news->obj), rules = news->obj->nrules;

	if (!r->quiet || r->verbose)
		fprintf(r->out, "armed %zu rule%s on %zu function%s in %.0f ms%s%s\n", rules,
			plural(rules), functions, plural(functions), news->ms,
			news->dry_run ? "; dry run (--no-return)" : "",
			news->force_return ? "; any value may be returned (--force-return)" : "");
	if (news->timing)
		print_timing(r->out, news);
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
			FL_WHY_REFUSED);
		break;
	case FL_MODULE_GONE:
		fprintf(r->out, "module '%s' was unloaded: disarmed %zu function%s of it\n",
			news->module, news->nfunctions, plural(news->nfunctions));
		break;
	}
}

static void print_rule(FILE *out, const struct fl_obj_rule *x, size_t rule,
		       const struct fl_totals *t)
{
	fprintf(out, "%5zu %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "  %s%s\n", rule + 1, t->calls,
		t->matched, x->returns ? t->injected : t->fired, x->text,
		x->child_only ? "  [this command only]" : "");
}

static void print_slot(FILE *out, const struct fl_armed *a, size_t part, size_t slot)
{
	const struct fl_object *obj = fl_armed_object(a, part);
	const struct fl_obj_attach *attach = &obj->attaches[obj->slots[slot].attach];
	const struct fl_obj_rule *x = &obj->rules[obj->slots[slot].rule];
	struct fl_totals t;

	fl_armed_slot_totals(a, part, slot, &t);
	fprintf(out, "      %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "    %s%s%s by %s\n", t.calls,
		t.matched, x->returns ? t.injected : t.fired, attach->module ? attach->module : "",
		attach->module ? ":" : "", attach->func,
		fl_backend_name(obj->progs[attach->prog].backend));
}

static void print_slots(FILE *out, const struct fl_summary *s, size_t rule)
{
	for (size_t i = 0; i < fl_armed_nparts(s->armed); i++) {
		const struct fl_object *obj = fl_armed_object(s->armed, i);

		for (size_t j = 0; j < obj->nslots; j++) {
			if (obj->slots[j].rule == rule)
				print_slot(out, s->armed, i, j);
		}
	}
}

/* What a reader of the lines above would otherwise not know. */
static void print_remarks(FILE *out, const struct fl_summary *s)
{
	const struct fl_armed_outcome *o = s->outcome;

	if (o->all.lost)
		fprintf(out,
			"%" PRIu64 " events were not printed: the ring buffer was full (all are "
			"counted)\n",
			o->all.lost);
	if (o->misses)
		fprintf(out,
			"%" PRIu64 " calls from inside a tracing program were neither counted nor "
			"acted on\n",
			o->misses);
	if (o->keys_lost)
		fprintf(out,
			"%" PRIu64 " times a map had no room for a key: its counts are too low, "
			"and no rule acted on it\n",
			o->keys_lost);
	for (size_t i = 0; i < o->ncopied; i++)
		fprintf(out,
			"'%s' was never called, but the compiler made copies of it (%s), whose "
			"calls are not seen\n",
			o->copied[i].func, o->copied[i].copies);
	if (o->delays_skipped)
		fprintf(out, "%" PRIu64 " delays were skipped: the limit is %d ms per second\n",
			o->delays_skipped, FL_DELAY_BUDGET_NS / 1000000);
}

static void print_table(struct fl_report_stream *r, const struct fl_summary *s)
{
	const struct fl_object *obj = fl_armed_object(s->armed, 0);
	uint64_t since = s->end_ns > r->armed_ns ? s->end_ns - r->armed_ns : 0;
	const struct fl_totals *all = &s->outcome->all;
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
		fl_armed_rule_totals(s->armed, i, &t);
		print_rule(r->out, fl_armed_rule(s->armed, i), i, &t);
		if (r->verbose)
			print_slots(r->out, s, i);
	}
	print_remarks(r->out, s);
	failed = any_returns || !any_fires;
	fprintf(r->out, "%" PRIu64 " of %" PRIu64 " calls %s in %" PRIu64 ".%03" PRIu64 " s\n",
		failed ? all->injected : all->fired, all->calls,
		failed ? "failed" : "were acted on", since / NS_PER_S, since % NS_PER_S / 1000000);
}

static void say_summary(struct fl_report_stream *r, const struct fl_summary *s)
{
	const struct fl_object *obj = fl_armed_object(s->armed, 0);

	fl_report_tick(r, true);
	print_table(r, s);
	if (s->outcome->splats)
		fprintf(r->out, "the kernel log has %zu warning%s or worse of this run\n",
			s->outcome->splats, plural(s->outcome->splats));
	if (s->command_ended)
		fprintf(r->out, "the command exited with status %d\n", s->command_status);
	else if (s->has_command)
		fprintf(r->out, "the command is still running\n");
	for (size_t i = 0; i < obj->nexpects; i++) {
		const struct fl_obj_expect *x = &obj->expects[i];

		fprintf(r->out, "%s: expect %s%s%s%s\n", s->outcome->held[i] ? "held" : "FAILED",
			x->text, x->needs_exit && !s->command_ended ? " (no command finished)" : "",
			x->message ? ": " : "", x->message ? x->message : "");
	}
}

const struct fl_report_ops fl_report_text = {
	.armed = say_armed,
	.event = say_event,
	.splat = say_splat,
	.module = say_module,
	.summary = say_summary,
};
