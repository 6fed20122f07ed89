/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lockdown.h - how far the kernel is locked down against root
 * (security/lockdown/lockdown.c). "integrity" allows all that faultline needs;
 * with "confidentiality" there are no kprobes by perf_event_open(), and no
 * helper of BPF reads the kernel's memory (LOCKDOWN_KPROBES and
 * LOCKDOWN_BPF_READ_KERNEL in include/linux/security.h).
 */
#ifndef FL_LOCKDOWN_H
#define FL_LOCKDOWN_H

#include <stddef.h>

#define FL_LOCKDOWN_SIZE 32 /* bytes that hold any of the words */

/*
 * "none", "integrity" or "confidentiality" into @word, below the root @root;
 * else "" and -errno. -ENOENT: the kernel cannot be locked down, or securityfs
 * is not mounted.
 */
int fl_lockdown(const char *root, char word[FL_LOCKDOWN_SIZE]);

#endif /* FL_LOCKDOWN_H */
