/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stored.h - objects in files: written by --emit object, read to be run. */
#ifndef FL_STORED_H
#define FL_STORED_H

#include "engine.h"
#include "errors.h"
#include "options.h"

/* Each: 0, or an fl_exit, reported. */
int fl_stored_write(const struct fl_options *o, struct fl_errors *errors, struct fl_object *obj);
/* The object that is named, fit for the options; *out is yours. */
int fl_stored_read(const struct fl_options *o, struct fl_errors *errors, struct fl_object **out);
/* Parameters that the command line sets, before the rules act. */
int fl_stored_settings(const struct fl_options *o, struct fl_errors *errors, struct fl_armed *a);

#endif /* FL_STORED_H */
