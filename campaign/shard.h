/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shard.h - which share of the points a job of an array takes. */
#ifndef FL_SHARD_H
#define FL_SHARD_H

#include <stddef.h>

/*
 * "I/N" by the environment of an array job: SHARD_INDEX of SHARD_NUMBER and CI_NODE_INDEX of
 * CI_NODE_TOTAL (from 1), JOB_COMPLETION_INDEX (from 0) of SHARD_NUMBER or JOB_COMPLETIONS,
 * SLURM_ARRAY_TASK_ID of SLURM_ARRAY_TASK_COUNT from _MIN on by _STEP. Returns the name of the
 * variable that has I, or NULL. I/N is validated by fl_settings_set(), including that both are
 * numbers.
 */
const char *fl_shard_of_environment(char *buf, size_t size);

#endif /* FL_SHARD_H */
