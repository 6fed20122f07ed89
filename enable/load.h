/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load.h - modules that enable has built: read, loaded, removed. */
#ifndef FL_ENABLE_LOAD_H
#define FL_ENABLE_LOAD_H

#include "target.h"

struct fl_enable_module {
	const char *path;
	const char *name;    /* as lsmod has it */
	const char *depends; /* modules that must be loaded, "mlx5_core" or "a,b"; "" */
	struct fl_enable_targets targets; /* function and tag */
};

/* 0, or -1 with @fault raised: no such file, or a module that enable did not build. */
int fl_module_read(struct fl_enable_module *m, struct fl_arena *a, const char *path,
		   struct fl_fault *fault);
int fl_module_load(const struct fl_enable_module *m, struct fl_fault *fault);
int fl_module_remove(const char *name, struct fl_fault *fault);

/* Names of those that are loaded, the newest first. 0, or -1 with @fault raised. */
int fl_modules_loaded(struct fl_arena *a, const char ***names, size_t *n, struct fl_fault *fault);

#endif /* FL_ENABLE_LOAD_H */
