/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * candidate.h - facts about a function without a rule, for -l, explain and
 * doctor to query backend.h.
 */
#ifndef FL_CANDIDATE_H
#define FL_CANDIDATE_H

#include "backend.h"
#include "kernel.h"
#include "probe.h"

/*
 * For the simplest of rules: it makes the function return one error that suits
 * its tag or, without @returns, watches it. What is on the function already and
 * what the kernel lacks is not filled in.
 */
void fl_candidate(const struct fl_func *func, bool returns, struct fl_backend_facts *out);

/* What else is on it now; on many functions, one walk over each_attached() costs less. */
void fl_candidate_attached(struct fl_kernel *k, const struct fl_func *func,
			   struct fl_backend_facts *f);

/* Can rules make it fail, though it is on no list? In BTF; -ENOENT and the like: no. */
bool fl_hook_can_fail(struct fl_kernel *k, const char *name, struct fl_func *out);

/* Try whether kprobes can override, and note in @f what the kernel lacks for that. */
enum fl_answer fl_candidate_probe(struct fl_kernel *k, struct fl_backend_facts *f);

#endif /* FL_CANDIDATE_H */
