/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "mem.h"

static jmp_buf no_memory;

static void test_alloc_is_zeroed_and_aligned(void **state)
{
	static const size_t sizes[] = {
		0, 1, 7, 8, 15, 16, 17, 1000, 65535, 65536, 65537, 1 << 20
	};
	struct fl_arena a;

	(void)state;
	fl_arena_init(&a, &no_memory);
	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < COUNT(sizes); i++) {
			unsigned char *p = fl_arena_alloc(&a, sizes[i]);

			assert_non_null(p);
			assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
			for (size_t j = 0; j < sizes[i]; j++)
				assert_int_equal(p[j], 0);
			/* were two to overlap, the next one would not be zeroed */
			memset(p, 0xaa, sizes[i]);
		}
	}
	fl_arena_release(&a);
	/* an arena that was released can be used again */
	assert_non_null(fl_arena_alloc(&a, 10));
	fl_arena_release(&a);
}

static void test_huge_request_is_out_of_memory(void **state)
{
	struct fl_arena a;
	jmp_buf on_oom;
	volatile int jumped = 0;

	(void)state;
	fl_arena_init(&a, &on_oom);
	if (setjmp(on_oom))
		jumped = 1;
	else
		fl_arena_alloc(&a, SIZE_MAX - 3);
	assert_true(jumped);
	fl_arena_release(&a);
}

static void test_strings(void **state)
{
	struct fl_arena a;
	char *text;

	(void)state;
	fl_arena_init(&a, &no_memory);
	text = fl_arena_strndup(&a, "mlx5_cmd_exec", 4);
	assert_string_equal(text, "mlx5");
	assert_string_equal(fl_arena_strndup(&a, "", 0), "");
	assert_string_equal(fl_arena_printf(&a, "%s-%d", "x", -5), "x--5");
	text = fl_arena_printf(&a, "%0100000d", 7);
	assert_int_equal(strlen(text), 100000);
	fl_arena_release(&a);
}

static void test_grow_keeps_elements(void **state)
{
	struct fl_arena a;
	size_t cap = 0;
	int *array = NULL;

	(void)state;
	fl_arena_init(&a, &no_memory);
	for (int i = 0; i < 5000; i++) {
		array = fl_arena_grow(&a, array, (size_t)i, &cap, sizeof(*array));
		assert_true(cap > (size_t)i);
		array[i] = i;
	}
	for (int i = 0; i < 5000; i++)
		assert_int_equal(array[i], i);
	fl_arena_release(&a);
}

static void test_buf(void **state)
{
	struct fl_arena a;
	struct fl_buf b;

	(void)state;
	fl_arena_init(&a, &no_memory);
	fl_buf_init(&b, &a);
	assert_int_equal(b.len, 0);
	fl_buf_add(&b, "", 0);
	assert_string_equal(b.text, "");
	for (int i = 0; i < 1000; i++) {
		fl_buf_putc(&b, 'a');
		fl_buf_puts(&b, "bc");
		assert_int_equal(strlen(b.text), b.len);
	}
	assert_int_equal(b.len, 3000);
	/* around the size of the buffer on the stack */
	for (int width = 505; width < 520; width++) {
		size_t before = b.len;

		fl_buf_printf(&b, "%*d", width, 42);
		assert_int_equal(b.len - before, width);
		assert_string_equal(b.text + b.len - 3, " 42");
	}
	/* NULs are bytes like others */
	fl_buf_add(&b, "x\0y", 3);
	assert_memory_equal(b.text + b.len - 3, "x\0y", 4);
	fl_arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc_is_zeroed_and_aligned),
		cmocka_unit_test(test_huge_request_is_out_of_memory),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_grow_keeps_elements),
		cmocka_unit_test(test_buf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
