/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * server.h - Clang in a process of its own.
 *
 * Whatever happens inside LLVM - a crash, memory that is never given back -
 * happens there: the session with its armed rules loses one rule, and the next
 * one gets a new process. It stays between rules, so only the first one pays
 * for Clang's start.
 */
#ifndef FL_SERVER_H
#define FL_SERVER_H

#include <sys/types.h>

#include "clang.h"

struct fl_server {
	pid_t pid; /* 0: none yet */
	int fd;
	size_t served; /* compilations by this process */
	/* Called while we wait for an answer, at least four times a second. */
	void (*meanwhile)(void *arg);
	void *arg;
};

void fl_server_init(struct fl_server *s, void (*meanwhile)(void *arg), void *arg);
void fl_server_stop(struct fl_server *s);

/*
 * As fl_clang_compile(), and fit for fl_compile_opts.clang with @s as its
 * argument. -EFAULT also when the process died; -ETIMEDOUT when it hung.
 */
int fl_server_compile(void *s, const char *text, size_t len, const char *arch,
		      struct fl_clang_result *out);

#endif /* FL_SERVER_H */
