/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replace.c - a file's contents, all new or all old. All names are relative to
 * an open directory, so that concurrent renames cannot redirect the write.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

#define MAX_LINKS 40 /* as many as path_resolution(7) allows */
#define MAX_TRIES 100

struct place {
	int dir;
	char name[NAME_MAX + 1];
	bool exists;
	struct stat st; /* of what exists */
};

/* The directory of @path, below @at; *name is the last component. */
static int open_parent(int at, const char *path, const char **name, int *out)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX] = ".";

	*name = slash ? slash + 1 : path;
	if (!**name || !strcmp(*name, ".") || !strcmp(*name, ".."))
		return *path ? -EISDIR : -ENOENT;
	if (strlen(*name) > NAME_MAX || strlen(path) >= sizeof(dir))
		return -ENAMETOOLONG;
	if (slash)
		snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path) + 1, path);
	*out = openat(at, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* entries can be made where they cannot be listed */
	if (*out < 0 && errno == EACCES)
		*out = openat(at, dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *out < 0 ? -errno : 0;
}

/* Where the link leads that @p has found, into @target. */
static int read_link(const struct place *p, char *target, size_t size)
{
	ssize_t n;

	if (p->st.st_uid != geteuid())
		return -ELOOP;
	n = readlinkat(p->dir, p->name, target, size - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';
	return 0;
}

static int find_place(const char *path, struct place *p)
{
	char target[PATH_MAX];
	int err;

	*p = (struct place){ .dir = AT_FDCWD };
	for (int i = 0; i < MAX_LINKS; i++) {
		const char *name;
		int dir = -1;

		err = open_parent(p->dir, path, &name, &dir);
		if (err)
			return err;
		if (p->dir >= 0)
			close(p->dir);
		p->dir = dir;
		snprintf(p->name, sizeof(p->name), "%s", name);
		if (fstatat(dir, name, &p->st, AT_SYMLINK_NOFOLLOW))
			return errno == ENOENT ? 0 : -errno;
		if (!S_ISLNK(p->st.st_mode)) {
			p->exists = true;
			return S_ISREG(p->st.st_mode)	? 0
			       : S_ISDIR(p->st.st_mode) ? -EISDIR
							: -EINVAL;
		}
		err = read_link(p, target, sizeof(target));
		if (err)
			return err;
		path = target;
	}
	return -ELOOP;
}

static int create_beside(const struct place *p, mode_t mode, char *name, size_t size)
{
	for (int i = 0; i < MAX_TRIES; i++) {
		uint64_t random;
		int fd;

		if (getrandom(&random, sizeof(random), 0) != sizeof(random))
			return -errno;
		snprintf(name, size, ".faultline-%016llx", (unsigned long long)random);
		fd = openat(p->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			    p->exists ? 0600 : mode);
		if (fd >= 0 || errno != EEXIST)
			return fd < 0 ? -errno : fd;
	}
	return -EEXIST;
}

/* Owner and mode of the file that goes. */
static int take_over(const struct place *p, int fd)
{
	mode_t mode = p->st.st_mode & 07777;
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (st.st_uid != p->st.st_uid || st.st_gid != p->st.st_gid) {
		if (fchown(fd, p->st.st_uid, p->st.st_gid)) {
			if (errno != EPERM)
				return -errno;
			/* set-user-ID would mean another user */
			mode &= 01777;
		}
	}
	/* after the owner: changing that clears set-user-ID */
	return fchmod(fd, mode) ? -errno : 0;
}

/* A directory that cannot be read cannot be synced, nor can those of some file systems. */
static int sync_dir(int dir)
{
	return fsync(dir) && errno != EBADF && errno != EINVAL ? -errno : 0;
}

int fl_replace_file(const char *path, mode_t mode, const void *text, size_t len)
{
	struct place p;
	char name[40];
	int fd = -1, err = find_place(path, &p);

	if (!err) {
		fd = create_beside(&p, mode, name, sizeof(name));
		err = fd < 0 ? fd : 0;
	}
	if (!err && p.exists)
		err = take_over(&p, fd);
	if (!err)
		err = fl_write_all(fd, text, len);
	if (!err && fsync(fd))
		err = -errno;
	/* network file systems may report an error only now */
	if (fd >= 0 && close(fd) && !err)
		err = -errno;
	if (!err && renameat(p.dir, name, p.dir, p.name))
		err = -errno;
	if (!err)
		err = sync_dir(p.dir);
	else if (fd >= 0)
		unlinkat(p.dir, name, 0);
	if (p.dir >= 0)
		close(p.dir);
	return err;
}
