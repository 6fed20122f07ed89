/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * database.c - sources and their flags. Kernels that gcc built have flags that
 * Clang does not know; which ones depends on its version, so each flag is tried
 * on an empty file.
 */
#include "database.h"

#include <clang-c/CXCompilationDatabase.h>
#include <clang-c/Index.h>
#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATABASE "compile_commands.json"

struct flag {
	const char *text;
	bool known;
};

struct entry {
	const char *path, *folder; /* absolute */
	CXCompileCommand command;
};

struct reader {
	struct fl_sources *out;
	struct fl_fault *fault;
	CXCompilationDatabase database;
	CXCompileCommands commands;
	struct entry *entries; /* by path */
	size_t nentries;
	const char *build; /* absolute */
	struct flag *flags;
	size_t nflags, flags_cap;
	CXIndex index;
};

const char *fl_build_above(struct fl_arena *a, const char *path)
{
	char *real = realpath(path, NULL), *slash;
	const char *found = NULL;

	while (real && !found && (slash = strrchr(real, '/'))) {
		char *name = fl_arena_printf(a, "%s/" DATABASE, real);

		if (!access(name, R_OK))
			found = fl_arena_strndup(a, real, strlen(real));
		*slash = '\0';
	}
	free(real);
	return found;
}

/* --- flags -------------------------------------------------------------------- */

static bool ask_clang(struct reader *r, const char *flag)
{
	struct CXUnsavedFile empty = { "/faultline-empty.c", "", 0 };
	CXTranslationUnit unit = NULL;
	bool known = true;

	if (clang_parseTranslationUnit2(r->index, empty.Filename, &flag, 1, &empty, 1, 0, &unit))
		return false;
	for (unsigned int i = 0; i < clang_getNumDiagnostics(unit); i++) {
		CXDiagnostic d = clang_getDiagnostic(unit, i);

		known = known && clang_getDiagnosticSeverity(d) < CXDiagnostic_Warning;
		clang_disposeDiagnostic(d);
	}
	clang_disposeTranslationUnit(unit);
	return known;
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* Macros and folders are the file's, and all compilers know them. */
static bool needs_asking(const char *flag)
{
	return begins(flag, "-f") || begins(flag, "-m") || begins(flag, "-W") ||
	       begins(flag, "-std") || begins(flag, "--") || begins(flag, "-g");
}

static bool is_known(struct reader *r, const char *flag)
{
	for (size_t i = 0; i < r->nflags; i++) {
		if (!strcmp(r->flags[i].text, flag))
			return r->flags[i].known;
	}
	r->flags = fl_arena_grow(r->out->arena, r->flags, r->nflags, &r->flags_cap,
				 sizeof(r->flags[0]));
	/* plugins are gcc's, and Clang would load them */
	r->flags[r->nflags] =
		(struct flag){ flag, !begins(flag, "-fplugin") && ask_clang(r, flag) };
	return r->flags[r->nflags++].known;
}

/* What says where output goes, and what makes warnings errors. */
static size_t is_left_out(const char *flag)
{
	if (!strcmp(flag, "-o") || !strcmp(flag, "-MF") || !strcmp(flag, "-MT") ||
	    !strcmp(flag, "--param"))
		return 2;
	return !strcmp(flag, "-c") || begins(flag, "-Wp,-M") || begins(flag, "-M") ||
	       begins(flag, "-Werror") || !strcmp(flag, "--");
}

static bool takes_next(const char *flag)
{
	static const char *const flags[] = { "-I",	 "-D",	       "-U",
					     "-include", "-isystem",   "-imacros",
					     "-iquote",	 "-idirafter", "-x" };

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!strcmp(flag, flags[i]))
			return true;
	}
	return false;
}

static void read_args(struct reader *r, CXCompileCommand command, struct fl_source_file *file)
{
	unsigned int n = clang_CompileCommand_getNumArgs(command);
	struct fl_arena *a = r->out->arena;
	const char **args = fl_arena_alloc(a, (n + 4) * sizeof(args[0]));

	file->args = fl_arena_alloc(a, (n + 4) * sizeof(file->args[0]));
	for (unsigned int i = 0; i < n; i++) {
		CXString s = clang_CompileCommand_getArg(command, i);

		args[i] = fl_arena_strndup(a, clang_getCString(s), strlen(clang_getCString(s)));
		clang_disposeString(s);
	}
	for (unsigned int i = 0; i < n; i++) {
		size_t left_out;

		/* the compiler, a launcher before it, and the file */
		if (args[i][0] != '-')
			continue;
		left_out = is_left_out(args[i]);
		if (left_out) {
			i += (unsigned int)left_out - 1;
			continue;
		}
		if (takes_next(args[i]) && i + 1 < n) {
			file->args[file->nargs++] = args[i];
			file->args[file->nargs++] = args[++i];
		} else if (!needs_asking(args[i]) || is_known(r, args[i])) {
			file->args[file->nargs++] = args[i];
		}
	}
	/* all errors, so that only the functions that have one are left out */
	file->args[file->nargs++] = "-ferror-limit=0";
}

/* --- files -------------------------------------------------------------------- */

static const char *below(const char *folder, const char *path)
{
	size_t len = strlen(folder);

	return !strncmp(path, folder, len) && path[len] == '/' ? path + len + 1 : path;
}

/* "./" and ".." are in names that some generators write. */
static const char *path_of(struct reader *r, CXCompileCommand command, const char *folder)
{
	CXString s = clang_CompileCommand_getFilename(command);
	const char *name = clang_getCString(s), *path;
	char *real;

	path = name[0] == '/' ? fl_arena_strndup(r->out->arena, name, strlen(name))
			      : fl_arena_printf(r->out->arena, "%s/%s", folder, name);
	clang_disposeString(s);
	if (!strstr(path, "/."))
		return path;
	real = realpath(path, NULL);
	path = real ? fl_arena_strndup(r->out->arena, real, strlen(real)) : path;
	free(real);
	return path;
}

static int by_path(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* All entries by name: for a missing file, libclang infers a command from others. */
static void list_entries(struct reader *r)
{
	struct fl_arena *a = r->out->arena;

	r->commands = clang_CompilationDatabase_getAllCompileCommands(r->database);
	r->nentries = clang_CompileCommands_getSize(r->commands);
	r->entries = fl_arena_alloc(a, (r->nentries + 1) * sizeof(r->entries[0]));
	for (size_t i = 0; i < r->nentries; i++) {
		struct entry *e = &r->entries[i];
		CXString folder;

		e->command = clang_CompileCommands_getCommand(r->commands, (unsigned int)i);
		folder = clang_CompileCommand_getDirectory(e->command);
		e->folder = fl_arena_strndup(a, clang_getCString(folder),
					     strlen(clang_getCString(folder)));
		clang_disposeString(folder);
		e->path = path_of(r, e->command, e->folder);
	}
	qsort(r->entries, r->nentries, sizeof(r->entries[0]), by_path);
}

/* False when the database does not have it. */
static bool add_file(struct reader *r, const char *path)
{
	struct entry key = { .path = path }, *e;
	struct fl_sources *out = r->out;
	struct fl_source_file file = { 0 };

	e = bsearch(&key, r->entries, r->nentries, sizeof(key), by_path);
	if (!e)
		return false;
	file.path = e->path;
	file.folder = e->folder;
	file.shown = below(r->build, file.path);
	file.shown = file.shown == file.path ? below(file.folder, file.path) : file.shown;
	read_args(r, e->command, &file);
	out->list = fl_arena_grow(out->arena, out->list, out->n, &out->cap, sizeof(out->list[0]));
	out->list[out->n++] = file;
	return true;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int add_folder(struct reader *r, char *path)
{
	char *roots[] = { path, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	size_t before = r->out->n;
	FTSENT *e;

	while (tree && (e = fts_read(tree))) {
		size_t len = e->fts_namelen;

		if (e->fts_info != FTS_F || len < 3 || strcmp(e->fts_name + len - 2, ".c") != 0)
			continue;
		/* module descriptions that kbuild wrote */
		if (len > 6 && !strcmp(e->fts_name + len - 6, ".mod.c"))
			continue;
		if (!add_file(r, e->fts_path))
			r->out->unlisted++;
	}
	if (tree)
		fts_close(tree);
	if (r->out->n > before)
		return 0;
	fl_fault_raise(r->fault, FL_N_UNLISTED, path, r->build, NULL);
	return -1;
}

static int add_word(struct reader *r, const char *word)
{
	char *path = realpath(word, NULL);
	struct stat st;
	int err = 0;

	if (!path || stat(path, &st)) {
		fl_fault_raise(r->fault, FL_F_READ, word, strerror(errno), NULL);
		err = -1;
	} else if (S_ISDIR(st.st_mode)) {
		err = add_folder(r, path);
	} else if (!add_file(r, path)) {
		fl_fault_raise(r->fault, FL_N_UNLISTED, word, r->build, NULL);
		err = -1;
	}
	free(path);
	return err;
}

static int open_database(struct reader *r, const char *build, const char *word)
{
	CXCompilationDatabase_Error error;
	const char *folder = build;
	char *path;

	if (access(word, R_OK)) {
		fl_fault_raise(r->fault, FL_F_READ, word, strerror(errno), NULL);
		return -1;
	}
	if (!folder)
		folder = fl_build_above(r->out->arena, word);
	if (!folder) {
		fl_fault_raise(r->fault, FL_N_NO_DATABASE, word, NULL);
		return -1;
	}
	path = fl_arena_printf(r->out->arena, "%s/" DATABASE, folder);
	if (access(path, R_OK)) {
		fl_fault_raise(r->fault, FL_N_NO_DATABASE_IN, folder, NULL);
		return -1;
	}
	r->database = clang_CompilationDatabase_fromDirectory(folder, &error);
	if (error != CXCompilationDatabase_NoError) {
		fl_fault_raise(r->fault, FL_N_DATABASE, path, NULL);
		return -1;
	}
	path = realpath(folder, NULL);
	r->build = path ? fl_arena_strndup(r->out->arena, path, strlen(path)) : folder;
	free(path);
	return 0;
}

/* A file that was named twice is read once. */
static void drop_doubles(struct fl_sources *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		bool is_double = false;

		for (size_t j = 0; j < n; j++)
			is_double = is_double || !strcmp(s->list[i].path, s->list[j].path);
		if (!is_double)
			s->list[n++] = s->list[i];
	}
	s->n = n;
}

int fl_sources_find(struct fl_sources *s, const char *build, char **words, int nwords,
		    struct fl_fault *fault)
{
	struct reader r = { .out = s, .fault = fault };
	int err;

	err = open_database(&r, build, words[0]);
	if (err)
		return err;
	list_entries(&r);
	r.index = clang_createIndex(0, 0);
	for (int i = 0; i < nwords && !err; i++)
		err = add_word(&r, words[i]);
	drop_doubles(s);
	s->flags = r.nflags;
	s->unknown = fl_arena_alloc(s->arena, (r.nflags + 1) * sizeof(s->unknown[0]));
	for (size_t i = 0; i < r.nflags; i++) {
		if (!r.flags[i].known)
			s->unknown[s->dropped++] = r.flags[i].text;
	}
	clang_disposeIndex(r.index);
	clang_CompileCommands_dispose(r.commands);
	clang_CompilationDatabase_dispose(r.database);
	return err;
}
