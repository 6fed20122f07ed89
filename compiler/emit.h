/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * emit.h - a plan as C for bpf-templates/.
 *
 * No text of the user's gets into the C other than as numbers and in comments
 * that are printed anew from the tree; names come from the kernel's facts.
 */
#ifndef FL_EMIT_H
#define FL_EMIT_H

#include "plan.h"

struct fl_emit_opts {
	unsigned int ncpus; /* possible ones */
	bool seeded;
	/* Byte offsets in struct task_struct, where the plan follows children. */
	uint32_t task_pid;
	uint32_t task_tgid;
};

/* To a power of two: what arrays are sized by, so that an index can be masked. */
size_t fl_round_up(size_t n);

void fl_emit(const struct fl_plan *plan, const struct fl_emit_opts *opts, struct fl_buf *out);

#endif /* FL_EMIT_H */
