/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

int fl_read_all(int fd, void *data, size_t len)
{
	char *p = data;

	while (len) {
		ssize_t n = read(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EPIPE;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int fl_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;
	bool is_socket = true;

	while (len) {
		ssize_t n = is_socket ? send(fd, p, len, MSG_NOSIGNAL) : write(fd, p, len);

		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else if (!n) {
			return -ENOSPC;
		} else if (errno == ENOTSOCK && is_socket) {
			is_socket = false;
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

int fl_read_fd(int fd, size_t max, char **text, size_t *len)
{
	size_t cap = 65536, used = 0;
	char *buf = malloc(cap);

	*text = NULL;
	*len = 0;
	while (buf) {
		ssize_t n = read(fd, buf + used, cap - used - 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int err = -errno;

			free(buf);
			return err;
		}
		used += (size_t)n;
		if (!n || used > max) {
			buf[used] = '\0';
			*text = buf;
			*len = used;
			return 0;
		}
		if (cap - used < 2) {
			char *bigger = cap <= SIZE_MAX / 2 ? realloc(buf, cap * 2) : NULL;

			if (!bigger)
				free(buf);
			buf = bigger;
			cap *= 2;
		}
	}
	return -ENOMEM;
}

int fl_read_file(const char *path, size_t max, char **text, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), err;

	*text = NULL;
	*len = 0;
	if (fd < 0)
		return -errno;
	err = fl_read_fd(fd, max, text, len);
	close(fd);
	return err;
}

char *fl_read_text(const char *path, size_t *len)
{
	char *text;
	int err = fl_read_file(path, SIZE_MAX, &text, len);

	if (err)
		errno = -err;
	return text;
}

/* 0 where it is there already, too. */
static int make_one(const char *path)
{
	struct stat st;

	if (!mkdir(path, 0777))
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (stat(path, &st))
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

int fl_make_folder(const char *path)
{
	char *copy = strdup(path);
	int err = copy ? 0 : -ENOMEM;

	for (char *slash = copy ? strchr(copy + (*copy == '/'), '/') : NULL; slash && !err;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		err = make_one(copy);
		*slash = '/';
	}
	free(copy);
	return err ? err : make_one(path);
}

const char *fl_file_error(int err)
{
	switch (err) {
	case -EISDIR:
		return "it is a directory";
	case -EINVAL:
		return "it is not a regular file";
	case -ELOOP:
		return "it is another user's symbolic link, or too many of them";
	default:
		return strerror(-err);
	}
}
