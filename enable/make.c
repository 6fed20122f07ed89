/* SPDX-License-Identifier: GPL-2.0-or-later */
/* make.c - a folder, the files for the kernel's build system in it, make, the module. */
#include "make.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"

struct building {
	const struct fl_kbuild *kernel;
	const struct fl_enable_targets *targets;
	struct fl_arena *arena;
	struct fl_fault *fault;
	const char *name;
	char *folder;
};

static int fail(struct building *b, const char *what, int err)
{
	fl_fault_raise(b->fault, FL_X_BUILD, what, fl_file_error(err), NULL);
	return -1;
}

static int make_folder(struct building *b)
{
	const char *tmp = getenv("TMPDIR");

	b->folder = fl_arena_printf(b->arena, "%s/faultline.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	return mkdtemp(b->folder) ? 0 : fail(b, b->folder, -errno);
}

static void remove_folder(struct building *b)
{
	char *roots[] = { b->folder, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;

	while (tree && (e = fts_read(tree))) {
		if (e->fts_info != FTS_D)
			remove(e->fts_accpath);
	}
	if (tree)
		fts_close(tree);
}

static const char *in_folder(const struct building *b, const char *name)
{
	return fl_arena_printf(b->arena, "%s/%s", b->folder, name);
}

static int write_files(struct building *b)
{
	const char *path = in_folder(b, "Kbuild");
	FILE *out = fopen(path, "we");

	if (out) {
		fprintf(out, "obj-m := %s.o\n", b->name);
		if (fclose(out))
			return fail(b, path, -errno);
		path = in_folder(b, fl_arena_printf(b->arena, "%s.c", b->name));
		out = fopen(path, "we");
	}
	if (!out)
		return fail(b, path, -errno);
	fl_module_text(b->targets, out);
	return fclose(out) ? fail(b, path, -errno) : 0;
}

/* 0, or -errno if make could not be started; its output goes to @log. */
static int run_make(struct building *b, const char *log, int *status)
{
	char *const argv[] = {
		"make",
		"-C",
		fl_arena_printf(b->arena, "%s", b->kernel->folder),
		fl_arena_printf(b->arena, "M=%s", b->folder),
		"modules",
		/* its entries need no types, and pahole need not be there */
		"CONFIG_DEBUG_INFO_BTF_MODULES=",
		b->kernel->by_clang ? "LLVM=1" : NULL,
		NULL,
	};
	posix_spawn_file_actions_t files;
	pid_t pid;
	int err;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log, O_WRONLY | O_CREAT, 0600);
	posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
	err = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	if (err)
		return -err;
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return 0;
}

static int copy_module(struct building *b, const char *path)
{
	const char *built = in_folder(b, fl_arena_printf(b->arena, "%s.ko", b->name));
	size_t len;
	char *text = fl_read_text(built, &len);
	int err;

	if (!text)
		return fail(b, built, -errno);
	err = fl_replace_file(path, 0644, text, len);
	free(text);
	if (!err)
		return 0;
	fl_fault_raise(b->fault, FL_F_WRITE, path, fl_file_error(err), NULL);
	return -1;
}

static int build(struct building *b, const char *path)
{
	const char *log = in_folder(b, "log");
	int err, status = 0;
	size_t len;

	if (write_files(b))
		return -1;
	err = run_make(b, log, &status);
	if (err)
		return fail(b, "make", err);
	if (!status)
		return copy_module(b, path);
	fl_fault_raise(b->fault, FL_X_MAKE, b->kernel->folder, NULL);
	b->fault->log = fl_read_text(log, &len);
	return -1;
}

int fl_module_build(const struct fl_kbuild *k, const struct fl_enable_targets *targets,
		    const char *path, struct fl_fault *fault)
{
	struct building b = { .kernel = k, .targets = targets, .arena = k->arena, .fault = fault };
	int err;

	b.name = fl_module_name(b.arena, targets);
	if (make_folder(&b))
		return -1;
	err = build(&b, path);
	remove_folder(&b);
	return err;
}
