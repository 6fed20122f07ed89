/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops.h"

const struct fl_backend_ops *fl_backend_ops(enum fl_backend b)
{
	static const struct fl_backend_ops *const table[FL_NBACKENDS] = {
#define FL_BACKEND(id, code, ops, ...) [FL_BACKEND_##id] = &fl_##ops##_ops,
#include "backend.def"
#undef FL_BACKEND
	};

	return table[b];
}
