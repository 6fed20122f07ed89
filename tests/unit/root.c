/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "root.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[PATH_MAX / 2];

const char *root_make(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(root, sizeof(root), "%s/fl-root.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(root))
		fail_msg("no temporary directory");
	return root;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void root_remove(void)
{
	if (*root)
		nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	*root = '\0';
}

const char *root_path(const char *path)
{
	static char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	return full;
}

void root_write(const char *path, const void *text, size_t len)
{
	char full[PATH_MAX];
	FILE *f;

	snprintf(full, sizeof(full), "%s", root_path(path));
	for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0700);
		*slash = '/';
	}
	if (!text) {
		mkdir(full, 0700);
		return;
	}
	f = fopen(full, "we");
	if (!f || fwrite(text, 1, len, f) != len || fclose(f))
		fail_msg("cannot write %s", full);
}

void root_puts(const char *path, const char *text)
{
	root_write(path, text, text ? strlen(text) : 0);
}
