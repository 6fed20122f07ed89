/* SPDX-License-Identifier: GPL-2.0-or-later */
/* merge.h - the journals of all shards of a campaign as one. */
#ifndef FL_MERGE_H
#define FL_MERGE_H

#include <stddef.h>

#include "ledger.h"

struct fl_merge_opts {
	char *const *dirs; /* a shard each */
	size_t ndirs;
	const char *out; /* folder that gets journal, summary and findings */
	/* A line for humans. May be NULL. */
	void (*note)(void *arg, const char *text);
	void *arg;
};

/*
 * 0: @merged, yours and initialized, holds the whole campaign; its status is as a
 * sweep's, exhaustion proved over the union of all points. Otherwise -errno with
 * @t: a shard is missing, belongs to another campaign, or cannot be read. Of
 * several journals of one shard the most complete one is used.
 */
int fl_merge(const struct fl_merge_opts *o, struct fl_ledger *merged, struct fl_fault *fault);

#endif /* FL_MERGE_H */
