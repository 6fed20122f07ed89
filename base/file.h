/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file.h - files read and written whole. Functions return 0 or -errno. */
#ifndef FL_FILE_H
#define FL_FILE_H

#include <stddef.h>
#include <sys/types.h>

/* Exactly @len bytes of a blocking descriptor; -EPIPE when it ends earlier. */
int fl_read_all(int fd, void *data, size_t len);
/* SIGPIPE is the caller's to ignore; sockets need not, they get MSG_NOSIGNAL. */
int fl_write_all(int fd, const void *data, size_t len);

/*
 * All of a descriptor or file, NUL-terminated; works for files that report no
 * size. Reading stops once there are more than @max bytes, and *len > @max
 * reports that; SIZE_MAX: no limit. *text is yours. -EISDIR for a directory.
 */
int fl_read_fd(int fd, size_t max, char **text, size_t *len);
int fl_read_file(const char *path, size_t max, char **text, size_t *len);
/* The same without a limit, or NULL with errno set. */
char *fl_read_text(const char *path, size_t *len);

/*
 * Make @text the contents of @path: after a failure or a crash the file holds
 * either all of the new text or all of the old. It is written beside @path under
 * an unpredictable name, synced, and renamed. An existing file keeps its mode,
 * and its owner where we may set that; a new one gets @mode less the umask. A
 * symbolic link is followed where it belongs to the caller, and is -ELOOP
 * otherwise: it may have been planted. -EISDIR, or -EINVAL for what is neither a
 * file nor a directory.
 */
int fl_replace_file(const char *path, mode_t mode, const void *text, size_t len);

/* A folder, with those above it; it may be there already. -ENOTDIR for a file. */
int fl_make_folder(const char *path);

/* What a -errno of this file says; static. */
const char *fl_file_error(int err);

#endif /* FL_FILE_H */
