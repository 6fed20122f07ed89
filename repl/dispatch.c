/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dispatch.c - commands: found by any beginning that is clear, and carried out. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "repl_impl.h"

enum command {
#define FL_COMMAND(name, args, completion, help) CMD_##name,
#include "prompt.def"
#undef FL_COMMAND
	NCOMMANDS
};

static const char *const names[NCOMMANDS] = {
#define FL_COMMAND(name, args, completion, help) #name,
#include "prompt.def"
#undef FL_COMMAND
};

/* The command that @word is the beginning of; -1: none, -2: several. */
static int find(const char *word)
{
	size_t len = strlen(word);
	int found = -1;

	for (int i = 0; i < NCOMMANDS; i++) {
		if (strncmp(names[i], word, len) != 0)
			continue;
		if (!names[i][len])
			return i;
		found = found == -1 ? i : -2;
	}
	return len ? found : -1;
}

bool fl_repl_is_command(const char *word)
{
	return find(word) != -1;
}

static char *skip(char *p)
{
	while (isspace((unsigned char)*p))
		p++;
	return p;
}

/* The next word of *line, cut off; "" at its end. */
static char *word(char **line)
{
	char *w = skip(*line), *end = w;

	while (*end && !isspace((unsigned char)*end))
		end++;
	*line = *end ? end + 1 : end;
	*end = '\0';
	return w;
}

static bool nothing_more(struct fl_repl *r, char *rest)
{
	rest = skip(rest);
	if (!*rest)
		return true;
	fl_repl_error(r, FL_P_TOO_MANY, rest, NULL);
	return false;
}

/* A percentage, in units of 1e-9; the percent sign is optional. */
static bool read_percent(char *text, int64_t *out)
{
	size_t len = strlen(text);

	if (len && text[len - 1] == '%')
		text[len - 1] = '\0';
	return fl_literal_percent(text, out);
}

static void done(struct fl_repl *r, int err, const struct fl_fault *fault, const char *format,
		 const char *a, const char *b)
{
	if (err)
		fl_repl_fault(r, fault);
	else
		fl_repl_say(r, format, a, b);
}

static void set_rate(struct fl_repl *r, struct fl_ref ref, char *text)
{
	struct fl_entry_rule *rule = &ref.entry->rules[ref.rule];
	struct fl_rule_status status;
	struct fl_fault fault;
	struct fl_undo *u;
	int64_t rate;
	int err;

	if (!read_percent(text, &rate)) {
		fl_repl_error(r, FL_P_PERCENT, text, rule->name, NULL);
		return;
	}
	fl_armed_rule_status(ref.entry->armed, ref.rule, &status);
	err = fl_armed_set_rate(ref.entry->armed, ref.rule, rate, &fault);
	if (!err) {
		u = fl_repl_note(r, FL_UNDO_RATE, rule->name);
		u->old = status.rate;
		u->edit = rule->edit;
		rule->edit.set_rate = true;
		rule->edit.rate = (uint64_t)rate;
	}
	done(r, err, &fault, "%s: rate is now %s %%\n", rule->name, text);
}

static void set_times(struct fl_repl *r, struct fl_ref ref, const char *text)
{
	struct fl_entry_rule *rule = &ref.entry->rules[ref.rule];
	struct fl_rule_status status;
	bool none = !strcmp(text, "none");
	enum fl_literal kind;
	struct fl_fault fault;
	struct fl_undo *u;
	int64_t times = 0;
	int err;

	if (!none &&
	    (!fl_literal_read(text, &kind, &times) || kind != FL_LITERAL_NUMBER || times < 0)) {
		fl_repl_error(r, FL_P_NUMBER, text, rule->name, NULL);
		return;
	}
	if (!none && !times) {
		fl_repl_error(r, FL_P_TIMES_0, rule->name, NULL);
		return;
	}
	fl_armed_rule_status(ref.entry->armed, ref.rule, &status);
	err = fl_armed_set_times(ref.entry->armed, ref.rule, none ? FL_NEVER : (uint64_t)times,
				 &fault);
	if (!err) {
		u = fl_repl_note(r, FL_UNDO_TIMES, rule->name);
		u->old = (int64_t)status.times;
		u->edit = rule->edit;
		rule->edit.set_times = true;
		rule->edit.times = none ? FL_NEVER : (uint64_t)times;
	}
	done(r, err, &fault, none ? "%s: acts %s\n" : "%s: acts %s more times\n", rule->name,
	     none ? "without limit" : text);
}

static bool returns_pointer(struct fl_ref ref)
{
	const struct fl_object *obj = ref.entry->obj;

	for (size_t i = 0; i < obj->nslots; i++) {
		enum fl_tag tag = obj->attaches[obj->slots[i].attach].tag;

		if (obj->slots[i].rule == ref.rule)
			return tag == FL_TAG_NULL || tag == FL_TAG_ERRNO_NULL;
	}
	return false;
}

static void set_value(struct fl_repl *r, struct fl_ref ref, const char *text)
{
	struct fl_entry_rule *rule = &ref.entry->rules[ref.rule];
	struct fl_rule_status status;
	enum fl_literal kind;
	struct fl_fault fault;
	struct fl_undo *u;
	int64_t value;
	int err;

	if (!fl_literal_read(text, &kind, &value) || kind != FL_LITERAL_NUMBER) {
		fl_repl_error(r, FL_P_VALUE, text, rule->name, NULL);
		return;
	}
	fl_armed_rule_status(ref.entry->armed, ref.rule, &status);
	err = fl_armed_set_value(ref.entry->armed, ref.rule, value, &fault);
	if (!err) {
		u = fl_repl_note(r, FL_UNDO_VALUE, rule->name);
		u->old = status.value;
		u->edit = rule->edit;
		rule->edit.set_value = true;
		rule->edit.value = value;
		rule->edit.pointer = returns_pointer(ref);
	}
	done(r, err, &fault, "%s: returns %s\n", rule->name, text);
}

static void set_param(struct fl_repl *r, const char *name, const char *text)
{
	struct fl_undo *u;
	int64_t value;
	char *old;

	if (!fl_repl_set_param(r, name, text, &old, &value))
		return;
	u = fl_repl_note(r, FL_UNDO_PARAM, name);
	u->text = old;
	u->old = value;
}

static void command_set(struct fl_repl *r, char *line)
{
	const char *name = word(&line), *what = word(&line);
	char *value = skip(line);
	struct fl_ref ref;

	if (*name == '$')
		name++;
	if (*what && !*value && fl_repl_is_param(r, name)) {
		set_param(r, name, what);
		return;
	}
	if (!*value) {
		fl_repl_error(r, FL_P_SET_WHAT, NULL);
		return;
	}
	if (!fl_repl_find(r, name, &ref))
		return;
	if (!strncmp(what, "rate", strlen(what)))
		set_rate(r, ref, value);
	else if (!strncmp(what, "return", strlen(what)))
		set_value(r, ref, value);
	else if (!strncmp(what, "times", strlen(what)))
		set_times(r, ref, value);
	else
		fl_repl_error(r, FL_P_NOT_SETTABLE, what, NULL);
}

struct enabling {
	bool enabled;
	size_t done;
};

static void enable_one(struct fl_repl *r, struct fl_ref ref, void *arg)
{
	struct enabling *x = arg;
	struct fl_rule_status status;
	struct fl_fault fault;
	struct fl_undo *u;

	fl_armed_rule_status(ref.entry->armed, ref.rule, &status);
	if (fl_armed_enable(ref.entry->armed, ref.rule, x->enabled, &fault)) {
		fl_repl_fault(r, &fault);
		return;
	}
	u = fl_repl_note(r, FL_UNDO_ENABLE, ref.entry->rules[ref.rule].name);
	u->old = status.enabled;
	u->edit = ref.entry->rules[ref.rule].edit;
	u->with_previous = x->done++ > 0;
}

static void disarm_one(struct fl_repl *r, struct fl_ref ref, void *arg)
{
	size_t *done_before = arg;

	fl_repl_note_disarm(r, ref, ref.entry->rules[ref.rule].name);
	r->undos[r->nundos - 1].with_previous = (*done_before)++ > 0;
	fl_repl_disarm(r, ref);
}

/* enable, disable and disarm: of one rule or of all. */
static void command_each(struct fl_repl *r, enum command command, char *line)
{
	const char *name = word(&line);
	struct enabling enabling = { command == CMD_enable, 0 };
	void (*fn)(struct fl_repl *, struct fl_ref, void *) = enable_one;
	void *arg = &enabling;
	size_t disarmed = 0;
	struct fl_ref ref;

	if (command == CMD_disarm) {
		fn = disarm_one;
		arg = &disarmed;
	}
	if (!strcmp(name, "all")) {
		size_t n = fl_repl_count(r);

		fl_repl_each(r, fn, arg);
		/* what many rules took goes back to the system, and not only to malloc() */
		malloc_trim(0);
		fl_repl_say(r, "%zu rule%s %sd\n", n, n == 1 ? "" : "s",
			    command == CMD_disarm ? "disarme" : names[command]);
	} else if (fl_repl_find(r, name, &ref)) {
		fl_repl_say(r, "%s is %sd\n", ref.entry->rules[ref.rule].name,
			    command == CMD_disarm ? "disarme" : names[command]);
		fn(r, ref, arg);
	}
}

static void command_events(struct fl_repl *r, char *line)
{
	const char *name = word(&line), *number = word(&line);
	size_t n = 20;

	if (isdigit((unsigned char)*name)) {
		number = name;
		name = "";
	}
	if (*number)
		n = strtoul(number, NULL, 10);
	fl_repl_events(r, name, n);
}

static void command_deadline(struct fl_repl *r, char *line)
{
	const char *text = word(&line);
	enum fl_literal kind;
	int64_t ns = 0;

	if (!*text) {
		uint64_t left = fl_repl_time_left(r);

		if (left == FL_NEVER)
			fl_repl_say(r, "no deadline\n");
		else
			fl_repl_say(r, "%" PRIu64 " s left\n", left / 1000000000);
		return;
	}
	if (strcmp(text, "none") != 0 &&
	    (!fl_literal_read(text, &kind, &ns) || kind != FL_LITERAL_TIME)) {
		fl_repl_error(r, FL_P_TIME, text, NULL);
		return;
	}
	r->deadline_decided = true;
	r->deadline_ns = 0;
	if (ns && __builtin_add_overflow(fl_now_ns(), (uint64_t)ns, &r->deadline_ns))
		r->deadline_ns = FL_NEVER;
	for (size_t i = 0; i < r->nentries; i++)
		fl_armed_set_deadline(r->entries[i]->armed, (uint64_t)ns);
	fl_repl_say(r, ns ? "all rules stop after %s\n" : "no deadline\n", text);
}

static void command_pause(struct fl_repl *r, bool pause)
{
	r->paused = pause;
	for (size_t i = 0; i < r->nentries; i++) {
		if (pause)
			fl_armed_pause(r->entries[i]->armed);
		else
			fl_armed_resume(r->entries[i]->armed);
	}
	fl_repl_say(r, pause ? "all rules are paused\nhint: 'resume' continues\n"
			     : "all rules are active again\n");
}

static void inspect(struct fl_repl *r, void (*fn)(const char *word), const char *arg)
{
	if (!fn) {
		fl_repl_error(r, FL_P_NOT_HERE, NULL);
		return;
	}
	fn(arg);
	fflush(stdout);
}

static void rule_command(struct fl_repl *r, enum command command, char *line)
{
	const char *name = word(&line);
	struct fl_ref ref;

	if (!nothing_more(r, line))
		return;
	if (command == CMD_watch && !*name)
		fl_repl_watch(r, NULL);
	else if (!*name)
		fl_repl_error(r, FL_P_WHICH_RULE, NULL);
	else if (!fl_repl_find(r, name, &ref))
		return;
	else if (command == CMD_show)
		fl_repl_show(r, ref);
	else if (command == CMD_edit)
		fl_repl_edit(r, ref);
	else
		fl_repl_watch(r, &ref);
}

static void file_command(struct fl_repl *r, enum command command, char *line)
{
	const char *path = skip(line);
	size_t len = strlen(path);

	while (len && isspace((unsigned char)path[len - 1]))
		len--;
	line = (char *)path;
	line[len] = '\0';
	if (!len && command == CMD_run)
		fl_repl_error(r, FL_P_WHICH_COMMAND, NULL);
	else if (!len)
		fl_repl_error(r, FL_P_WHICH_FILE, NULL);
	else if (command == CMD_load)
		fl_repl_load(r, path);
	else if (command == CMD_save)
		fl_repl_save(r, path);
	else
		fl_repl_run(r, path);
}

static void dispatch(struct fl_repl *r, enum command command, char *line)
{
	switch (command) {
	case CMD_list:
		fl_repl_list(r);
		break;
	case CMD_show:
	case CMD_edit:
	case CMD_watch:
		rule_command(r, command, line);
		break;
	case CMD_enable:
	case CMD_disable:
	case CMD_disarm:
		command_each(r, command, line);
		break;
	case CMD_set:
		command_set(r, line);
		break;
	case CMD_undo:
		fl_repl_undo(r);
		break;
	case CMD_events:
		command_events(r, line);
		break;
	case CMD_stack:
		fl_repl_stack(r, word(&line));
		break;
	case CMD_functions:
		inspect(r, r->opts->functions, word(&line));
		break;
	case CMD_explain:
		inspect(r, r->opts->explain, word(&line));
		break;
	case CMD_doctor:
		if (r->opts->doctor)
			r->opts->doctor();
		break;
	case CMD_load:
	case CMD_save:
	case CMD_run:
		file_command(r, command, line);
		break;
	case CMD_deadline:
		command_deadline(r, line);
		break;
	case CMD_pause:
	case CMD_resume:
		command_pause(r, command == CMD_pause);
		break;
	case CMD_help:
		fl_repl_help(r, word(&line));
		break;
	case CMD_quit:
		r->leaving = true;
		break;
	case NCOMMANDS:
		break;
	}
}

static void several(struct fl_repl *r, const char *name)
{
	char all[160] = "";
	size_t len = 0;

	for (int i = 0; i < NCOMMANDS && len < sizeof(all); i++) {
		if (!strncmp(names[i], name, strlen(name)))
			len += (size_t)snprintf(all + len, sizeof(all) - len, " %s", names[i]);
	}
	fl_repl_error(r, FL_P_SEVERAL_COMMANDS, name, all, NULL);
}

void fl_repl_command(struct fl_repl *r, char *line)
{
	const char *name = word(&line);
	int command = find(name);

	if (command == -2) {
		several(r, name);
	} else if (command >= 0) {
		dispatch(r, (enum command)command, line);
	}
}
