/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show.c - commands that only show. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "plan_text.h"
#include "repl_impl.h"

static const struct {
	const char *name;
	const char *args;
	const char *help;
} commands[] = {
#define FL_COMMAND(name, args, completion, help) { #name, args, help },
#include "prompt.def"
#undef FL_COMMAND
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void row(struct fl_repl *r, struct fl_ref ref, void *arg)
{
	const int *columns = arg;

	(void)r;
	fl_repl_row(stdout, ref, *columns, false);
}

void fl_repl_list(struct fl_repl *r)
{
	int columns = fl_repl_columns();

	if (!fl_repl_count(r)) {
		fl_repl_say(r, "no rules are armed\nhint: on FUNCTION if CONDITION return -EIO\n");
		return;
	}
	fl_repl_head(stdout, columns, false);
	fl_repl_each(r, row, &columns);
	fflush(stdout);
}

static void show_program(const struct fl_entry *e, uint32_t rule, size_t prog)
{
	struct fl_figures figures;

	fl_plan_text_prog(stdout, e->obj, prog);
	for (size_t i = 0; i < e->obj->nslots; i++) {
		if (e->obj->slots[i].rule == rule &&
		    fl_plan_is_slot_of(e->obj, &e->obj->slots[i], prog))
			fl_plan_text_order(stdout, e->obj, &e->obj->slots[i]);
	}
	if (!fl_armed_figures(e->armed, 0, prog, &figures))
		fl_plan_text_figures(stdout, &figures);
}

static bool has_part_in(const struct fl_object *obj, size_t prog, uint32_t rule)
{
	for (size_t i = 0; i < obj->nslots; i++) {
		if (obj->slots[i].rule == rule && fl_plan_is_slot_of(obj, &obj->slots[i], prog))
			return true;
	}
	return obj->progs[prog].is_tracker;
}

void fl_repl_show(struct fl_repl *r, struct fl_ref ref)
{
	const struct fl_entry *e = ref.entry;
	char *text = fl_repl_text(ref, e->rules[ref.rule].name);

	fl_repl_say(r, "%s\n", text ? text : e->obj->rules[ref.rule].text);
	free(text);
	for (size_t i = 0; i < e->obj->nprogs; i++) {
		if (has_part_in(e->obj, i, (uint32_t)ref.rule))
			show_program(e, (uint32_t)ref.rule, i);
	}
	fl_repl_say(r, "%.*s", (int)e->obj->c_len, e->obj->c_text);
}

void fl_repl_events(struct fl_repl *r, const char *name, size_t n)
{
	size_t first = r->nevents > FL_MAX_EVENTS ? r->nevents - FL_MAX_EVENTS : 0;
	size_t from = r->nevents, found = 0;

	while (from > first && found < n) {
		const struct fl_seen *s = &r->events[--from % FL_MAX_EVENTS];

		found += !*name || !strcmp(s->name, name);
	}
	if (!found)
		fl_repl_say(r, "no events\n");
	for (size_t i = from; i < r->nevents; i++) {
		const struct fl_seen *s = &r->events[i % FL_MAX_EVENTS];

		if (!*name || !strcmp(s->name, name))
			fl_repl_say(r, "%6zu %-10s %.*s\n", s->number, s->name,
				    (int)strcspn(s->text, "\n"), s->text);
	}
}

void fl_repl_stack(struct fl_repl *r, const char *number)
{
	size_t wanted = strtoul(number, NULL, 10);
	size_t first = r->nevents > FL_MAX_EVENTS ? r->nevents - FL_MAX_EVENTS : 0;

	if (!wanted || wanted <= first || wanted > r->nevents) {
		fl_repl_error(r, FL_P_NO_EVENT, number, NULL);
		return;
	}
	if (!strchr(r->events[(wanted - 1) % FL_MAX_EVENTS].text, '\n')) {
		fl_repl_say(
			r,
			"event %zu has no stack\nhint: record one with the action 'stack': { stack; "
			"return -EIO }\n",
			wanted);
		return;
	}
	fl_repl_say(r, "%s", r->events[(wanted - 1) % FL_MAX_EVENTS].text);
}

static const char rules_help[] =
	"A rule is one sentence and is armed when complete:\n"
	"  on FUNCTION if CONDITION SCHEDULE return -EIO\n"
	"  on mlx5_cmd_exec if comm==\"ip\" && rand<10 return -EIO\n"
	"  on should_failslab if child nth 3..9+2 return -ENOMEM\n"
	"  on exit vfs_read if retval < 0 log \"read failed: %e\", retval\n"
	"Schedules: nth every times after for per. Actions: return delay signal log stack\n"
	"@state[key] = value. 'param rate = 10' and 'let tools = {\"ip\", \"tc\"}' define names\n"
	"for the rules that follow. NAME: in front labels a rule.\n";

void fl_repl_help(struct fl_repl *r, const char *topic)
{
	size_t len = strlen(topic);

	if (len && !strncmp("rules", topic, len)) {
		fl_repl_say(r, "%s", rules_help);
		return;
	}
	for (size_t i = 0; i < COUNT(commands); i++) {
		if (!len || !strncmp(commands[i].name, topic, len))
			fl_repl_say(r, "  %-9s %s%s%s\n", commands[i].name, commands[i].args,
				    *commands[i].args ? ": " : "", commands[i].help);
	}
	if (!len)
		fl_repl_say(r,
			    "Anything else is a rule, and armed; 'help rules' shows the syntax.\n"
			    "Commands can be abbreviated; Tab completes.\n");
}
