/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's names of types, for the parts of fl_targets that are built here. */
#ifndef EVAL_LINUX_TYPES_H
#define EVAL_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>

typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;

#endif
