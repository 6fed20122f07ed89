/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btf_build.h - BTF made by hand, a type at a time, for tests of its reader.
 * Ids are counted from 1 in the order of the calls.
 */
#ifndef BTF_BUILD_H
#define BTF_BUILD_H

#include <linux/btf.h>
#include <stdint.h>
#include <string.h>

struct btf_build {
	uint32_t base_ntypes; /* of the file that this one stands on */
	uint32_t base_strings;
	uint32_t ntypes;
	uint32_t types_len;
	uint32_t strings_len;
	unsigned char types[4096];
	char strings[4096];
	unsigned char file[8192 + sizeof(struct btf_header)];
	uint32_t file_len;
};

static inline void btf_build_init(struct btf_build *b, const struct btf_build *base)
{
	memset(b, 0, sizeof(*b));
	if (base) {
		b->base_ntypes = base->ntypes;
		b->base_strings = base->strings_len;
	} else {
		b->strings_len = 1; /* the empty string */
	}
}

static inline uint32_t btf_build_string(struct btf_build *b, const char *text)
{
	uint32_t off = b->base_strings + b->strings_len;

	if (!*text)
		return 0;
	memcpy(b->strings + b->strings_len, text, strlen(text) + 1);
	b->strings_len += (uint32_t)strlen(text) + 1;
	return off;
}

static inline void btf_build_bytes(struct btf_build *b, const void *data, uint32_t len)
{
	memcpy(b->types + b->types_len, data, len);
	b->types_len += len;
}

/* The head of a type; what its kind has behind it follows by btf_build_bytes(). */
static inline uint32_t btf_build_type(struct btf_build *b, const char *name, uint32_t kind,
				      uint32_t vlen, uint32_t size_or_type)
{
	const struct btf_type t = {
		.name_off = btf_build_string(b, name),
		.info = kind << 24 | vlen,
		.size = size_or_type,
	};

	btf_build_bytes(b, &t, sizeof(t));
	return b->base_ntypes + ++b->ntypes;
}

static inline uint32_t btf_build_int(struct btf_build *b, const char *name, uint32_t bytes,
				     uint32_t encoding)
{
	uint32_t id = btf_build_type(b, name, BTF_KIND_INT, 0, bytes);
	uint32_t more = encoding << 24 | bytes * 8;

	btf_build_bytes(b, &more, sizeof(more));
	return id;
}

static inline void btf_build_member(struct btf_build *b, const char *name, uint32_t type,
				    uint32_t offset)
{
	const struct btf_member m = { btf_build_string(b, name), type, offset };

	btf_build_bytes(b, &m, sizeof(m));
}

static inline void btf_build_param(struct btf_build *b, const char *name, uint32_t type)
{
	const struct btf_param p = { btf_build_string(b, name), type };

	btf_build_bytes(b, &p, sizeof(p));
}

static inline void btf_build_finish(struct btf_build *b)
{
	const struct btf_header h = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(h),
		.type_len = b->types_len,
		.str_off = b->types_len,
		.str_len = b->strings_len,
	};

	memcpy(b->file, &h, sizeof(h));
	memcpy(b->file + sizeof(h), b->types, b->types_len);
	memcpy(b->file + sizeof(h) + b->types_len, b->strings, b->strings_len);
	b->file_len = (uint32_t)sizeof(h) + b->types_len + b->strings_len;
}

#endif /* BTF_BUILD_H */
