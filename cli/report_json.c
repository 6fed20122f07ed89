/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_json.c - a run for programs: an object of JSON a line. docs/events.md
 * says what they mean, docs/events.schema.json what they look like; both are
 * promises, and a test holds this to them.
 */
#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "render.h"
#include "report.h"

#define VERSION 1

static void begin(struct fl_json *j, struct fl_report_stream *r, const char *type)
{
	*j = (struct fl_json){ .out = r->out };
	fl_json_open(j, NULL, '{');
	fl_json_number(j, "v", VERSION);
	fl_json_string(j, "type", type);
}

static void end(struct fl_json *j)
{
	fl_json_close(j, '{');
	fl_json_line(j);
}

/* Since arming. */
static void put_time(struct fl_json *j, const struct fl_report_stream *r, uint64_t ns)
{
	fl_json_number(j, "time_ns", ns > r->armed_ns ? (int64_t)(ns - r->armed_ns) : 0);
}

static void put_function(struct fl_json *j, const struct fl_obj_attach *a)
{
	fl_json_string(j, "function", a->shown);
	fl_json_string(j, "module", a->module);
}

static void put_functions(struct fl_json *j, const struct fl_object *obj, size_t rule)
{
	fl_json_open(j, "functions", '[');
	for (size_t i = 0; i < obj->nslots; i++) {
		const struct fl_obj_attach *a = &obj->attaches[obj->slots[i].attach];

		if (obj->slots[i].rule != rule)
			continue;
		fl_json_open(j, NULL, '{');
		put_function(j, a);
		fl_json_string(j, "backend", fl_backend_name(obj->progs[a->prog].backend));
		fl_json_close(j, '{');
	}
	fl_json_close(j, '[');
}

static void put_rule(struct fl_json *j, const struct fl_object *obj, size_t rule)
{
	fl_json_number(j, "rule", (int64_t)rule + 1);
	fl_json_string(j, "label", obj->rules[rule].label);
}

static void put_timing(struct fl_json *j, const struct fl_timing *t)
{
	fl_json_open(j, "timing", '{');
	fl_json_decimal(j, "front_ms", (double)t->front_ns / 1e6);
	fl_json_decimal(j, "clang_ms", (double)t->clang_ns / 1e6);
	fl_json_decimal(j, "load_ms", (double)t->load_ns / 1e6);
	fl_json_decimal(j, "attach_ms", (double)t->attach_ns / 1e6);
	fl_json_close(j, '{');
}

static void armed(struct fl_report_stream *r, const struct fl_armed_news *news)
{
	struct fl_json j;

	begin(&j, r, "armed");
	fl_json_number(&j, "started_ms", (int64_t)news->ms);
	fl_json_bool(&j, "dry_run", news->dry_run);
	fl_json_bool(&j, "force_return", news->force_return);
	if (news->timing)
		put_timing(&j, news->timing);
	fl_json_open(&j, "rules", '[');
	for (size_t i = 0; i < news->obj->nrules; i++) {
		const struct fl_obj_rule *x = &news->obj->rules[i];

		fl_json_open(&j, NULL, '{');
		put_rule(&j, news->obj, i);
		fl_json_string(&j, "text", x->text);
		fl_json_string(&j, "source", x->source);
		fl_json_number(&j, "line", x->line);
		fl_json_bool(&j, "child_only", x->child_only);
		put_functions(&j, news->obj, i);
		fl_json_close(&j, '{');
	}
	fl_json_close(&j, '[');
	end(&j);
}

static void put_frames(struct fl_json *j, struct fl_report_stream *r, const struct fl_event *e)
{
	const uint64_t *frames;
	size_t n = fl_stack_frames(e, &frames);

	fl_json_open(j, "frames", '[');
	for (size_t i = 0; i < n; i++) {
		struct fl_symbol sym = { 0 };
		bool found = fl_symbol_find(r->kernel, frames[i], &sym);
		char address[32];

		/* as text: JSON's numbers are often read as doubles */
		snprintf(address, sizeof(address), "0x%" PRIx64, frames[i]);
		fl_json_open(j, NULL, '{');
		fl_json_string(j, "address", address);
		fl_json_string(j, "symbol", found ? sym.name : NULL);
		fl_json_number(j, "offset", found ? (int64_t)(frames[i] - sym.addr) : 0);
		fl_json_string(j, "module", found ? sym.module : NULL);
		fl_json_close(j, '{');
	}
	fl_json_close(j, '[');
}

static void put_kind(struct fl_json *j, struct fl_report_stream *r, const struct fl_object *obj,
		     const struct fl_event *e, const struct fl_obj_attach *a)
{
	char text[FL_MAX_LOG];

	switch (e->kind) {
	case FL_EVENT_INJECTED:
		fl_json_number(j, "value", e->value);
		fl_json_string(j, "value_text", fl_value_name(a, e->value, text, sizeof(text)));
		break;
	case FL_EVENT_LOG:
		fl_log_text(obj, e, r->kernel, text, sizeof(text));
		fl_json_string(j, "text", text);
		break;
	case FL_EVENT_STACK:
		put_frames(j, r, e);
		break;
	default:
		break;
	}
}

static void event(struct fl_report_stream *r, const struct fl_object *obj, const struct fl_event *e)
{
	static const char *const types[] = {
		[FL_EVENT_INJECTED] = "injected",
		[FL_EVENT_FIRED] = "fired",
		[FL_EVENT_LOG] = "log",
		[FL_EVENT_STACK] = "stack",
	};
	const struct fl_obj_attach *a;
	char comm[FL_COMM_LEN + 1] = "";
	struct fl_json j;

	if (r->quiet || e->kind < FL_EVENT_INJECTED || e->kind > FL_EVENT_STACK)
		return;
	a = &obj->attaches[obj->slots[e->slot].attach];
	memcpy(comm, e->comm, FL_COMM_LEN);
	begin(&j, r, types[e->kind]);
	put_time(&j, r, e->time_ns);
	put_rule(&j, obj, obj->slots[e->slot].rule);
	put_function(&j, a);
	fl_json_number(&j, "ordinal", (int64_t)e->ordinal);
	fl_json_string(&j, "comm", comm);
#define FL_EVENT_FIELD(type, name, how) fl_json_number(&j, #name, (int64_t)e->name);
	FL_EVENT_FIELDS(FL_EVENT_FIELD)
#undef FL_EVENT_FIELD
	put_kind(&j, r, obj, e, a);
	end(&j);
}

static void splat(struct fl_report_stream *r, const char *line)
{
	struct fl_json j;

	begin(&j, r, "splat");
	put_time(&j, r, fl_now_ns());
	fl_json_string(&j, "text", line);
	end(&j);
}

static void module(struct fl_report_stream *r, const struct fl_module_news *news)
{
	static const char *const names[] = {
		[FL_MODULE_AWAITED] = "awaited",
		[FL_MODULE_ARMED] = "armed",
		[FL_MODULE_REFUSED] = "refused",
		[FL_MODULE_GONE] = "gone",
	};
	struct fl_json j;

	begin(&j, r, "module");
	put_time(&j, r, fl_now_ns());
	fl_json_string(&j, "event", names[news->event]);
	fl_json_string(&j, "module", news->module);
	fl_json_string(&j, "function", news->function);
	fl_json_number(&j, "functions", (int64_t)news->nfunctions);
	fl_json_string(&j, "text", news->event == FL_MODULE_REFUSED ? FL_WHY_REFUSED : NULL);
	end(&j);
}

static void put_totals(struct fl_json *j, const struct fl_totals *t)
{
	fl_json_number(j, "calls", (int64_t)t->calls);
	fl_json_number(j, "matched", (int64_t)t->matched);
	fl_json_number(j, "injected", (int64_t)t->injected);
	fl_json_number(j, "fired", (int64_t)t->fired);
	fl_json_number(j, "lost", (int64_t)t->lost);
}

static void put_slots(struct fl_json *j, const struct fl_armed *armed, size_t part, size_t rule)
{
	const struct fl_object *obj = fl_armed_object(armed, part);

	for (size_t i = 0; i < obj->nslots; i++) {
		const struct fl_obj_attach *a = &obj->attaches[obj->slots[i].attach];
		struct fl_totals t;

		if (obj->slots[i].rule != rule)
			continue;
		fl_armed_slot_totals(armed, part, i, &t);
		fl_json_open(j, NULL, '{');
		put_function(j, a);
		fl_json_string(j, "backend", fl_backend_name(obj->progs[a->prog].backend));
		put_totals(j, &t);
		fl_json_close(j, '{');
	}
}

static void rule_summary(struct fl_report_stream *r, const struct fl_summary *s, size_t rule)
{
	const struct fl_object *obj = fl_armed_object(s->armed, 0);
	struct fl_totals t;
	struct fl_json j;

	fl_armed_rule_totals(s->armed, rule, &t);
	begin(&j, r, "rule_summary");
	put_rule(&j, obj, rule);
	fl_json_string(&j, "text", obj->rules[rule].text);
	put_totals(&j, &t);
	fl_json_open(&j, "functions", '[');
	for (size_t i = 0; i < fl_armed_nparts(s->armed); i++)
		put_slots(&j, s->armed, i, rule);
	fl_json_close(&j, '[');
	end(&j);
}

static void put_expectations(struct fl_json *j, const struct fl_object *obj,
			     const struct fl_summary *s)
{
	fl_json_open(j, "expectations", '[');
	for (size_t i = 0; i < obj->nexpects; i++) {
		fl_json_open(j, NULL, '{');
		fl_json_string(j, "text", obj->expects[i].text);
		fl_json_string(j, "message", obj->expects[i].message);
		fl_json_bool(j, "held", s->outcome->held[i]);
		fl_json_close(j, '{');
	}
	fl_json_close(j, '[');
}

static void put_copied(struct fl_json *j, const struct fl_armed_outcome *o)
{
	fl_json_open(j, "copied", '[');
	for (size_t i = 0; i < o->ncopied; i++) {
		fl_json_open(j, NULL, '{');
		fl_json_number(j, "rule", o->copied[i].rule + 1);
		fl_json_string(j, "function", o->copied[i].func);
		fl_json_string(j, "module", o->copied[i].module);
		fl_json_string(j, "copies", o->copied[i].copies);
		fl_json_close(j, '{');
	}
	fl_json_close(j, '[');
}

static void put_command(struct fl_json *j, const struct fl_summary *s)
{
	if (!s->has_command) {
		fl_json_string(j, "command", NULL);
		return;
	}
	fl_json_open(j, "command", '{');
	fl_json_bool(j, "ended", s->command_ended);
	fl_json_number(j, "status", s->command_ended ? s->command_status : 0);
	fl_json_close(j, '{');
}

static void summary(struct fl_report_stream *r, const struct fl_summary *s)
{
	const struct fl_object *obj = fl_armed_object(s->armed, 0);
	struct fl_json j;

	for (size_t i = 0; i < obj->nrules; i++)
		rule_summary(r, s, i);
	begin(&j, r, "summary");
	put_time(&j, r, s->end_ns);
	put_totals(&j, &s->outcome->all);
	fl_json_number(&j, "missed", (int64_t)s->outcome->misses);
	fl_json_number(&j, "keys_lost", (int64_t)s->outcome->keys_lost);
	fl_json_number(&j, "delays_skipped", (int64_t)s->outcome->delays_skipped);
	fl_json_number(&j, "splats", (int64_t)s->outcome->splats);
	put_copied(&j, s->outcome);
	put_command(&j, s);
	put_expectations(&j, obj, s);
	fl_json_string(&j, "idle", s->idle);
	fl_json_number(&j, "exit", s->exit_status);
	end(&j);
}

const struct fl_report_ops fl_report_json = {
	.armed = armed,
	.event = event,
	.splat = splat,
	.module = module,
	.summary = summary,
};
