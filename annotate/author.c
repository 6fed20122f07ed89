/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "author.h"

#include <stdlib.h>
#include <string.h>

#include "capture.h"

/* It says NAME <ADDRESS> SECONDS ZONE. */
static const char *ask_git(struct fl_arena *a)
{
	static const char *const argv[] = { "git", "var", "GIT_AUTHOR_IDENT", NULL };
	const char *author = NULL, *end;
	char *text;
	size_t len;
	int status;

	if (!fl_capture(argv[0], argv, true, &text, &len, &status) && !status) {
		end = strchr(text, '>');
		author = end ? fl_arena_strndup(a, text, (size_t)(end + 1 - text)) : NULL;
	}
	free(text);
	return author;
}

const char *fl_author(struct fl_arena *a)
{
	const char *name = getenv("GIT_AUTHOR_NAME"), *address = getenv("GIT_AUTHOR_EMAIL");

	/* without git, too */
	return name && address ? fl_arena_printf(a, "%s <%s>", name, address) : ask_git(a);
}
