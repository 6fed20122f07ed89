/* SPDX-License-Identifier: GPL-2.0-or-later */
/* live_main.h - what the program "live" does; each gives an exit status. */
#ifndef LIVE_MAIN_H
#define LIVE_MAIN_H

#include "live.h"

/* The tables in @files (NULL ends), at most @most rows in one object. */
int live_tables(struct fl_kernel *k, const struct eval_task *task, char *const *files,
		enum fl_backend backend, size_t most);

#endif /* LIVE_MAIN_H */
