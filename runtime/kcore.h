/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kcore.h - the kernel's memory as /proc/kcore has it: an ELF core file, by address. */
#ifndef FL_KCORE_H
#define FL_KCORE_H

#include <stddef.h>
#include <stdint.h>

struct fl_kcore;

/*
 * Of the kernel whose files are below @root ("": the running one). 0 and *out yours
 * to close; -errno of the file, which takes CAP_SYS_RAWIO and is not there under
 * lockdown; -EINVAL for another file.
 */
int fl_kcore_open(const char *root, struct fl_kcore **out);
void fl_kcore_close(struct fl_kcore *k);

/* Number of bytes read at @addr, which may be less than @len, and 0. */
size_t fl_kcore_read(const struct fl_kcore *k, uint64_t addr, void *out, size_t len);

#endif /* FL_KCORE_H */
