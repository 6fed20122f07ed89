/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * completion.h - `faultline completion`: the scripts of shells, and what those
 * call at each Tab.
 */
#ifndef FL_COMPLETION_H
#define FL_COMPLETION_H

#include "options.h"

/* 0 or an fl_exit. */
int fl_completion(const struct fl_options *o);

#endif /* FL_COMPLETION_H */
