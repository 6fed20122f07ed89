/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proto.h - a function's C prototype from BTF. Internal to runtime/. */
#ifndef FL_PROTO_H
#define FL_PROTO_H

#include "btf.h"

/*
 * Write the prototype of the FUNC @id, "int f(struct bio *bio, bool fast)",
 * truncated at @size. 0; -ENOENT when @id is not a valid function; -E2BIG when
 * it did not fit.
 */
int fl_proto(const struct fl_btf *b, uint32_t id, char *out, size_t size);

#endif /* FL_PROTO_H */
