/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verdict_text.h - text about whether a function is injectable. */
#ifndef FL_VERDICT_TEXT_H
#define FL_VERDICT_TEXT_H

#include "names.h"

/* What a function with that tag may return, as a phrase; "" for NONE. */
const char *fl_may_return(enum fl_tag tag);

#endif /* FL_VERDICT_TEXT_H */
