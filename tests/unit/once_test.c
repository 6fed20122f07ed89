/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbol table is read once, whatever part of a run asks for it. */
#include "unit.h"

#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "facts.h"
#include "machine.h"
#include "render.h"
#include "root.h"
#include "verdict.h"

static const char *root;
static struct fl_kernel *k;
static int watch;

static int set_up(void **state)
{
	(void)state;
	root = machine_make();
	/* so that the symbols are asked for the list, too */
	if (remove(root_path("sys/kernel/debug/error_injection/list")))
		return -1;
	root_puts("proc/kallsyms", "ffffffff81000000 T _text\n"
				   "ffffffff81000100 T vfs_read\n"
				   "ffffffff81000300 T is_it\n"
				   "ffffffff82000200 d _eil_addr_is_it\n");
	watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch < 0 ||
	    inotify_add_watch(watch, root_path("proc/kallsyms"), IN_OPEN | IN_CLOSE) < 0)
		return -1;
	return fl_facts_open(&(struct fl_facts_opts){ .root = root, .search_symbols = true }, &k);
}

static int tear_down(void **state)
{
	(void)state;
	fl_facts_close(k);
	close(watch);
	root_remove();
	return 0;
}

/* How often it was opened since the last time. */
static size_t times_read(void)
{
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	size_t times = 0;
	ssize_t len;

	while ((len = read(watch, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < len;) {
			const struct inotify_event *e = (const void *)(buf + at);

			times += (e->mask & IN_OPEN) != 0;
			at += (ssize_t)(sizeof(*e) + e->len);
		}
	}
	return times;
}

static void expect_text(uint64_t address, const char *wanted)
{
	char text[64];

	fl_symbol_text(k, address, text, sizeof(text));
	assert_string_equal(text, wanted);
}

/* The list, within(), counters of the kernel, explain, stacks. */
static void ask_all(void)
{
	const struct fl_verdict_opts opts = { .root = root };
	const struct fl_range *ranges;
	struct fl_verdict v;
	uint64_t address;
	size_t n;

	assert_int_equal(k->ops->list_state(k), FL_LIST_KNOWN);
	assert_int_equal(k->ops->ranges(k, NULL, "vfs_*", &ranges, &n), 0);
	assert_int_equal(ranges[0].start, 0xffffffff81000100);
	assert_int_equal(k->ops->address(k, "is_it", &address), 0);
	assert_int_equal(address, 0xffffffff81000300);
	assert_int_equal(fl_verdict(k, &opts, NULL, "is_it", &v), 0);
	assert_true(v.injectable);
	expect_text(0xffffffff81000104, "vfs_read+0x4");
}

static void test_once(void **state)
{
	(void)state;
	assert_int_equal(times_read(), 0);
	ask_all();
	ask_all();
	assert_int_equal(times_read(), 1);
}

static void test_again_after_news_of_modules(void **state)
{
	struct fl_symbols *symbols;
	struct fl_symbol sym;

	(void)state;
	ask_all();
	expect_text(0xffffffffc0001000, "0xffffffffc0001000");
	assert_int_equal(fl_facts_symbols(k, &symbols), 0);
	fl_symbols_hold(symbols);
	root_puts("proc/kallsyms", "ffffffff81000100 T vfs_read\n"
				   "ffffffff81000300 T is_it\n"
				   "ffffffff82000200 d _eil_addr_is_it\n"
				   "ffffffffc0001000 t wifi_send\t[wifi]\n");
	times_read();
	/* not before somebody asks */
	fl_facts_forget(k);
	assert_int_equal(times_read(), 0);
	ask_all();
	expect_text(0xffffffffc0001000, "wifi_send [wifi]");
	assert_int_equal(times_read(), 1);
	/* who held the table has it still */
	assert_true(fl_symbols_at(symbols, 0xffffffff81000000, &sym));
	assert_string_equal(sym.name, "_text");
	fl_symbols_free(symbols);
}

/* One that cannot be read is not tried again and again. */
static void test_a_failure_counts(void **state)
{
	(void)state;
	root_puts("proc/kallsyms", "0000000000000000 T vfs_read\n");
	times_read();
	for (int i = 0; i < 3; i++)
		expect_text(0xffffffff81000104, "0xffffffff81000104");
	assert_int_equal(times_read(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_again_after_news_of_modules, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_a_failure_counts, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
