/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * awaited.c - modules that come and go while rules are armed. What a rule is
 * on may wait for its module: when that comes, the script is compiled once more
 * for just those targets, and becomes a part of the set that shares knobs and
 * counters with the first. What is on a module that goes is gone with it, and
 * the rest stays.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine_impl.h"
#include "uevent.h"

static bool uses_modules(const struct fl_armed *a)
{
	const struct fl_object *obj = a->parts[0]->obj;

	for (size_t i = 0; i < obj->nattaches; i++) {
		if (obj->attaches[i].module)
			return true;
	}
	return false;
}

static bool waits(const struct fl_armed *a)
{
	return a->arming.compile.sema.wait;
}

static int add_wait(struct fl_armed *a, const struct fl_obj_wait *w)
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

/* What the newest part still waits for. */
static int take_waits(struct fl_armed *a)
{
	const struct fl_object *obj = a->parts[a->nparts - 1]->obj;
	int err = 0;

	a->nwaits = 0;
	for (size_t i = 0; i < obj->nwaits && !err; i++)
		err = add_wait(a, &obj->waits[i]);
	return err;
}

int fl_modules_begin(struct fl_armed *a)
{
	bool any = false;

	for (const struct fl_armed *x = a->en->sets; x; x = x->next)
		any |= x->nparts && (waits(x) || uses_modules(x));
	if (!any)
		fl_modules_unlisten(a->en);
	if (take_waits(a))
		return fl_engine_no_memory(a->en);
	for (size_t i = 0; i < a->nwaits; i++)
		fl_engine_report_module(a,
					&(struct fl_module_news){ .event = FL_MODULE_AWAITED,
								  .module = a->waits[i].module,
								  .function = a->waits[i].name });
	return 0;
}

static void report(const struct fl_armed *a, enum fl_module_event event, const char *module,
		   size_t nfunctions)
{
	fl_engine_report_module(a, &(struct fl_module_news){ .event = event,
							     .module = module ? module : "?",
							     .nfunctions = nfunctions });
}

static bool is_awaited(const struct fl_armed *a, const char *module)
{
	for (size_t i = 0; i < a->nwaits; i++) {
		if (!module || !a->waits[i].module || !strcmp(a->waits[i].module, module))
			return true;
	}
	return false;
}

/* The kernel's files tell of one module more now. */
static int refresh_facts(struct fl_engine *en)
{
	struct fl_kernel *k;

	if (fl_facts_open(&en->opts.facts, &k))
		return fl_engine_no_memory(en);
	fl_facts_close(en->kernel);
	en->kernel = k;
	return 0;
}

/* Those @n of the waits from @first on. *armed: some of them are a part of the set now. */
static int arm(struct fl_armed *a, const char *module, size_t first, size_t n, bool *armed)
{
	struct fl_wait *only = calloc(n, sizeof(*only));
	size_t before = a->nparts;
	int err;

	*armed = false;
	if (!only)
		return fl_engine_no_memory(a->en);
	for (size_t i = 0; i < n; i++)
		only[i] = (struct fl_wait){ a->waits[first + i].rule, a->waits[first + i].target };
	err = fl_armed_add_part(a, only, n);
	free(only);
	*armed = a->nparts > before;
	if (*armed)
		report(a, FL_MODULE_ARMED, module, fl_object_functions(a->parts[before]->obj));
	return err;
}

/* One by one, so that a mistake in one costs no other. Who made one waits no more. */
static void arm_each(struct fl_armed *a, const char *module)
{
	size_t n = a->nwaits, kept = 0;

	for (size_t i = 0; i < n; i++) {
		const struct fl_object *obj;
		bool armed;

		if (arm(a, module, i, 1, &armed)) {
			report(a, FL_MODULE_REFUSED, module, 0);
			continue;
		}
		if (!armed) {
			a->waits[kept++] = a->waits[i];
			continue;
		}
		obj = a->parts[a->nparts - 1]->obj;
		if (obj->nwaits)
			a->waits[kept++] = obj->waits[0];
	}
	a->nwaits = kept;
}

static void try_arm(struct fl_armed *a, const char *module)
{
	bool armed = false;

	if (refresh_facts(a->en))
		report(a, FL_MODULE_REFUSED, module, 0);
	else if (a->nwaits == 1 || arm(a, module, 0, a->nwaits, &armed))
		arm_each(a, module);
	else if (armed && take_waits(a))
		a->nwaits = 0;
}

/* What was on a module that went; a set that waits for modules waits for it again. */
static size_t drop(struct fl_armed *a, struct fl_part *p, const char *module)
{
	size_t n = 0;

	if (!p->gone)
		p->gone = calloc(p->obj->nattaches + 1, sizeof(*p->gone));
	for (size_t i = 0; p->gone && i < p->obj->nslots; i++) {
		const struct fl_obj_slot *slot = &p->obj->slots[i];
		const struct fl_obj_attach *on = &p->obj->attaches[slot->attach];
		const struct fl_obj_wait again = { slot->rule, slot->target, on->module, on->func };

		if (!on->module || strcmp(on->module, module) != 0 || p->gone[slot->attach])
			continue;
		if (waits(a))
			add_wait(a, &again);
	}
	for (size_t i = 0; p->gone && i < p->obj->nattaches; i++) {
		const struct fl_obj_attach *on = &p->obj->attaches[i];

		if (on->module && !strcmp(on->module, module) && !p->gone[i])
			n += p->gone[i] = true;
	}
	return n;
}

static void gone(struct fl_armed *a, const char *module)
{
	size_t n = 0;

	for (size_t i = 0; i < a->nparts; i++)
		n += drop(a, a->parts[i], module);
	if (n)
		report(a, FL_MODULE_GONE, module, n);
}

/* News was lost: look which modules are loaded. */
static void look(struct fl_armed *a)
{
	struct fl_kernel *k = a->en->kernel;

	for (size_t i = 0; i < a->nparts; i++) {
		const struct fl_object *obj = a->parts[i]->obj;

		for (size_t j = 0; j < obj->nattaches; j++) {
			const char *module = obj->attaches[j].module;

			if (module && !k->ops->has_module(k, module))
				gone(a, module);
		}
	}
	if (a->nwaits)
		try_arm(a, NULL);
}

static void on_module(const char *module, bool came, void *arg)
{
	struct fl_engine *en = arg;

	for (struct fl_armed *a = en->sets; a; a = a->next) {
		if (!a->begun || a->ended)
			continue;
		if (!module)
			look(a);
		else if (!came)
			gone(a, module);
		else if (is_awaited(a, module))
			try_arm(a, module);
	}
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
	return fl_engine_fail(en, err, FL_FAULT_KERNEL, "",
			      "the kernel does not tell when modules come: %s", strerror(-err));
}

void fl_modules_unlisten(struct fl_engine *en)
{
	if (en->uevent_fd < 0)
		return;
	fl_loop_remove(&en->loop, en->uevent_fd);
	close(en->uevent_fd);
	en->uevent_fd = -1;
}
