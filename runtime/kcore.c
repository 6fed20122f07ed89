/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kcore.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_SEGMENTS 4096

struct fl_kcore {
	int fd;
	Elf64_Phdr *segments;
	size_t n;
};

static int read_segments(struct fl_kcore *k)
{
	Elf64_Ehdr h;
	size_t size;

	if (pread(k->fd, &h, sizeof(h), 0) != (ssize_t)sizeof(h))
		return -EINVAL;
	if (memcmp(h.e_ident, ELFMAG, SELFMAG) != 0 || h.e_ident[EI_CLASS] != ELFCLASS64 ||
	    h.e_type != ET_CORE || h.e_phentsize != sizeof(Elf64_Phdr) || h.e_phnum > MAX_SEGMENTS)
		return -EINVAL;
	size = h.e_phnum * sizeof(Elf64_Phdr);
	k->segments = malloc(size + 1);
	if (!k->segments)
		return -ENOMEM;
	k->n = h.e_phnum;
	return pread(k->fd, k->segments, size, (off_t)h.e_phoff) == (ssize_t)size ? 0 : -EINVAL;
}

int fl_kcore_open(const char *root, struct fl_kcore **out)
{
	struct fl_kcore *k = calloc(1, sizeof(*k));
	char path[PATH_MAX];
	int err;

	if (!k)
		return -ENOMEM;
	snprintf(path, sizeof(path), "%s/proc/kcore", root);
	k->fd = open(path, O_RDONLY | O_CLOEXEC);
	err = k->fd < 0 ? -errno : read_segments(k);
	if (err) {
		fl_kcore_close(k);
		return err;
	}
	*out = k;
	return 0;
}

void fl_kcore_close(struct fl_kcore *k)
{
	if (!k)
		return;
	if (k->fd >= 0)
		close(k->fd);
	free(k->segments);
	free(k);
}

size_t fl_kcore_read(const struct fl_kcore *k, uint64_t addr, void *out, size_t len)
{
	for (size_t i = 0; i < k->n; i++) {
		const Elf64_Phdr *s = &k->segments[i];
		uint64_t into = addr - s->p_vaddr;
		ssize_t n;

		if (s->p_type != PT_LOAD || addr < s->p_vaddr || into >= s->p_memsz)
			continue;
		if (len > s->p_memsz - into)
			len = s->p_memsz - into;
		n = pread(k->fd, out, len, (off_t)(s->p_offset + into));
		return n > 0 ? (size_t)n : 0;
	}
	return 0;
}
