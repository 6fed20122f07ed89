/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ko_text.c - where the kernel puts a module's code.
 *
 * Sections that hold code come first, in the file's order, each aligned as it
 * asks: __layout_sections() in kernel/module/main.c. Which ones are freed
 * after the start goes by their names.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ko_impl.h"

struct layout {
	const struct fl_ko_file *file;
	bool init;
	uint64_t *starts; /* of each section; UINT64_MAX: elsewhere */
	size_t nsections;
};

static bool is_code(const GElf_Shdr *sh)
{
	return (sh->sh_flags & (SHF_EXECINSTR | SHF_ALLOC)) == (SHF_EXECINSTR | SHF_ALLOC);
}

static int lay_out(struct layout *l)
{
	uint64_t end = 0;
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	size_t names;

	if (elf_getshdrnum(l->file->elf, &l->nsections) || elf_getshdrstrndx(l->file->elf, &names))
		return -ENOENT;
	l->starts = malloc(l->nsections * sizeof(l->starts[0]));
	if (!l->starts)
		return -ENOMEM;
	memset(l->starts, 0xff, l->nsections * sizeof(l->starts[0]));
	while ((scn = elf_nextscn(l->file->elf, scn)) && gelf_getshdr(scn, &sh)) {
		const char *name = elf_strptr(l->file->elf, names, sh.sh_name);
		uint64_t align = sh.sh_addralign ? sh.sh_addralign : 1;

		if (!name || !is_code(&sh) || (strncmp(name, ".init", 5) == 0) != l->init)
			continue;
		end = (end + align - 1) / align * align;
		l->starts[elf_ndxscn(scn)] = end;
		end += sh.sh_size;
	}
	return 0;
}

static int by_offset(const void *left, const void *right)
{
	const struct fl_ko_symbol *a = left, *b = right;

	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int list_functions(const struct layout *l, struct fl_ko_symbol **out, size_t *n)
{
	Elf_Data *d = l->file->symbols ? elf_getdata(l->file->symbols, NULL) : NULL;
	struct fl_ko_symbol *list;
	GElf_Sym sym;

	if (!d)
		return -ENOENT;
	list = malloc((d->d_size / sizeof(Elf64_Sym) + 1) * sizeof(*list));
	if (!list)
		return -ENOMEM;
	for (int i = 0; gelf_getsym(d, i, &sym); i++) {
		const char *name = elf_strptr(l->file->elf, l->file->names, sym.st_name);

		if (GELF_ST_TYPE(sym.st_info) != STT_FUNC || sym.st_shndx >= l->nsections ||
		    l->starts[sym.st_shndx] == UINT64_MAX || !name)
			continue;
		list[*n].offset = l->starts[sym.st_shndx] + sym.st_value;
		list[(*n)++].name = name;
	}
	if (*n)
		qsort(list, *n, sizeof(*list), by_offset);
	*out = list;
	return 0;
}

int fl_ko_text(const struct fl_ko *ko, bool init, struct fl_ko_symbol **out, size_t *n)
{
	struct layout l = { .file = ko->file, .init = init };
	int err;

	*out = NULL;
	*n = 0;
	err = lay_out(&l);
	if (!err)
		err = list_functions(&l, out, n);
	free(l.starts);
	return err;
}
