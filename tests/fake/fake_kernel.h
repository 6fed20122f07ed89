/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_kernel.h - a small kernel that exists in memory only, for tests that
 * compile. It has a function of every kind that the compiler tells apart;
 * fake_kernel.c lists them.
 */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include "kernel.h"

struct fake_kernel {
	struct fl_kernel k; /* first */
	enum fl_list_state state;
	bool has_btf;
	const char *absent; /* a module that is not loaded, with all its functions; or NULL */
};

/* A kernel that can do everything; change what is to be missing afterwards. */
void fake_kernel_init(struct fake_kernel *f);

/* Functions, modules, members and types, for generators of scripts; NULL ends. */
extern const char *const fake_names[];

#endif /* FAKE_KERNEL_H */
