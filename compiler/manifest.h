/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manifest.h - from a plan to the object that outlives it. */
#ifndef FL_MANIFEST_H
#define FL_MANIFEST_H

#include "emit.h"
#include "object.h"
#include "plan.h"

/* Everything is copied into @kept; the object has no ELF yet. */
struct fl_object *fl_make_object(const struct fl_plan *plan, const struct fl_emit_opts *emit,
				 const struct fl_buf *text, struct fl_arena *kept);

/*
 * What makes @obj one for later: the builds that it is for, and what of the kernel
 * is in its code besides. Returns NULL, or what has
 * no known build: "this kernel".
 */
const char *fl_make_lasting(struct fl_object *obj, const struct fl_plan *plan,
			    const struct fl_emit_opts *emit, struct fl_kernel *k,
			    struct fl_arena *kept);

#endif /* FL_MANIFEST_H */
