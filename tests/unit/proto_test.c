/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prototypes from BTF (runtime/proto.c) and finding functions in it (runtime/btf.c). */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "btf.h"
#include "machine.h"
#include "proto.h"

struct state {
	struct btf *made;
	int type, character, unsigned_long, bio, text;
};

static int set_up(void **state)
{
	struct state *s = calloc(1, sizeof(*s));

	s->made = btf__new_empty();
	s->type = btf__add_int(s->made, "int", 4, BTF_INT_SIGNED);
	s->character = btf__add_int(s->made, "char", 1, 0);
	s->unsigned_long = btf__add_int(s->made, "long unsigned int", 8, 0);
	s->bio = btf__add_struct(s->made, "bio", 8);
	/* const char * */
	s->text = btf__add_ptr(s->made, btf__add_const(s->made, s->character));
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct state *s = *state;

	btf__free(s->made);
	free(s);
	return 0;
}

/* What fl_proto() says of a function whose prototype is @proto. */
static int render(struct state *s, int proto, char *out, size_t size)
{
	int func = btf__add_func(s->made, "f", BTF_FUNC_STATIC, proto), err;
	struct fl_btf btf;
	const void *raw;
	__u32 len;

	raw = btf__raw_data(s->made, &len);
	assert_int_equal(fl_btf_open_memory(&btf, raw, len, NULL), 0);
	err = fl_proto(&btf, (uint32_t)func, out, size);
	fl_btf_close(&btf);
	return err;
}

static void expect(struct state *s, int proto, const char *text)
{
	char out[256];

	assert_int_equal(render(s, proto, out, sizeof(out)), 0);
	assert_string_equal(out, text);
}

static void test_plain(void **state)
{
	struct state *s = *state;
	int proto = btf__add_func_proto(s->made, s->type);

	btf__add_func_param(s->made, "bio", btf__add_ptr(s->made, s->bio));
	proto = btf__add_func_proto(s->made, s->type);
	btf__add_func_param(s->made, "name", s->text);
	btf__add_func_param(s->made, "len", s->unsigned_long);
	expect(s, proto, "int f(const char *name, unsigned long len)");
}

static void test_nothing(void **state)
{
	struct state *s = *state;

	expect(s, btf__add_func_proto(s->made, 0), "void f(void)");
}

static void test_returned_pointer(void **state)
{
	struct state *s = *state;
	int pointer = btf__add_ptr(s->made, s->bio);

	expect(s, btf__add_func_proto(s->made, pointer), "struct bio *f(void)");
}

static void test_qualifiers(void **state)
{
	struct state *s = *state;
	/* const char *const *volatile list, struct bio *restrict bio */
	int inner = btf__add_const(s->made, s->text);
	int list = btf__add_volatile(s->made, btf__add_ptr(s->made, inner));
	int bio = btf__add_restrict(s->made, btf__add_ptr(s->made, s->bio)), proto;

	proto = btf__add_func_proto(s->made, s->type);
	btf__add_func_param(s->made, "list", list);
	btf__add_func_param(s->made, "bio", bio);
	expect(s, proto, "int f(const char *const *volatile list, struct bio *restrict bio)");
}

static void test_function_pointers(void **state)
{
	struct state *s = *state;
	int callback = btf__add_func_proto(s->made, s->type), pointer, proto;

	btf__add_func_param(s->made, "arg", btf__add_ptr(s->made, 0));
	/* the parameter's type came in between, so the prototype is made again */
	pointer = btf__add_ptr(s->made, 0);
	callback = btf__add_func_proto(s->made, s->type);
	btf__add_func_param(s->made, "arg", pointer);
	btf__add_func_param(s->made, "", s->unsigned_long);
	pointer = btf__add_ptr(s->made, callback);
	proto = btf__add_func_proto(s->made, pointer);
	btf__add_func_param(s->made, "fn", pointer);
	expect(s, proto, "int (*f(int (*fn)(void *arg, unsigned long)))(void *arg, unsigned long)");
}

static void test_arrays(void **state)
{
	struct state *s = *state;
	int row = btf__add_array(s->made, s->type, s->character, 4);
	int table = btf__add_array(s->made, s->type, row, 2);
	int pointers = btf__add_array(s->made, s->type, s->text, 3);
	int to_row = btf__add_ptr(s->made, row), proto;

	proto = btf__add_func_proto(s->made, 0);
	btf__add_func_param(s->made, "table", table);
	btf__add_func_param(s->made, "pointers", pointers);
	btf__add_func_param(s->made, "to_row", to_row);
	expect(s, proto, "void f(char table[2][4], const char *pointers[3], char (*to_row)[4])");
}

static void test_names_of_types(void **state)
{
	struct state *s = *state;
	int gfp = btf__add_typedef(s->made, "gfp_t", s->type);
	int color = btf__add_enum(s->made, "color", 4);
	int value = btf__add_union(s->made, "value", 8);
	int unnamed = btf__add_struct(s->made, NULL, 4);
	int opaque = btf__add_fwd(s->made, "opaque", BTF_FWD_STRUCT);
	int truth = btf__add_int(s->made, "_Bool", 1, BTF_INT_BOOL), proto;
	int to_opaque = btf__add_ptr(s->made, opaque), to_unnamed = btf__add_ptr(s->made, unnamed);

	proto = btf__add_func_proto(s->made, truth);
	btf__add_func_param(s->made, "gfp", gfp);
	btf__add_func_param(s->made, "c", color);
	btf__add_func_param(s->made, "v", value);
	btf__add_func_param(s->made, "o", to_opaque);
	btf__add_func_param(s->made, "u", to_unnamed);
	expect(s, proto,
	       "bool f(gfp_t gfp, enum color c, union value v, struct opaque *o, "
	       "struct {...} *u)");
}

static void test_variadic(void **state)
{
	struct state *s = *state;
	int proto = btf__add_func_proto(s->made, s->type);

	btf__add_func_param(s->made, "format", s->text);
	btf__add_func_param(s->made, NULL, 0);
	expect(s, proto, "int f(const char *format, ...)");
}

static void test_cut_off(void **state)
{
	struct state *s = *state;
	int proto = btf__add_func_proto(s->made, s->type);
	char out[8];

	btf__add_func_param(s->made, "name", s->text);
	assert_int_equal(render(s, proto, out, sizeof(out)), -E2BIG);
	assert_string_equal(out, "int f(c");
	assert_int_equal(render(s, proto, out, 1), -E2BIG);
	assert_string_equal(out, "");
}

static void test_no_function(void **state)
{
	struct state *s = *state;
	struct fl_btf btf;
	const void *raw;
	char out[16];
	__u32 len;

	raw = btf__raw_data(s->made, &len);
	assert_int_equal(fl_btf_open_memory(&btf, raw, len, NULL), 0);
	assert_int_equal(fl_proto(&btf, 0, out, sizeof(out)), -ENOENT);
	assert_int_equal(fl_proto(&btf, (uint32_t)s->bio, out, sizeof(out)), -ENOENT);
	assert_int_equal(fl_proto(&btf, 100000, out, sizeof(out)), -ENOENT);
	fl_btf_close(&btf);
}

/* A prototype that takes a pointer to itself, many times over: it must end. */
static void test_endless(void **state)
{
	struct state *s = *state;
	__u32 next = btf__type_cnt(s->made);
	int proto, pointer;
	char out[4096];

	/* the pointer will be the type behind the prototype */
	proto = btf__add_func_proto(s->made, s->type);
	for (int i = 0; i < 50; i++)
		btf__add_func_param(s->made, "self", (int)next + 1);
	pointer = btf__add_ptr(s->made, proto);
	assert_int_equal(pointer, next + 1);
	assert_int_equal(render(s, proto, out, sizeof(out)), -E2BIG);
	assert_true(strlen(out) == sizeof(out) - 1);
}

/* The index says what searching says, before and after it is made. */
static void test_index(void **state)
{
	struct state *s = *state;
	struct fl_btf btf;
	const void *raw;
	char name[32];
	__u32 len;

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "func_%d", i);
		/* a few twice: the first counts */
		machine_func(s->made, name, -1);
		if (i % 100 == 0)
			machine_func(s->made, name, -1);
	}
	raw = btf__raw_data(s->made, &len);
	assert_int_equal(fl_btf_open_memory(&btf, raw, len, NULL), 0);
	for (int i = 0; i < 1000; i++) {
		uint32_t id;

		snprintf(name, sizeof(name), "func_%d", i);
		id = fl_btf_find_func(&btf, name);
		assert_int_not_equal(id, 0);
		assert_int_equal(id, fl_btf_find(&btf, name, BTF_KIND_FUNC));
	}
	assert_non_null(btf.funcs);
	assert_int_equal(fl_btf_find_func(&btf, "func_1000"), 0);
	assert_int_equal(fl_btf_find_func(&btf, "func_"), 0);
	assert_int_equal(fl_btf_find_func(&btf, ""), 0);
	/* a type of that name is no function */
	assert_int_equal(fl_btf_find_func(&btf, "bio"), 0);
	fl_btf_close(&btf);
}

static void test_bad_memory(void **state)
{
	struct state *s = *state;
	struct fl_btf btf;
	const void *raw;
	unsigned char *copy;
	__u32 len;

	raw = btf__raw_data(s->made, &len);
	assert_int_equal(fl_btf_open_memory(&btf, raw, 0, NULL), -EBADMSG);
	copy = malloc(len);
	/* every cut is noticed, or leaves something that can be read */
	for (__u32 cut = 0; cut < len; cut++) {
		memcpy(copy, raw, len);
		assert_int_equal(fl_btf_open_memory(&btf, copy, cut, NULL), -EBADMSG);
	}
	free(copy);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_plain),
		TEST(test_nothing),
		TEST(test_returned_pointer),
		TEST(test_qualifiers),
		TEST(test_function_pointers),
		TEST(test_arrays),
		TEST(test_names_of_types),
		TEST(test_variadic),
		TEST(test_cut_off),
		TEST(test_no_function),
		TEST(test_endless),
		TEST(test_index),
		TEST(test_bad_memory),
	};

	return cmocka_run_group_tests_name("prototypes", tests, NULL, NULL);
}
