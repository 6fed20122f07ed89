/* SPDX-License-Identifier: GPL-2.0-or-later */
/* build_id.c - which build the kernel and its modules are, by the linker's note. */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts_impl.h"
#include "file.h"

#define MAX_NOTES ((size_t)1 << 20)

/* Of a name or descriptor, which the next one follows at a multiple of four. */
static size_t padded(uint32_t size)
{
	return ((size_t)size + 3) & ~(size_t)3;
}

static bool to_hex(const unsigned char *id, size_t len, char out[FL_BUILD_ID])
{
	if (!len || len * 2 >= FL_BUILD_ID)
		return false;
	for (size_t i = 0; i < len; i++)
		snprintf(out + 2 * i, 3, "%02x", id[i]);
	return true;
}

/* Searched among ELF notes of any owner. */
static bool find_note(const char *notes, size_t len, char out[FL_BUILD_ID])
{
	while (len >= sizeof(Elf64_Nhdr)) {
		const char *name = notes + sizeof(Elf64_Nhdr), *desc;
		Elf64_Nhdr head;
		size_t size;

		memcpy(&head, notes, sizeof(head));
		size = sizeof(head) + padded(head.n_namesz) + padded(head.n_descsz);
		if (size > len)
			return false;
		desc = name + padded(head.n_namesz);
		if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == sizeof(ELF_NOTE_GNU) &&
		    !memcmp(name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)))
			return to_hex((const unsigned char *)desc, head.n_descsz, out);
		notes += size;
		len -= size;
	}
	return false;
}

int fl_facts_build_id(struct fl_kernel *k, const char *module, char out[FL_BUILD_ID])
{
	const char *root = fl_facts_of(k)->root;
	char path[PATH_MAX], *notes;
	size_t len;
	int err;

	if (module)
		snprintf(path, sizeof(path), "%s/sys/module/%s/notes/.note.gnu.build-id", root,
			 module);
	else
		snprintf(path, sizeof(path), "%s/sys/kernel/notes", root);
	err = fl_read_file(path, MAX_NOTES, &notes, &len);
	k->out_of_memory |= err == -ENOMEM;
	if (err)
		return -ENOENT;
	err = len <= MAX_NOTES && find_note(notes, len, out) ? 0 : -ENOENT;
	free(notes);
	return err;
}
