/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waits.c - targets of rules whose module is not loaded, and the kernel's events
 * about modules, which awaited.c handles.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine_impl.h"
#include "uevent.h"

bool fl_armed_waits(const struct fl_armed *a)
{
	return a->arming.compile.sema.wait;
}

int fl_armed_add_wait(struct fl_armed *a, const struct fl_obj_wait *w)
{
	struct fl_obj_wait *more;

	for (size_t i = 0; i < a->nwaits; i++) {
		if (a->waits[i].rule == w->rule && a->waits[i].target == w->target)
			return 0;
	}
	more = realloc(a->waits, (a->nwaits + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	a->waits = more;
	a->waits[a->nwaits++] = *w;
	return 0;
}

int fl_armed_take_waits(struct fl_armed *a)
{
	const struct fl_object *obj = a->parts[a->nparts - 1]->obj;
	int err = 0;

	a->nwaits = 0;
	for (size_t i = 0; i < obj->nwaits && !err; i++)
		err = fl_armed_add_wait(a, &obj->waits[i]);
	return err;
}

static void on_module(const char *module, bool came, void *arg)
{
	struct fl_engine *en = arg;

	en->on_module(en, module, came);
}

static void take_news(void *arg)
{
	struct fl_engine *en = arg;

	fl_uevent_modules(en->uevent_fd, on_module, en);
}

int fl_modules_listen(struct fl_engine *en, bool must)
{
	int err;

	if (en->uevent_fd >= 0)
		return 0;
	/* modules may have come and gone unnoticed until now */
	fl_facts_forget(en->kernel);
	en->uevent_fd = fl_uevent_open();
	err = en->uevent_fd < 0 ? en->uevent_fd
				: fl_loop_add(&en->loop, en->uevent_fd, take_news, en);
	if (!err)
		return 0;
	if (en->uevent_fd >= 0)
		close(en->uevent_fd);
	en->uevent_fd = -1;
	if (!must)
		return 0;
	return fl_engine_fail(en, err, FL_F_MODULES, strerror(-err), NULL);
}

int fl_modules_begin(struct fl_armed *a)
{
	if (fl_armed_take_waits(a))
		return fl_engine_no_memory(a->en);
	for (size_t i = 0; i < a->nwaits; i++)
		fl_engine_report_module(a,
					&(struct fl_module_news){ .event = FL_MODULE_AWAITED,
								  .module = a->waits[i].module,
								  .function = a->waits[i].name });
	return 0;
}
