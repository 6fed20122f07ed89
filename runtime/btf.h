/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btf.h - a lazy reader of BTF. Internal to
 * runtime/.
 *
 * To look one function up in 130,000 types, libbpf first parses and checks
 * them all. Here a file is read once; the first question costs one pass that
 * notes where each type starts, and nothing else is touched. The format:
 * include/uapi/linux/btf.h and Documentation/bpf/btf.rst. Files are not
 * trusted: every offset, id and count is checked where it is used.
 */
#ifndef FL_BTF_H
#define FL_BTF_H

#include <linux/btf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fl_btf {
	const struct fl_btf *base; /* of a module: vmlinux; else NULL */
	unsigned char *data;
	size_t size;
	size_t mapped;
	const unsigned char *types;
	uint32_t types_len;
	const char *strings;
	uint32_t strings_len;
	uint32_t *offsets; /* of each type of this file's own */
	uint32_t ntypes;   /* of this file's own */
	/* for fl_btf_find_func() after several lookups: ids by hash of name */
	uint32_t *funcs;
	uint32_t nslots; /* a power of 2 */
	unsigned int asked;
};

/*
 * Read a file; @base, which must outlive @b, for a module's. 0; -errno of the
 * file; -EBADMSG when it is not valid BTF.
 */
int fl_btf_open(struct fl_btf *b, const char *path, const struct fl_btf *base);
/* The same from memory, which is copied. */
int fl_btf_open_memory(struct fl_btf *b, const void *data, size_t size, const struct fl_btf *base);
void fl_btf_close(struct fl_btf *b);

/* The lowest id that is in this file and not in its base. */
uint32_t fl_btf_first_id(const struct fl_btf *b);

/* NULL for an id that does not exist; void (id 0) has no record either. */
const struct btf_type *fl_btf_type(const struct fl_btf *b, uint32_t id);
/* Never NULL: "" for an offset outside. */
const char *fl_btf_string(const struct fl_btf *b, uint32_t offset);

/* The first type of that kind and name in this file (not its base), or 0. */
uint32_t fl_btf_find(const struct fl_btf *b, const char *name, uint32_t kind);

/*
 * The same for functions, by the name alone. The first few questions are
 * searched for; then an index is made, in one pass, and the rest costs next
 * to nothing.
 */
uint32_t fl_btf_find_func(struct fl_btf *b, const char *name);

/* The first constant of that name of any enum in this file. */
bool fl_btf_find_enumerator(const struct fl_btf *b, const char *name, int64_t *out);

/* Follow typedefs and qualifiers; 0 for void and for chains that do not end. */
uint32_t fl_btf_skip(const struct fl_btf *b, uint32_t id);

#endif /* FL_BTF_H */
