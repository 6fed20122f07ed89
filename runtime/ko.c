/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ko.h"

#include <errno.h>
#include <gelf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "btf.h"
#include "file.h"
#include "proto.h"
#include "unpack.h"

#define MOST_MODULE ((size_t)512 << 20) /* with debug information, unpacked */

/* struct error_injection_entry on a 64-bit machine: an address, an int, a hole */
#define ENTRY_SIZE 16
#define ENTRY_TYPE 8 /* where the int is */

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

/* A section's bytes, all of which are in the file; NULL without. */
static const Elf_Data *bytes_of(Elf_Scn *scn)
{
	Elf_Data *d = scn ? elf_getdata(scn, NULL) : NULL;

	return d && d->d_buf && d->d_size ? d : NULL;
}

/* Note where the sections are; false when it is not a module. */
static bool find_sections(struct fl_ko_file *f)
{
	bool is_module = false;
	size_t names;
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	if (elf_getshdrstrndx(f->elf, &names))
		return false;
	while ((scn = elf_nextscn(f->elf, scn))) {
		const char *name;

		if (!gelf_getshdr(scn, &sh) || !(name = elf_strptr(f->elf, names, sh.sh_name)))
			return false;
		if (sh.sh_type == SHT_SYMTAB) {
			f->symbols = scn;
			f->names = sh.sh_link;
		} else if (!strcmp(name, "_error_injection_whitelist")) {
			f->list = scn;
			f->list_index = elf_ndxscn(scn);
		} else if (!strcmp(name, ".rela_error_injection_whitelist")) {
			f->list_rela = scn;
		} else if (!strcmp(name, ".BTF")) {
			f->btf = scn;
		} else if (!strcmp(name, ".BTF.base")) {
			f->btf_base = scn;
		} else if (!strcmp(name, ".modinfo")) {
			f->modinfo = scn;
		} else if (!strcmp(name, ".gnu.linkonce.this_module")) {
			is_module = true;
		}
	}
	return is_module;
}

/* The value of a "key=value" in .modinfo, or NULL. */
static const char *modinfo(const struct fl_ko_file *f, const char *key)
{
	const Elf_Data *d = bytes_of(f->modinfo);
	size_t len = strlen(key);
	const char *p, *end;

	if (!d || ((const char *)d->d_buf)[d->d_size - 1])
		return NULL;
	end = (const char *)d->d_buf + d->d_size;
	for (p = d->d_buf; p < end; p += strlen(p) + 1) {
		if (!strncmp(p, key, len) && p[len] == '=')
			return p + len + 1;
	}
	return NULL;
}

/* "mlx5-core.ko.xz" is the module mlx5_core. */
static void name_from_path(const char *path, char *out, size_t size)
{
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	snprintf(out, size, "%.*s", (int)strcspn(base, "."), base);
	for (; *out; out++) {
		if (*out == '-')
			*out = '_';
	}
}

static const char *symbol_name(const struct fl_ko_file *f, const GElf_Sym *sym)
{
	const char *name = elf_strptr(f->elf, f->names, sym->st_name);

	return name ? name : "";
}

/* The function that begins at @value of section @section. */
static const char *function_at(const struct fl_ko_file *f, GElf_Section section, GElf_Addr value)
{
	Elf_Data *d = elf_getdata(f->symbols, NULL);
	GElf_Sym sym;

	for (int i = 0; gelf_getsym(d, i, &sym); i++) {
		if (GELF_ST_TYPE(sym.st_info) == STT_FUNC && sym.st_shndx == section &&
		    sym.st_value == value)
			return symbol_name(f, &sym);
	}
	return NULL;
}

/*
 * What a relocation points to. The address in an entry is 0 in the file; a
 * relocation names the function, or its section and how far into it.
 */
static const char *relocated(const struct fl_ko_file *f, const GElf_Rela *rela)
{
	Elf_Data *d = elf_getdata(f->symbols, NULL);
	GElf_Sym sym;

	if (!d || !gelf_getsym(d, (int)GELF_R_SYM(rela->r_info), &sym))
		return NULL;
	if (GELF_ST_TYPE(sym.st_info) == STT_SECTION)
		return function_at(f, sym.st_shndx, (GElf_Addr)rela->r_addend);
	return rela->r_addend ? NULL : symbol_name(f, &sym);
}

static int read_etype(const Elf_Data *list, size_t entry)
{
	int etype;

	memcpy(&etype, (const char *)list->d_buf + entry * ENTRY_SIZE + ENTRY_TYPE, sizeof(etype));
	return etype;
}

static int read_list(struct fl_ko *ko)
{
	struct fl_ko_file *f = ko->file;
	const Elf_Data *list = bytes_of(f->list);
	Elf_Data *relas = f->list_rela ? elf_getdata(f->list_rela, NULL) : NULL;
	size_t n = list ? list->d_size / ENTRY_SIZE : 0;
	GElf_Rela rela;

	ko->has_list = f->list != NULL;
	if (!n)
		return 0;
	if (!relas || !f->symbols || !elf_getdata(f->symbols, NULL) || list->d_size % ENTRY_SIZE)
		return -EBADMSG;
	ko->funcs = calloc(n, sizeof(ko->funcs[0]));
	f->etypes = calloc(n, sizeof(f->etypes[0]));
	if (!ko->funcs || !f->etypes)
		return -ENOMEM;
	for (int i = 0; ko->nfuncs < n && gelf_getrela(relas, i, &rela); i++) {
		const char *name = relocated(f, &rela);

		if (!name || rela.r_offset % ENTRY_SIZE || rela.r_offset / ENTRY_SIZE >= n)
			return -EBADMSG;
		ko->funcs[ko->nfuncs].name = name;
		f->etypes[ko->nfuncs++] = read_etype(list, rela.r_offset / ENTRY_SIZE);
	}
	return 0;
}

/*
 * The numbers of the tags changed once: enum error_injection_type
 * (include/asm-generic/error-injection.h) began with EI_ETYPE_NONE in older
 * kernels. Types show which one it is. Without them: only the old numbering has
 * a 4, and its 0 was never used.
 */
static void number_tags(const struct fl_ko *ko, int numbers[FL_TAG_TRUE + 1])
{
	bool is_old = false;

	for (size_t i = 0; i < ko->nfuncs; i++)
		is_old |= ko->file->etypes[i] == 4;
	for (int tag = FL_TAG_NULL; tag <= FL_TAG_TRUE; tag++)
		numbers[tag] = tag - (is_old ? 0 : 1);
}

static bool numbers_from_types(const struct fl_btf *b, int numbers[FL_TAG_TRUE + 1])
{
	const struct btf_type *t =
		fl_btf_type(b, fl_btf_find(b, "error_injection_type", BTF_KIND_ENUM));
	const struct btf_enum *e;
	int found = 0;

	if (!t)
		return false;
	e = (const struct btf_enum *)(t + 1);
	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info); i++) {
		const char *name = fl_btf_string(b, e[i].name_off);
		enum fl_tag tag = FL_TAG_NONE;

		if (!strncmp(name, "EI_ETYPE_", 9))
			tag = fl_tag_parse(name + 9, strlen(name + 9));
		if (tag == FL_TAG_NONE)
			continue;
		numbers[tag] = e[i].val;
		found++;
	}
	return found == FL_TAG_TRUE;
}

static void set_tags(struct fl_ko *ko)
{
	struct fl_ko_file *f = ko->file;
	int numbers[FL_TAG_TRUE + 1];

	if (!f->has_types ||
	    !(numbers_from_types(&f->types, numbers) || numbers_from_types(&f->kernel, numbers)))
		number_tags(ko, numbers);
	for (size_t i = 0; i < ko->nfuncs; i++) {
		ko->funcs[i].tag = FL_TAG_NONE;
		for (int tag = FL_TAG_NULL; tag <= FL_TAG_TRUE; tag++) {
			if (f->etypes[i] == numbers[tag])
				ko->funcs[i].tag = (enum fl_tag)tag;
		}
	}
}

static int open_elf(struct fl_ko_file *f)
{
	elf_version(EV_CURRENT);
	f->elf = elf_memory((char *)f->data, f->len);
	if (!f->elf || elf_kind(f->elf) != ELF_K_ELF || !gelf_getehdr(f->elf, &f->head) ||
	    f->head.e_type != ET_REL)
		return -ENOEXEC;
	if (f->head.e_ident[EI_CLASS] != ELFCLASS64 || f->head.e_ident[EI_DATA] != ELFDATA2LSB)
		return -EOPNOTSUPP;
	return find_sections(f) ? 0 : -ENOEXEC;
}

int fl_ko_open(const char *path, struct fl_ko **out)
{
	struct fl_ko *ko = calloc(1, sizeof(*ko));
	const char *text;
	int err;

	*out = NULL;
	if (!ko)
		return -ENOMEM;
	ko->file = calloc(1, sizeof(*ko->file));
	err = ko->file ? fl_unpack_file(path, MOST_MODULE, &ko->file->data, &ko->file->len)
		       : -ENOMEM;
	if (!err)
		err = open_elf(ko->file);
	if (!err)
		err = read_list(ko);
	if (err) {
		fl_ko_close(ko);
		return err;
	}
	text = modinfo(ko->file, "name");
	if (text)
		snprintf(ko->name, sizeof(ko->name), "%s", text);
	else
		name_from_path(path, ko->name, sizeof(ko->name));
	text = modinfo(ko->file, "vermagic");
	snprintf(ko->release, sizeof(ko->release), "%.*s", text ? (int)strcspn(text, " ") : 0,
		 text ? text : "");
	ko->has_btf = bytes_of(ko->file->btf) != NULL;
	set_tags(ko);
	*out = ko;
	return 0;
}

void fl_ko_close(struct fl_ko *ko)
{
	struct fl_ko_file *f = ko ? ko->file : NULL;

	if (f) {
		fl_btf_close(&f->types);
		fl_btf_close(&f->kernel);
		free(f->etypes);
		elf_end(f->elf);
		free(f->data);
		free(f);
	}
	if (ko)
		free(ko->funcs);
	free(ko);
}

int fl_ko_read_types(struct fl_ko *ko, const char *root, const char *release)
{
	struct fl_ko_file *f = ko->file;
	const Elf_Data *btf = bytes_of(f->btf), *base = bytes_of(f->btf_base);
	char path[PATH_MAX];
	int err;

	if (!btf)
		return -ENOENT;
	if (base) {
		/*
		 * A module that was built apart from its kernel carries what
		 * it needs of the kernel's types (.BTF.base, see
		 * Documentation/bpf/btf.rst).
		 */
		err = fl_btf_open_memory(&f->kernel, base->d_buf, base->d_size, NULL);
	} else {
		if (*release && *ko->release && strcmp(release, ko->release) != 0)
			return -ESTALE;
		snprintf(path, sizeof(path), "%s/sys/kernel/btf/vmlinux", root);
		err = fl_btf_open(&f->kernel, path, NULL);
	}
	if (!err)
		err = fl_btf_open_memory(&f->types, btf->d_buf, btf->d_size, &f->kernel);
	f->has_types = !err;
	if (!err)
		set_tags(ko);
	return err;
}

bool fl_ko_has_function(const struct fl_ko *ko, const char *name)
{
	const struct fl_ko_file *f = ko->file;
	Elf_Data *d = f->symbols ? elf_getdata(f->symbols, NULL) : NULL;
	GElf_Sym sym;

	for (int i = 0; d && gelf_getsym(d, i, &sym); i++) {
		if (GELF_ST_TYPE(sym.st_info) == STT_FUNC && sym.st_shndx != SHN_UNDEF &&
		    !strcmp(symbol_name(f, &sym), name))
			return true;
	}
	return false;
}

int fl_ko_proto(struct fl_ko *ko, const char *name, char *out, size_t size)
{
	struct fl_ko_file *f = ko->file;
	uint32_t id = f->has_types ? fl_btf_find_func(&f->types, name) : 0;

	return id ? fl_proto(&f->types, id, out, size) : -ENOENT;
}

/* Is this what a module's file may end in? */
static bool ends_like_module(const char *tail)
{
	static const char *const tails[] = { ".ko", ".ko.gz", ".ko.xz", ".ko.zst" };

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		if (!strcmp(tail, tails[i]))
			return true;
	}
	return false;
}

bool fl_ko_is_path(const char *name)
{
	const char *tail = strstr(name, ".ko");

	return strchr(name, '/') || (tail && ends_like_module(tail));
}

/* Is "kernel/drivers/net/mlx5-core.ko.xz" @module's? */
static bool is_file_of(const char *path, const char *module)
{
	char name[64];
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	if (!ends_like_module(base + strcspn(base, ".")))
		return false;
	name_from_path(base, name, sizeof(name));
	return !strcmp(name, module);
}

/* Look for @module in a file of paths, one a line, up to a colon if it has one. */
static int find_in(const char *dir, const char *file, const char *module, char *found, size_t size)
{
	char path[PATH_MAX], *text, *save = NULL;
	size_t len;
	int err = -ENOENT;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	text = fl_read_text(path, &len);
	if (!text)
		return errno == ENOMEM ? -ENOMEM : -ENOENT;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		line[strcspn(line, ":")] = '\0';
		if (!is_file_of(line, module))
			continue;
		/* depmod writes paths that are relative, or absolute in old versions */
		snprintf(found, size, "%s%s%s", *line == '/' ? "" : dir, *line == '/' ? "" : "/",
			 line);
		err = 0;
		break;
	}
	free(text);
	return err;
}

int fl_ko_find(const char *root, const char *release, const char *module, char *path, size_t size)
{
	char dir[PATH_MAX];
	int err;

	snprintf(dir, sizeof(dir), "%s/lib/modules/%s", root, release);
	err = find_in(dir, "modules.dep", module, path, size);
	if (err == -ENOENT && !find_in(dir, "modules.builtin", module, path, size))
		return -EEXIST;
	return err;
}
