/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.c - rules as rows, for list and watch: never wider than the terminal. On a
 * narrow one, a rule's text has its own line.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "repl_impl.h"

#define NO_TERMINAL 200 /* columns */
#define NUMBERS 67	/* columns before what follows the numbers */
#define HISTORY (FL_HISTORY + 4)
#define LEAST_TEXT 30 /* of a rule, to fit beside its numbers */

int fl_repl_columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? NO_TERMINAL : size.ws_col;
}

void fl_repl_put_cut(FILE *out, const char *text, int columns)
{
	const char *end = text;
	int n = 0, room = columns < 3 ? 0 : columns - 3;
	const char *cut = text;

	for (; *end && n <= columns; n++) {
		if (n == room)
			cut = end;
		/* a character of UTF-8 and its further bytes */
		end++;
		while (((unsigned char)*end & 0xc0) == 0x80)
			end++;
	}
	if (n <= columns)
		fprintf(out, "%s\n", text);
	else
		fprintf(out, "%.*s%.*s\n", (int)(cut - text), text, columns < 3 ? columns : 3,
			"...");
}

/* Is a rule's text in the line of its numbers? */
static bool is_one_line(int columns, bool history)
{
	return columns >= NUMBERS + (history ? HISTORY : 0) + LEAST_TEXT;
}

static const char *state_of(const struct fl_entry *e, const struct fl_rule_status *s)
{
	if (!s->enabled)
		return "disabled";
	if (!fl_armed_is_active(e->armed))
		return "paused";
	if (fl_armed_deadline(e->armed) == 0)
		return "over";
	if (s->times != FL_NEVER && !s->per_key && s->passed >= s->times)
		return "used up";
	return "armed";
}

static uint64_t acted(const struct fl_entry *e, size_t rule, const struct fl_counts *c)
{
	return e->obj->rules[rule].returns ? c->injected : c->fired;
}

/* Eight steps, or four where the terminal knows no better characters. */
static void put_history(FILE *out, const uint32_t *history)
{
	static const char *const steps[] = { " ", ".", ":", "|", "#" };
	uint32_t most = 1;

	for (size_t i = 0; i < FL_HISTORY; i++) {
		if (history[i] > most)
			most = history[i];
	}
	fputc('[', out);
	for (size_t i = 0; i < FL_HISTORY; i++)
		fputs(steps[(history[i] * 4 + most - 1) / most], out);
	fputc(']', out);
}

void fl_repl_head(FILE *out, int columns, bool history)
{
	char line[160];
	bool one_line = is_one_line(columns, history);

	snprintf(line, sizeof(line), "%-12s %-8s %10s %10s %10s %10s%s%s", "name", "state", "calls",
		 "matched", "done", "now",
		 one_line && history ? "  the last 30 s                     " : "",
		 one_line ? "  rule" : "");
	fl_repl_put_cut(out, line, columns);
}

static char *row_text(struct fl_ref ref, bool history, bool one_line)
{
	const struct fl_entry *e = ref.entry;
	const struct fl_entry_rule *rule = &e->rules[ref.rule];
	char *text = fl_repl_text(ref, ""), *line = NULL;
	struct fl_rule_status s;
	size_t len;
	FILE *out = open_memstream(&line, &len);

	if (out) {
		fl_armed_rule_status(e->armed, ref.rule, &s);
		fprintf(out, "%-12s %-8s %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %8u/s",
			rule->name, state_of(e, &s), (uint64_t)s.counts.calls,
			(uint64_t)s.counts.matched, acted(e, ref.rule, &s.counts),
			rule->history[FL_HISTORY - 1]);
		fputs(one_line ? "  " : "\n    ", out);
		if (history) {
			put_history(out, rule->history);
			fputs("  ", out);
		}
		fputs(text ? text : e->obj->rules[ref.rule].text, out);
		fclose(out);
	}
	free(text);
	return line;
}

void fl_repl_row(FILE *out, struct fl_ref ref, int columns, bool history)
{
	char *line = row_text(ref, history, is_one_line(columns, history)), *save = NULL;

	for (char *part = line ? strtok_r(line, "\n", &save) : NULL; part;
	     part = strtok_r(NULL, "\n", &save))
		fl_repl_put_cut(out, part, columns);
	free(line);
}
