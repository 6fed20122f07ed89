/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lookup.h"

#include <errno.h>
#include <stdlib.h>

void fl_lookup_release(struct fl_lookup *t)
{
	free(t->slots);
	*t = (struct fl_lookup){ 0 };
}

uint32_t fl_lookup_find(const struct fl_lookup *t, uint64_t hash,
			bool (*same)(const void *arg, uint32_t i), const void *arg)
{
	if (!t->size)
		return FL_LOOKUP_NONE;
	for (size_t at = hash & (t->size - 1);; at = (at + 1) & (t->size - 1)) {
		const struct fl_lookup_slot *s = &t->slots[at];

		if (!s->number)
			return FL_LOOKUP_NONE;
		if (s->hash == hash && same(arg, s->number - 1))
			return s->number - 1;
	}
}

static void put(struct fl_lookup_slot *slots, size_t size, struct fl_lookup_slot s)
{
	size_t at = s.hash & (size - 1);

	while (slots[at].number)
		at = (at + 1) & (size - 1);
	slots[at] = s;
}

/* Half full at most: searches stay short. */
static int grow(struct fl_lookup *t)
{
	size_t size = t->size ? 2 * t->size : 64;
	struct fl_lookup_slot *slots = calloc(size, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < t->size; i++) {
		if (t->slots[i].number)
			put(slots, size, t->slots[i]);
	}
	free(t->slots);
	t->slots = slots;
	t->size = size;
	return 0;
}

int fl_lookup_add(struct fl_lookup *t, uint64_t hash, uint32_t number)
{
	if (2 * (t->n + 1) > t->size && grow(t))
		return -ENOMEM;
	put(t->slots, t->size, (struct fl_lookup_slot){ hash, number + 1 });
	t->n++;
	return 0;
}

/* The finalizer of splitmix64. */
uint64_t fl_lookup_mix(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

uint64_t fl_lookup_text(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return fl_lookup_mix(h);
}
