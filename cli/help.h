/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FL_HELP_H
#define FL_HELP_H

#include "options.h"

/* What a script says about itself: its first comment, its parameters. 0 or an fl_exit. */
int fl_script_help(const struct fl_options *o);

#endif /* FL_HELP_H */
