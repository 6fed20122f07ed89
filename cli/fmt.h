/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FL_FMT_H
#define FL_FMT_H

#include "options.h"

/* faultline fmt: 0; FINDING where --check found one that is not formatted; USAGE. */
int fl_fmt(const struct fl_options *o);

#endif /* FL_FMT_H */
