/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * minimise.h - a finding with as little as shows it: faults of a pair, calls that
 * fail, terms of the path's condition, runs of the workload.
 */
#ifndef FL_MINIMISE_H
#define FL_MINIMISE_H

#include "sweep.h"

struct fl_minimal {
	struct fl_fault_at faults[FL_MAX_FAULTS];
	size_t nfaults;
	uint32_t shown, tries; /* how often the finding showed as it was found */
	uint32_t runs;	       /* of the workload, until it shows almost surely */
	uint64_t trials;       /* in all */
	bool is_partial; /* its faults kill the machine, or leave it dirty: not all was tried */
};

/*
 * Reduce the faults of finding @id step by step, without writing a journal, and
 * write DIR/N/minimal.fault and minimal.sh. 0 with *out; progress is noted. If
 * the finding is not reproduced, out->shown is 0, and nothing is written.
 * Otherwise -errno with @t.
 */
int fl_sweep_minimise(const struct fl_sweep_opts *o, const struct fl_world_ops *world,
		      void *world_arg, const struct fl_sweep_sink *sink, struct fl_ledger *l,
		      uint32_t id, struct fl_minimal *out, struct fl_fault *fault);

#endif /* FL_MINIMISE_H */
