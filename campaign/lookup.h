/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lookup.h - numbers by a hash of their keys; only grows. */
#ifndef FL_LOOKUP_H
#define FL_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FL_LOOKUP_NONE UINT32_MAX

struct fl_lookup {
	struct fl_lookup_slot {
		uint64_t hash;
		uint32_t number; /* plus 1; 0: free */
	} * slots;
	size_t n, size; /* size is a power of two */
};

void fl_lookup_release(struct fl_lookup *t);
/* @same: is number @i the right one? */
uint32_t fl_lookup_find(const struct fl_lookup *t, uint64_t hash,
			bool (*same)(const void *arg, uint32_t i), const void *arg);
/* 0 or -ENOMEM. Does not check for duplicates. */
int fl_lookup_add(struct fl_lookup *t, uint64_t hash, uint32_t number);

/* Spreads every bit over all. */
uint64_t fl_lookup_mix(uint64_t x);
/* FNV-1a. */
uint64_t fl_lookup_text(const char *text);

#endif /* FL_LOOKUP_H */
