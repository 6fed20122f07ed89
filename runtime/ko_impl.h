/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ko_impl.h - a module's file as ko.c and ko_text.c see it. Internal to them. */
#ifndef FL_KO_IMPL_H
#define FL_KO_IMPL_H

#include <gelf.h>

#include "btf.h"
#include "ko.h"

struct fl_ko_file {
	unsigned char *data;
	size_t len;
	Elf *elf;
	GElf_Ehdr head;
	/* NULL where the module has none */
	Elf_Scn *symbols;
	Elf_Scn *list;
	Elf_Scn *list_rela;
	Elf_Scn *btf;
	Elf_Scn *btf_base;
	Elf_Scn *modinfo;
	size_t list_index;
	size_t names; /* section with the symbols' names */
	int *etypes;  /* of each of funcs, as the file has them */
	struct fl_btf kernel;
	struct fl_btf types;
	bool has_types;
};

#endif /* FL_KO_IMPL_H */
