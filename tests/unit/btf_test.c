/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The BTF reader and the facts on top of it, on good files and on all kinds of
 * broken ones: those give errors or nonsense, but never a crash, and end.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "btf.h"
#include "btf_build.h"
#include "facts.h"
#include "root.h"

#define VMLINUX "sys/kernel/btf/vmlinux"
#define MODULE "sys/kernel/btf/modname"

static struct btf_build vmlinux, module;

enum {
	INT = 1,
	BOOL,
	CONST_INT,
	TYPEDEF,
	DEV,
	DEV_PTR,
	ARRAY,
	INNER,
	PROTO,
	FUNC,
	VOLATILE,
	VAR_PROTO,
	VAR_FUNC,
};

static void build_vmlinux(struct btf_build *b)
{
	const struct btf_array array = { .type = INT, .index_type = INT, .nelems = 5 };

	btf_build_init(b, NULL);
	btf_build_int(b, "int", 4, BTF_INT_SIGNED);
	btf_build_int(b, "_Bool", 1, BTF_INT_BOOL);
	btf_build_type(b, "", BTF_KIND_CONST, 0, VOLATILE);
	btf_build_type(b, "my_int", BTF_KIND_TYPEDEF, 0, CONST_INT);
	btf_build_type(b, "dev", BTF_KIND_STRUCT, 3, 48);
	btf_build_member(b, "state", TYPEDEF, 0);
	btf_build_member(b, "", INNER, 64);
	btf_build_member(b, "ring", ARRAY, 192);
	btf_build_type(b, "", BTF_KIND_PTR, 0, DEV);
	btf_build_type(b, "", BTF_KIND_ARRAY, 0, 0);
	btf_build_bytes(b, &array, sizeof(array));
	/* an anonymous structure with bit-fields */
	btf_build_type(b, "", BTF_KIND_STRUCT, 2, 16);
	((struct btf_type *)(b->types + b->types_len - sizeof(struct btf_type)))->info |= 1U << 31;
	btf_build_member(b, "low", INT, 3 << 24 | 0);
	btf_build_member(b, "up", DEV_PTR, 64);
	btf_build_type(b, "", BTF_KIND_FUNC_PROTO, 2, INT);
	btf_build_param(b, "dev", DEV_PTR);
	btf_build_param(b, "on", BOOL);
	btf_build_type(b, "start", BTF_KIND_FUNC, 1, PROTO);
	btf_build_type(b, "", BTF_KIND_VOLATILE, 0, INT);
	btf_build_type(b, "", BTF_KIND_FUNC_PROTO, 2, 0);
	btf_build_param(b, "format", DEV_PTR);
	btf_build_param(b, "", 0);
	btf_build_type(b, "restart", BTF_KIND_FUNC, 1, VAR_PROTO);
	btf_build_finish(b);
}

/* A module: a function with vmlinux's types, one name of vmlinux's strings. */
static void build_module(struct btf_build *b)
{
	uint32_t proto;

	btf_build_init(b, &vmlinux);
	proto = btf_build_type(b, "", BTF_KIND_FUNC_PROTO, 1, TYPEDEF);
	btf_build_param(b, "dev", DEV_PTR);
	btf_build_type(b, "mod_start", BTF_KIND_FUNC, 1, proto);
	btf_build_type(b, "mod_struct", BTF_KIND_STRUCT, 1, 8);
	btf_build_member(b, "dev", DEV_PTR, 0);
	btf_build_finish(b);
}

static void write_good(void)
{
	root_write(VMLINUX, vmlinux.file, vmlinux.file_len);
	root_write(MODULE, module.file, module.file_len);
}

static int setup(void **state)
{
	(void)state;
	root_make();
	build_vmlinux(&vmlinux);
	build_module(&module);
	write_good();
	root_puts("sys/kernel/debug/error_injection/list",
		  "start+0x0/0x10\tERRNO\nmod_start+0x0/0x10 [modname]\tERRNO\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	root_remove();
	return 0;
}

static void test_good_file(void **state)
{
	struct fl_btf b;

	(void)state;
	assert_int_equal(fl_btf_open(&b, root_path(VMLINUX), NULL), 0);
	assert_int_equal(b.ntypes, vmlinux.ntypes);
	assert_int_equal(fl_btf_find(&b, "start", BTF_KIND_FUNC), FUNC);
	/* a whole name, and of that kind */
	assert_int_equal(fl_btf_find(&b, "restart", BTF_KIND_FUNC), VAR_FUNC);
	assert_int_equal(fl_btf_find(&b, "star", BTF_KIND_FUNC), 0);
	assert_int_equal(fl_btf_find(&b, "start", BTF_KIND_STRUCT), 0);
	assert_int_equal(fl_btf_find(&b, "", BTF_KIND_FUNC_PROTO), 0);
	assert_int_equal(fl_btf_find(&b, "nothing", BTF_KIND_FUNC), 0);
	assert_int_equal(fl_btf_skip(&b, TYPEDEF), INT);
	assert_int_equal(fl_btf_skip(&b, DEV_PTR), DEV_PTR);
	assert_int_equal(fl_btf_skip(&b, 0), 0);
	assert_null(fl_btf_type(&b, 0));
	assert_null(fl_btf_type(&b, vmlinux.ntypes + 1));
	assert_null(fl_btf_type(&b, UINT32_MAX));
	assert_string_equal(fl_btf_string(&b, UINT32_MAX), "");
	fl_btf_close(&b);
}

static void test_module_stands_on_vmlinux(void **state)
{
	struct fl_btf base, b;
	uint32_t id;

	(void)state;
	assert_int_equal(fl_btf_open(&base, root_path(VMLINUX), NULL), 0);
	assert_int_equal(fl_btf_open(&b, root_path(MODULE), &base), 0);
	assert_int_equal(fl_btf_first_id(&b), vmlinux.ntypes + 1);
	id = fl_btf_find(&b, "mod_start", BTF_KIND_FUNC);
	assert_int_equal(id, vmlinux.ntypes + 2);
	assert_string_equal(fl_btf_string(&b, fl_btf_type(&b, id)->name_off), "mod_start");
	/* what is vmlinux's own is found there, not here */
	assert_int_equal(fl_btf_find(&b, "start", BTF_KIND_FUNC), 0);
	assert_ptr_equal(fl_btf_type(&b, FUNC), fl_btf_type(&base, FUNC));
	assert_int_equal(fl_btf_skip(&b, TYPEDEF), INT);
	fl_btf_close(&b);
	fl_btf_close(&base);
}

static void test_files_that_are_none(void **state)
{
	struct fl_btf b;

	(void)state;
	assert_int_equal(fl_btf_open(&b, root_path("nothing"), NULL), -ENOENT);
	root_puts("empty", "");
	assert_int_equal(fl_btf_open(&b, root_path("empty"), NULL), -EBADMSG);
	root_puts("text", "this is no BTF, but a text that is long enough for its header\n");
	assert_int_equal(fl_btf_open(&b, root_path("text"), NULL), -EBADMSG);
	root_puts("dir", NULL);
	assert_int_not_equal(fl_btf_open(&b, root_path("dir"), NULL), 0);
}

static void test_chains_that_do_not_end(void **state)
{
	struct btf_build loop;
	struct fl_btf b;

	(void)state;
	btf_build_init(&loop, NULL);
	btf_build_type(&loop, "a", BTF_KIND_TYPEDEF, 0, 2);
	btf_build_type(&loop, "b", BTF_KIND_TYPEDEF, 0, 1);
	btf_build_finish(&loop);
	root_write("loop", loop.file, loop.file_len);
	assert_int_equal(fl_btf_open(&b, root_path("loop"), NULL), 0);
	assert_int_equal(fl_btf_skip(&b, 1), 0);
	fl_btf_close(&b);
}

/* --- broken files ---------------------------------------------------------- */

static int visit(const struct fl_member *m, void *arg)
{
	size_t *seen = arg;

	assert_non_null(m->name);
	++*seen;
	return 0;
}

/* Structures without names inside each other are opened up, which must end. */
static void test_structures_that_contain_themselves(void **state)
{
	struct btf_build b;
	size_t seen = 0;
	struct fl_kernel *k;
	struct fl_type t;
	struct fl_member m;

	(void)state;
	btf_build_init(&b, NULL);
	btf_build_int(&b, "int", 4, BTF_INT_SIGNED);
	btf_build_type(&b, "dev", BTF_KIND_STRUCT, 40, 8);
	for (int i = 0; i < 39; i++)
		btf_build_member(&b, "", 2, 0);
	btf_build_member(&b, "x", 1, 0);
	btf_build_finish(&b);
	root_write(VMLINUX, b.file, b.file_len);
	assert_int_equal(fl_facts_open(&(struct fl_facts_opts){ .root = root_path("") }, &k), 0);
	assert_int_equal(k->ops->find_type(k, NULL, FL_TYPE_STRUCT, "dev", &t), 0);
	k->ops->each_member(k, t.id, visit, &seen);
	assert_true(seen < 1000000);
	assert_int_equal(k->ops->member(k, t.id, "y", &m), -ENOENT);
	fl_facts_close(k);
	write_good();
}

/* Ask everything that can be asked about a file. */
static void ask_reader(const char *path)
{
	struct fl_btf b;

	if (fl_btf_open(&b, path, NULL))
		return;
	fl_btf_find(&b, "start", BTF_KIND_FUNC);
	fl_btf_find(&b, "dev", BTF_KIND_STRUCT);
	for (uint32_t id = 0; id <= b.ntypes + 1; id++) {
		const struct btf_type *t = fl_btf_type(&b, id);

		if (t)
			assert_true(strlen(fl_btf_string(&b, t->name_off)) < b.strings_len);
		fl_btf_skip(&b, id);
	}
	fl_btf_close(&b);
}

static void ask_facts(const char *root)
{
	const struct fl_facts_opts opts = { .root = root };
	struct fl_kernel *k;
	struct fl_func f;
	struct fl_type t;
	struct fl_member m;
	size_t seen = 0;

	assert_int_equal(fl_facts_open(&opts, &k), 0);
	k->ops->find_func(k, NULL, "start", &f);
	k->ops->find_func(k, NULL, "restart", &f);
	k->ops->find_func(k, "modname", "mod_start", &f);
	k->ops->btf_problem(k);
	if (!k->ops->find_type(k, NULL, FL_TYPE_STRUCT, "dev", &t)) {
		k->ops->member(k, t.id, "low", &m);
		k->ops->each_member(k, t.id, visit, &seen);
	}
	for (fl_type_id slot = 0; slot < 3; slot++) {
		for (fl_type_id id = 0; id < 20; id++)
			k->ops->type(k, slot << 32 | id, &t);
	}
	fl_facts_close(k);
}

static void ask(const unsigned char *file, size_t len)
{
	root_write(VMLINUX, file, len);
	ask_reader(root_path(VMLINUX));
	ask_facts(root_path(""));
}

static void test_every_truncation(void **state)
{
	(void)state;
	for (size_t len = 0; len < vmlinux.file_len; len++)
		ask(vmlinux.file, len);
	write_good();
}

static void test_every_byte_wrong(void **state)
{
	static const unsigned char wrong[] = { 0x01, 0x80, 0xff };

	(void)state;
	for (size_t at = 0; at < vmlinux.file_len; at++) {
		for (size_t i = 0; i < COUNT(wrong); i++) {
			unsigned char was = vmlinux.file[at];

			vmlinux.file[at] ^= wrong[i];
			ask(vmlinux.file, vmlinux.file_len);
			vmlinux.file[at] = was;
		}
	}
	write_good();
}

static void test_every_byte_of_a_module_wrong(void **state)
{
	(void)state;
	for (size_t at = 0; at < module.file_len; at++) {
		module.file[at] ^= 0xff;
		root_write(MODULE, module.file, module.file_len);
		ask_facts(root_path(""));
		module.file[at] ^= 0xff;
	}
	write_good();
}

/* A kernel's own file with bytes changed here and there. */
static void test_real_file_wrong(void **state)
{
	const char *facts = getenv("FL_FACTS");
	char path[4096];
	unsigned char *file;
	uint64_t seed = 11;
	size_t len;
	FILE *f;

	(void)state;
	if (!facts)
		skip();
	snprintf(path, sizeof(path), "%s/%s", facts, VMLINUX);
	f = fopen(path, "re");
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	len = (size_t)ftell(f);
	rewind(f);
	file = test_malloc(len);
	assert_int_equal(fread(file, 1, len, f), len);
	fclose(f);
	for (int round = 0; round < 40; round++) {
		uint32_t at[8];

		for (size_t i = 0; i < COUNT(at); i++) {
			at[i] = unit_random(&seed) % (uint32_t)len;
			file[at[i]] ^= (unsigned char)(1U << i);
		}
		ask(file, round % 4 ? len : unit_random(&seed) % len);
		for (size_t i = COUNT(at); i-- > 0;)
			file[at[i]] ^= (unsigned char)(1U << i);
	}
	test_free(file);
	write_good();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_file),
		cmocka_unit_test(test_module_stands_on_vmlinux),
		cmocka_unit_test(test_files_that_are_none),
		cmocka_unit_test(test_chains_that_do_not_end),
		cmocka_unit_test(test_structures_that_contain_themselves),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_every_byte_wrong),
		cmocka_unit_test(test_every_byte_of_a_module_wrong),
		cmocka_unit_test(test_real_file_wrong),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
