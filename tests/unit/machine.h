/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine.h - a kernel made of a few files, and modules for it, for tests of what inspects them. */
#ifndef MACHINE_H
#define MACHINE_H

#include <bpf/btf.h>
#include <stddef.h>

/* Write BTF as the kernel does it, below the root of root.h; frees @btf. */
void machine_btf(const char *path, struct btf *btf);

/* "int NAME(int a)" or, for other kinds of @ret, "RET NAME(int a)". */
int machine_func(struct btf *btf, const char *name, int ret);

/* A new root with the kernel that most tests use, see machine.c; remove it by root_remove(). */
const char *machine_make(void);

/* One entry of a module's error injection list. */
struct machine_entry {
	const char *name;
	int etype;
	int by_section; /* relocated by its section and an offset, as static functions are */
};

struct machine_module {
	const char *name; /* NULL: none in .modinfo */
	const char *vermagic;
	const struct machine_entry *entries; /* all functions, in order of their addresses */
	size_t nentries;
	int no_list;	 /* leave the section out */
	int no_module;	 /* leave out what makes an object a module */
	int bad_reloc;	 /* the last relocation points outside of the list */
	const void *btf; /* .BTF, or NULL */
	size_t btf_len;
	const void *btf_base; /* .BTF.base, or NULL */
	size_t btf_base_len;
};

/* The bytes of such a module, yours to free. */
void *machine_module(const struct machine_module *m, size_t *len);

#endif /* MACHINE_H */
