/* SPDX-License-Identifier: GPL-2.0-or-later */
/* page.h - a campaign on a page, for a terminal. */
#ifndef FL_PAGE_H
#define FL_PAGE_H

#include <stdio.h>

#include "agenda.h"

/* What was tested, how completely, what was found, what to do; then what is left. */
void fl_page(FILE *out, const char *dir, const struct fl_ledger *l, const struct fl_agenda *a);
/* Its headline alone: one line without a newline. */
void fl_page_headline(FILE *out, const struct fl_ledger *l, const struct fl_agenda_sums *sums);

#endif /* FL_PAGE_H */
