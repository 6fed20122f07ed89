/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables on a live kernel: many rows in one object, whose rules are on one
 * row at a time.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live_main.h"
#include "model.h"

#define MAX_BATCH 512

struct batch {
	const struct row *rows[MAX_BATCH];
	size_t first[MAX_BATCH + 1]; /* rule */
	size_t n;
	char *text;
	size_t len;
	FILE *out;
};

/* How many rules a text by itself has; 0 when it has mistakes. */
static size_t count_rules(const struct row *row, struct fl_kernel *k, const struct eval_task *task)
{
	const struct game_opts opts = { .task = task, .force = row->force };
	struct game g;
	size_t n = game_open(&g, row->script, k, &opts) ? 0 : g.script.nrules;

	game_close(&g);
	return n;
}

/* "@name" as "@r12_name": states of one row are none of another's. */
static void write_script(FILE *out, const struct row *row, size_t number)
{
	bool in_string = false;

	for (const char *p = row->script; *p; p++) {
		in_string ^= *p == '"';
		fputc(*p, out);
		if (*p == '@' && !in_string && isalpha((unsigned char)p[1]))
			fprintf(out, "r%zu_", number);
	}
}

/* Does @row define a name that one of the rows before has? */
static bool name_is_taken(const struct batch *b, const struct row *row)
{
	static const char *const words[] = { "param ", "let " };

	for (size_t w = 0; w < 2; w++) {
		for (const char *p = row->script; (p = strstr(p, words[w])); p++) {
			size_t len = strlen(words[w]);

			len += strcspn(p + len, " =");
			for (size_t i = 0; i < b->n; i++) {
				const char *q = b->rows[i]->script;

				for (; (q = strstr(q, words[w])); q++) {
					if (!strncmp(p, q, len + 1))
						return true;
				}
			}
		}
	}
	return false;
}

static bool play_row(const struct row *row, struct game *g, struct live *l, size_t first,
		     size_t nrules)
{
	static char said[GAME_ANSWER], done[GAME_ANSWER];
	const struct step reset = { .kind = STEP_SET, .text = "reset" };
	const struct step armed = { .kind = STEP_ELAPSED, .text = "0s" };
	bool good = true;

	game_step(g, &reset, 0, 0, said);
	live_step(l, g, &reset, 0, 0, done);
	game_step(g, &armed, 0, 0, said);
	live_step(l, g, &armed, 0, 0, done);
	for (size_t i = first; i < first + nrules; i++) {
		eval_enable(g->ev, i, true);
		live_enable(l, i, true);
	}
	for (size_t i = 0; i < row->nsteps && good; i++) {
		const struct step *s = &row->steps[i];
		int e1 = game_step(g, s, first, nrules, said);
		int e2 = live_step(l, g, s, first, nrules, done);

		good = !e1 && !e2 && !strcmp(said, done) &&
		       (!s->expected || !strcmp(done, s->expected));
		if (!good)
			printf("%s:%u: %s\nexpected:\n%sthe evaluator says (%d):\n%s"
			       "the kernel did (%d):\n%s",
			       row->file, s->line, s->text, s->expected ? s->expected : "", e1,
			       said, e2, done);
	}
	for (size_t i = first; i < first + nrules; i++) {
		eval_enable(g->ev, i, false);
		live_enable(l, i, false);
	}
	if (!good)
		printf("%s:%u: not ok\n%s\n", row->file, row->line, row->script);
	return good;
}

/* Rows that failed. */
static size_t play(struct batch *b, struct fl_kernel *k, const struct eval_task *task,
		   enum fl_backend backend)
{
	const struct row *row = b->rows[0];
	const struct live_opts live = {
		.seeded = row->seeded,
		.seed = row->seed,
		.force = row->force,
		.backend = backend,
	};
	const struct game_opts opts = {
		.task = task,
		.seeded = row->seeded,
		.seed = row->seed,
		.force = row->force,
	};
	size_t failed = 0;
	struct game g;
	struct live l;

	fclose(b->out);
	if (game_open(&g, b->text, k, &opts) || live_open(&l, b->text, k, &live)) {
		printf("%s:%u: not ok: the %zu rows from here cannot be armed\n", row->file,
		       row->line, b->n);
		failed = b->n;
	} else {
		for (size_t i = 0; i < g.script.nrules; i++)
			eval_enable(g.ev, i, false);
		for (size_t i = 0; i < b->n; i++)
			failed += !play_row(b->rows[i], &g, &l, b->first[i],
					    b->first[i + 1] - b->first[i]);
		if (!live_same_counts(&l, &g))
			failed++;
	}
	live_close(&l);
	game_close(&g);
	free(b->text);
	memset(b, 0, sizeof(*b));
	return failed;
}

int live_tables(struct fl_kernel *k, const struct eval_task *task, char *const *files,
		enum fl_backend backend, size_t most)
{
	static struct batch b;
	size_t failed = 0;
	struct table t;

	table_read(&t, files, task);
	for (size_t i = 0; i < t.nrows; i++) {
		const struct row *row = &t.rows[i];
		size_t nrules = count_rules(row, k, task);

		if (b.n && (b.n == most || b.n == MAX_BATCH || row->alone || b.rows[0]->alone ||
			    name_is_taken(&b, row)))
			failed += play(&b, k, task, backend);
		if (!b.n)
			b.out = open_memstream(&b.text, &b.len);
		write_script(b.out, row, b.n);
		b.rows[b.n++] = row;
		b.first[b.n] = b.first[b.n - 1] + nrules;
	}
	failed += play(&b, k, task, backend);
	printf("%zu rows, %zu failed\n", t.nrows, failed);
	table_free(&t);
	return failed != 0;
}
