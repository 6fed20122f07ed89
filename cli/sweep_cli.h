/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sweep_cli.h - campaigns on the command line. All return an exit status. */
#ifndef FL_SWEEP_CLI_H
#define FL_SWEEP_CLI_H

#include "options.h"

int fl_sweep_command(const struct fl_options *o);
int fl_replay_command(const struct fl_options *o);
int fl_minimise_command(const struct fl_options *o);

#endif /* FL_SWEEP_CLI_H */
