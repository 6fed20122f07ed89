/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * awaited.c - modules that are loaded and unloaded while rules are armed.
 * Targets may wait for their module: when it is loaded, the script is compiled
 * again for just those targets, as a part of the set that shares knobs and
 * counters with the first. Rules on a module that is unloaded go with it, and
 * the rest stays.
 */
#include <stdlib.h>
#include <string.h>

#include "engine_impl.h"

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

/*
 * Separately, so that an error in one does not affect the others. A rule with an
 * error stops waiting.
 */
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

	if (a->nwaits == 1 || arm(a, module, 0, a->nwaits, &armed))
		arm_each(a, module);
	else if (armed && fl_armed_take_waits(a))
		a->nwaits = 0;
}

/*
 * Drop rules on an unloaded module; a set that waits for modules waits for it again.
 */
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
		if (fl_armed_waits(a))
			fl_armed_add_wait(a, &again);
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

void fl_awaited_news(struct fl_engine *en, const char *module, bool came)
{
	/* what came before it has its frames named as they were then */
	fl_engine_drain_parts(en);
	fl_facts_forget(en->kernel);
	if (!en->opts.sink.module)
		return;
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
