/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lockdown.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

/* "none [integrity] confidentiality" */
int fl_lockdown(const char *root, char word[FL_LOCKDOWN_SIZE])
{
	char path[PATH_MAX], *text, *start;
	size_t len;

	*word = '\0';
	snprintf(path, sizeof(path), "%s/sys/kernel/security/lockdown", root);
	text = fl_read_text(path, &len);
	if (!text)
		return -errno;
	start = strchr(text, '[');
	if (start)
		snprintf(word, FL_LOCKDOWN_SIZE, "%.*s", (int)strcspn(start + 1, "]"), start + 1);
	free(text);
	return *word ? 0 : -EINVAL;
}
