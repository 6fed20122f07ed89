/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sweep_fixture.h - a folder for campaigns on the simulated kernel, and what they came to. */
#ifndef SWEEP_FIXTURE_H
#define SWEEP_FIXTURE_H

#include <stddef.h>
#include <sys/types.h>

#include "sim.h"
#include "sweep.h"

extern char sweep_dir[64];

/* For cmocka: the folder is new, and gone afterwards. */
int sweep_make_dir(void **state);
int sweep_remove_dir(void **state);
/* The same, with the folder of finding 1. */
int sweep_make_finding(void **state);
void sweep_remove_tree(const char *path);
/* The folder is as new. */
void sweep_clear_dir(void);

struct fl_sweep_opts sweep_options(const char *boot);
/* Each point once, by its first call; and all calls, going on failing, pairs. */
extern const struct fl_agenda_opts sweep_plain, sweep_thorough;
/* All bugs, but what depends on how many runs a process had before. */
enum sim_bug sweep_steady(size_t i);

/* For the option standalone, where the rules do not matter. */
char *sweep_no_rules(void *arg, const struct fl_ledger *l, const struct fl_fault_at *faults,
		     size_t nfaults, bool fewest);

/* Everything that must not depend on how often the campaign was interrupted; yours to free. */
char *sweep_digest(void);
/* A file of the folder, which must be there; yours to free. */
char *sweep_read(const char *name);

/*
 * kill -9 of a child at a random moment: once the journal has grown by a random
 * number of bytes, however slow this machine is, or it has ended by itself.
 */
void sweep_kill(pid_t pid, uint64_t *random);

#endif /* SWEEP_FIXTURE_H */
