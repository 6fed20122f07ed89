/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVAL_LINUX_MM_H
#define EVAL_LINUX_MM_H

#define PAGE_SIZE 4096UL

/* A page of the caller's memory: what user pointers may point into. */
unsigned long eval_user_page(void);

#define vm_mmap(file, address, size, protection, flags, offset) eval_user_page()

#endif
