/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"

static int run(const char *program, const char *const *argv, bool silent, int out, int *status)
{
	posix_spawn_file_actions_t files;
	pid_t pid;
	int err;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	if (silent)
		posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	/* strings are only read */
	err = posix_spawnp(&pid, program, &files, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&files);
	while (!err && waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return -err;
}

int fl_capture(const char *program, const char *const *argv, bool silent, char **text, size_t *len,
	       int *status)
{
	int out = memfd_create("output", MFD_CLOEXEC);
	int err;

	*text = NULL;
	*status = -1;
	if (out < 0)
		return -errno;
	err = run(program, argv, silent, out, status);
	if (!err)
		err = lseek(out, 0, SEEK_SET) < 0 ? -errno : fl_read_fd(out, SIZE_MAX, text, len);
	close(out);
	return err;
}
