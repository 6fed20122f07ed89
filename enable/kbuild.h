/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kbuild.h - the build folder for modules of a kernel, and its contents. */
#ifndef FL_KBUILD_H
#define FL_KBUILD_H

#include "target.h"

struct fl_kbuild {
	struct fl_arena *arena;
	const char *folder;
	bool by_clang; /* the kernel was, so modules are */
	char *symbols; /* Module.symvers */
};

/* 0, or -1 with @fault raised: no such folder, or a kernel that has no list. */
int fl_kbuild_open(struct fl_kbuild *k, struct fl_arena *a, const char *folder,
		   struct fl_fault *fault);

/* Where is @t->function exported? Fills in module and name space. 0, or -1 with @fault raised. */
int fl_kbuild_find(const struct fl_kbuild *k, struct fl_enable_target *t, struct fl_fault *fault);

#endif /* FL_KBUILD_H */
