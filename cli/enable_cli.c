/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * enable_cli.c - `faultline enable`: words to targets, what their source says of
 * them, a module, and whether the kernel's list has them then.
 */
#include "enable_cli.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "annotate_cli.h"
#include "errors.h"
#include "facts.h"
#include "load.h"
#include "make.h"
#include "said.h"

struct enable {
	const struct fl_options *o;
	struct fl_arena *arena;
	struct fl_fault *fault;
	struct fl_enable_targets targets;
};

/* --- what to enable --------------------------------------------------------------- */

static int read_target(struct enable *e, const char *word)
{
	const char *colon = strchr(word, ':');
	struct fl_enable_target *t = &e->targets.list[e->targets.n++];

	t->function = colon ? fl_arena_strndup(e->arena, word, (size_t)(colon - word)) : word;
	t->tag = colon ? fl_tag_parse(colon + 1, strlen(colon + 1)) : FL_TAG_NONE;
	for (size_t i = 0; i + 1 < e->targets.n; i++) {
		if (strcmp(e->targets.list[i].function, t->function) != 0)
			continue;
		fl_fault_raise(e->fault, FL_X_TWICE, t->function, NULL);
		return -1;
	}
	if (!colon || t->tag != FL_TAG_NONE)
		return 0;
	fl_fault_raise(e->fault, FL_X_TAG, colon + 1, NULL);
	return -1;
}

static int read_targets(struct enable *e)
{
	const struct fl_options *o = e->o;

	e->targets.list =
		fl_arena_alloc(e->arena, (size_t)o->nfiles * sizeof(struct fl_enable_target));
	for (int i = 0; i < o->nfiles; i++) {
		if (read_target(e, o->files[i]))
			return -1;
	}
	return 0;
}

/* --- what the source says ----------------------------------------------------------- */

static int check_said(struct enable *e, struct fl_enable_target *t, const struct fl_said *said)
{
	const char *wanted = fl_tag_name(t->tag);

	if (!e->o->force && !said->qualifies) {
		fl_fault_raise(e->fault, FL_X_UNFIT, t->function, said->reason, NULL);
		return -1;
	}
	if (t->tag == FL_TAG_NONE)
		t->tag = said->tag;
	if (t->tag == FL_TAG_NONE) {
		fl_fault_raise(e->fault, FL_X_NO_TAG, t->function, NULL);
		return -1;
	}
	if (!e->o->force && t->tag != said->tag) {
		fl_fault_raise(e->fault, FL_X_OTHER_TAG, t->function, fl_tag_name(said->tag),
			       wanted, NULL);
		return -1;
	}
	fprintf(stderr, "%s: %s:%u %s\n", t->function, said->file, said->line,
		said->qualifies ? "qualifies" : "does not qualify, enabled by --force");
	return 0;
}

static int check_source(struct enable *e)
{
	struct fl_said_source source = { .build = e->o->build, .path = e->o->source };
	struct fl_said *said;
	char program[PATH_MAX];

	if (fl_annotate_program(program, sizeof(program))) {
		fl_fault_raise(e->fault, FL_F_MEMORY, NULL);
		return -1;
	}
	source.program = program;
	if (fl_said_read(e->arena, &source, &e->targets, &said, e->fault))
		return -1;
	for (size_t i = 0; i < e->targets.n; i++) {
		if (check_said(e, &e->targets.list[i], &said[i]))
			return -1;
	}
	return 0;
}

static int check_unseen(struct enable *e)
{
	for (size_t i = 0; i < e->targets.n; i++) {
		const struct fl_enable_target *t = &e->targets.list[i];

		if (t->tag == FL_TAG_NONE) {
			fl_fault_raise(e->fault, FL_X_NO_TAG, t->function, NULL);
			return -1;
		}
		fprintf(stderr,
			"faultline: warning: cannot check whether '%s' may fail: no --source\n",
			t->function);
	}
	return 0;
}

/* --- what the kernel has --------------------------------------------------------------- */

struct look {
	const struct fl_enable_targets *targets;
	bool *listed; /* each of them */
};

static int note_listed(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct look *look = arg;

	(void)module;
	(void)tag;
	for (size_t i = 0; i < look->targets->n; i++) {
		if (!strcmp(look->targets->list[i].function, name))
			look->listed[i] = true;
	}
	return 0;
}

/* The first target that is on the list or, with @wanted false, that is not; NULL: none. */
static const char *find_listed(struct enable *e, const struct fl_enable_targets *targets,
			       bool wanted, bool *is_known)
{
	const struct fl_facts_opts opts = { .root = "" };
	struct look look = { targets, fl_arena_alloc(e->arena, targets->n * sizeof(bool)) };
	struct fl_kernel *k;

	*is_known = false;
	if (fl_facts_open(&opts, &k))
		return NULL;
	k->ops->each_injectable(k, note_listed, &look);
	*is_known = k->ops->list_state(k) == FL_LIST_KNOWN;
	fl_facts_close(k);
	for (size_t i = 0; i < targets->n && *is_known; i++) {
		if (look.listed[i] == wanted)
			return targets->list[i].function;
	}
	return NULL;
}

static int check_new(struct enable *e, const struct fl_enable_targets *targets)
{
	bool is_known;
	const char *there = find_listed(e, targets, true, &is_known);

	if (!there)
		return 0;
	fl_fault_raise(e->fault, FL_X_LISTED, there, NULL);
	return -1;
}

static int load(struct enable *e, const char *path)
{
	const char *lost;
	struct fl_enable_module m;
	bool is_known;

	if (fl_module_read(&m, e->arena, path, e->fault) || check_new(e, &m.targets) ||
	    fl_module_load(&m, e->fault))
		return -1;
	lost = find_listed(e, &m.targets, false, &is_known);
	if (lost) {
		struct fl_fault ignored;

		fl_module_remove(m.name, &ignored);
		fl_fault_raise(e->fault, FL_X_NOT_LISTED, lost, NULL);
		return -1;
	}
	for (size_t i = 0; i < m.targets.n; i++)
		printf("%s is injectable now, tag %s, by module %s\n", m.targets.list[i].function,
		       fl_tag_name(m.targets.list[i].tag), m.name);
	if (!is_known)
		puts("not verified: cannot read the kernel's list");
	puts("the kernel is tainted by an out-of-tree module until the next boot\n"
	     "undo: faultline enable --undo");
	return 0;
}

/* --- the three ways ------------------------------------------------------------------ */

static const char *build_folder(struct enable *e)
{
	struct utsname u;

	if (e->o->kernel_build)
		return e->o->kernel_build;
	return uname(&u) ? "" : fl_arena_printf(e->arena, "/lib/modules/%s/build", u.release);
}

/* Build beside the caller's file, or to load and forget it. */
static int build(struct enable *e)
{
	char path[] = "/tmp/faultline-XXXXXX.ko";
	const char *to = e->o->output;
	struct fl_kbuild kernel;
	int fd, err;

	if (read_targets(e) || (!to && check_new(e, &e->targets)) ||
	    fl_kbuild_open(&kernel, e->arena, build_folder(e), e->fault))
		return -1;
	for (size_t i = 0; i < e->targets.n; i++) {
		if (fl_kbuild_find(&kernel, &e->targets.list[i], e->fault))
			return -1;
	}
	if (e->o->source ? check_source(e) : check_unseen(e))
		return -1;
	fprintf(stderr, "building module %s in %s\n", fl_module_name(e->arena, &e->targets),
		kernel.folder);
	if (to)
		return fl_module_build(&kernel, &e->targets, to, e->fault);
	fd = mkstemps(path, 3);
	if (fd < 0) {
		fl_fault_raise(e->fault, FL_F_WRITE, path, "cannot create such a file", NULL);
		return -1;
	}
	close(fd);
	err = fl_module_build(&kernel, &e->targets, path, e->fault);
	err = err ? err : load(e, path);
	unlink(path);
	return err;
}

static int undo(struct enable *e)
{
	const char **names;
	size_t n;

	if (fl_modules_loaded(e->arena, &names, &n, e->fault))
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (fl_module_remove(names[i], e->fault))
			return -1;
		printf("removed module %s and what it enabled\n", names[i]);
	}
	if (!n)
		puts("nothing is enabled");
	return 0;
}

int fl_enable_command(const struct fl_options *o)
{
	struct fl_fault fault = { 0 };
	struct fl_arena arena;
	struct enable e = { .o = o, .arena = &arena, .fault = &fault };
	struct fl_errors errors = { .verbose = true };
	jmp_buf on_oom;
	int err;

	fl_arena_init(&arena, &on_oom);
	if (setjmp(on_oom)) {
		fl_arena_release(&arena);
		return fl_complain(FL_F_MEMORY, NULL);
	}
	err = o->undo ? undo(&e) : fl_enables_file(o) ? load(&e, o->files[0]) : build(&e);
	if (err)
		fl_errors_fault(&errors, &fault);
	fl_fault_release(&fault);
	fl_arena_release(&arena);
	return errors.status;
}
