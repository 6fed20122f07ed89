/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loop.h - descriptors and their handlers. */
#ifndef FL_LOOP_H
#define FL_LOOP_H

#include <stdbool.h>
#include <stddef.h>

struct fl_handler {
	int fd;
	void (*fn)(void *arg); /* NULL: removed, and freed when no turn is under way */
	void *arg;
};

struct fl_loop {
	int epoll; /* -1 */
	struct fl_handler **handlers;
	size_t n, cap;
	unsigned int depth; /* turns under way: a handler may take one itself */
};

/* 0 or -errno; release it in any case. */
int fl_loop_init(struct fl_loop *l);
void fl_loop_release(struct fl_loop *l);
/* One handler for each descriptor, which stays the caller's. -errno. */
int fl_loop_add(struct fl_loop *l, int fd, void (*fn)(void *arg), void *arg);
/* Its handler is no longer called, not even in this turn. */
void fl_loop_remove(struct fl_loop *l, int fd);
/* Wait for @timeout_ms at most and call handlers. How many, or -errno. */
int fl_loop_turn(struct fl_loop *l, int timeout_ms);

#endif /* FL_LOOP_H */
