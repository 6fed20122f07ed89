/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "machine.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>

#include "root.h"

/* Tests of what uses it are pointless without it. */
#define must(condition) assert_true(condition)

void machine_btf(const char *path, struct btf *btf)
{
	__u32 size;
	const void *raw = btf__raw_data(btf, &size);

	must(raw);
	root_write(path, raw, size);
	btf__free(btf);
}

int machine_func(struct btf *btf, const char *name, int ret)
{
	int type = btf__find_by_name_kind(btf, "int", BTF_KIND_INT), proto, func;

	must(type > 0);
	proto = btf__add_func_proto(btf, ret < 0 ? type : ret);
	must(proto > 0 && !btf__add_func_param(btf, "a", type));
	func = btf__add_func(btf, name, BTF_FUNC_GLOBAL, proto);
	must(func > 0);
	return func;
}

/*
 * vmlinux: vfs_read (int), nothing (void), find_it (pointer), is_it (bool),
 * listed (int, on the list), hidden (on the list, notrace), twice (on the
 * list, two symbols, in vmlinux and in module wifi), gone.isra.0 without a
 * gone, security_open (int), security_free (void).
 */
static void write_vmlinux(void)
{
	struct btf *btf = btf__new_empty();
	int type, pointer, truth;

	must(btf);
	type = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	pointer = btf__add_ptr(btf, 0);
	truth = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
	must(type > 0 && pointer > 0 && truth > 0);
	machine_func(btf, "vfs_read", -1);
	machine_func(btf, "nothing", 0);
	machine_func(btf, "find_it", pointer);
	machine_func(btf, "is_it", truth);
	machine_func(btf, "listed", -1);
	machine_func(btf, "hidden", -1);
	machine_func(btf, "twice", -1);
	machine_func(btf, "null_only", pointer);
	machine_func(btf, "security_open", -1);
	machine_func(btf, "security_free", 0);
	machine_btf("sys/kernel/btf/vmlinux", btf);
}

const char *machine_make(void)
{
	const char *root = root_make();

	write_vmlinux();
	root_puts("proc/sys/kernel/osrelease", "9.9-test\n");
	root_puts("sys/devices/system/cpu/possible", "0-1\n");
	root_puts("sys/module/wifi/refcnt", "0\n");
	root_puts("sys/kernel/debug/error_injection/list", "listed+0x0/0x10\tERRNO\n"
							   "hidden+0x0/0x10\tERRNO\n"
							   "not_in_btf+0x0/0x10\tERRNO\n"
							   "null_only+0x0/0x10\tNULL\n"
							   "twice+0x0/0x10\tERRNO\n"
							   "twice+0x0/0x10 [wifi]\tERRNO\n"
							   "wifi_send+0x0/0x10 [wifi]\tTRUE\n");
	root_puts("sys/kernel/tracing/available_filter_functions",
		  "vfs_read\nnothing\nfind_it\nis_it\nlisted\nnot_in_btf\nnull_only\ntwice\n"
		  "security_open\nsecurity_free\n__ftrace_invalid_address___16\ngone.isra.0\n"
		  "twice [wifi]\nwifi_send [wifi]\nwifi_stop [wifi]\n");
	root_puts("proc/kallsyms", "0000000000000000 A fixed_percpu_data\n"
				   "ffffffff81000000 T _text\n"
				   "ffffffff81000000 T _stext\n"
				   "ffffffff81000100 T vfs_read\n"
				   "ffffffff81000200 t nothing\n"
				   "ffffffff81000300 T find_it\n"
				   "ffffffff81000400 T is_it\n"
				   "ffffffff81000500 t listed\n"
				   "ffffffff81000600 t hidden\n"
				   "ffffffff81000700 t not_in_btf\n"
				   "ffffffff81000740 t null_only\n"
				   "ffffffff81000780 t twice\n"
				   "ffffffff81000800 t gone.isra.0\n"
				   "ffffffff81000900 T security_open\n"
				   "ffffffff81000a00 T security_free\n"
				   "ffffffff81000b00 t listed.cold\n"
				   "ffffffff81000b40 D some_data\n"
				   "ffffffff82000000 r __ksymtab_vfs_read\n"
				   "ffffffffc0001100 t wifi_stop\t[wifi]\n"
				   "ffffffffc0001000 t wifi_send\t[wifi]\n"
				   "ffffffffc0001040 t twice\t[wifi]\n");
	return root;
}

/* --- modules ------------------------------------------------------------------ */

/* Sections, in the order of their headers. */
enum {
	S_NULL,
	S_TEXT,
	S_LIST,
	S_RELA,
	S_SYMTAB,
	S_STRTAB,
	S_SHSTRTAB,
	S_MODINFO,
	S_THIS,
	S_BTF,
	S_BASE,
	S_COUNT
};

static const char *const section_names[S_COUNT] = {
	"",
	".text",
	"_error_injection_whitelist",
	".rela_error_injection_whitelist",
	".symtab",
	".strtab",
	".shstrtab",
	".modinfo",
	".gnu.linkonce.this_module",
	".BTF",
	".BTF.base",
};

struct image {
	unsigned char *data;
	size_t len;
	Elf64_Shdr sh[S_COUNT];
};

static size_t append(struct image *im, const void *data, size_t len)
{
	size_t at = (im->len + 15) / 16 * 16;

	im->data = realloc(im->data, at + len + 16);
	must(im->data);
	memset(im->data + im->len, 0, at - im->len);
	if (len)
		memcpy(im->data + at, data, len);
	im->len = at + len;
	return at;
}

static void section(struct image *im, int s, Elf64_Word type, const void *data, size_t len)
{
	im->sh[s].sh_type = type;
	im->sh[s].sh_offset = append(im, data, len);
	im->sh[s].sh_size = len;
	im->sh[s].sh_addralign = 1;
}

static void write_list(struct image *im, const struct machine_module *m)
{
	unsigned char *list = calloc(m->nentries + 1, 16);
	Elf64_Rela *rela = calloc(m->nentries + 1, sizeof(*rela));

	must(list && rela);
	for (size_t i = 0; i < m->nentries; i++) {
		const struct machine_entry *e = &m->entries[i];

		memcpy(list + i * 16 + 8, &e->etype, 4);
		rela[i].r_offset = i * 16;
		if (m->bad_reloc && i + 1 == m->nentries)
			rela[i].r_offset = m->nentries * 16;
		/* symbol 1 is that of .text */
		rela[i].r_info = ELF64_R_INFO(e->by_section ? 1 : 2 + i, R_X86_64_64);
		rela[i].r_addend = e->by_section ? (Elf64_Sxword)(i * 16) : 0;
	}
	section(im, S_LIST, SHT_PROGBITS, list, m->nentries * 16);
	section(im, S_RELA, SHT_RELA, rela, m->nentries * sizeof(*rela));
	im->sh[S_RELA].sh_entsize = sizeof(*rela);
	im->sh[S_RELA].sh_link = S_SYMTAB;
	im->sh[S_RELA].sh_info = S_LIST;
	free(list);
	free(rela);
}

static void write_symbols(struct image *im, const struct machine_module *m)
{
	Elf64_Sym *syms = calloc(m->nentries + 2, sizeof(*syms));
	char names[1024] = "";
	size_t len = 1;

	must(syms);
	syms[1].st_info = ELF64_ST_INFO(STB_LOCAL, STT_SECTION);
	syms[1].st_shndx = S_TEXT;
	for (size_t i = 0; i < m->nentries; i++) {
		Elf64_Sym *sym = &syms[2 + i];

		sym->st_name = (Elf64_Word)len;
		sym->st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
		sym->st_shndx = S_TEXT;
		sym->st_value = i * 16;
		sym->st_size = 16;
		must(len + strlen(m->entries[i].name) + 1 < sizeof(names));
		memcpy(names + len, m->entries[i].name, strlen(m->entries[i].name) + 1);
		len += strlen(m->entries[i].name) + 1;
	}
	section(im, S_SYMTAB, SHT_SYMTAB, syms, (m->nentries + 2) * sizeof(*syms));
	im->sh[S_SYMTAB].sh_entsize = sizeof(*syms);
	im->sh[S_SYMTAB].sh_link = S_STRTAB;
	im->sh[S_SYMTAB].sh_info = 2;
	section(im, S_STRTAB, SHT_STRTAB, names, len);
	free(syms);
}

static void write_modinfo(struct image *im, const struct machine_module *m)
{
	char text[256];
	size_t len;

	len = (size_t)snprintf(text, sizeof(text), "license=GPL%cvermagic=%s SMP %c", 0,
			       m->vermagic ? m->vermagic : "", 0);
	if (m->name)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "name=%s%c", m->name, 0);
	section(im, S_MODINFO, SHT_PROGBITS, text, len);
}

/* Names of sections, and headers of those that are there. */
static void write_headers(struct image *im)
{
	Elf64_Ehdr head = { .e_type = ET_REL,
			    .e_machine = EM_X86_64,
			    .e_version = EV_CURRENT,
			    .e_ehsize = sizeof(head),
			    .e_shentsize = sizeof(Elf64_Shdr),
			    .e_shnum = S_COUNT,
			    .e_shstrndx = S_SHSTRTAB };
	char names[512] = "";
	size_t len = 1;

	memcpy(head.e_ident, ELFMAG, SELFMAG);
	head.e_ident[EI_CLASS] = ELFCLASS64;
	head.e_ident[EI_DATA] = ELFDATA2LSB;
	head.e_ident[EI_VERSION] = EV_CURRENT;
	for (int s = 1; s < S_COUNT; s++) {
		/* what is left out has no name either */
		if (s != S_SHSTRTAB && im->sh[s].sh_type == SHT_NULL)
			continue;
		im->sh[s].sh_name = (Elf64_Word)len;
		memcpy(names + len, section_names[s], strlen(section_names[s]) + 1);
		len += strlen(section_names[s]) + 1;
	}
	section(im, S_SHSTRTAB, SHT_STRTAB, names, len);
	head.e_shoff = append(im, im->sh, sizeof(im->sh));
	memcpy(im->data, &head, sizeof(head));
}

void *machine_module(const struct machine_module *m, size_t *len)
{
	static const unsigned char text[512];
	struct image im = { 0 };

	append(&im, text, sizeof(Elf64_Ehdr)); /* a place for it */
	section(&im, S_TEXT, SHT_PROGBITS, text, sizeof(text));
	if (!m->no_list)
		write_list(&im, m);
	write_symbols(&im, m);
	write_modinfo(&im, m);
	if (!m->no_module)
		section(&im, S_THIS, SHT_PROGBITS, text, 64);
	if (m->btf)
		section(&im, S_BTF, SHT_PROGBITS, m->btf, m->btf_len);
	if (m->btf_base)
		section(&im, S_BASE, SHT_PROGBITS, m->btf_base, m->btf_base_len);
	write_headers(&im);
	*len = im.len;
	return im.data;
}
