/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random rules: some in a script, armed together, and called at random. Every
 * script is made from the seed and its own number only, so that one of them can
 * be had again by itself.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live_main.h"
#include "random.h"

#define RULES 20 /* in a script */
#define STEPS 150

struct script {
	char *rules[RULES];
	char *text;
};

static char *join(char *const *rules, size_t n)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		abort();
	fputs(random_prologue(), out);
	for (size_t i = 0; i < n; i++)
		fputs(rules[i], out);
	fclose(out);
	return text;
}

/* Which of the rules cannot be armed by itself? */
static void blame(const struct script *s, struct fl_kernel *k, const struct live_opts *opts)
{
	for (size_t i = 0; i < RULES; i++) {
		char *one = join(&s->rules[i], 1);
		struct live l;

		if (live_open(&l, one, k, opts))
			printf("--- cannot be armed:\n%s", s->rules[i]);
		live_close(&l);
		free(one);
	}
}

/* The rules of the script that are on the function that a call names. */
static void print_rules(const struct game *g, const struct live *l, const char *call)
{
	const char *name = strstr(call, "fl_");
	size_t len = name ? strcspn(name, " ") : 0;

	for (size_t i = 0; i < g->script.nrules; i++) {
		const struct fl_rule *rule = &g->script.rules[i];

		for (size_t j = 0; j < rule->nons; j++) {
			if (strlen(rule->ons[j].func->name) == len &&
			    !strncmp(rule->ons[j].func->name, name, len))
				printf("rule %zu: %s\n", i + 1, l->obj->rules[i].text);
		}
	}
}

static bool play(struct random_gen *r, struct game *g, struct live *l)
{
	static char said[GAME_ANSWER], done[GAME_ANSWER];
	const struct step reset = { .kind = STEP_SET, .text = "reset" };
	const struct step log = { .kind = STEP_LOG, .text = "log" };
	bool same = true;

	game_step(g, &reset, 0, 0, said);
	live_step(l, g, &reset, 0, 0, done);
	for (size_t i = 0; i < g->script.nrules; i++)
		live_enable(l, i, true);
	for (int i = 0; i < STEPS && same; i++) {
		struct step s = random_step(r);
		int e1 = game_step(g, &s, 0, 0, said), e2 = live_step(l, g, &s, 0, 0, done);

		same = e1 == e2 && !strcmp(said, done);
		if (same) {
			game_step(g, &log, 0, 0, said);
			live_step(l, g, &log, 0, 0, done);
			same = !strcmp(said, done);
		}
		if (!same) {
			printf("--- they differ in step %d: %s\nthe evaluator says (%d):\n%s"
			       "the kernel did (%d):\n%s",
			       i, s.text, e1, said, e2, done);
			print_rules(g, l, s.text);
		}
		free((char *)s.text);
	}
	return live_same_counts(l, g) && same;
}

static bool try_script(struct fl_kernel *k, const struct eval_task *task, uint64_t seed,
		       uint64_t number)
{
	struct random_gen r = { .state = seed * 1000003 + number, .kernel = k, .task = task };
	struct live_opts live = { .seed = 0 };
	struct game_opts opts = { .task = task };
	struct script s;
	struct game g;
	struct live l;
	bool good;

	live.seeded = opts.seeded = r.seeded = number % 2;
	live.seed = opts.seed = number;
	r.only_kprobe = number % 3 == 0;
	live.backend = r.only_kprobe ? FL_BACKEND_KPROBE : FL_BACKEND_AUTO;
	for (size_t i = 0; i < RULES; i++)
		s.rules[i] = random_rule(&r);
	s.text = join(s.rules, RULES);
	good = !game_open(&g, s.text, k, &opts) && !live_open(&l, s.text, k, &live);
	if (!good)
		blame(&s, k, &live);
	else
		good = play(&r, &g, &l);
	if (!good)
		printf("--- not ok: live random %" PRIu64 " %d %" PRIu64 "\n", seed, RULES, number);
	live_close(&l);
	game_close(&g);
	for (size_t i = 0; i < RULES; i++)
		free(s.rules[i]);
	free(s.text);
	return good;
}

int live_random(struct fl_kernel *k, const struct eval_task *task, uint64_t seed, uint64_t count,
		uint64_t first)
{
	uint64_t n = (count + RULES - 1) / RULES, failed = 0;

	printf("seed %" PRIu64 "\n", seed);
	for (uint64_t i = first; i < first + n; i++) {
		failed += !try_script(k, task, seed, i);
		if (n > 50 && i % 10 == 9)
			printf("%" PRIu64 " rules, %" PRIu64 " scripts failed\n", (i + 1) * RULES,
			       failed);
		if (failed == 5)
			break;
	}
	printf("%" PRIu64 " rules in scripts of %d, %" PRIu64 " scripts failed\n", n * RULES, RULES,
	       failed);
	return failed != 0;
}
