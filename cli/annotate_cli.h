/* SPDX-License-Identifier: GPL-2.0-or-later */
/* annotate_cli.h - faultline annotate, which is a separate program. */
#ifndef FL_ANNOTATE_CLI_H
#define FL_ANNOTATE_CLI_H

#include "options.h"

/* Where that program is. 0 or -errno. */
int fl_annotate_program(char *path, size_t size);
/* Becomes that program; returns, an exit status, only when it cannot. */
int fl_annotate_command(const struct fl_options *o);

#endif /* FL_ANNOTATE_CLI_H */
