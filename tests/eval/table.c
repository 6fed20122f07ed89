/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static jmp_buf no_memory;

static void bad(const char *file, unsigned int line, const char *what)
{
	fprintf(stderr, "%s:%u: %s\n", file, line, what);
	exit(2);
}

/* A line without its end, or NULL; moves *text behind it. */
static char *next_line(struct fl_arena *a, const char **text)
{
	const char *start = *text;
	size_t len = strcspn(start, "\n");

	if (!*start)
		return NULL;
	*text += len + (start[len] == '\n');
	return fl_arena_strndup(a, start, len);
}

/* "{pid}" as a number. */
static void fill_in(struct fl_buf *out, const char *line, const struct eval_task *task)
{
	const struct {
		const char *name;
		uint64_t value;
	} names[] = {
		{ "{pid}", (uint64_t)task->pid },
		{ "{ppid}", (uint64_t)task->ppid },
		{ "{cgroup}", task->cgroup },
	};

	while (*line) {
		size_t i = 0;

		while (i < 3 && strncmp(line, names[i].name, strlen(names[i].name)) != 0)
			i++;
		if (i == 3) {
			fl_buf_putc(out, *line++);
			continue;
		}
		fl_buf_printf(out, "%" PRIu64, names[i].value);
		line += strlen(names[i].name);
	}
	fl_buf_putc(out, '\n');
}

uint64_t table_time(const char *text)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {
		{ "h", UINT64_C(3600000000000) },
		{ "m", UINT64_C(60000000000) },
		{ "s", 1000000000 },
		{ "ms", 1000000 },
		{ "us", 1000 },
		{ "ns", 1 },
	};
	uint64_t sum = 0;
	char *end;

	/* several add up: 1h59m */
	while (*text) {
		uint64_t n = strtoull(text, &end, 10);
		size_t i = 0, len = strspn(end, "hmsnu");

		while (i < 6 && (strlen(units[i].unit) != len || strncmp(end, units[i].unit, len)))
			i++;
		if (i == 6 || end == text)
			bad(text, 0, "no time");
		sum += n * units[i].ns;
		text = end + len;
	}
	return sum;
}

static void add_step(struct table *t, struct row *row, char *line, unsigned int number)
{
	static const struct {
		const char *word;
		enum step_kind kind;
		bool answers;
	} words[] = {
		{ "set ", STEP_SET, false },
		{ "param ", STEP_PARAM, false },
		{ "elapsed ", STEP_ELAPSED, false },
		{ "sys ", STEP_SYS, true },
		{ "counts", STEP_COUNTS, true },
		{ "log", STEP_LOG, true },
		{ "", STEP_CALL, true },
	};
	struct step *s;
	size_t i = 0;

	row->steps = fl_arena_grow(&t->arena, row->steps, row->nsteps, &row->steps_cap,
				   sizeof(*row->steps));
	s = &row->steps[row->nsteps++];
	line += 1 + strspn(line + 1, " ");
	while (strncmp(line, words[i].word, strlen(words[i].word)) != 0)
		i++;
	*s = (struct step){
		.kind = words[i].kind,
		.text = line + strlen(words[i].word),
		.expected = words[i].answers ? "" : NULL,
		.line = number,
	};
}

static void add_expected(struct table *t, struct row *row, const char *line, unsigned int number)
{
	struct step *s = &row->steps[row->nsteps - 1];

	if (!s->expected)
		bad(row->file, number, "this is not answered");
	s->expected = fl_arena_printf(&t->arena, "%s%s\n", s->expected, line);
}

static void set_option(struct row *row, const char *line, unsigned int number)
{
	if (!strncmp(line, "%seed ", 6)) {
		row->seeded = row->alone = true;
		row->seed = strtoull(line + 6, NULL, 0);
	} else if (!strcmp(line, "%force")) {
		row->force = row->alone = true;
	} else if (!strcmp(line, "%alone")) {
		row->alone = true;
	} else if (!strcmp(line, "%live")) {
		row->live = true;
	} else {
		bad(row->file, number, "no such option");
	}
}

/* Lines up to an empty one; false at the end of the text. */
static bool read_row(struct table *t, const char *file, const char **text, unsigned int *number,
		     const struct eval_task *task)
{
	struct row row = { .file = file, .line = 0 };
	struct fl_buf script;
	char *line;

	fl_buf_init(&script, &t->arena);
	while ((line = next_line(&t->arena, text))) {
		++*number;
		if (*line == '#')
			continue;
		if (!*line && row.line)
			break;
		if (!*line)
			continue;
		if (!row.line)
			row.line = *number;
		if (*line == '>')
			add_step(t, &row, line, *number);
		else if (row.nsteps)
			add_expected(t, &row, line, *number);
		else if (*line == '%')
			set_option(&row, line, *number);
		else
			fill_in(&script, line, task);
	}
	if (!row.line)
		return false;
	if (!row.nsteps || !script.len)
		bad(file, row.line, "a row is a script and what is done");
	row.script = script.text;
	t->rows = fl_arena_grow(&t->arena, t->rows, t->nrows, &t->cap, sizeof(*t->rows));
	t->rows[t->nrows++] = row;
	return true;
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t cap = 0;
	ssize_t n = f ? getdelim(&text, &cap, '\0', f) : -1;

	if (n < 0)
		bad(path, 0, strerror(errno));
	fclose(f);
	return text;
}

static void read_files(struct table *t, char *const *files, const struct eval_task *task)
{
	for (; *files; files++) {
		char *text = read_file(*files);
		const char *rest = text;
		unsigned int number = 0;

		while (read_row(t, *files, &rest, &number, task))
			;
		free(text);
	}
	if (!t->nrows)
		bad("tables", 0, "there are no rows");
}

void table_read(struct table *t, char *const *files, const struct eval_task *task)
{
	memset(t, 0, sizeof(*t));
	fl_arena_init(&t->arena, &no_memory);
	if (setjmp(no_memory))
		abort();
	read_files(t, files, task);
}

void table_free(struct table *t)
{
	fl_arena_release(&t->arena);
}
