/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inspect_fixture.h - a kernel made of a few files below a temporary root, for
 * test_inspect_*.c. Link inspect_fixture.c, fl_runtime, fl_front, libbpf (which
 * writes BTF), libelf (which writes modules) and cmocka.
 */
#ifndef INSPECT_FIXTURE_H
#define INSPECT_FIXTURE_H

#include <bpf/btf.h>
#include <stddef.h>

/* A new root; it is removed, with all that is in it, by fixture_remove(). */
char *fixture_new(void);
void fixture_remove(char *root);

/* Write a file below @root, directories included. */
void fixture_write(const char *root, const char *path, const void *data, size_t len);
void fixture_text(const char *root, const char *path, const char *text);

/* Write BTF as the file does it; frees @btf. */
void fixture_btf(const char *root, const char *path, struct btf *btf);

/* "int NAME(int a)" or, for other kinds of @ret, "RET NAME(int a)". */
int fixture_func(struct btf *btf, const char *name, int ret);

/* The kernel that most tests use: see inspect_fixture.c. */
char *fixture_kernel(void);

/* One entry of a module's error injection list. */
struct fixture_entry {
	const char *name;
	int etype;
	int by_section; /* relocated by its section and an offset, as static functions are */
};

struct fixture_module {
	const char *name; /* NULL: none in .modinfo */
	const char *vermagic;
	const struct fixture_entry *entries; /* all functions, in order of their addresses */
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
void *fixture_module(const struct fixture_module *m, size_t *len);

#endif /* INSPECT_FIXTURE_H */
