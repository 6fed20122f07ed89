/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "module_layout.h"

/* enum mod_mem_type in include/linux/module.h */
#define MOD_INIT_TEXT 4

struct finder {
	struct fl_kernel *k;
	struct fl_type module;
	bool missing;
};

/* The byte offset of @type's member @name, which is @out. */
static uint32_t offset_of(struct finder *f, fl_type_id type, const char *name,
			  struct fl_member *out)
{
	if (f->k->ops->member(f->k, type, name, out)) {
		f->missing = true;
		return 0;
	}
	return out->bit_offset / 8;
}

/* Since Linux 6.4 (ac3b43283923): an array of struct module_memory. */
static void find_memory(struct finder *f, struct fl_module_offsets *out)
{
	struct fl_member mem, m;
	struct fl_type element;
	uint32_t at = offset_of(f, f->module.id, "mem", &mem);

	if (f->missing || f->k->ops->type(f->k, mem.type.target, &element)) {
		f->missing = true;
		return;
	}
	out->text = at + offset_of(f, element.id, "base", &m);
	out->text_size = at + offset_of(f, element.id, "size", &m);
	out->init = out->text + MOD_INIT_TEXT * element.size;
	out->init_size = out->text_size + MOD_INIT_TEXT * element.size;
}

/* Before: text comes first in each of two struct module_layout. */
static void find_layouts(struct finder *f, struct fl_module_offsets *out)
{
	struct fl_member layout, m;
	uint32_t at = offset_of(f, f->module.id, "core_layout", &layout);

	if (f->missing)
		return;
	out->text = at + offset_of(f, layout.type.id, "base", &m);
	out->text_size = at + offset_of(f, layout.type.id, "text_size", &m);
	at = offset_of(f, f->module.id, "init_layout", &layout);
	if (f->missing)
		return;
	out->init = at + offset_of(f, layout.type.id, "base", &m);
	out->init_size = at + offset_of(f, layout.type.id, "text_size", &m);
}

const char *fl_find_sweep_offsets(struct fl_kernel *k, struct fl_emit_opts *emit)
{
	const char *problem = k->ops->btf_problem(k);
	struct finder f = { .k = k };
	struct fl_type task;
	struct fl_member m;

	if (*problem)
		return problem;
	if (k->ops->find_type(k, NULL, FL_TYPE_STRUCT, "task_struct", &task) ||
	    k->ops->find_type(k, NULL, FL_TYPE_STRUCT, "module", &f.module))
		return "its types have no struct module";
	emit->task_flags = offset_of(&f, task.id, "flags", &m);
	emit->module.name = offset_of(&f, f.module.id, "name", &m);
	emit->module.list = offset_of(&f, f.module.id, "list", &m);
	if (!k->ops->member(k, f.module.id, "core_layout", &m))
		find_layouts(&f, &emit->module);
	else
		find_memory(&f, &emit->module);
	return f.missing ? "its struct module has a layout that faultline does not know" : NULL;
}
