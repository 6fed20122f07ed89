/* SPDX-License-Identifier: GPL-2.0-or-later */
/* events.c - what rules do, as lines; remembered for `events` and `stack`, and as rates. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "repl_impl.h"

#define NS_PER_S UINT64_C(1000000000)

/* Report what was suppressed in a burst, once its second is over. */
static void say_hidden(struct fl_repl *r)
{
	uint64_t hidden = fl_throttle_turn(&r->throttle, fl_now_ns(), false);

	if (hidden && !r->quiet)
		fl_repl_say(r, "  ... and %" PRIu64 " more\n", hidden);
}

static char *event_text(struct fl_repl *r, const struct fl_armed *a, const struct fl_object *obj,
			const struct fl_event *e)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	fl_event_print(out, obj, e, fl_armed_since(a), fl_engine_kernel(r->engine));
	fclose(out);
	return text;
}

void fl_repl_on_event(void *arg, const struct fl_armed *a, const struct fl_object *obj,
		      const struct fl_event *e)
{
	struct fl_repl *r = arg;
	const struct fl_entry *entry = fl_armed_user(a);
	struct fl_seen *seen = &r->events[r->nevents % FL_MAX_EVENTS];
	char *text;

	say_hidden(r);
	/* a burst is only counted; `stack` works for every event */
	if (e->kind != FL_EVENT_STACK && !fl_throttle_take(&r->throttle))
		return;
	text = event_text(r, a, obj, e);
	if (!text)
		return;
	free(seen->text);
	seen->text = text;
	seen->number = ++r->nevents;
	snprintf(seen->name, sizeof(seen->name), "%s", entry->rules[obj->slots[e->slot].rule].name);
	if (!r->quiet)
		fl_repl_say(r, "%.*s\n", (int)strcspn(text, "\n"), text);
}

void fl_repl_on_splat(void *arg, const char *line)
{
	fl_repl_say(arg, "the kernel: %s\n", line);
}

static void take_rate(struct fl_repl *r, struct fl_ref ref, void *arg)
{
	struct fl_entry_rule *rule = &ref.entry->rules[ref.rule];
	struct fl_totals t;
	uint64_t now;

	(void)r;
	(void)arg;
	fl_armed_rule_totals(ref.entry->armed, ref.rule, &t);
	now = t.injected + t.fired;
	memmove(rule->history, rule->history + 1, (FL_HISTORY - 1) * sizeof(rule->history[0]));
	rule->history[FL_HISTORY - 1] = (uint32_t)(now - rule->last);
	rule->last = now;
}

void fl_repl_tick(struct fl_repl *r)
{
	uint64_t second = fl_now_ns() / NS_PER_S;

	say_hidden(r);
	if (second != r->ticked)
		fl_repl_each(r, take_rate, NULL);
	r->ticked = second;
}

void fl_repl_forget_events(struct fl_repl *r)
{
	for (size_t i = 0; i < FL_MAX_EVENTS; i++)
		free(r->events[i].text);
}
