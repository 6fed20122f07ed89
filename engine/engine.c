/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine.c - an engine: what all sets of rules share, and one turn of the loop. */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arch.h"
#include "engine_impl.h"

#define BEAT_MS 250 /* injection stops after 3 s without one */
#define NS_PER_MS UINT64_C(1000000)

static void beat(void *arg)
{
	fl_engine_beat(arg);
}

int fl_engine_new(const struct fl_engine_opts *opts, struct fl_engine **out)
{
	struct fl_engine *en = calloc(1, sizeof(*en));
	int err;

	*out = NULL;
	if (!en)
		return -ENOMEM;
	en->opts = *opts;
	en->klog_fd = en->uevent_fd = en->follow_fd = -1;
	fl_server_init(&en->server, beat, en);
	en->on_module = fl_awaited_news;
	err = fl_loop_init(&en->loop);
	if (!err)
		err = fl_facts_open(&opts->facts, &en->kernel);
	if (err) {
		fl_engine_free(en);
		return err;
	}
	*out = en;
	return 0;
}

static void close_watched(struct fl_engine *en, int *fd)
{
	if (*fd < 0)
		return;
	fl_loop_remove(&en->loop, *fd);
	close(*fd);
	*fd = -1;
}

void fl_engine_free(struct fl_engine *en)
{
	if (!en)
		return;
	while (en->sets)
		fl_armed_free(en->sets);
	fl_server_stop(&en->server);
	close_watched(en, &en->klog_fd);
	close_watched(en, &en->uevent_fd);
	close_watched(en, &en->follow_fd);
	fl_loop_release(&en->loop);
	fl_facts_close(en->kernel);
	free(en);
}

void fl_engine_timing(const struct fl_engine *en, struct fl_timing *out)
{
	*out = en->timing;
}

struct fl_kernel *fl_engine_kernel(const struct fl_engine *en)
{
	return en->kernel;
}

void fl_engine_warm(struct fl_engine *en)
{
	const struct fl_arch *arch = fl_arch_find(en->kernel->arch);

	/* rules for an unknown one are refused before there is C to compile */
	if (arch)
		fl_server_warm(&en->server, arch->target);
}

void fl_engine_cool(struct fl_engine *en)
{
	fl_server_stop(&en->server);
}

void fl_engine_drain(struct fl_engine *en)
{
	fl_engine_drain_parts(en);
	fl_engine_take_klog(en);
}

/* No longer than until the next beat, or the nearest deadline. */
static int wait_ms(const struct fl_engine *en, int timeout_ms)
{
	int ms = timeout_ms < 0 || timeout_ms > BEAT_MS ? BEAT_MS : timeout_ms;

	for (const struct fl_armed *a = en->sets; a; a = a->next) {
		uint64_t left = a->begun ? fl_armed_deadline(a) : FL_NEVER;

		/* one that has passed does not shorten the wait */
		if (left && left < (uint64_t)ms * NS_PER_MS)
			ms = (int)((left + NS_PER_MS - 1) / NS_PER_MS);
	}
	return ms;
}

int fl_engine_step(struct fl_engine *en, int timeout_ms)
{
	int n = fl_loop_turn(&en->loop, wait_ms(en, timeout_ms));

	fl_engine_beat(en);
	return n < 0 ? n : 0;
}

int fl_engine_watch(struct fl_engine *en, int fd, void (*fn)(void *arg), void *arg)
{
	return fl_loop_add(&en->loop, fd, fn, arg);
}

void fl_engine_unwatch(struct fl_engine *en, int fd)
{
	fl_loop_remove(&en->loop, fd);
}
