/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ko.h - a kernel module that is not loaded, from its file.
 *
 * A module carries its injectable functions in the section
 * _error_injection_whitelist, one struct error_injection_entry each
 * (include/linux/error-injection.h), and its types in .BTF, which are based on
 * those of the kernel that it was built for.
 */
#ifndef FL_KO_H
#define FL_KO_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

struct fl_ko_func {
	const char *name;
	enum fl_tag tag;
};

/* Facts about a module file; read-only. */
struct fl_ko {
	char name[64];	   /* as lsmod has it */
	char release[128]; /* of the kernel that it was built for; "" unknown */
	bool has_list;	   /* it has the section */
	struct fl_ko_func *funcs;
	size_t nfuncs;
	bool has_btf;
	struct fl_ko_file *file;
};

/*
 * Read a module, which may be compressed. 0 and *out yours to close; -errno of
 * the file; -ENOEXEC: not a kernel module; -EOPNOTSUPP: not 64-bit
 * little-endian; -EBADMSG: inconsistent.
 */
int fl_ko_open(const char *path, struct fl_ko **out);
void fl_ko_close(struct fl_ko *ko);

/*
 * Understand its types with the help of the kernel below @root ("": the
 * running one), whose release is @release ("" when that is unknown). Tags of
 * its functions are sure only afterwards. 0; -ENOENT: it has no types;
 * -ESTALE: it was built for another release; or why the kernel's own types
 * cannot be read.
 */
int fl_ko_read_types(struct fl_ko *ko, const char *root, const char *release);

/* Is there a function of that name, injectable or not? */
bool fl_ko_has_function(const struct fl_ko *ko, const char *name);

/* As fl_proto(). -ENOENT also before fl_ko_read_types(). */
int fl_ko_proto(struct fl_ko *ko, const char *name, char *out, size_t size);

/* Does a name look like that of a module's file? */
bool fl_ko_is_path(const char *name);

/*
 * Find the file of a module by the module's name in modules.dep of @release
 * below @root. -ENOENT: no such module; -EEXIST: it is built into the kernel
 * (modules.builtin).
 */
int fl_ko_find(const char *root, const char *release, const char *module, char *path, size_t size);

#endif /* FL_KO_H */
