/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flo.h"

/* Enough to distinguish builds by eye. */
#define SHORT_ID 12

#define refuse(fault, ...) (fl_fault_raise((fault), __VA_ARGS__, NULL), -EOPNOTSUPP)

static int check_kernel(const struct fl_object *obj, struct fl_kernel *k, struct fl_fault *fault)
{
	char id[FL_BUILD_ID], theirs[SHORT_ID + 1], ours[SHORT_ID + 1];

	if (k->ops->build_id(k, NULL, id))
		return refuse(fault, FL_F_OBJECT_NO_BUILD);
	if (!strcmp(id, obj->build_id) && !strcmp(k->arch, obj->arch))
		return 0;
	snprintf(theirs, sizeof(theirs), "%.*s", SHORT_ID, obj->build_id);
	snprintf(ours, sizeof(ours), "%.*s", SHORT_ID, id);
	return refuse(fault, FL_F_OBJECT_KERNEL, obj->release, theirs, k->release, ours);
}

static int check_modules(const struct fl_object *obj, struct fl_kernel *k, struct fl_fault *fault)
{
	for (size_t i = 0; i < obj->nmodules; i++) {
		const struct fl_obj_module *m = &obj->modules[i];
		char id[FL_BUILD_ID];

		if (!k->ops->has_module(k, m->name))
			return refuse(fault, FL_F_OBJECT_MODULE, m->name, "is not loaded");
		if (k->ops->build_id(k, m->name, id))
			return refuse(fault, FL_F_OBJECT_MODULE, m->name, "has no build ID");
		if (strcmp(id, m->build_id) != 0)
			return refuse(fault, FL_F_OBJECT_MODULE, m->name,
				      "is of another build than the object is for");
	}
	return 0;
}

static int check_cpus(const struct fl_object *obj, struct fl_kernel *k, struct fl_fault *fault)
{
	char theirs[16], ours[16];

	if (k->ncpus <= obj->ncpus)
		return 0;
	snprintf(theirs, sizeof(theirs), "%u", obj->ncpus);
	snprintf(ours, sizeof(ours), "%u", k->ncpus);
	return refuse(fault, FL_F_OBJECT_CPUS, theirs, ours);
}

/* What the kernel answers today, as lasting.c noted the answer. -errno: none. */
static int ask(struct fl_kernel *k, const struct fl_obj_fact *fact, uint64_t *value)
{
	const struct fl_range *ranges;
	unsigned int level;
	size_t n;
	int err;

	switch (fact->kind) {
	case FL_FACT_RANGES:
		err = k->ops->ranges(k, fact->module, fact->name, &ranges, &n);
		if (!err)
			*value = fl_checksum(0, ranges, n * sizeof(*ranges));
		return err;
	case FL_FACT_ADDRESS:
		return k->ops->address(k, fact->name, value);
	default:
		return k->ops->cgroup(k, fact->name, value, &level);
	}
}

static int check_facts(const struct fl_object *obj, struct fl_kernel *k, struct fl_fault *fault)
{
	for (size_t i = 0; i < obj->nfacts; i++) {
		const struct fl_obj_fact *fact = &obj->facts[i];
		uint64_t value;

		if (!ask(k, fact, &value) && value == fact->value)
			continue;
		return refuse(fault,
			      fact->kind == FL_FACT_CGROUP ? FL_F_OBJECT_CGROUP : FL_F_OBJECT_MOVED,
			      fact->name);
	}
	return 0;
}

struct others {
	const struct fl_object *obj;
	struct fl_fault *fault;
};

static bool returns(const struct fl_object *obj, size_t attach)
{
	for (size_t i = 0; i < obj->nslots; i++) {
		if (obj->slots[i].attach == attach && obj->rules[obj->slots[i].rule].returns)
			return true;
	}
	return false;
}

/* The plan would be another one today; see plan.h. */
static bool undone(const struct fl_object *obj, size_t attach, const struct fl_attached *other,
		   struct fl_why_not *why)
{
	const struct fl_obj_attach *a = &obj->attaches[attach];
	enum fl_backend backend = obj->progs[a->prog].backend;
	const struct fl_backend_facts facts = {
		.returns = returns(obj, attach),
		.nfuncs = FL_MULTI_LEAST,
		.on_list = a->tag != FL_TAG_NONE,
		.in_module = a->module != NULL,
		.in_btf = true,
		.probed = other->probe,
		.trampolined = other->trampoline,
	};

	return (!fl_backend_can(backend, &facts, why) && why->id == FL_WHY_TRAMPOLINED) ||
	       (fl_backend_harms(backend, &facts, why) && why->id == FL_WHY_UNDOES);
}

static int check_other(const struct fl_attached *other, void *arg)
{
	struct others *o = arg;

	for (size_t i = 0; i < o->obj->nattaches; i++) {
		const struct fl_obj_attach *a = &o->obj->attaches[i];
		struct fl_why_not why;

		if (strcmp(a->func, other->func) != 0 || !a->module != !other->module ||
		    (a->module && strcmp(a->module, other->module) != 0))
			continue;
		if (undone(o->obj, i, other, &why))
			return refuse(o->fault, FL_F_OBJECT_BACKEND, a->shown,
				      fl_backend_name(o->obj->progs[a->prog].backend), why.text);
	}
	return 0;
}

static int check_others(const struct fl_object *obj, struct fl_kernel *k, struct fl_fault *fault)
{
	struct others o = { obj, fault };

	for (size_t i = 0; i < obj->nattaches; i++) {
		if (obj->attaches[i].tag != FL_TAG_NONE)
			return k->ops->each_attached(k, check_other, &o) == -EOPNOTSUPP
				       ? -EOPNOTSUPP
				       : 0;
	}
	return 0;
}

int fl_object_fits(const struct fl_object *obj, struct fl_kernel *k, struct fl_fault *fault)
{
	int err = check_kernel(obj, k, fault);

	if (!err)
		err = check_modules(obj, k, fault);
	if (!err)
		err = check_cpus(obj, k, fault);
	if (!err)
		err = check_facts(obj, k, fault);
	if (!err)
		err = check_others(obj, k, fault);
	if (!k->out_of_memory)
		return err;
	fl_fault_raise(fault, FL_F_MEMORY, NULL);
	return -ENOMEM;
}
