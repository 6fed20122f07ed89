/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * server.h - Clang in a separate process.
 *
 * Crashes and leaks inside LLVM stay there: the session with its armed rules
 * loses one rule, and the next one gets a new process. It stays between rules,
 * and starts while the first one is typed.
 */
#ifndef FL_SERVER_H
#define FL_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "clang.h"

#define FL_SERVER_CPU_S 60
#define FL_SERVER_PATIENCE_MS 600000

struct fl_server {
	pid_t pid; /* 0: none yet */
	int fd;
	size_t served;	   /* compilations by this process */
	bool warming;	   /* the answer to fl_server_warm() is still to come */
	uint64_t spent_ns; /* in fl_server_compile() */
	/* Of one compilation, by the clock: for a machine that is too busy to run it. */
	unsigned int patience_ms;
	/* Called while we wait for an answer, at least four times a second. */
	void (*meanwhile)(void *arg);
	void *arg;
};

void fl_server_init(struct fl_server *s, void (*meanwhile)(void *arg), void *arg);
void fl_server_stop(struct fl_server *s);

/*
 * Start the process and compile something as a warm-up: the first time takes
 * several times as long as the next. Errors will show again when a rule is
 * compiled.
 */
void fl_server_warm(struct fl_server *s, const char *arch);

/*
 * As fl_clang_compile(), and fit for fl_compile_opts.clang with @s as its
 * argument. -EFAULT also when the process died; -ETIME when a compilation took
 * more processor time than FL_SERVER_CPU_S, -ETIMEDOUT when it took longer than
 * @patience_ms.
 */
int fl_server_compile(void *s, const char *text, size_t len, const char *arch,
		      struct fl_clang_result *out);

#endif /* FL_SERVER_H */
