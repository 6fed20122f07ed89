/* SPDX-License-Identifier: GPL-2.0-or-later */
/* digest_cli.h - what a campaign came to, on standard output. */
#ifndef FL_DIGEST_CLI_H
#define FL_DIGEST_CLI_H

#include "agenda.h"
#include "options.h"

/* Returns @status, or that of the failure to print it. */
int fl_digest_print(enum fl_form form, const char *dir, const struct fl_ledger *l,
		    const struct fl_agenda *a, int status);

int fl_report_command(const struct fl_options *o);

#endif /* FL_DIGEST_CLI_H */
