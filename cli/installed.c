/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "installed.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

int fl_installed(const char *rest, char *path, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	if (len < 0)
		return -errno;
	path[len] = '\0';
	slash = strrchr(path, '/');
	if (!slash || (size_t)(slash - path) + strlen(rest) >= size)
		return -ENAMETOOLONG;
	memcpy(slash, rest, strlen(rest) + 1);
	return 0;
}
