/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell_script.h - a completion script that is embedded in the program. */
#ifndef FL_SHELL_SCRIPT_H
#define FL_SHELL_SCRIPT_H

#include <stddef.h>

struct fl_shell {
	const char *name; /* of its file */
	const char *text;
	size_t len;
};

#endif /* FL_SHELL_SCRIPT_H */
