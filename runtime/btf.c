/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "btf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

#define MAX_BTF_SIZE ((size_t)256 << 20)
#define MAX_CHAIN 64 /* typedefs of typedefs: the kernel has under 10 */
/* A search takes about a fifth of the time in which the index is made. */
#define SEARCHES_BEFORE_INDEX 4

/* Kinds that older headers lack. */
#define KIND_DECL_TAG 17
#define KIND_TYPE_TAG 18
#define KIND_ENUM64 19

/*
 * Pages of the file, or new ones for -1; all at once, because to fault them
 * in one by one takes longer than to read. The kernel's BTF can be mapped
 * since 6.16 (a539e2a6d51d); read, it comes in pieces of a page.
 */
static void *map(int fd, size_t size)
{
	int flags = MAP_PRIVATE | MAP_POPULATE | (fd < 0 ? MAP_ANONYMOUS : 0);
	void *p = mmap(NULL, size, PROT_READ | (fd < 0 ? PROT_WRITE : 0), flags, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int read_file(const char *path, unsigned char **data, size_t *size, size_t *mapped)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	struct stat st;
	bool is_mapped = false;

	if (fd < 0)
		return -errno;
	*data = NULL;
	if (fstat(fd, &st))
		err = -errno;
	else if (st.st_size <= 0 || (size_t)st.st_size > MAX_BTF_SIZE)
		err = -EBADMSG;
	*mapped = (size_t)st.st_size;
	if (!err && (*data = map(fd, *mapped)))
		is_mapped = true;
	else if (!err && !(*data = map(-1, *mapped)))
		err = -ENOMEM;
	if (!err && !is_mapped)
		err = fl_read_all(fd, *data, *mapped);
	close(fd);
	if (err && *data) {
		munmap(*data, *mapped);
		*data = NULL;
	}
	*size = *mapped;
	return err;
}

/* How many bytes a type takes, its list included; 0 for an unknown kind. */
static size_t type_size(const struct btf_type *t)
{
	size_t n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case KIND_TYPE_TAG:
		return sizeof(*t);
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case KIND_DECL_TAG:
		return sizeof(*t) + sizeof(uint32_t);
	case BTF_KIND_ARRAY:
		return sizeof(*t) + sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return sizeof(*t) + n * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return sizeof(*t) + n * sizeof(struct btf_enum);
	case KIND_ENUM64:
		return sizeof(*t) + n * 3 * sizeof(uint32_t);
	case BTF_KIND_FUNC_PROTO:
		return sizeof(*t) + n * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return sizeof(*t) + n * sizeof(struct btf_var_secinfo);
	default:
		return 0;
	}
}

/* Note where every type starts, or say where the file makes no sense. */
static int index_types(struct fl_btf *b)
{
	/* no type is smaller than 12 bytes */
	uint32_t most = b->types_len / sizeof(struct btf_type), at = 0, n = 0;

	b->offsets = malloc(((size_t)most + 1) * sizeof(b->offsets[0]));
	if (!b->offsets)
		return -ENOMEM;
	while (at < b->types_len) {
		const struct btf_type *t = (const struct btf_type *)(b->types + at);
		size_t size;

		if (b->types_len - at < sizeof(*t))
			return -EBADMSG;
		size = type_size(t);
		if (!size || size > b->types_len - at)
			return -EBADMSG;
		b->offsets[n++] = at;
		at += (uint32_t)size;
	}
	b->ntypes = n;
	return 0;
}

static int check_header(struct fl_btf *b)
{
	const struct btf_header *h = (const struct btf_header *)b->data;
	size_t rest;

	if (b->size < sizeof(*h) || h->magic != BTF_MAGIC || h->version != BTF_VERSION ||
	    h->hdr_len < sizeof(*h) || h->hdr_len > b->size || h->hdr_len % 4)
		return -EBADMSG;
	rest = b->size - h->hdr_len;
	if (h->type_off > rest || h->type_len > rest - h->type_off || h->type_off % 4 ||
	    h->str_off > rest || h->str_len > rest - h->str_off || !h->str_len)
		return -EBADMSG;
	b->types = b->data + h->hdr_len + h->type_off;
	b->types_len = h->type_len;
	b->strings = (const char *)b->data + h->hdr_len + h->str_off;
	b->strings_len = h->str_len;
	/* so that every string ends inside */
	return b->strings[b->strings_len - 1] ? -EBADMSG : 0;
}

static int check(struct fl_btf *b)
{
	int err = check_header(b);

	if (!err)
		err = index_types(b);
	if (err)
		fl_btf_close(b);
	return err;
}

int fl_btf_open(struct fl_btf *b, const char *path, const struct fl_btf *base)
{
	int err;

	memset(b, 0, sizeof(*b));
	b->base = base;
	err = read_file(path, &b->data, &b->size, &b->mapped);
	return err ? err : check(b);
}

int fl_btf_open_memory(struct fl_btf *b, const void *data, size_t size, const struct fl_btf *base)
{
	memset(b, 0, sizeof(*b));
	b->base = base;
	if (!size || size > MAX_BTF_SIZE)
		return -EBADMSG;
	b->data = map(-1, size);
	if (!b->data)
		return -ENOMEM;
	memcpy(b->data, data, size);
	b->size = b->mapped = size;
	return check(b);
}

void fl_btf_close(struct fl_btf *b)
{
	if (b->data)
		munmap(b->data, b->mapped);
	free(b->offsets);
	free(b->funcs);
	memset(b, 0, sizeof(*b));
}

uint32_t fl_btf_first_id(const struct fl_btf *b)
{
	return b->base ? b->base->ntypes + 1 : 1;
}

const struct btf_type *fl_btf_type(const struct fl_btf *b, uint32_t id)
{
	uint32_t first = fl_btf_first_id(b);

	if (id < first)
		return b->base ? fl_btf_type(b->base, id) : NULL;
	if (id - first >= b->ntypes)
		return NULL;
	return (const struct btf_type *)(b->types + b->offsets[id - first]);
}

const char *fl_btf_string(const struct fl_btf *b, uint32_t offset)
{
	if (b->base) {
		if (offset < b->base->strings_len)
			return fl_btf_string(b->base, offset);
		offset -= b->base->strings_len;
	}
	return offset < b->strings_len ? b->strings + offset : "";
}

/* Offset of a whole string in the file's own section; 0: not found. */
static uint32_t find_string(const struct fl_btf *b, const char *name)
{
	size_t len = strlen(name) + 1;
	const char *p = b->strings, *end = b->strings + b->strings_len;

	if (len < 2)
		return 0;
	while ((p = memmem(p, (size_t)(end - p), name, len))) {
		if (p > b->strings ? !p[-1] : b->base != NULL)
			return (uint32_t)(p - b->strings) + (b->base ? b->base->strings_len : 0);
		p++;
	}
	return 0;
}

uint32_t fl_btf_find(const struct fl_btf *b, const char *name, uint32_t kind)
{
	/* a module's strings leave out those that vmlinux has */
	uint32_t own = find_string(b, name);
	uint32_t base = b->base ? find_string(b->base, name) : 0;

	if (!own && !base)
		return 0;
	for (uint32_t i = 0; i < b->ntypes; i++) {
		const struct btf_type *t = (const struct btf_type *)(b->types + b->offsets[i]);

		if (t->name_off && (t->name_off == own || t->name_off == base) &&
		    BTF_INFO_KIND(t->info) == kind)
			return fl_btf_first_id(b) + i;
	}
	return 0;
}

/* FNV-1a */
static uint32_t hash(const char *name)
{
	uint32_t h = 2166136261U;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619U;
	return h;
}

/* The slot where @name is, or where it would go. */
static uint32_t *slot_of(const struct fl_btf *b, const char *name)
{
	uint32_t mask = b->nslots - 1, i = hash(name) & mask;

	for (; b->funcs[i]; i = (i + 1) & mask) {
		const struct btf_type *t = fl_btf_type(b, b->funcs[i]);

		if (!strcmp(fl_btf_string(b, t->name_off), name))
			break;
	}
	return &b->funcs[i];
}

static bool is_func(const struct fl_btf *b, uint32_t i)
{
	const struct btf_type *t = (const struct btf_type *)(b->types + b->offsets[i]);

	return BTF_INFO_KIND(t->info) == BTF_KIND_FUNC;
}

static void index_funcs(struct fl_btf *b)
{
	uint32_t first = fl_btf_first_id(b), n = 0;

	for (uint32_t i = 0; i < b->ntypes; i++)
		n += is_func(b, i);
	/* at most half full, so that a search ends */
	for (b->nslots = 16; b->nslots < 2 * (uint64_t)n; b->nslots *= 2)
		;
	b->funcs = calloc(b->nslots, sizeof(b->funcs[0]));
	for (uint32_t i = 0; b->funcs && i < b->ntypes; i++) {
		uint32_t *slot;

		if (!is_func(b, i))
			continue;
		slot = slot_of(b, fl_btf_string(b, fl_btf_type(b, first + i)->name_off));
		if (!*slot)
			*slot = first + i;
	}
}

uint32_t fl_btf_find_func(struct fl_btf *b, const char *name)
{
	if (!b->funcs && b->asked++ == SEARCHES_BEFORE_INDEX)
		index_funcs(b);
	return b->funcs ? *slot_of(b, name) : fl_btf_find(b, name, BTF_KIND_FUNC);
}

/* Is one of the names at @names, @step words apart, ours? Its index, or -1. */
static int find_name(const uint32_t *names, uint32_t n, uint32_t step, uint32_t own, uint32_t base)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t off = names[i * step];

		if (off && (off == own || off == base))
			return (int)i;
	}
	return -1;
}

bool fl_btf_find_enumerator(const struct fl_btf *b, const char *name, int64_t *out)
{
	uint32_t own = find_string(b, name);
	uint32_t base = b->base ? find_string(b->base, name) : 0;

	for (uint32_t i = 0; (own || base) && i < b->ntypes; i++) {
		const struct btf_type *t = (const struct btf_type *)(b->types + b->offsets[i]);
		const uint32_t *list = (const uint32_t *)(t + 1);
		uint32_t n = BTF_INFO_VLEN(t->info), kind = BTF_INFO_KIND(t->info);
		int at;

		if (kind != BTF_KIND_ENUM && kind != KIND_ENUM64)
			continue;
		at = find_name(list, n, kind == BTF_KIND_ENUM ? 2 : 3, own, base);
		if (at < 0)
			continue;
		if (kind == KIND_ENUM64)
			*out = (int64_t)((uint64_t)list[at * 3 + 2] << 32 | list[at * 3 + 1]);
		else if (BTF_INFO_KFLAG(t->info))
			*out = (int32_t)list[at * 2 + 1];
		else
			*out = list[at * 2 + 1];
		return true;
	}
	return false;
}

uint32_t fl_btf_skip(const struct fl_btf *b, uint32_t id)
{
	for (int i = 0; i < MAX_CHAIN; i++) {
		const struct btf_type *t = fl_btf_type(b, id);

		if (!t)
			return 0;
		switch (BTF_INFO_KIND(t->info)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case KIND_TYPE_TAG:
			id = t->type;
			break;
		default:
			return id;
		}
	}
	return 0;
}
