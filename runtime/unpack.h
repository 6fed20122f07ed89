/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unpack.h - files that may be compressed: modules, the configuration. Internal to runtime/. */
#ifndef FL_UNPACK_H
#define FL_UNPACK_H

#include <stddef.h>

/*
 * Read all of a file; gzip, xz and zstd, known by their first bytes, are
 * unpacked. 0 with *data yours to free, which ends in a NUL that @len does not
 * count; -errno of the file; -EBADMSG when the compressed data are corrupt;
 * -EFBIG when they become more than @most bytes.
 */
int fl_unpack_file(const char *path, size_t most, unsigned char **data, size_t *len);

#endif /* FL_UNPACK_H */
