/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define AT_ONCE 16

int fl_loop_init(struct fl_loop *l)
{
	memset(l, 0, sizeof(*l));
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	return l->epoll < 0 ? -errno : 0;
}

void fl_loop_release(struct fl_loop *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->handlers[i]);
	free(l->handlers);
	if (l->epoll >= 0)
		close(l->epoll);
	l->handlers = NULL;
	l->n = 0;
	l->epoll = -1;
}

static int make_room(struct fl_loop *l)
{
	size_t cap = l->cap ? l->cap * 2 : 8;
	struct fl_handler **more;

	if (l->n < l->cap)
		return 0;
	more = realloc(l->handlers, cap * sizeof(*more));
	if (!more)
		return -ENOMEM;
	l->handlers = more;
	l->cap = cap;
	return 0;
}

int fl_loop_add(struct fl_loop *l, int fd, void (*fn)(void *arg), void *arg)
{
	struct fl_handler *h = malloc(sizeof(*h));
	struct epoll_event want = { .events = EPOLLIN, .data.ptr = h };
	int err = h ? make_room(l) : -ENOMEM;

	if (!err) {
		*h = (struct fl_handler){ fd, fn, arg };
		err = epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &want) ? -errno : 0;
	}
	if (err)
		free(h);
	else
		l->handlers[l->n++] = h;
	return err;
}

/* A turn under way may still hold pointers to those that were removed. */
static void sweep(struct fl_loop *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n && !l->depth; i++) {
		if (l->handlers[i]->fn)
			l->handlers[kept++] = l->handlers[i];
		else
			free(l->handlers[i]);
	}
	if (!l->depth)
		l->n = kept;
}

void fl_loop_remove(struct fl_loop *l, int fd)
{
	for (size_t i = 0; i < l->n; i++) {
		struct fl_handler *h = l->handlers[i];

		if (h->fd != fd || !h->fn)
			continue;
		epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
		h->fn = NULL;
		break;
	}
	sweep(l);
}

int fl_loop_turn(struct fl_loop *l, int timeout_ms)
{
	struct epoll_event ready[AT_ONCE];
	int n = epoll_wait(l->epoll, ready, AT_ONCE, timeout_ms);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	l->depth++;
	for (int i = 0; i < n; i++) {
		const struct fl_handler *h = ready[i].data.ptr;

		if (h->fn)
			h->fn(h->arg);
	}
	l->depth--;
	sweep(l);
	return n;
}
