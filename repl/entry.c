/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry.c - rules from text to armed and back.
 *
 * Each text is an object and a session of its own, so that one can come and go
 * while the others run. Definitions (param, let) that were typed stand before
 * every text; @states are shared by handing on the maps of whoever has them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "klog.h"
#include "repl_impl.h"

#define RING_BYTES (64 * 1024) /* each text that is armed has a ring of its own */

static void say_diags(struct fl_repl *r, const struct fl_diags *ds)
{
	struct fl_arena arena;
	struct fl_buf text;
	jmp_buf on_oom;

	fl_arena_init(&arena, &on_oom);
	if (!setjmp(on_oom)) {
		fl_buf_init(&text, &arena);
		for (size_t i = 0; i < ds->n; i++)
			fl_diag_render(&ds->list[i], &text);
		if (text.len)
			fl_repl_say(r, "%s", text.text);
	}
	fl_arena_release(&arena);
}

void fl_repl_fault(struct fl_repl *r, const struct fl_fault *f)
{
	fl_repl_say(r, "error: %s\n%s%s%s", f->text, f->hint[0] ? "hint: " : "", f->hint,
		    f->hint[0] ? "\n" : "");
}

const struct fl_source *fl_repl_prelude(struct fl_repl *r, struct fl_source *src)
{
	const char *text = r->definitions.text;

	if (!text)
		return NULL;
	*src = (struct fl_source){ "definitions", text, strlen(text) };
	return src;
}

/* Maps of @states that rules have already. */
static size_t collect_states(struct fl_repl *r, struct fl_state_map **out)
{
	struct fl_state_map *maps = NULL, *more;
	size_t n = 0;

	for (size_t i = 0; i < r->nentries; i++) {
		const struct fl_entry *e = r->entries[i];

		for (size_t j = 0; j < e->obj->nstates; j++) {
			more = realloc(maps, (n + 1) * sizeof(*maps));
			if (!more)
				break;
			maps = more;
			fl_session_state(e->session, j, &maps[n++]);
		}
	}
	*out = maps;
	return n;
}

static enum fl_prepare_result prepare(struct fl_repl *r, const struct fl_source *src,
				      const struct fl_source *prelude, struct fl_prepared *out)
{
	struct fl_compile_opts compile = r->opts->compile;
	struct fl_session_opts session = r->opts->session;
	struct fl_state_map *states;
	enum fl_prepare_result result;
	struct fl_fault fault;
	struct fl_diags ds;
	char *log = NULL;

	compile.prelude = prelude;
	compile.read = r->opts->read;
	compile.clang = fl_server_compile;
	compile.clang_arg = &r->server;
	session.ring_bytes = RING_BYTES;
	session.nstates = collect_states(r, &states);
	session.states = states;
	fl_diags_init(&ds);
	result = fl_prepare(src, r->opts->kernel, &compile, &session, &ds, out, &fault, &log);
	say_diags(r, &ds);
	if (result == FL_PREPARE_CLANG)
		fl_repl_say(r,
			    "error: the rule could not be compiled, which is a defect of "
			    "faultline; nothing else is affected\n%s",
			    log ? log : "");
	if (result == FL_PREPARE_KERNEL) {
		fl_repl_fault(r, &fault);
		fl_fault_release(&fault);
	}
	if (result == FL_PREPARE_MEMORY)
		fl_repl_say(r, "error: out of memory\n");
	fl_diags_release(&ds);
	free(states);
	free(log);
	return result;
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
			fl_repl_say(r,
				    "error: there is a rule '%s' already\n"
				    "hint: 'disarm %s' first, or label this one otherwise\n",
				    label, label);
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

static void free_entry(struct fl_entry *e)
{
	if (!e)
		return;
	fl_session_free(e->session);
	fl_object_free(e->obj);
	fl_definitions_release(&e->definitions);
	free(e->rules);
	free(e->text);
	free(e);
}

static struct fl_entry *new_entry(struct fl_repl *r, const char *name, const char *text,
				  const struct fl_prepared *p)
{
	struct fl_entry *e = calloc(1, sizeof(*e)), **more;

	more = realloc(r->entries, (r->nentries + 1) * sizeof(*more));
	if (more)
		r->entries = more;
	if (e) {
		e->obj = p->obj;
		e->session = p->session;
		e->text = strdup(text);
		e->rules = calloc(p->obj->nrules, sizeof(*e->rules));
	}
	if (!e || !more || !e->text || !e->rules) {
		fl_repl_say(r, "error: out of memory\n");
		if (!e) {
			fl_session_free(p->session);
			fl_object_free(p->obj);
		}
		free_entry(e);
		return NULL;
	}
	if (name_rules(r, e, name))
		return e;
	free_entry(e);
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
		fl_session_enable(e->session, i, enabled, &fault);
}

/* Arm, under the deadline and the pause that hold for all; no call comes in between. */
static void activate(struct fl_repl *r, const struct fl_entry *e, bool disabled)
{
	uint64_t left = fl_repl_time_left(r);

	if (!r->deadline_decided && left != FL_NEVER)
		r->deadline_ns = fl_now_ns() + left;
	r->deadline_decided = true;
	enable_rules(e, false);
	fl_session_arm(e->session);
	if (r->paused)
		fl_session_pause(e->session);
	/* 0 would be none */
	fl_session_set_deadline(e->session, left == FL_NEVER ? 0 : left ? left : 1);
	enable_rules(e, !disabled);
}

static void say_idle(struct fl_repl *r)
{
	if (r->paused)
		fl_repl_say(r, "hint: rules are paused; 'resume' goes on\n");
	if (!fl_repl_time_left(r))
		fl_repl_say(r, "hint: the deadline has passed; 'deadline none' goes on\n");
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
		value = fl_literal_text(fl_repl_param_kind(p), fl_session_param(e->session, i));
		err = value ? fl_definitions_set(out, p->name, value) : -ENOMEM;
		free(value);
	}
	if (err)
		fl_definitions_release(out);
	return err;
}

static int arm(struct fl_repl *r, const struct fl_arming *arming, const struct fl_source *prelude)
{
	const struct fl_source src = { arming->source, arming->text, strlen(arming->text) };
	struct epoll_event want = { .events = EPOLLIN };
	uint64_t started = fl_now_ns();
	struct fl_prepared p;
	struct fl_entry *e;

	if (prepare(r, &src, prelude, &p) != FL_PREPARED)
		return -EINVAL;
	e = new_entry(r, arming->name, arming->text, &p);
	if (!e)
		return -EINVAL;
	if (keep_definitions(r, e, &src, prelude)) {
		fl_repl_say(r, "error: out of memory\n");
		free_entry(e);
		return -EINVAL;
	}
	r->entries[r->nentries++] = e;
	epoll_ctl(r->epoll, EPOLL_CTL_ADD, fl_session_event_fd(e->session), &want);
	for (size_t i = 0; i < e->obj->nrules; i++) {
		struct fl_undo *u = fl_repl_note(r, FL_UNDO_ARM, e->rules[i].name);

		u->with_previous = i > 0;
		fl_klog("armed: %s", e->obj->rules[i].text);
	}
	activate(r, e, arming->disabled);
	say_armed(r, e, (double)(fl_now_ns() - started) / 1e6);
	say_idle(r);
	return 0;
}

int fl_repl_arm(struct fl_repl *r, const struct fl_arming *arming)
{
	struct fl_definitions all = { .n = 0 };
	struct fl_source prelude = { "definitions", NULL, 0 };
	int err = 0;

	if (arming->defined)
		err = fl_definitions_add(&all, arming->defined);
	if (!err)
		err = fl_definitions_add(&all, &r->definitions);
	if (err)
		fl_repl_say(r, "error: out of memory\n");
	if (all.text) {
		prelude.text = all.text;
		prelude.len = strlen(all.text);
	}
	if (!err)
		err = arm(r, arming, all.text ? &prelude : NULL);
	fl_definitions_release(&all);
	return err ? -EINVAL : 0;
}

static size_t live_rules(const struct fl_entry *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->obj->nrules; i++)
		n += !e->rules[i].gone;
	return n;
}

/* Programs that no rule is left of; what within() watches for stays with the rest. */
static void detach_idle(const struct fl_entry *e)
{
	for (size_t i = 0; i < e->obj->nprogs; i++) {
		bool idle = !e->obj->progs[i].is_tracker;

		for (size_t j = 0; j < e->obj->nslots && idle; j++) {
			const struct fl_obj_slot *slot = &e->obj->slots[j];

			idle = e->obj->attaches[slot->attach].prog != i ||
			       e->rules[slot->rule].gone;
		}
		if (idle)
			fl_session_detach(e->session, i);
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
	fl_klog("disarmed");
}

void fl_repl_disarm(struct fl_repl *r, struct fl_ref ref)
{
	struct fl_entry *e = ref.entry;
	struct fl_fault fault;

	fl_session_enable(e->session, ref.rule, false, &fault);
	e->rules[ref.rule].gone = true;
	if (live_rules(e)) {
		detach_idle(e);
		return;
	}
	/* what it did last is still on its way */
	fl_session_disarm(e->session);
	fl_repl_pump(r);
	drop_entry(r, e);
	free_entry(e);
}

void fl_repl_disarm_all(struct fl_repl *r)
{
	for (size_t i = 0; i < r->nentries; i++)
		free_entry(r->entries[i]);
	if (r->nentries)
		fl_klog("disarmed");
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
	/* from the back: @fn may take away what it is handed */
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
		fl_repl_say(r, "error: several rules begin with '%s'\n", name);
	else
		fl_repl_say(r,
			    "error: there is no rule '%s'\nhint: 'list' shows those that are "
			    "armed\n",
			    name);
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
	struct fl_diags ds;
	char *log;
	int err;

	opts.prelude = fl_repl_prelude(r, &definitions);
	fl_diags_init(&ds);
	/* unused parameters are no mistake here: rules come later */
	err = fl_compile(&src, r->opts->kernel, &opts, &ds, &obj, &log);
	say_diags(r, &ds);
	fl_diags_release(&ds);
	fl_object_free(obj);
	free(log);
	return !err;
}
