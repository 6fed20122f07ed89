/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inspect.h - commands that arm nothing. Each returns an fl_exit. */
#ifndef FL_INSPECT_H
#define FL_INSPECT_H

#include "options.h"

int fl_doctor(const struct fl_options *o);
int fl_list(const struct fl_options *o);	  /* -l [PATTERN | FILE.ko] */
int fl_explain(const struct fl_options *o);	  /* explain FUNCTION */
int fl_explain_rules(const struct fl_options *o); /* explain -e RULES, explain SCRIPT */

#endif /* FL_INSPECT_H */
