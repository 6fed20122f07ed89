/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deny.c - functions that must not fail, and --allow. */
#include <string.h>

#include "sema_impl.h"

static const struct {
	const char *name;
	const char *reason;
} denied[] = {
#define FL_DENY(name, reason) { #name, reason },
#include "deny.def"
#undef FL_DENY
};

const char *fl_script_name(const char *name)
{
	const char *call = strstr(name, "_sys_");

	return call && !strncmp(name, "__", 2) ? call + 1 : name;
}

static bool is_allowed(const struct fl_sema *s, const char *name)
{
	for (size_t i = 0; i < s->opts->nallowed; i++) {
		if (!strcmp(fl_script_name(s->opts->allowed[i]), name))
			return true;
	}
	return false;
}

const char *fl_denied(const struct fl_sema *s, const char *name)
{
	name = fl_script_name(name);
	for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]); i++) {
		if (!strcmp(denied[i].name, name))
			return is_allowed(s, name) ? NULL : denied[i].reason;
	}
	return NULL;
}
