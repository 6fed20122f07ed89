/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fl_abi.h"
#include "flo_impl.h"

struct bytes {
	uint8_t *data;
	size_t len;
	size_t cap;
};

struct writer {
	struct bytes sections[FL_FLO_NSECTIONS];
	uint32_t counts[FL_FLO_NSECTIONS];
	bool no_memory;
};

static void add(struct writer *w, struct bytes *b, const void *data, size_t len)
{
	if (b->cap - b->len < len) {
		size_t cap = (b->len + len) * 2;
		uint8_t *more = realloc(b->data, cap);

		if (!more) {
			w->no_memory = true;
			return;
		}
		b->data = more;
		b->cap = cap;
	}
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
}

static void add_word(struct writer *w, struct bytes *b, uint64_t value)
{
	const uint64_t word = htole64(value);

	add(w, b, &word, sizeof(word));
}

static uint64_t add_string(struct writer *w, const char *text)
{
	struct bytes *b = &w->sections[FL_FLO_STRINGS];
	uint64_t at = b->len + 1;

	if (!text)
		return 0;
	add(w, b, text, strlen(text) + 1);
	w->counts[FL_FLO_STRINGS] = (uint32_t)b->len;
	return at;
}

static void add_records(struct writer *w, unsigned int section, const void *records, size_t n);

/* The word of one field; what the field points to becomes records of its own. */
static uint64_t word_of(struct writer *w, const struct fl_flo_field *f, const char *record)
{
	const char *at = record + f->off;
	size_t n = 1;

	switch (f->kind) {
	case FL_FLO_U64:
	case FL_FLO_SIZE:
		return *(const uint64_t *)at;
	case FL_FLO_BOOL:
		return *(const bool *)at;
	case FL_FLO_INDEX_OR:
		return (uint64_t)(int64_t) * (const int *)at;
	case FL_FLO_STRING:
	case FL_FLO_STRING_OR:
		return add_string(w, *(const char *const *)at);
	case FL_FLO_MANY:
		n = *(const size_t *)(record + f->count);
		/* fall through */
	case FL_FLO_ONE:
	case FL_FLO_ONE_OR:
		n = f->kind != FL_FLO_MANY ? *(const void *const *)at != NULL : n;
		add_records(w, f->arg, *(const void *const *)at, n);
		return n;
	default:
		return *(const uint32_t *)at;
	}
}

/* No kind of record owns another of its own kind, so that this ends. */
static void add_records(struct writer *w, unsigned int section, const void *records, size_t n)
{
	const struct fl_flo_layout *l = &fl_flo_layouts[section];

	for (size_t i = 0; i < n; i++) {
		const char *record = (const char *)records + i * l->size;

		for (size_t j = 0; j < l->nfields; j++)
			add_word(w, &w->sections[section], word_of(w, &l->fields[j], record));
	}
	w->counts[section] += (uint32_t)n;
}

static void add_object(struct writer *w, const struct fl_object *obj)
{
	add_records(w, FL_FLO_HEAD, obj, 1);
	for (unsigned int i = 0; i < FL_FLO_NSECTIONS; i++) {
		const struct fl_flo_layout *l = &fl_flo_layouts[i];
		const char *base = (const char *)obj;

		if (l->is_top)
			add_records(w, i, *(const void *const *)(base + l->list),
				    *(const size_t *)(base + l->count));
	}
	add(w, &w->sections[FL_FLO_ELF], obj->elf, obj->elf_len);
	w->counts[FL_FLO_ELF] = (uint32_t)obj->elf_len;
}

/*
 * The table of sections, and the sections after it; every section begins at a
 * word.
 */
static void join(struct writer *w, struct bytes *out)
{
	static const uint8_t zero[FL_FLO_WORD];
	size_t at = FL_FLO_HEADER + (FL_FLO_NSECTIONS - 1) * FL_FLO_ENTRY;

	for (unsigned int i = 1; i < FL_FLO_NSECTIONS; i++) {
		struct bytes *b = &w->sections[i];
		const uint32_t entry[] = { htole32(i), htole32(w->counts[i]) };

		add(w, out, entry, sizeof(entry));
		add_word(w, out, at);
		add_word(w, out, b->len);
		add(w, b, zero, -b->len % FL_FLO_WORD);
		at += b->len;
	}
	for (unsigned int i = 1; i < FL_FLO_NSECTIONS; i++)
		add(w, out, w->sections[i].data, w->sections[i].len);
}

static void fill_header(struct bytes *out)
{
	const uint32_t versions[] = { htole32(FL_FLO_VERSION), htole32(FL_ABI_VERSION) };
	const uint64_t numbers[] = {
		htole64(out->len),
		htole64(fl_checksum(0, out->data + FL_FLO_HEADER, out->len - FL_FLO_HEADER)),
		htole64(FL_FLO_NSECTIONS - 1),
	};

	memcpy(out->data, FL_FLO_MAGIC, FL_FLO_WORD);
	memcpy(out->data + FL_FLO_WORD, versions, sizeof(versions));
	memcpy(out->data + 2 * FL_FLO_WORD, numbers, sizeof(numbers));
}

int fl_flo_write(const struct fl_object *obj, void **data, size_t *len)
{
	static const uint8_t header[FL_FLO_HEADER];
	struct writer w = { .no_memory = false };
	struct bytes out = { .data = NULL };

	if (!obj->elf || !obj->build_id || obj->nwaits)
		return -EINVAL;
	add_object(&w, obj);
	add(&w, &out, header, sizeof(header));
	join(&w, &out);
	for (size_t i = 0; i < FL_FLO_NSECTIONS; i++)
		free(w.sections[i].data);
	if (w.no_memory) {
		free(out.data);
		return -ENOMEM;
	}
	fill_header(&out);
	*data = out.data;
	*len = out.len;
	return 0;
}
