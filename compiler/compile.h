/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compile.h - source text to an object; the entry point of compiler/. */
#ifndef FL_COMPILE_H
#define FL_COMPILE_H

#include "clang.h"
#include "diag.h"
#include "object.h"
#include "plan.h"
#include "sema.h"

enum fl_emit_what {
	FL_EMIT_OBJECT,
	FL_EMIT_FILE, /* an object that says which kernel it is for, for fl_flo_write() */
	FL_EMIT_C,    /* stop before Clang: the object has no ELF */
	FL_EMIT_NONE, /* stop after sema: there is no object */
};

/* A parameter's value from the command line: name=text. */
struct fl_param_setting {
	const char *name;
	const char *text;
};

struct fl_compile_opts {
	struct fl_sema_opts sema;
	struct fl_plan_opts plan;
	enum fl_emit_what emit;
	bool seeded;
	bool tracks_children; /* even if no rule needs it */
	enum fl_sweep sweep;
	const struct fl_param_setting *settings;
	size_t nsettings;
	/* Definitions (param, let) to insert before the script, or NULL. */
	const struct fl_source *prelude;
	/*
	 * Read a file that a script uses: 0 with *text malloc'd and yours, or
	 * -errno. NULL: no script may use another.
	 */
	int (*read)(void *arg, const char *path, char **text, size_t *len);
	void *read_arg;
	/* Are these the same file? NULL: compare the paths only. */
	bool (*is_same_file)(const char *a, const char *b);
	/*
	 * Compile the C elsewhere than in this process, as fl_clang_compile()
	 * does it. NULL: here.
	 */
	int (*clang)(void *arg, const char *text, size_t len, const char *arch,
		     struct fl_clang_result *out);
	void *clang_arg;
};

/*
 * Compile one script for the kernel described by @k. Returns 0 with *out yours
 * to free (NULL for FL_EMIT_NONE); -EINVAL with the mistakes in @ds, which may
 * also hold warnings after a success; -ENOMEM; or -EIO when Clang rejected the
 * C, which is a bug in faultline: *log, yours to free, has Clang's messages.
 * @src and @ds must live until @ds has been printed.
 */
int fl_compile(const struct fl_source *src, struct fl_kernel *k, const struct fl_compile_opts *opts,
	       struct fl_diags *ds, struct fl_object **out, char **log);

#endif /* FL_COMPILE_H */
