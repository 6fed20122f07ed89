/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command.c - commands: found by any beginning that is clear, and carried out. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "klog.h"
#include "lexer.h"
#include "repl_impl.h"

enum command {
#define FL_COMMAND(name, args, completion, help) CMD_##name,
#include "command.def"
#undef FL_COMMAND
	NCOMMANDS
};

static const char *const names[NCOMMANDS] = {
#define FL_COMMAND(name, args, completion, help) #name,
#include "command.def"
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
	fl_repl_say(r, "error: '%s' is one word too many\n", rest);
	return false;
}

/* A number with a fraction, in units of 1e-9. */
static bool parse_percent(const char *text, int64_t *out)
{
	char *end;
	unsigned long whole;
	int64_t unit = FL_RATE_UNIT, value;

	if (!isdigit((unsigned char)*text))
		return false;
	whole = strtoul(text, &end, 10);
	if (whole > 100)
		return false;
	value = (int64_t)whole * FL_RATE_UNIT;
	if (*end == '.') {
		for (end++; isdigit((unsigned char)*end); end++) {
			unit /= 10;
			value += unit * (*end - '0');
		}
	}
	*out = value;
	return (!*end || !strcmp(end, "%")) && value <= FL_RATE_ALL;
}

/* A literal of the language: number, time, errno. */
static bool parse_literal(const char *text, int64_t *out, bool *is_duration)
{
	bool minus = *text == '-';
	const struct fl_source src = { "value", text + minus, strlen(text + minus) };
	struct fl_arena arena;
	struct fl_tokens tokens;
	struct fl_diags ds;
	volatile bool good = false;
	jmp_buf on_oom;

	*out = 0;
	fl_arena_init(&arena, &on_oom);
	fl_diags_init(&ds);
	ds.on_oom = &on_oom;
	if (!setjmp(on_oom)) {
		fl_lex(&src, &arena, &ds, &tokens);
		if (!ds.nerrors && tokens.n == 2) {
			const struct fl_token *t = &tokens.list[0];
			int number = t->kind == FL_TOK_NAME ? fl_errno_number(t->text) : 0;

			good = t->kind == FL_TOK_INT || t->kind == FL_TOK_DURATION || number;
			*out = number ? number : (int64_t)t->value;
			*is_duration = t->kind == FL_TOK_DURATION;
			if (t->kind == FL_TOK_NAME && !number) {
				good = !strcmp(t->text, "NULL") || !strcmp(t->text, "true");
				*out = t->text[0] == 't';
			}
		}
	}
	fl_diags_release(&ds);
	fl_arena_release(&arena);
	if (minus)
		*out = -*out;
	return good;
}

static void done(struct fl_repl *r, int err, const struct fl_fault *fault, const char *format,
		 const char *a, const char *b)
{
	if (err)
		fl_repl_fault(r, fault);
	else
		fl_repl_say(r, format, a, b);
}

static void set_rate(struct fl_repl *r, struct fl_ref ref, const char *text)
{
	struct fl_entry_rule *rule = &ref.entry->rules[ref.rule];
	struct fl_rule_status status;
	struct fl_fault fault;
	struct fl_undo *u;
	int64_t rate;
	int err;

	if (!parse_percent(text, &rate)) {
		fl_repl_say(r, "error: '%s' is not a per cent\nhint: set %s rate 0.5\n", text,
			    rule->name);
		return;
	}
	fl_session_rule_status(ref.entry->session, ref.rule, &status);
	err = fl_session_set_rate(ref.entry->session, ref.rule, rate, &fault);
	if (!err) {
		u = fl_repl_note(r, FL_UNDO_RATE, rule->name);
		u->old = status.rate;
		u->edit = rule->edit;
		rule->edit.set_rate = true;
		rule->edit.rate = (uint64_t)rate;
	}
	done(r, err, &fault, "%s: now %s per cent\n", rule->name, text);
}

static void set_times(struct fl_repl *r, struct fl_ref ref, const char *text)
{
	struct fl_entry_rule *rule = &ref.entry->rules[ref.rule];
	struct fl_rule_status status;
	bool is_duration = false, none = !strcmp(text, "none");
	struct fl_fault fault;
	struct fl_undo *u;
	int64_t times = 0;
	int err;

	if (!none && (!parse_literal(text, &times, &is_duration) || is_duration || times < 0)) {
		fl_repl_say(r, "error: '%s' is not a number\nhint: set %s times 5, or none\n", text,
			    rule->name);
		return;
	}
	fl_session_rule_status(ref.entry->session, ref.rule, &status);
	err = fl_session_set_times(ref.entry->session, ref.rule, none ? FL_NEVER : (uint64_t)times,
				   &fault);
	if (!err) {
		u = fl_repl_note(r, FL_UNDO_TIMES, rule->name);
		u->old = (int64_t)status.times;
		u->edit = rule->edit;
		rule->edit.set_times = true;
		rule->edit.times = none ? FL_NEVER : (uint64_t)times;
	}
	done(r, err, &fault, "%s: %s times more\n", rule->name, none ? "any number of" : text);
}

static void set_value(struct fl_repl *r, struct fl_ref ref, const char *text)
{
	struct fl_entry_rule *rule = &ref.entry->rules[ref.rule];
	struct fl_rule_status status;
	bool is_duration = false;
	struct fl_fault fault;
	struct fl_undo *u;
	int64_t value;
	int err;

	if (!parse_literal(text, &value, &is_duration) || is_duration) {
		fl_repl_say(r, "error: '%s' is not a value\nhint: set %s return -ENOMEM\n", text,
			    rule->name);
		return;
	}
	fl_session_rule_status(ref.entry->session, ref.rule, &status);
	err = fl_session_set_value(ref.entry->session, ref.rule, value, &fault);
	if (!err) {
		u = fl_repl_note(r, FL_UNDO_VALUE, rule->name);
		u->old = status.value;
		u->edit = rule->edit;
		rule->edit.set_value = true;
		rule->edit.value = value;
	}
	done(r, err, &fault, "%s: returns %s\n", rule->name, text);
}

/* The value that is set for all rules to come. */
static bool remember_setting(struct fl_repl *r, const char *name, const char *text)
{
	struct fl_param_setting *more;
	char *copy = strdup(text), *own;

	for (size_t i = 0; copy && i < r->nsettings; i++) {
		if (!strcmp(r->settings[i].name, name)) {
			free((char *)r->settings[i].text);
			r->settings[i].text = copy;
			return true;
		}
	}
	own = strdup(name);
	more = realloc(r->settings, (r->nsettings + 1) * sizeof(*more));
	if (more)
		r->settings = more;
	if (!copy || !own || !more) {
		free(copy);
		free(own);
		return false;
	}
	r->settings[r->nsettings++] = (struct fl_param_setting){ own, copy };
	return true;
}

static bool is_defined(const struct fl_repl *r, const char *name)
{
	char pattern[80];

	snprintf(pattern, sizeof(pattern), "param %.64s ", name);
	return r->definitions && strstr(r->definitions, pattern);
}

bool fl_repl_set_param(struct fl_repl *r, const char *name, const char *text)
{
	bool is_duration = false, is_percent;
	bool found = is_defined(r, name);
	int64_t value = 0, percent = 0;
	struct fl_fault fault;

	is_percent = parse_percent(text, &percent);
	if (!parse_literal(text, &value, &is_duration) && !is_percent) {
		fl_repl_say(r, "error: '%s' is no value for a parameter\n", text);
		return false;
	}
	for (size_t i = 0; i < r->nentries; i++) {
		const struct fl_entry *e = r->entries[i];

		for (size_t j = 0; j < e->obj->nparams; j++) {
			const struct fl_obj_param *p = &e->obj->params[j];

			if (strcmp(p->name, name) != 0)
				continue;
			found = true;
			if (p->is_duration != is_duration) {
				fl_repl_say(r, "error: '%s' is %s, and '%s' is not\n", name,
					    p->is_duration ? "a time" : "a number", text);
				return false;
			}
			if (fl_session_change_param(e->session, j, p->is_fraction ? percent : value,
						    &fault)) {
				fl_repl_fault(r, &fault);
				return false;
			}
		}
	}
	/* definitions stand before every rule to come */
	if (found && is_defined(r, name))
		remember_setting(r, name, text);
	return found;
}

static void param_text(struct fl_repl *r, const char *name, char *out, size_t size)
{
	snprintf(out, size, "0");
	for (size_t i = 0; i < r->nentries; i++) {
		const struct fl_entry *e = r->entries[i];

		for (size_t j = 0; j < e->obj->nparams; j++) {
			const struct fl_obj_param *p = &e->obj->params[j];
			int64_t value;

			if (strcmp(p->name, name) != 0)
				continue;
			value = fl_session_param(e->session, j);
			if (p->is_fraction)
				snprintf(out, size, "%lld.%09lld", value / FL_RATE_UNIT,
					 value % FL_RATE_UNIT);
			else
				snprintf(out, size, "%" PRId64 "%s", value,
					 p->is_duration ? "ns" : "");
			return;
		}
	}
}

static void set_param(struct fl_repl *r, const char *name, const char *text)
{
	struct fl_undo *u;
	char old[64];

	param_text(r, name, old, sizeof(old));
	if (!fl_repl_set_param(r, name, text))
		return;
	u = fl_repl_note(r, FL_UNDO_PARAM, name);
	u->text = strdup(old);
	fl_repl_say(r, "%s is now %s\n", name, text);
}

static bool is_param(const struct fl_repl *r, const char *name)
{
	if (is_defined(r, name))
		return true;
	for (size_t i = 0; i < r->nentries; i++) {
		const struct fl_object *obj = r->entries[i]->obj;

		for (size_t j = 0; j < obj->nparams; j++) {
			if (!strcmp(obj->params[j].name, name))
				return true;
		}
	}
	return false;
}

static void command_set(struct fl_repl *r, char *line)
{
	const char *name = word(&line), *what = word(&line), *value = skip(line);
	struct fl_ref ref;

	if (*name == '$')
		name++;
	if (*what && is_param(r, name) && !*value) {
		set_param(r, name, what);
		return;
	}
	if (!*value) {
		fl_repl_say(r, "error: set what?\nhint: set RULE rate 20, set RULE return -ENOMEM, "
			       "set RULE times 5, set PARAM 3\n");
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
		fl_repl_say(r,
			    "error: a rule has no '%s'\nhint: rate, return and times can be "
			    "set\n",
			    what);
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

	fl_session_rule_status(ref.entry->session, ref.rule, &status);
	if (fl_session_enable(ref.entry->session, ref.rule, x->enabled, &fault)) {
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
	char name[64], *text;
	struct fl_undo *u;

	snprintf(name, sizeof(name), "%s", ref.entry->rules[ref.rule].name);
	text = fl_repl_text(ref, NULL);
	fl_repl_disarm(r, ref);
	u = fl_repl_note(r, FL_UNDO_DISARM, name);
	u->text = text ? text : strdup("");
	u->with_previous = (*done_before)++ > 0;
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
	bool is_duration = false;
	int64_t ns = 0;

	if (!*text) {
		uint64_t left = fl_repl_time_left(r);

		if (left == FL_NEVER)
			fl_repl_say(r, "there is no deadline\n");
		else
			fl_repl_say(r, "%" PRIu64 " s are left\n", left / 1000000000);
		return;
	}
	if (strcmp(text, "none") != 0 &&
	    (!parse_literal(text, &ns, &is_duration) || !is_duration || ns < 0)) {
		fl_repl_say(r, "error: '%s' is not a time\nhint: deadline 30s, deadline none\n",
			    text);
		return;
	}
	r->deadline_decided = true;
	r->deadline_ns = 0;
	if (ns && __builtin_add_overflow(fl_now_ns(), (uint64_t)ns, &r->deadline_ns))
		r->deadline_ns = FL_NEVER;
	for (size_t i = 0; i < r->nentries; i++)
		fl_session_set_deadline(r->entries[i]->session, (uint64_t)ns);
	fl_repl_say(r, ns ? "all rules stop in %s\n" : "there is no deadline\n", text);
}

static void command_pause(struct fl_repl *r, bool pause)
{
	r->paused = pause;
	for (size_t i = 0; i < r->nentries; i++) {
		if (pause)
			fl_session_pause(r->entries[i]->session);
		else
			fl_session_resume(r->entries[i]->session);
	}
	fl_repl_say(r, pause ? "all rules let calls pass\nhint: 'resume' goes on\n"
			     : "all rules act again\n");
}

static void inspect(struct fl_repl *r, void (*fn)(const char *word), const char *arg)
{
	if (!fn) {
		fl_repl_say(r, "error: that cannot be told here\n");
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
		fl_repl_say(r, "error: which rule?\nhint: 'list' shows them\n");
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
	if (!len)
		fl_repl_say(r, "error: %s\n",
			    command == CMD_run ? "which command?" : "which file?");
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

void fl_repl_command(struct fl_repl *r, char *line)
{
	const char *name = word(&line);
	int command = find(name);

	if (command == -2) {
		fl_repl_say(r, "error: several commands begin with '%s':", name);
		for (int i = 0; i < NCOMMANDS; i++) {
			if (!strncmp(names[i], name, strlen(name)))
				fl_repl_say(r, " %s", names[i]);
		}
		fl_repl_say(r, "\n");
	} else if (command >= 0) {
		dispatch(r, (enum command)command, line);
	}
}
