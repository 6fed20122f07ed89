/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables by the evaluator alone: usage: table_test ROOT TABLE...
 *
 * ROOT has a copy of the full kernel's facts (tests/vm/facts). That the
 * evaluator says what a person wrote down makes it the judge of the live runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "game.h"
#include "model.h"

static const struct eval_task task = {
	.comm = "eval-live",
	.pid = 4711,
	.tid = 4711,
	.ppid = 4710,
	.cgroup = 1,
};

static bool play(const struct row *row, struct fl_kernel *k)
{
	static char answer[GAME_ANSWER];
	const struct game_opts opts = {
		.task = &task,
		.seeded = row->seeded,
		.seed = row->seed,
		.force = row->force,
	};
	struct game g;
	bool good = !game_open(&g, row->script, k, &opts);

	model_reset();
	for (size_t i = 0; good && i < row->nsteps; i++) {
		const struct step *s = &row->steps[i];
		int err = game_step(&g, s, 0, g.script.nrules, answer);

		good = !err && (!s->expected || !strcmp(answer, s->expected));
		if (!good)
			printf("%s:%u: %s\nexpected:\n%sthe evaluator says (%d):\n%s", row->file,
			       s->line, s->text, s->expected ? s->expected : "", err, answer);
	}
	if (!good)
		printf("%s:%u: not ok\n%s\n", row->file, row->line, row->script);
	game_close(&g);
	return good;
}

int main(int argc, char **argv)
{
	const struct fl_facts_opts opts = { .root = argc > 1 ? argv[1] : "" };
	struct fl_kernel *k;
	struct table t;
	size_t failed = 0;

	if (argc < 3 || fl_facts_open(&opts, &k)) {
		fprintf(stderr, "usage: table_test ROOT TABLE...\n");
		return 2;
	}
	table_read(&t, argv + 2, &task);
	for (size_t i = 0; i < t.nrows; i++)
		failed += !t.rows[i].live && !play(&t.rows[i], k);
	printf("%zu rows, %zu failed\n", t.nrows, failed);
	table_free(&t);
	fl_facts_close(k);
	return failed != 0;
}
