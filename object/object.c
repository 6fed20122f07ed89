/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "object.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "mem.h"

void fl_object_free(struct fl_object *obj)
{
	struct fl_arena memory;

	if (!obj)
		return;
	free(obj->elf);
	/* The object itself lives in its memory too. */
	memory.blocks = obj->memory;
	fl_arena_release(&memory);
}

const char *fl_value_name(const struct fl_obj_attach *attach, int64_t value, char *buf, size_t len)
{
	const char *name = fl_error_name(value);

	if (name)
		snprintf(buf, len, "-%s", name);
	else if (value == 0 && (attach->ret == FL_TYPE_PTR || attach->tag == FL_TAG_NULL))
		snprintf(buf, len, "NULL");
	else if ((value == 0 || value == 1) &&
		 (attach->ret == FL_TYPE_BOOL || attach->tag == FL_TAG_TRUE))
		snprintf(buf, len, "%s", value ? "true" : "false");
	else
		snprintf(buf, len, "%" PRId64, value);
	return buf;
}
