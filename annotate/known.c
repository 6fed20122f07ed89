/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "known.h"

#include <fnmatch.h>
#include <string.h>

enum fl_known fl_known(const char *name)
{
	static const struct {
		const char *pattern;
		enum fl_known class;
	} table[] = {
#define FL_KNOWN(pattern, class) { pattern, FL_KNOWN_##class },
#include "known.def"
#undef FL_KNOWN
	};

	for (size_t i = 0; name && i < sizeof(table) / sizeof(table[0]); i++) {
		if (!fnmatch(table[i].pattern, name, 0))
			return table[i].class;
	}
	return FL_KNOWN_NOT;
}

bool fl_known_releases(const char *name)
{
	static const char *const words[] = {
		"cleanup",  "close",	  "deinit",    "deregister",  "dealloc", "destroy",
		"detach",   "disable",	  "drop",      "exit",	      "fini",	 "free",
		"put",	    "release",	  "remove",    "revert",      "stop",	 "shutdown",
		"teardown", "uncharge",	  "uninit",    "unload",      "unlock",	 "unmap",
		"unpin",    "unregister", "unreserve", "unsubscribe", "undo",	 "unbind",
		"unwind",   "suspend",	  "rollback",  "unprepare",
	};

	while (*name) {
		size_t len = strcspn(name, "_");

		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (len == strlen(words[i]) && !memcmp(name, words[i], len))
				return true;
		}
		name += len + (name[len] == '_');
	}
	return false;
}
