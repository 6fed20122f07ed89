/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line.c - what readline needs of us: completion and history. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "complete.h"
#include "file.h"
#include "repl_impl.h"

#define MAX_HISTORY 2000
#define MAX_SHOWN 200 /* possibilities */

/* readline passes no user argument. */
static struct fl_repl *repl;

enum completes { NONE, RULE, SETTABLE, FUNCTION, FILENAMES, TOPIC };
#define FILE FILENAMES

static const struct {
	const char *name;
	enum completes first;
} commands[] = {
#define FL_COMMAND(name, args, completion, help) { #name, completion },
#include "prompt.def"
#undef FL_COMMAND
};

#undef FILE
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct words {
	char **list;
	size_t n;
	size_t cap;
	const char *prefix;
};

static void add_word(const char *word, void *arg)
{
	struct words *w = arg;

	if (strncmp(word, w->prefix, strlen(w->prefix)) != 0)
		return;
	if (w->n + 2 > w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 64;
		char **more = realloc(w->list, cap * sizeof(*more));

		if (!more)
			return;
		w->list = more;
		w->cap = cap;
	}
	w->list[w->n] = strdup(word);
	w->n += w->list[w->n] != NULL;
}

static void add_rule_name(struct fl_repl *r, struct fl_ref ref, void *arg)
{
	(void)r;
	add_word(ref.entry->rules[ref.rule].name, arg);
}

static int add_function(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	(void)module;
	(void)tag;
	add_word(name, arg);
	return 0;
}

static void add_params(struct words *w)
{
	for (size_t i = 0; i < repl->nentries; i++) {
		const struct fl_object *obj = repl->entries[i]->obj;

		for (size_t j = 0; j < obj->nparams; j++)
			add_word(obj->params[j].name, w);
	}
}

static void complete_argument(enum completes what, struct words *w)
{
	static const char *const knobs[] = { "rate", "return", "times" };
	struct fl_kernel *k = fl_engine_kernel(repl->engine);

	switch (what) {
	case RULE:
		fl_repl_each(repl, add_rule_name, w);
		add_word("all", w);
		break;
	case SETTABLE:
		fl_repl_each(repl, add_rule_name, w);
		add_params(w);
		break;
	case FUNCTION:
		k->ops->each_injectable(k, add_function, w);
		break;
	case TOPIC:
		add_word("rules", w);
		for (size_t i = 0; i < COUNT(commands); i++)
			add_word(commands[i].name, w);
		break;
	default:
		for (size_t i = 0; i < COUNT(knobs); i++)
			add_word(knobs[i], w);
	}
}

/* The command that the line starts with, when it has all of its word; or -1. */
static int command_of(const char *line)
{
	size_t len = strcspn(line, " \t");
	int found = -1;

	if (!line[len])
		return -1;
	for (size_t i = 0; i < COUNT(commands); i++) {
		if (strncmp(commands[i].name, line, len) != 0)
			continue;
		if (!commands[i].name[len])
			return (int)i;
		found = found < 0 ? (int)i : -2;
	}
	return found >= 0 ? found : -1;
}

static size_t words_before(const char *line, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len;) {
		while (i < len && line[i] == ' ')
			i++;
		if (i < len)
			n++;
		while (i < len && line[i] != ' ')
			i++;
	}
	return n;
}

/* In a rule, with the lines before this one. */
static size_t complete_rule(const char *line, size_t len, struct words *w)
{
	struct fl_source definitions;
	const struct fl_complete_opts opts = {
		.kernel = fl_engine_kernel(repl->engine),
		.prelude = fl_repl_prelude(repl, &definitions),
		.with_operator = true,
	};
	size_t before = repl->pending ? strlen(repl->pending) : 0, start;
	char *text = malloc(before + len + 1);

	if (!text)
		return len;
	memcpy(text, repl->pending ? repl->pending : "", before);
	memcpy(text + before, line, len);
	text[before + len] = '\0';
	fl_complete(text, before + len, &opts, &start, add_word, w);
	free(text);
	return start > before ? start - before : 0;
}

static void collect(const char *text, int start, struct words *w)
{
	int command = repl->pending ? -1 : command_of(rl_line_buffer);
	size_t at = words_before(rl_line_buffer, (size_t)start);

	(void)text;
	if (!repl->pending && at == 0) {
		for (size_t i = 0; i < COUNT(commands); i++)
			add_word(commands[i].name, w);
	}
	if (command < 0)
		complete_rule(rl_line_buffer, (size_t)rl_point, w);
	else if (at == 1)
		complete_argument(commands[command].first, w);
	else if (at == 2 && commands[command].first == SETTABLE)
		complete_argument(NONE, w);
}

/* "str(", "bio->", "inner.": more of it follows, without a blank. */
static bool goes_on(const char *word)
{
	return word && *word && strchr("(>.", word[strlen(word) - 1]);
}

static char **attempt(const char *text, int start, int end)
{
	struct words w = { .prefix = text };
	int command = repl->pending ? -1 : command_of(rl_line_buffer);
	char **matches;

	(void)end;
	/* readline itself completes names of files */
	if (command >= 0 && commands[command].first == FILENAMES) {
		rl_completion_append_character = ' ';
		return NULL;
	}
	rl_attempted_completion_over = 1;
	collect(text, start, &w);
	if (!w.n) {
		free(w.list);
		return NULL;
	}
	/* the first is what all have in common, the list ends in NULL */
	matches = malloc((w.n + 2) * sizeof(*matches));
	if (matches) {
		size_t common = strlen(w.list[0]);

		for (size_t i = 1; i < w.n; i++) {
			size_t same = 0;

			while (same < common && w.list[0][same] == w.list[i][same])
				same++;
			common = same;
		}
		matches[0] = strndup(w.list[0], common);
		memcpy(matches + 1, w.list, w.n * sizeof(*matches));
		matches[w.n + 1] = NULL;
		/* one alone is its own beginning */
		if (w.n == 1) {
			free(matches[1]);
			matches[1] = NULL;
		}
	}
	free(w.list);
	rl_completion_append_character = matches && goes_on(matches[0]) ? '\0' : ' ';
	return matches;
}

/* Thousands of names do not help, and readline's question would block events. */
static void show_matches(char **matches, int n, int longest)
{
	if (n > MAX_SHOWN)
		fprintf(rl_outstream, "\n%d possibilities: type more characters\n", n);
	else
		rl_display_match_list(matches, n, longest);
	rl_forced_update_display();
}

static bool history_path(char *out, size_t size, bool make)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char dir[PATH_MAX];

	if (state && *state == '/')
		snprintf(dir, sizeof(dir), "%s", state);
	else if (home && *home == '/')
		snprintf(dir, sizeof(dir), "%s/.local/state", home);
	else
		return false;
	if (make) {
		for (char *p = dir + 1; *p; p++) {
			if (*p == '/') {
				*p = '\0';
				mkdir(dir, 0755);
				*p = '/';
			}
		}
		mkdir(dir, 0755);
	}
	if (snprintf(out, size, "%s/faultline", dir) >= (int)size)
		return false;
	if (make)
		mkdir(out, 0700);
	return snprintf(out, size, "%s/faultline/history", dir) < (int)size;
}

void fl_repl_line_init(struct fl_repl *r)
{
	char path[PATH_MAX];

	repl = r;
	rl_readline_name = "faultline";
	rl_completion_query_items = -1;
	rl_completion_display_matches_hook = show_matches;
	/* ours come by signalfd */
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_attempted_completion_function = attempt;
	/* what ends a word; "mod:name" and "$rate" are whole ones */
	rl_completer_word_break_characters = " \t\n\"'(){}[],;=<>!&|+-*/%^~?.@";
	using_history();
	stifle_history(MAX_HISTORY);
	if (history_path(path, sizeof(path), false))
		read_history(path);
}

static void save_history(const char *path)
{
	HIST_ENTRY **list = history_list();
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return;
	for (size_t i = 0; list && list[i]; i++)
		fprintf(out, "%s\n", list[i]->line);
	/* quitting anyway; failure to save the history is ignored */
	if (!fclose(out))
		fl_replace_file(path, 0600, text, len);
	free(text);
}

void fl_repl_line_done(struct fl_repl *r)
{
	char path[PATH_MAX];

	(void)r;
	if (history_path(path, sizeof(path), true))
		save_history(path);
	clear_history();
	repl = NULL;
}

void fl_repl_remember(const char *text)
{
	const HIST_ENTRY *last =
		history_length ? history_get(history_base + history_length - 1) : NULL;

	if (!last || strcmp(last->line, text) != 0)
		add_history(text);
}
