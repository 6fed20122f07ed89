/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * awaited.c - modules that come and go while rules are armed. What a rule is
 * on may wait for its module (--wait-for-module): when that comes, the script
 * is compiled once more for just those targets, and becomes a part of the run
 * that shares knobs and counters with the first. What is on a module that goes
 * is gone with it, and the rest stays.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "facts.h"
#include "run_impl.h"
#include "uevent.h"

static bool uses_modules(const struct run *r)
{
	const struct fl_object *obj = r->parts[0].obj;

	for (size_t i = 0; i < obj->nattaches; i++) {
		if (obj->attaches[i].module)
			return true;
	}
	return false;
}

int fl_run_watch_modules(struct run *r)
{
	r->uevent_fd = fl_uevent_open();
	if (r->uevent_fd >= 0)
		return 0;
	if (!r->o->wait_for_module) {
		r->uevent_fd = -1;
		return 0;
	}
	fprintf(stderr, "faultline: error: the kernel does not tell when modules come: %s\n",
		strerror(-r->uevent_fd));
	r->uevent_fd = -1;
	return FL_EXIT_KERNEL;
}

static int add_wait(struct run *r, const struct fl_obj_wait *w)
{
	struct fl_obj_wait *more;

	for (size_t i = 0; i < r->nwaits; i++) {
		if (r->waits[i].rule == w->rule && r->waits[i].target == w->target)
			return 0;
	}
	more = realloc(r->waits, (r->nwaits + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	r->waits = more;
	r->waits[r->nwaits++] = *w;
	return 0;
}

/* What the newest part still waits for. */
static int take_waits(struct run *r)
{
	const struct fl_object *obj = r->parts[r->nparts - 1].obj;
	int err = 0;

	r->nwaits = 0;
	for (size_t i = 0; i < obj->nwaits && !err; i++)
		err = add_wait(r, &obj->waits[i]);
	return err;
}

int fl_run_begin_waiting(struct run *r)
{
	if (r->uevent_fd >= 0 && !r->o->wait_for_module && !uses_modules(r)) {
		close(r->uevent_fd);
		r->uevent_fd = -1;
	}
	if (take_waits(r)) {
		fprintf(stderr, "faultline: error: out of memory\n");
		return FL_EXIT_FINDING;
	}
	for (size_t i = 0; i < r->nwaits; i++)
		r->report.ops->module(&r->report,
				      &(struct fl_module_news){ .event = FL_MODULE_AWAITED,
								.module = r->waits[i].module,
								.function = r->waits[i].name });
	return 0;
}

static void refused(struct run *r, const char *module)
{
	r->report.ops->module(&r->report,
			      &(struct fl_module_news){ .event = FL_MODULE_REFUSED,
							.module = module ? module : "?",
							.why = "the reason is on standard error" });
}

static bool is_awaited(const struct run *r, const char *module)
{
	for (size_t i = 0; i < r->nwaits; i++) {
		if (!module || !r->waits[i].module || !strcmp(r->waits[i].module, module))
			return true;
	}
	return false;
}

/* The kernel's files tell of one module more now. */
static int refresh_facts(struct run *r)
{
	struct fl_kernel *k;

	if (fl_open_facts(r->o, &k))
		return -ENOMEM;
	fl_facts_close(r->kernel);
	r->kernel = k;
	return 0;
}

/*
 * Those @n of the waits from @first on. 0 or an fl_exit with everything told;
 * *armed: some of them are a part of the run now.
 */
static int arm(struct run *r, const char *module, size_t first, size_t n, bool *armed)
{
	struct fl_wait *only = calloc(n, sizeof(*only));
	size_t before = r->nparts;
	int status = only ? 0 : FL_EXIT_FINDING;

	for (size_t i = 0; i < n && only; i++)
		only[i] = (struct fl_wait){ r->waits[first + i].rule, r->waits[first + i].target };
	if (!status)
		status = fl_run_add_part(r, only, n);
	free(only);
	*armed = !status && r->nparts > before;
	if (*armed) {
		fl_run_watch_fd(r, fl_session_event_fd(r->parts[before].session));
		r->report.ops->module(&r->report,
				      &(struct fl_module_news){ .event = FL_MODULE_ARMED,
								.module = module ? module : "?",
								.nfunctions = fl_report_functions(
									r->parts[before].obj) });
	}
	return status;
}

/* One by one, so that a mistake in one costs no other. Who made one waits no more. */
static void arm_each(struct run *r, const char *module)
{
	size_t n = r->nwaits, kept = 0;

	for (size_t i = 0; i < n; i++) {
		const struct fl_object *obj;
		bool armed;

		if (arm(r, module, i, 1, &armed)) {
			refused(r, module);
			continue;
		}
		if (!armed) {
			r->waits[kept++] = r->waits[i];
			continue;
		}
		obj = r->parts[r->nparts - 1].obj;
		if (obj->nwaits)
			r->waits[kept++] = obj->waits[0];
	}
	r->nwaits = kept;
}

static void try_arm(struct run *r, const char *module)
{
	bool armed = false;

	if (refresh_facts(r)) {
		refused(r, module);
		return;
	}
	if (r->nwaits == 1 || arm(r, module, 0, r->nwaits, &armed))
		arm_each(r, module);
	else if (armed && take_waits(r))
		r->nwaits = 0;
}

/* What was on a module that went; with --wait-for-module it waits again. */
static size_t drop(struct run *r, struct fl_part *p, const char *module)
{
	size_t n = 0;

	if (!p->gone)
		p->gone = calloc(p->obj->nattaches + 1, sizeof(*p->gone));
	for (size_t i = 0; p->gone && i < p->obj->nslots; i++) {
		const struct fl_obj_slot *slot = &p->obj->slots[i];
		const struct fl_obj_attach *a = &p->obj->attaches[slot->attach];
		const struct fl_obj_wait again = { slot->rule, slot->target, a->module, a->func };

		if (!a->module || strcmp(a->module, module) != 0 || p->gone[slot->attach])
			continue;
		if (r->o->wait_for_module)
			add_wait(r, &again);
	}
	for (size_t i = 0; p->gone && i < p->obj->nattaches; i++) {
		const struct fl_obj_attach *a = &p->obj->attaches[i];

		if (a->module && !strcmp(a->module, module) && !p->gone[i])
			n += p->gone[i] = true;
	}
	return n;
}

static void gone(struct run *r, const char *module)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nparts; i++)
		n += drop(r, &r->parts[i], module);
	if (n)
		r->report.ops->module(&r->report, &(struct fl_module_news){ .event = FL_MODULE_GONE,
									    .module = module,
									    .nfunctions = n });
}

/* News was lost: see for ourselves which modules are there. */
static void look(struct run *r)
{
	for (size_t i = 0; i < r->nparts; i++) {
		const struct fl_object *obj = r->parts[i].obj;

		for (size_t j = 0; j < obj->nattaches; j++) {
			const char *module = obj->attaches[j].module;

			if (module && !r->kernel->ops->has_module(r->kernel, module))
				gone(r, module);
		}
	}
	if (r->nwaits)
		try_arm(r, NULL);
}

static void on_module(const char *module, bool came, void *arg)
{
	struct run *r = arg;

	if (!module)
		look(r);
	else if (!came)
		gone(r, module);
	else if (is_awaited(r, module))
		try_arm(r, module);
}

void fl_run_module_news(struct run *r)
{
	fl_uevent_modules(r->uevent_fd, on_module, r);
}
