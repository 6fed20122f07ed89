/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * syscall_table.h - syscall.def as rows of struct fl_syscall. Included inside
 * of an array's braces by a file that defines FL_SYSCALL(name, args): the
 * functions' names are made by the preprocessor.
 */

/* { name, { kind, size, is_signed, name, id, target, nelems, is_wide } } */
#define FL_TYPE_s32                                         \
	{                                                   \
		FL_TYPE_INT, 4, true, "int", 0, 0, 0, false \
	}
#define FL_TYPE_u32                                                   \
	{                                                             \
		FL_TYPE_INT, 4, false, "unsigned int", 0, 0, 0, false \
	}
#define FL_TYPE_s64                                          \
	{                                                    \
		FL_TYPE_INT, 8, true, "long", 0, 0, 0, false \
	}
#define FL_TYPE_u64                                                    \
	{                                                              \
		FL_TYPE_INT, 8, false, "unsigned long", 0, 0, 0, false \
	}
#define FL_TYPE_u16                                                     \
	{                                                               \
		FL_TYPE_INT, 2, false, "unsigned short", 0, 0, 0, false \
	}
#define FL_TYPE_ptr                                       \
	{                                                 \
		FL_TYPE_PTR, 8, false, "", 0, 0, 0, false \
	}

#define FL_ARG(kind, name) { #name, FL_TYPE_##kind },

#include "syscall.def"
