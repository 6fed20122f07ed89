/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "object.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "fl_abi.h"
#include "mem.h"

/* These are what programs in a file were compiled for. */
#define SAME_SIZE(type, bytes) \
	_Static_assert(sizeof(struct type) == (bytes), "a change needs a new FL_ABI_VERSION")
SAME_SIZE(fl_run_knobs, 8 * 9 + 4 * FL_MAX_EXEMPT + 4 * 4 + 8 * 5);
SAME_SIZE(fl_rule_knobs, 8 * 13);
SAME_SIZE(fl_rule_state, 64);
SAME_SIZE(fl_param_knob, 32);
SAME_SIZE(fl_counts, 64);

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
