/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flo.h - an object as bytes, for a file (.flo) that is armed later.
 *
 * All numbers are little-endian:
 *
 *	header	magic, version, ABI version, size of all, checksum of the rest
 *	table	for each section: id, number of records, offset, size
 *	then	the sections' bytes
 *
 * A record is 8 bytes for each field, a string the offset of its bytes plus
 * one, 0 for NULL. flo_layout.c lists sections and fields.
 *
 * A reader takes its own version only, and believes nothing: every offset,
 * count, number of an enum and number of another record is checked, so that what
 * reads the object later need not.
 */
#ifndef FL_FLO_H
#define FL_FLO_H

#include <stdbool.h>

#include "object.h"

/* One more for every change of sections, fields or numbers in them. */
#define FL_FLO_VERSION 1
#define FL_FLO_WHY 160

/* Do the bytes begin as an object does? */
bool fl_flo_is(const void *data, size_t len);

/*
 * 0 with *data yours to free. -EINVAL: @obj has no ELF or build ID, or rules in it
 * wait for a module. -ENOMEM.
 */
int fl_flo_write(const struct fl_object *obj, void **data, size_t *len);

/*
 * 0 with *out yours to free; nothing in it points to @data, and it has no C text.
 * -EINVAL: damaged, -EPROTONOSUPPORT: of another version; @why says so in a clause,
 * lower case, no full stop. -ENOMEM.
 */
int fl_flo_read(const void *data, size_t len, struct fl_object **out, char why[FL_FLO_WHY]);

/* FNV-1a over words of 8 bytes, which notices every change of one word; @sum is 0 at first. */
uint64_t fl_checksum(uint64_t sum, const void *data, size_t len);

#endif /* FL_FLO_H */
