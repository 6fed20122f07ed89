/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shard.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *index, *total;
	long long from;
} jobs[] = {
	{ "SHARD_INDEX", "SHARD_NUMBER", 1 },
	{ "CI_NODE_INDEX", "CI_NODE_TOTAL", 1 },
	{ "JOB_COMPLETION_INDEX", "SHARD_NUMBER", 0 },
	{ "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", 0 },
};

/* As a scheduler writes them: digits, and nothing near an overflow. */
static bool number(const char *text, long long *value)
{
	if (!*text || strlen(text) > 9 || strspn(text, "0123456789") != strlen(text))
		return false;
	*value = strtoll(text, NULL, 10);
	return true;
}

/* Indices of a Slurm array may begin anywhere and have gaps. */
static const char *of_slurm(char *buf, size_t size)
{
	static const char id[] = "SLURM_ARRAY_TASK_ID";
	const char *id_text = getenv(id), *count_text = getenv("SLURM_ARRAY_TASK_COUNT");
	const char *min_text = getenv("SLURM_ARRAY_TASK_MIN");
	const char *step_text = getenv("SLURM_ARRAY_TASK_STEP");
	long long i, n, min, step;

	if (!id_text || !count_text)
		return NULL;
	min_text = min_text ? min_text : "0";
	step_text = step_text ? step_text : "1";
	if (number(id_text, &i) && number(count_text, &n) && number(min_text, &min) &&
	    number(step_text, &step) && step && (i - min) % step == 0)
		snprintf(buf, size, "%lld/%lld", (i - min) / step + 1, n);
	else
		snprintf(buf, size, "(%s-%s)/%s/%s", id_text, min_text, step_text, count_text);
	return id;
}

const char *fl_shard_of_environment(char *buf, size_t size)
{
	for (size_t k = 0; k < sizeof(jobs) / sizeof(jobs[0]); k++) {
		const char *index = getenv(jobs[k].index), *total = getenv(jobs[k].total);
		long long i, n;

		if (!index || !total)
			continue;
		/* what makes no sense as it is, for I/N to be refused with these words */
		if (number(index, &i) && number(total, &n))
			snprintf(buf, size, "%lld/%lld", i + 1 - jobs[k].from, n);
		else
			snprintf(buf, size, "%s/%s", index, total);
		return jobs[k].index;
	}
	return of_slurm(buf, size);
}
