/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "author.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"

/* What it prints goes to @out; true when it succeeds. */
static bool run_git(int out)
{
	char *const argv[] = { "git", "var", "GIT_AUTHOR_IDENT", NULL };
	posix_spawn_file_actions_t files;
	int status = -1, err;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	err = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	while (!err && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return !err && !status;
}

/* It says NAME <ADDRESS> SECONDS ZONE. */
static const char *ask_git(struct fl_arena *a)
{
	const char *author = NULL, *end;
	char *text = NULL;
	size_t len;
	int out = memfd_create("author", MFD_CLOEXEC);

	if (out < 0)
		return NULL;
	if (run_git(out) && !lseek(out, 0, SEEK_SET) && !fl_read_fd(out, SIZE_MAX, &text, &len)) {
		end = strchr(text, '>');
		author = end ? fl_arena_strndup(a, text, (size_t)(end + 1 - text)) : NULL;
	}
	free(text);
	close(out);
	return author;
}

const char *fl_author(struct fl_arena *a)
{
	const char *name = getenv("GIT_AUTHOR_NAME"), *address = getenv("GIT_AUTHOR_EMAIL");

	/* without git, too */
	return name && address ? fl_arena_printf(a, "%s <%s>", name, address) : ask_git(a);
}
