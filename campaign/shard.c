/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shard.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *index, *total;
	long long from;
} jobs[] = {
	{ "SHARD_INDEX", "SHARD_NUMBER", 1 },
	{ "CI_NODE_INDEX", "CI_NODE_TOTAL", 1 },
	{ "JOB_COMPLETION_INDEX", "SHARD_NUMBER", 0 },
	{ "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS", 0 },
};

static long long number(const char *name, long long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoll(text, NULL, 10) : otherwise;
}

/* Indices of a Slurm array may begin anywhere and have gaps. */
static const char *of_slurm(char *buf, size_t size)
{
	static const char id[] = "SLURM_ARRAY_TASK_ID", count[] = "SLURM_ARRAY_TASK_COUNT";
	long long step = number("SLURM_ARRAY_TASK_STEP", 1);

	if (!getenv(id) || !getenv(count))
		return NULL;
	snprintf(buf, size, "%lld/%lld",
		 (number(id, 0) - number("SLURM_ARRAY_TASK_MIN", 0)) / (step > 0 ? step : 1) + 1,
		 number(count, 0));
	return id;
}

const char *fl_shard_of_environment(char *buf, size_t size)
{
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		if (!getenv(jobs[i].index) || !getenv(jobs[i].total))
			continue;
		snprintf(buf, size, "%lld/%lld", number(jobs[i].index, 0) + 1 - jobs[i].from,
			 number(jobs[i].total, 0));
		return jobs[i].index;
	}
	return of_slurm(buf, size);
}
