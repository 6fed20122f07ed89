/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lasting.c - which kernel an object that is kept for later is for. */
#include <string.h>

#include "flo.h"
#include "manifest.h"

struct lasting {
	struct fl_object *obj;
	struct fl_kernel *kernel;
	struct fl_arena *kept;
	size_t facts_cap;
	size_t modules_cap;
};

static const char *keep(struct lasting *l, const char *text)
{
	return text ? fl_arena_strndup(l->kept, text, strlen(text)) : NULL;
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Once each; the same pattern expands to the same functions everywhere. */
static void add_fact(struct lasting *l, enum fl_fact kind, const char *module, const char *name,
		     uint64_t value)
{
	struct fl_object *obj = l->obj;

	for (size_t i = 0; i < obj->nfacts; i++) {
		if (obj->facts[i].kind == kind && same(obj->facts[i].name, name) &&
		    same(obj->facts[i].module, module))
			return;
	}
	obj->facts =
		fl_arena_grow(l->kept, obj->facts, obj->nfacts, &l->facts_cap, sizeof(*obj->facts));
	obj->facts[obj->nfacts++] =
		(struct fl_obj_fact){ kind, keep(l, name), keep(l, module), value };
}

static void add_facts(struct lasting *l, const struct fl_script *script,
		      const struct fl_emit_opts *emit)
{
	for (size_t i = 0; i < script->npatterns; i++) {
		const struct fl_pattern_set *set = &script->patterns[i];

		add_fact(l, FL_FACT_RANGES, set->pattern->module, set->symbol,
			 fl_checksum(0, set->ranges, set->nranges * sizeof(set->ranges[0])));
	}
	for (size_t i = 0; i < script->ncgroups; i++)
		add_fact(l, FL_FACT_CGROUP, NULL, script->cgroups[i]->items[0]->text,
			 script->cgroups[i]->value);
	/* where one symbol is settles where the others of the same build are */
	if (emit->preempt.bases)
		add_fact(l, FL_FACT_ADDRESS, NULL, "__per_cpu_offset", emit->preempt.bases);
}

static bool has_module(const struct fl_object *obj, const char *name)
{
	for (size_t i = 0; i < obj->nmodules; i++) {
		if (!strcmp(obj->modules[i].name, name))
			return true;
	}
	return false;
}

/* Modules that rules are on; one whose build is not known is returned. */
static const char *add_modules(struct lasting *l)
{
	struct fl_object *obj = l->obj;
	char id[FL_BUILD_ID];

	for (size_t i = 0; i < obj->nattaches; i++) {
		const char *name = obj->attaches[i].module;

		if (!name || has_module(obj, name))
			continue;
		if (l->kernel->ops->build_id(l->kernel, name, id))
			return fl_arena_printf(l->kept, "module '%s'", name);
		obj->modules = fl_arena_grow(l->kept, obj->modules, obj->nmodules, &l->modules_cap,
					     sizeof(*obj->modules));
		obj->modules[obj->nmodules++] = (struct fl_obj_module){ name, keep(l, id) };
	}
	return NULL;
}

const char *fl_make_lasting(struct fl_object *obj, const struct fl_plan *plan,
			    const struct fl_emit_opts *emit, struct fl_kernel *k,
			    struct fl_arena *kept)
{
	struct lasting l = { .obj = obj, .kernel = k, .kept = kept };
	char id[FL_BUILD_ID];

	obj->release = keep(&l, k->release);
	obj->arch = keep(&l, k->arch);
	obj->force_return = emit->force_return;
	if (k->ops->build_id(k, NULL, id))
		return "this kernel";
	obj->build_id = keep(&l, id);
	add_facts(&l, plan->script, emit);
	return add_modules(&l);
}
