/* SPDX-License-Identifier: GPL-2.0-or-later */
/* standalone.h - a finding as a script of rules and a shell script, without the campaign. */
#ifndef FL_STANDALONE_H
#define FL_STANDALONE_H

#include "ledger.h"
#include "object.h"

/*
 * Rules that make the same calls fail: by their functions, what the rules of the
 * campaign asked for, and the call path as caller() and within() of its symbols;
 * @fewest: only the terms needed to single it out in @l. Yours to free, or NULL.
 */
char *fl_standalone_rules(const struct fl_object *obj, const struct fl_ledger *l,
			  const struct fl_fault_at *faults, size_t nfaults, bool fewest);
/*
 * The workload: setup, run under faultline with @script, cleanup, checks. @run
 * is its command, or NULL for the script's. @late: it is run once more, without
 * faultline, because the finding shows only then. Yours to free, or NULL.
 */
char *fl_standalone_shell(const struct fl_object *obj, char *const *run, const char *script,
			  bool late);

#endif /* FL_STANDALONE_H */
