/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clang.h - the embedded compiler: C text for BPF to ELF bytes, all in memory.
 *
 * The only header between the C of this project and LLVM. Nothing is read
 * from the file system: an #include finds the files passed in and no others.
 */
#ifndef FL_CLANG_H
#define FL_CLANG_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A file as a program sees it that includes it by name. */
struct fl_clang_file {
	const char *name;
	const char *text;
	size_t len;
};

struct fl_clang_opts {
	const struct fl_clang_file *headers;
	size_t nheaders;
	const char *arch; /* "x86", "arm64": defined as __TARGET_ARCH_x86 */
};

struct fl_clang_result {
	void *elf; /* malloc'd, yours */
	size_t elf_len;
	char *log; /* malloc'd, yours: Clang's messages, or NULL */
};

/*
 * Compile @text, called @name in messages. Returns
 *	0	 @out has the ELF, and the log has warnings if there were any
 *	-EINVAL	 the C is wrong; the log says where
 *	-EFAULT	 the compiler crashed inside; this process goes on
 *	-ENOMEM
 * The same text gives the same bytes. Not thread-safe.
 */
int fl_clang_compile(const char *name, const char *text, size_t len,
		     const struct fl_clang_opts *opts, struct fl_clang_result *out);

/* Frees what is left in @out; it may be used again. */
void fl_clang_result_release(struct fl_clang_result *out);

/* "LLVM 14.0.6": for cache keys and for humans. */
const char *fl_clang_version(void);

#ifdef __cplusplus
}
#endif

#endif /* FL_CLANG_H */
