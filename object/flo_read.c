/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fl_abi.h"
#include "flo_impl.h"
#include "mem.h"

struct section {
	const uint8_t *data;
	size_t size;
	size_t count;
	size_t used;   /* records that an owner has taken */
	char *records; /* in memory */
};

struct reader {
	const uint8_t *data;
	size_t len;
	struct section sections[FL_FLO_NSECTIONS];
	const char *strings; /* the object's own */
	struct fl_arena arena;
	jmp_buf on_oom;
	struct fl_object *obj;
	char *why;
};

__attribute__((format(printf, 2, 3))) static int damaged(struct reader *r, const char *format, ...)
{
	char text[FL_FLO_WHY - 16];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	snprintf(r->why, FL_FLO_WHY, "damaged: %s", text);
	return -EINVAL;
}

static uint64_t word_at(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return le64toh(word);
}

static uint32_t half_at(const uint8_t *p)
{
	uint32_t half;

	memcpy(&half, p, sizeof(half));
	return le32toh(half);
}

bool fl_flo_is(const void *data, size_t len)
{
	return len >= FL_FLO_WORD && !memcmp(data, FL_FLO_MAGIC, FL_FLO_WORD);
}

static int read_header(struct reader *r)
{
	const uint8_t *p = r->data;

	if (!fl_flo_is(p, r->len)) {
		snprintf(r->why, FL_FLO_WHY, "not an object of faultline");
		return -EINVAL;
	}
	if (r->len < FL_FLO_HEADER)
		return damaged(r, "%zu bytes are less than a header", r->len);
	if (half_at(p + 8) != FL_FLO_VERSION || half_at(p + 12) != FL_ABI_VERSION) {
		snprintf(r->why, FL_FLO_WHY,
			 "of version %u.%u, and this faultline reads %d.%d: emit it again",
			 half_at(p + 8), half_at(p + 12), FL_FLO_VERSION, FL_ABI_VERSION);
		return -EPROTONOSUPPORT;
	}
	if (word_at(p + 16) != r->len)
		return damaged(r, "%zu bytes, and it should be %llu", r->len,
			       (unsigned long long)word_at(p + 16));
	if (word_at(p + 24) != fl_checksum(0, p + FL_FLO_HEADER, r->len - FL_FLO_HEADER))
		return damaged(r, "the checksum differs");
	if (word_at(p + 32) != FL_FLO_NSECTIONS - 1 ||
	    (r->len - FL_FLO_HEADER) / FL_FLO_ENTRY < FL_FLO_NSECTIONS - 1)
		return damaged(r, "sections are missing");
	return 0;
}

static int read_table(struct reader *r)
{
	for (uint32_t i = 1; i < FL_FLO_NSECTIONS; i++) {
		const uint8_t *entry = r->data + FL_FLO_HEADER + (i - 1) * FL_FLO_ENTRY;
		const struct fl_flo_layout *l = &fl_flo_layouts[i];
		size_t unit = l->size ? l->nfields * FL_FLO_WORD : 1;
		uint64_t at = word_at(entry + 8), size = word_at(entry + 16);
		struct section *s = &r->sections[i];

		if (half_at(entry) != i)
			return damaged(r, "section %u is not where it should be", i);
		if (at > r->len || size > r->len - at)
			return damaged(r, "section %u is not inside the file", i);
		s->data = r->data + at;
		s->size = size;
		s->count = half_at(entry + 4);
		if (s->size != s->count * unit)
			return damaged(r, "section %u has another size than its records", i);
	}
	if (r->sections[FL_FLO_HEAD].count != 1)
		return damaged(r, "it has no head");
	return 0;
}

/* The object's own bytes, and room for its records. */
static int make_room(struct reader *r)
{
	struct section *strings = &r->sections[FL_FLO_STRINGS], *elf = &r->sections[FL_FLO_ELF];

	if (strings->size && strings->data[strings->size - 1])
		return damaged(r, "its last string has no end");
	r->strings = fl_arena_strndup(&r->arena, (const char *)strings->data, strings->size);
	for (size_t i = 1; i < FL_FLO_NSECTIONS; i++) {
		struct section *s = &r->sections[i];

		if (fl_flo_layouts[i].size)
			s->records = fl_arena_alloc(&r->arena, s->count * fl_flo_layouts[i].size);
	}
	r->obj = (struct fl_object *)r->sections[FL_FLO_HEAD].records;
	if (!elf->size)
		return damaged(r, "it has no programs");
	r->obj->elf = malloc(elf->size);
	if (!r->obj->elf)
		return -ENOMEM;
	memcpy(r->obj->elf, elf->data, elf->size);
	r->obj->elf_len = elf->size;
	return 0;
}

/* The next @n records of a section; NULL: there are fewer. */
static void *take(struct reader *r, unsigned int section, uint64_t n)
{
	struct section *s = &r->sections[section];
	char *first = s->records + s->used * fl_flo_layouts[section].size;

	if (n > s->count - s->used)
		return NULL;
	s->used += n;
	return first;
}

static bool is_index(const struct reader *r, const struct fl_flo_field *f, uint64_t word)
{
	return word < r->sections[f->arg].count;
}

/* One field from its word; false: no value of that field. */
static bool read_field(struct reader *r, const struct fl_flo_field *f, uint64_t word, char *record)
{
	char *at = record + f->off;

	switch (f->kind) {
	case FL_FLO_U64:
	case FL_FLO_SIZE:
		*(uint64_t *)at = word;
		return true;
	case FL_FLO_BOOL:
		*(bool *)at = word;
		return word <= 1;
	case FL_FLO_INDEX_OR:
		*(int *)at = (int)word;
		return word == UINT64_MAX || (is_index(r, f, word) && word <= INT32_MAX);
	case FL_FLO_STRING:
	case FL_FLO_STRING_OR:
		if (!word)
			return f->kind == FL_FLO_STRING_OR;
		if (word > r->sections[FL_FLO_STRINGS].size)
			return false;
		*(const char **)at = r->strings + (word - 1);
		return true;
	case FL_FLO_MANY:
		*(size_t *)(record + f->count) = word;
		*(void **)at = take(r, f->arg, word);
		return *(void **)at != NULL;
	case FL_FLO_ONE_OR:
		if (!word)
			return true;
		/* fall through */
	case FL_FLO_ONE:
		*(void **)at = take(r, f->arg, 1);
		return word == 1 && *(void **)at;
	default:
		*(uint32_t *)at = (uint32_t)word;
		return f->kind == FL_FLO_ENUM	 ? word < f->arg
		       : f->kind == FL_FLO_INDEX ? is_index(r, f, word)
						 : word <= UINT32_MAX;
	}
}

static int read_records(struct reader *r, unsigned int section)
{
	const struct fl_flo_layout *l = &fl_flo_layouts[section];
	const struct section *s = &r->sections[section];
	const uint8_t *p = s->data;

	for (size_t i = 0; i < s->count; i++) {
		for (size_t j = 0; j < l->nfields; j++, p += FL_FLO_WORD) {
			if (!read_field(r, &l->fields[j], word_at(p), s->records + i * l->size))
				return damaged(r, "section %u, record %zu, field %zu", section, i,
					       j);
		}
	}
	return 0;
}

static int read_sections(struct reader *r)
{
	int err = 0;

	for (unsigned int i = 1; i < FL_FLO_NSECTIONS && !err; i++) {
		const struct fl_flo_layout *l = &fl_flo_layouts[i];

		if (l->is_top) {
			*(void **)((char *)r->obj + l->list) = r->sections[i].records;
			*(size_t *)((char *)r->obj + l->count) = r->sections[i].count;
			r->sections[i].used = r->sections[i].count;
		}
		err = read_records(r, i);
	}
	r->sections[FL_FLO_HEAD].used = 1;
	for (unsigned int i = 1; i < FL_FLO_NSECTIONS && !err; i++) {
		if (fl_flo_layouts[i].size && r->sections[i].used != r->sections[i].count)
			err = damaged(r, "section %u has records that belong to none", i);
	}
	return err;
}

static int read_all(struct reader *r)
{
	const char *problem;
	int err;

	if (setjmp(r->on_oom))
		return -ENOMEM;
	err = read_header(r);
	if (!err)
		err = read_table(r);
	if (!err)
		err = make_room(r);
	if (!err)
		err = read_sections(r);
	if (err)
		return err;
	problem = fl_flo_problem(r->obj);
	return problem ? damaged(r, "%s", problem) : 0;
}

int fl_flo_read(const void *data, size_t len, struct fl_object **out, char why[FL_FLO_WHY])
{
	struct reader r = { .data = data, .len = len, .why = why };
	int err;

	*out = NULL;
	*why = '\0';
	fl_arena_init(&r.arena, &r.on_oom);
	err = read_all(&r);
	if (!err) {
		r.obj->memory = r.arena.blocks;
		*out = r.obj;
		return 0;
	}
	if (r.obj)
		free(r.obj->elf);
	fl_arena_release(&r.arena);
	return err;
}
