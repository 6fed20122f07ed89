/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FL_LSP_CLI_H
#define FL_LSP_CLI_H

#include "options.h"

/* Returns an exit status. */
int fl_lsp_command(const struct fl_options *o);

#endif /* FL_LSP_CLI_H */
