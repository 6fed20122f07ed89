/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are a kernel's files: types of vmlinux, types of a module and the
 * list of injectable functions, in this order, each but the last behind its
 * length in four bytes. Whatever they say, every question has an answer.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "facts.h"

enum { VMLINUX, MODULE, LIST, NFILES };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[] = "/tmp/fl-fuzz.XXXXXX";
static int files[NFILES];

static void remove_root(void)
{
	static const char *const names[] = {
		"/sys/kernel/btf/vmlinux",
		"/sys/kernel/btf/mod",
		"/sys/kernel/debug/error_injection/list",
		"/sys/kernel/btf",
		"/sys/kernel/debug/error_injection",
		"/sys/kernel/debug",
		"/sys/kernel",
		"/sys",
		"",
	};
	char path[256];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", root, names[i]);
		remove(path);
	}
}

static void make_dir(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s%s", root, name);
	if (mkdir(path, 0700))
		abort();
}

/* A file below the root that is in memory. */
static void make_file(int i, const char *name)
{
	char path[256], target[64];

	files[i] = memfd_create("fuzz", 0);
	snprintf(path, sizeof(path), "%s%s", root, name);
	snprintf(target, sizeof(target), "/proc/%d/fd/%d", getpid(), files[i]);
	if (files[i] < 0 || symlink(target, path))
		abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (!mkdtemp(root))
		abort();
	atexit(remove_root);
	make_dir("/sys");
	make_dir("/sys/kernel");
	make_dir("/sys/kernel/btf");
	make_dir("/sys/kernel/debug");
	make_dir("/sys/kernel/debug/error_injection");
	make_file(VMLINUX, "/sys/kernel/btf/vmlinux");
	make_file(MODULE, "/sys/kernel/btf/mod");
	make_file(LIST, "/sys/kernel/debug/error_injection/list");
	return 0;
}

static void fill(int i, const uint8_t *data, size_t size)
{
	if (ftruncate(files[i], 0) || pwrite(files[i], data, size, 0) != (ssize_t)size)
		abort();
}

static void split(const uint8_t *data, size_t size)
{
	for (int i = 0; i < NFILES; i++) {
		uint32_t len = 0;

		if (i < NFILES - 1 && size >= sizeof(len)) {
			memcpy(&len, data, sizeof(len));
			data += sizeof(len);
			size -= sizeof(len);
		} else {
			len = (uint32_t)size;
		}
		if (len > size)
			len = (uint32_t)size;
		fill(i, data, len);
		data += len;
		size -= len;
	}
}

static int on_member(const struct fl_member *m, void *arg)
{
	size_t *n = arg;

	*n += strlen(m->name);
	return 0;
}

static int on_func(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	size_t *n = arg;

	*n += strlen(name) + (module ? strlen(module) : 0) + tag;
	return 0;
}

/* One function of the list, by all that can be known of it. */
static int ask_about(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct fl_kernel *k = arg;
	struct fl_func f;
	struct fl_type t;
	char text[512];
	size_t n = 0;

	(void)tag;
	if (k->ops->find_func(k, module, name, &f))
		return 0;
	k->ops->prototype(k, module, name, text, sizeof(text));
	for (unsigned int i = 0; i < f.nparams; i++) {
		n += strlen(f.params[i].name);
		k->ops->type(k, f.params[i].type.target, &t);
		k->ops->each_member(k, f.params[i].type.target, on_member, &n);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum fl_type_kind kinds[] = { FL_TYPE_UNKNOWN, FL_TYPE_INT, FL_TYPE_ENUM,
						   FL_TYPE_STRUCT, FL_TYPE_UNION };
	const struct fl_facts_opts opts = { .root = root };
	struct fl_kernel *k;
	struct fl_type t;
	struct fl_member m;
	size_t n = 0;
	int64_t value;

	split(data, size);
	if (fl_facts_open(&opts, &k))
		return 0;
	k->ops->each_injectable(k, ask_about, k);
	ask_about("start", "mod", FL_TAG_NONE, k);
	k->ops->each_function(k, "", on_func, &n);
	k->ops->find_enumerator(k, "mod", "RED", &value);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!k->ops->find_type(k, "mod", kinds[i], "dev", &t)) {
			k->ops->member(k, t.id, "state", &m);
			k->ops->each_member(k, t.id, on_member, &n);
		}
	}
	for (fl_type_id slot = 0; slot < 3; slot++) {
		for (fl_type_id id = 0; id < 64; id++)
			k->ops->type(k, slot << 32 | id, &t);
	}
	fl_facts_close(k);
	return 0;
}
