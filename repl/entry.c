/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry.c - rules from text to armed and back.
 *
 * Each text is a separate set in the engine, so that it can be armed and
 * disarmed while the others run. Definitions (param, let) that were typed
 * precede every text; the engine shares @states between them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "repl_impl.h"

#define RING_BYTES (64 * 1024) /* each armed text has its own ring */

const struct fl_source *fl_repl_prelude(struct fl_repl *r, struct fl_source *src)
{
	const char *text = r->definitions.text;

	if (!text)
		return NULL;
	*src = (struct fl_source){ "definitions", text, strlen(text) };
	return src;
}

static bool name_is_taken(const struct fl_repl *r, const char *name)
{
	struct fl_ref ref;

	return fl_repl_find_exactly(r, name, &ref);
}

/* A label where there is one, otherwise r1, r2 and so on. */
static bool name_rules(struct fl_repl *r, struct fl_entry *e, const char *name)
{
	for (size_t i = 0; i < e->obj->nrules; i++) {
		const char *label = e->obj->rules[i].label;

		if (!label && name && e->obj->nrules == 1)
			label = name;
		if (label && name_is_taken(r, label)) {
			fl_repl_error(r, FL_P_TAKEN, label, NULL);
			return false;
		}
		do {
			if (label)
				snprintf(e->rules[i].name, sizeof(e->rules[i].name), "%s", label);
			else
				snprintf(e->rules[i].name, sizeof(e->rules[i].name), "r%zu",
					 ++r->next_name);
		} while (!label && name_is_taken(r, e->rules[i].name));
	}
	return true;
}

/* Programs are about to be taken off, of @e's the @progs or all. */
static void leave(struct fl_repl *r, const struct fl_entry *e, const bool *progs)
{
	size_t n;
	pid_t pid = fl_armed_leave(e->armed, progs, &n);

	if (pid > 0)
		fl_repl_say(r, "process %d detaches %zu trampolines in the background\n", (int)pid,
			    n);
}

static void free_entry(struct fl_repl *r, struct fl_entry *e)
{
	if (!e)
		return;
	leave(r, e, NULL);
	fl_armed_free(e->armed);
	fl_definitions_release(&e->definitions);
	free(e->rules);
	free(e->text);
	free(e);
}

static struct fl_entry *new_entry(struct fl_repl *r, const char *name, const char *text,
				  struct fl_armed *a)
{
	struct fl_entry *e = calloc(1, sizeof(*e)), **more;

	more = realloc(r->entries, (r->nentries + 1) * sizeof(*more));
	if (more)
		r->entries = more;
	if (e) {
		e->armed = a;
		e->obj = fl_armed_object(a, 0);
		e->text = strdup(text);
		e->rules = calloc(e->obj->nrules, sizeof(*e->rules));
		fl_armed_set_user(a, e);
	}
	if (!e || !more || !e->text || !e->rules) {
		fl_repl_error(r, FL_F_MEMORY, NULL);
		if (!e)
			fl_armed_free(a);
		free_entry(r, e);
		return NULL;
	}
	if (name_rules(r, e, name))
		return e;
	free_entry(r, e);
	return NULL;
}

static void say_armed(struct fl_repl *r, const struct fl_entry *e, double ms)
{
	for (size_t i = 0; i < e->obj->nslots; i++) {
		const struct fl_obj_slot *slot = &e->obj->slots[i];
		const struct fl_obj_attach *a = &e->obj->attaches[slot->attach];
		const struct fl_obj_prog *p = &e->obj->progs[a->prog];

		/* one line for a program that is on many */
		if (p->nattaches > 1 && a != &e->obj->attaches[p->first_attach])
			continue;
		fl_repl_say(r, "%s%s%s: ", fl_repl_bold(r), e->rules[slot->rule].name,
			    fl_repl_plain(r));
		if (p->nattaches > 1)
			fl_repl_say(r, "%zu functions", p->nattaches);
		else
			fl_repl_say(r, "%s%s%s", a->module ? a->module : "", a->module ? ":" : "",
				    a->shown);
		fl_repl_say(r, " by %s, armed in %.0f ms\n", fl_backend_name(p->backend), ms);
	}
}

uint64_t fl_repl_time_left(const struct fl_repl *r)
{
	uint64_t now = fl_now_ns();

	if (!r->deadline_decided && r->opts->session.deadline_ns)
		return r->opts->session.deadline_ns;
	if (!r->deadline_ns)
		return FL_NEVER;
	return r->deadline_ns > now ? r->deadline_ns - now : 0;
}

static void enable_rules(const struct fl_entry *e, bool enabled)
{
	struct fl_fault fault;

	for (size_t i = 0; i < e->obj->nrules; i++)
		fl_armed_enable(e->armed, i, enabled, &fault);
}

/* Arm, under the deadline and the pause that hold for all; no call comes in between. */
static void activate(struct fl_repl *r, const struct fl_entry *e, bool disabled)
{
	uint64_t left = fl_repl_time_left(r);

	if (!r->deadline_decided && left != FL_NEVER)
		r->deadline_ns = fl_now_ns() + left;
	r->deadline_decided = true;
	enable_rules(e, false);
	fl_armed_begin(e->armed);
	if (r->paused)
		fl_armed_pause(e->armed);
	/* 0 would be none */
	fl_armed_set_deadline(e->armed, left == FL_NEVER ? 0 : left ? left : 1);
	enable_rules(e, !disabled);
}

static void say_idle(struct fl_repl *r)
{
	if (r->paused)
		fl_repl_say(r, "hint: rules are paused; 'resume' continues\n");
	if (!fl_repl_time_left(r))
		fl_repl_say(r, "hint: the deadline has passed; 'deadline none' continues\n");
}

/* What the rules of @e can be compiled with by themselves: also what their file defines. */
static int keep_definitions(struct fl_repl *r, struct fl_entry *e, const struct fl_source *src,
			    const struct fl_source *prelude)
{
	const struct fl_compile_opts opts = { .prelude = prelude, .read = r->opts->read };

	return fl_definitions_read(src, &opts, &e->definitions);
}

int fl_repl_definitions_of(const struct fl_entry *e, struct fl_definitions *out)
{
	int err;

	memset(out, 0, sizeof(*out));
	err = fl_definitions_add(out, &e->definitions);
	for (size_t i = 0; i < e->obj->nparams && !err; i++) {
		const struct fl_obj_param *p = &e->obj->params[i];
		char *value = NULL;

		if (p->string)
			continue;
		value = fl_literal_text(fl_repl_param_kind(p), fl_armed_param(e->armed, i));
		err = value ? fl_definitions_set(out, p->name, value) : -ENOMEM;
		free(value);
	}
	if (err)
		fl_definitions_release(out);
	return err;
}

static struct fl_armed *prepare(struct fl_repl *r, const struct fl_source *src,
				const struct fl_source *prelude)
{
	struct fl_arming arming = {
		.src = *src,
		.compile = r->opts->compile,
		.session = r->opts->session,
	};
	struct fl_armed *a;

	arming.compile.prelude = prelude;
	arming.compile.read = r->opts->read;
	arming.session.ring_bytes = RING_BYTES;
	return fl_engine_prepare(r->engine, &arming, &a) ? NULL : a;
}

static struct fl_entry *arm(struct fl_repl *r, const struct fl_rule_text *text,
			    const struct fl_source *prelude)
{
	const struct fl_source src = { text->source, text->text, strlen(text->text) };
	uint64_t started = fl_now_ns();
	struct fl_armed *a = prepare(r, &src, prelude);
	struct fl_entry *e = a ? new_entry(r, text->name, text->text, a) : NULL;

	if (!e)
		return NULL;
	if (keep_definitions(r, e, &src, prelude)) {
		fl_repl_error(r, FL_F_MEMORY, NULL);
		free_entry(r, e);
		return NULL;
	}
	r->entries[r->nentries++] = e;
	activate(r, e, text->disabled);
	say_armed(r, e, (double)(fl_now_ns() - started) / 1e6);
	say_idle(r);
	return e;
}

struct fl_entry *fl_repl_arm(struct fl_repl *r, const struct fl_rule_text *text)
{
	struct fl_definitions all = { .n = 0 };
	struct fl_source prelude = { "definitions", NULL, 0 };
	struct fl_entry *e = NULL;
	int err = 0;

	if (text->defined)
		err = fl_definitions_add(&all, text->defined);
	if (!err)
		err = fl_definitions_add(&all, &r->definitions);
	if (err)
		fl_repl_error(r, FL_F_MEMORY, NULL);
	if (all.text) {
		prelude.text = all.text;
		prelude.len = strlen(all.text);
	}
	if (!err)
		e = arm(r, text, all.text ? &prelude : NULL);
	fl_definitions_release(&all);
	return e;
}

static size_t live_rules(const struct fl_entry *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->obj->nrules; i++)
		n += !e->rules[i].gone;
	return n;
}

/* Programs that no rule is left of; what within() watches for stays with the rest. */
static bool is_idle(const struct fl_entry *e, size_t prog)
{
	if (e->obj->progs[prog].is_tracker)
		return false;
	for (size_t i = 0; i < e->obj->nslots; i++) {
		const struct fl_obj_slot *slot = &e->obj->slots[i];

		if (e->obj->attaches[slot->attach].prog == prog && !e->rules[slot->rule].gone)
			return false;
	}
	return true;
}

static void detach_idle(struct fl_repl *r, const struct fl_entry *e)
{
	bool *idle = calloc(e->obj->nprogs + 1, sizeof(*idle));

	for (size_t i = 0; idle && i < e->obj->nprogs; i++)
		idle[i] = is_idle(e, i);
	if (idle)
		leave(r, e, idle);
	free(idle);
	for (size_t i = 0; i < e->obj->nprogs; i++) {
		if (is_idle(e, i))
			fl_armed_detach(e->armed, i);
	}
}

static void drop_entry(struct fl_repl *r, const struct fl_entry *e)
{
	for (size_t i = 0; i < r->nentries; i++) {
		if (r->entries[i] != e)
			continue;
		memmove(&r->entries[i], &r->entries[i + 1],
			(r->nentries - i - 1) * sizeof(r->entries[0]));
		r->nentries--;
		break;
	}
}

void fl_repl_disarm(struct fl_repl *r, struct fl_ref ref)
{
	struct fl_entry *e = ref.entry;
	struct fl_fault fault;

	fl_armed_enable(e->armed, ref.rule, false, &fault);
	e->rules[ref.rule].gone = true;
	if (live_rules(e)) {
		detach_idle(r, e);
		return;
	}
	/* its last events are still pending */
	fl_armed_end(e->armed);
	fl_engine_drain(r->engine);
	drop_entry(r, e);
	free_entry(r, e);
}

void fl_repl_disarm_all(struct fl_repl *r)
{
	for (size_t i = 0; i < r->nentries; i++)
		free_entry(r, r->entries[i]);
	free(r->entries);
	r->entries = NULL;
	r->nentries = 0;
}

size_t fl_repl_count(const struct fl_repl *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nentries; i++)
		n += live_rules(r->entries[i]);
	return n;
}

void fl_repl_each(struct fl_repl *r, void (*fn)(struct fl_repl *r, struct fl_ref ref, void *arg),
		  void *arg)
{
	/* backwards: @fn may remove its argument */
	size_t n = r->nentries;
	struct fl_entry **copy = malloc((n ? n : 1) * sizeof(*copy));

	if (!copy)
		return;
	if (n)
		memcpy(copy, r->entries, n * sizeof(*copy));
	for (size_t i = 0; i < n; i++) {
		size_t nrules = copy[i]->obj->nrules, left = live_rules(copy[i]);

		for (size_t j = 0; j < nrules && left; j++) {
			if (copy[i]->rules[j].gone)
				continue;
			left--;
			fn(r, (struct fl_ref){ copy[i], j }, arg);
		}
	}
	free(copy);
}

bool fl_repl_find_exactly(const struct fl_repl *r, const char *name, struct fl_ref *out)
{
	for (size_t i = 0; i < r->nentries; i++) {
		struct fl_entry *e = r->entries[i];

		for (size_t j = 0; j < e->obj->nrules; j++) {
			if (e->rules[j].gone || strcmp(e->rules[j].name, name) != 0)
				continue;
			*out = (struct fl_ref){ e, j };
			return true;
		}
	}
	return false;
}

bool fl_repl_find(struct fl_repl *r, const char *name, struct fl_ref *out)
{
	size_t matches = 0, len = strlen(name);

	if (fl_repl_find_exactly(r, name, out))
		return true;
	for (size_t i = 0; i < r->nentries; i++) {
		struct fl_entry *e = r->entries[i];

		for (size_t j = 0; j < e->obj->nrules; j++) {
			if (e->rules[j].gone || strncmp(e->rules[j].name, name, len) != 0)
				continue;
			*out = (struct fl_ref){ e, j };
			matches++;
		}
	}
	if (matches == 1 && len)
		return true;
	if (matches && len)
		fl_repl_error(r, FL_P_SEVERAL_RULES, name, NULL);
	else
		fl_repl_error(r, FL_P_NO_RULE, name, NULL);
	return false;
}

char *fl_repl_text(struct fl_ref ref, const char *name)
{
	const struct fl_obj_rule *rule = &ref.entry->obj->rules[ref.rule];
	struct fl_rule_edit edit = ref.entry->rules[ref.rule].edit;

	edit.label = name;
	return fl_rewrite_rule(rule->text, &edit);
}

bool fl_repl_check_definitions(struct fl_repl *r, const char *text)
{
	const struct fl_source src = { "definitions", text, strlen(text) };
	struct fl_compile_opts opts = { .emit = FL_EMIT_NONE, .sema = { .lenient = true } };
	struct fl_source definitions;
	struct fl_object *obj;
	int err;

	opts.prelude = fl_repl_prelude(r, &definitions);
	/* unused parameters are fine here: rules come later */
	err = fl_engine_compile(r->engine, &src, &opts, &obj);
	fl_object_free(obj);
	return !err;
}
