/* SPDX-License-Identifier: GPL-2.0-or-later */
/* live_more.c - chance held against what it should be, and scripts of a size. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live_main.h"

#define DRAWS 100000

/* How often a value is in an answer: "int -5 x93". */
static double count_in(const char *answer, const char *value)
{
	const char *line = strstr(answer, value);

	return line ? strtod(line + strlen(value), NULL) : 0;
}

/* Is a count of something that has this chance within four standard deviations? */
static bool is_likely(const char *what, double count, double chance)
{
	double expected = DRAWS * chance, sigma = sqrt(DRAWS * chance * (1 - chance));
	bool good = fabs(count - expected) <= 4 * sigma;

	printf("%s - %s: %.0f of %d, expected %.0f, off by %.1f sigma\n", good ? "ok" : "not ok",
	       what, count, DRAWS, expected, fabs(count - expected) / sigma);
	return good;
}

static void do_call(struct live *l, const char *line, char *answer)
{
	const struct step s = { .kind = STEP_CALL, .text = line };

	if (live_step(l, NULL, &s, 0, 0, answer))
		snprintf(answer, GAME_ANSWER, "the call failed");
}

/* All rules on. */
static int open_all(struct live *l, const char *text, struct fl_kernel *k,
		    const struct live_opts *opts)
{
	if (live_open(l, text, k, opts))
		return -1;
	for (size_t i = 0; i < l->obj->nrules; i++)
		live_enable(l, i, true);
	return 0;
}

static const char chances_text[] =
	"on fl_int0 if rand < 0.1 return -EIO\n"
	"on fl_int1 if rand < 1 return -EIO\n"
	"on fl_int2 if rand < 10 return -EIO\n"
	"on fl_int3 if 50 > rand return -EIO\n"
	"on fl_int4 if rand < 99.9 return -EIO\n"
	"on fl_ret_long return one of -1 weight 1, -2 weight 2, -3 weight 7\n"
	"on fl_ret_s64 return one of -1, -2\n";

/* False: one of them is not what it should be. */
static bool chances(struct fl_kernel *k, const struct live_opts *opts)
{
	static const struct {
		const char *call, *value;
		double chance;
	} all[] = {
		{ "x100000 fl_int0", "int -5 x", 0.001 },
		{ "x100000 fl_int1 1", "int -5 x", 0.01 },
		{ "x100000 fl_int2 1 2", "int -5 x", 0.1 },
		{ "x100000 fl_int3 1 2 3", "int -5 x", 0.5 },
		{ "x100000 fl_int4 1 2 3 4", "int -5 x", 0.999 },
		{ "x100000 fl_ret_long 1", "long -1 x", 0.1 },
		{ "x100000 fl_ret_long 1", "long -2 x", 0.2 },
		{ "x100000 fl_ret_long 1", "long -3 x", 0.7 },
		{ "x100000 fl_ret_s64 1", "s64 -1 x", 0.5 },
	};
	static char answer[GAME_ANSWER];
	bool good = true;
	struct live l;

	if (open_all(&l, chances_text, k, opts)) {
		live_close(&l);
		return false;
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		do_call(&l, all[i].call, answer);
		good = is_likely(all[i].call, count_in(answer, all[i].value), all[i].chance) &&
		       good;
	}
	live_close(&l);
	return good;
}

/* What a seed decides, call by call. */
static void decisions(struct fl_kernel *k, uint64_t seed, char *out, size_t n)
{
	const struct live_opts opts = { .seeded = true, .seed = seed, .silent = true };
	static char answer[GAME_ANSWER];
	struct live l;

	memset(out, 0, n);
	if (!open_all(&l, "on fl_int1 if a >= 0 && rand < 30 return one of -1, -2 weight 3", k,
		      &opts)) {
		for (size_t i = 0; i + 1 < n; i++) {
			do_call(&l, "fl_int1 1", answer);
			out[i] = answer[4] == '-' ? answer[5] : '.';
		}
	}
	live_close(&l);
}

int live_chances(struct fl_kernel *k)
{
	const struct live_opts drawn = { .silent = true };
	const struct live_opts seeded = { .silent = true, .seeded = true, .seed = 42 };
	char first[301], again[301], other[301];
	bool good = chances(k, &drawn);

	printf("from a seed:\n");
	good = chances(k, &seeded) && good;
	decisions(k, 7, first, sizeof(first));
	decisions(k, 7, again, sizeof(again));
	decisions(k, 8, other, sizeof(other));
	printf("%s\n%s\n%s\n", first, again, other);
	if (!first[0] || strcmp(first, again) != 0 || !strcmp(first, other)) {
		printf("not ok - a seed must decide the same twice, and another one must not\n");
		good = false;
	}
	return !good;
}

/* --- size ------------------------------------------------------------------------- */

struct names {
	const char *name[512];
	size_t n;
};

/* System calls, but for those from which nobody returns or that faultline spares. */
static int note_name(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct names *all = arg;

	(void)module;
	(void)tag;
	if (!strncmp(name, "__x64_sys_", 10) && !strstr(name, "exit") && !strstr(name, "kill") &&
	    !strstr(name, "reboot") && all->n < 512)
		all->name[all->n++] = name;
	return 0;
}

static bool arms(const char *what, const char *text, struct fl_kernel *k, size_t most_progs)
{
	const struct live_opts opts = { .silent = true };
	const struct live_times before = live_times;
	struct live l;
	bool good = !open_all(&l, text, k, &opts);

	if (good && l.obj->nprogs > most_progs) {
		printf("%zu programs\n", l.obj->nprogs);
		good = false;
	}
	printf("%s - %s: compiling %" PRIu64 " ms, loading %" PRIu64 " ms, attaching %" PRIu64
	       " ms; %zu programs, %zu bytes of C\n",
	       good ? "ok" : "not ok", what, (live_times.compile - before.compile) / 1000000,
	       (live_times.load - before.load) / 1000000,
	       (live_times.attach - before.attach) / 1000000, good ? l.obj->nprogs : 0,
	       good ? l.obj->c_len : 0);
	live_close(&l);
	return good;
}

/* @per rules on each of @functions functions. */
static char *many_rules(const struct names *all, size_t functions, size_t per)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		abort();
	for (size_t i = 0; i < per; i++) {
		for (size_t j = 0; j < functions; j++)
			fprintf(out, "on %s if pid == 1234567 && uid == %zu return -EIO\n",
				all->name[j], i);
	}
	fclose(out);
	return text;
}

static char *nested(unsigned int depth)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		abort();
	fputs("on fl_int1 if ", out);
	for (unsigned int i = 0; i < depth; i++)
		fputs("(", out);
	fputs("a", out);
	for (unsigned int i = 0; i < depth; i++)
		fputs(" + 1)", out);
	fputs(" == 70 return -EIO\n", out);
	fclose(out);
	return text;
}

int live_size(struct fl_kernel *k)
{
	static char answer[GAME_ANSWER];
	const struct live_opts opts = { .silent = true };
	struct names all = { .n = 0 };
	struct live l;
	bool good;
	char *text;

	k->ops->each_injectable(k, note_name, &all);
	text = many_rules(&all, 100, 10);
	printf("%zu functions\n", all.n);
	good = all.n >= 300 && arms("1000 rules on 100 functions", text, k, 100);
	free(text);
	good = arms("a rule on all system calls",
		    "on __x64_sys_* if pid == 1234567 && rand < 50 return -EIO", k, 1) &&
	       good;
	text = many_rules(&all, 1, 200);
	good = arms("200 rules on one function", text, k, 1) && good;
	free(text);

	text = nested(64);
	good = !open_all(&l, text, k, &opts) && good;
	do_call(&l, "fl_int1 6", answer);
	printf("64 nested: %s", answer);
	good = !strcmp(answer, "int -5 x1\n") && good;
	live_close(&l);
	free(text);

	/* a mistake with a place, and no crash */
	text = nested(10000);
	good = live_open(&l, text, k, &opts) == -1 && !l.obj && good;
	live_close(&l);
	free(text);
	return !good;
}
