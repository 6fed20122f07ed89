/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: complete [--root DIR] TEXT...
 *
 * How long Tab takes behind TEXT: the first time, when facts are read, and
 * later. The facts are the running kernel's, or copies below DIR; nothing is
 * changed in either.
 */
#include "complete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "facts.h"

#define ROUNDS 20

static void count(const char *word, void *arg)
{
	size_t *n = arg;

	(void)word;
	++*n;
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double once(struct fl_kernel *k, const char *text, size_t *words)
{
	const struct fl_complete_opts opts = { .kernel = k };
	double started = now_ms();
	size_t start;

	*words = 0;
	if (fl_complete(text, strlen(text), &opts, &start, count, words))
		abort();
	return now_ms() - started;
}

int main(int argc, char **argv)
{
	struct fl_facts_opts opts = { .root = "", .search_symbols = true };
	struct fl_kernel *k;
	int i = 1;

	if (argc > 2 && !strcmp(argv[1], "--root")) {
		opts.root = argv[2];
		i = 3;
	}
	if (fl_facts_open(&opts, &k))
		return 1;
	for (; i < argc; i++) {
		double first, sum = 0;
		size_t n;

		first = once(k, argv[i], &n);
		for (int j = 0; j < ROUNDS; j++)
			sum += once(k, argv[i], &n);
		printf("%-32s %6zu words  first %8.2f ms  then %8.2f ms\n", argv[i], n, first,
		       sum / ROUNDS);
	}
	fl_facts_close(k);
	return 0;
}
