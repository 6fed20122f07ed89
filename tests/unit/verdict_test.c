/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a function cannot be made to fail (runtime/verdict.c), for each reason. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "facts.h"
#include "machine.h"
#include "root.h"
#include "verdict.h"

struct state {
	const char *root;
	struct fl_kernel *k;
	struct fl_verdict v;
};

static int set_up(void **state)
{
	struct state *s = calloc(1, sizeof(*s));

	s->root = machine_make();
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct state *s = *state;

	fl_facts_close(s->k);
	root_remove();
	free(s);
	return 0;
}

static void remove_file(const char *path)
{
	assert_int_equal(remove(root_path(path)), 0);
}

static const struct fl_verdict *ask(struct state *s, const char *module, const char *name)
{
	const struct fl_facts_opts facts = { .root = s->root, .search_symbols = true };
	const struct fl_verdict_opts opts = { .root = s->root };

	if (!s->k)
		assert_int_equal(fl_facts_open(&facts, &s->k), 0);
	assert_int_equal(fl_verdict(s->k, &opts, module, name, &s->v), 0);
	return &s->v;
}

/* Exactly one fatal reason, and that one. */
static void expect_fatal(const struct fl_verdict *v, enum fl_reason_id id)
{
	size_t fatal = 0;

	for (size_t i = 0; i < v->nreasons; i++) {
		if (!v->reasons[i].fatal)
			continue;
		assert_string_equal(fl_reason_name(v->reasons[i].id), fl_reason_name(id));
		assert_true(*v->reasons[i].text);
		fatal++;
	}
	assert_int_equal(fatal, 1);
	assert_false(v->injectable);
}

static void test_injectable(void **state)
{
	const struct fl_verdict *v = ask(*state, NULL, "listed");

	assert_true(v->injectable);
	assert_true(v->on_list);
	assert_int_equal(v->tag, FL_TAG_ERRNO);
	assert_false(v->tag_guessed);
	assert_int_equal(v->backend, FL_BACKEND_FMOD_RET);
	assert_int_equal(v->traceable, FL_YES);
	assert_string_equal(v->proto, "int listed(int a)");
	assert_string_equal(v->module, "");
	assert_string_equal(v->macro, "");
	assert_int_equal(v->nreasons, 0);
	/* its cold part is no other function */
	assert_int_equal(v->ncopies, 1);
	assert_string_equal(v->variants[0], "listed.cold");
}

static void test_kprobe(void **state)
{
	const struct fl_verdict *v = ask(*state, NULL, "not_in_btf");

	assert_true(v->injectable);
	assert_int_equal(v->backend, FL_BACKEND_KPROBE);
	assert_false(v->in_btf);
	v = ask(*state, NULL, "null_only");
	assert_true(v->injectable);
	assert_int_equal(v->backend, FL_BACKEND_KPROBE);
	assert_non_null(strstr(v->backend_reason, "0"));
}

static void test_in_module(void **state)
{
	const struct fl_verdict *v = ask(*state, NULL, "wifi_send");

	assert_true(v->injectable);
	assert_string_equal(v->module, "wifi");
	assert_int_equal(v->tag, FL_TAG_TRUE);
	assert_true(ask(*state, "wifi", "wifi_send")->injectable);
}

static void test_not_listed(void **state)
{
	const struct fl_verdict *v = ask(*state, NULL, "vfs_read");

	expect_fatal(v, FL_REASON_NOT_LISTED);
	assert_string_equal(v->macro, "ALLOW_ERROR_INJECTION(vfs_read, ERRNO);");
	assert_string_equal(v->macro_note, "");
	assert_true(v->exported);
	assert_int_equal(v->traceable, FL_YES);
}

static void test_not_listed_in_module(void **state)
{
	const struct fl_verdict *v = ask(*state, NULL, "wifi_stop");

	expect_fatal(v, FL_REASON_NOT_LISTED);
	assert_string_equal(v->module, "wifi");
	assert_false(v->exported);
	/* nothing tells its type */
	assert_string_equal(v->macro, "ALLOW_ERROR_INJECTION(wifi_stop, ERRNO);");
	assert_true(*v->macro_note);
}

static void test_macros_by_type(void **state)
{
	const struct fl_verdict *v = ask(*state, NULL, "find_it");

	assert_string_equal(v->macro, "ALLOW_ERROR_INJECTION(find_it, NULL);");
	assert_non_null(strstr(v->macro_note, "ERRNO_NULL"));
	v = ask(*state, NULL, "is_it");
	assert_string_equal(v->macro, "ALLOW_ERROR_INJECTION(is_it, TRUE);");
	v = ask(*state, NULL, "nothing");
	assert_string_equal(v->macro, "");
	assert_int_equal(v->reasons[v->nreasons - 1].id, FL_REASON_NO_ERROR_RETURN);
}

static void test_no_symbol(void **state)
{
	const struct fl_verdict *v = ask(*state, NULL, "never_was");

	expect_fatal(v, FL_REASON_NO_SYMBOL);
	assert_false(v->exists);
	assert_string_equal(v->macro, "");
}

static void test_suffix_only(void **state)
{
	const struct fl_verdict *v = ask(*state, NULL, "gone");

	expect_fatal(v, FL_REASON_SUFFIX_ONLY);
	assert_non_null(strstr(v->reasons[0].text, "'gone.isra.0'"));
	assert_int_equal(v->nvariants, 1);
}

static void test_duplicate(void **state)
{
	const struct fl_verdict *v = ask(*state, NULL, "twice");

	expect_fatal(v, FL_REASON_DUPLICATE);
	assert_non_null(strstr(v->reasons[0].text, "vmlinux, wifi"));
	assert_string_equal(v->reasons[0].hint, "use MODULE:twice");
	assert_true(ask(*state, "wifi", "twice")->injectable);
	v = ask(*state, "vmlinux", "twice");
	assert_true(v->injectable);
	assert_string_equal(v->module, "");
}

static void test_notrace(void **state)
{
	expect_fatal(ask(*state, NULL, "hidden"), FL_REASON_NOTRACE);
}

static void test_without_tracefs(void **state)
{
	const struct fl_verdict *v;

	remove_file("sys/kernel/tracing/available_filter_functions");
	v = ask(*state, NULL, "hidden");
	assert_true(v->injectable);
	assert_int_equal(v->traceable, FL_UNSURE);
}

static void test_hooks(void **state)
{
	const struct fl_verdict *v = ask(*state, NULL, "security_open");

	assert_true(v->injectable);
	assert_true(v->is_hook);
	assert_int_equal(v->backend, FL_BACKEND_FMOD_RET);
	assert_int_equal(v->tag, FL_TAG_ERRNO);
	expect_fatal(ask(*state, NULL, "security_free"), FL_REASON_NO_ERROR_RETURN);
}

static void test_no_error_injection(void **state)
{
	struct state *s = *state;

	remove_file("sys/kernel/debug/error_injection/list");
	root_puts("sys/kernel/debug/clear_warn_once", "");
	expect_fatal(ask(s, NULL, "vfs_read"), FL_REASON_NO_INJECTION);
	/* security hooks need no list */
	assert_true(ask(s, NULL, "security_open")->injectable);
}

static void test_list_hidden(void **state)
{
	struct state *s = *state;

	remove_file("sys/kernel/debug/error_injection/list");
	root_puts("proc/kallsyms", "ffffffff81000100 T vfs_read\n"
				   "ffffffff81000200 t within_error_injection_list\n");
	expect_fatal(ask(s, NULL, "vfs_read"), FL_REASON_LIST_HIDDEN);
}

/* debugfs is not there, but the symbols name what is on the list. */
static void test_list_from_symbols(void **state)
{
	struct state *s = *state;
	const struct fl_verdict *v;

	remove_file("sys/kernel/debug/error_injection/list");
	root_puts("proc/kallsyms", "ffffffff81000100 T is_it\n"
				   "ffffffff81000300 T vfs_read\n"
				   "ffffffff82000200 d _eil_addr_is_it\n");
	v = ask(s, NULL, "is_it");
	assert_true(v->injectable);
	assert_int_equal(v->tag, FL_TAG_TRUE);
	assert_true(v->tag_guessed);
	expect_fatal(ask(s, NULL, "vfs_read"), FL_REASON_NOT_LISTED);
}

static void test_no_btf(void **state)
{
	struct state *s = *state;
	const struct fl_verdict *v;

	remove_file("sys/kernel/btf/vmlinux");
	expect_fatal(ask(s, NULL, "security_open"), FL_REASON_NOT_IN_BTF);
	v = ask(s, NULL, "listed");
	assert_true(v->injectable);
	assert_int_equal(v->backend, FL_BACKEND_KPROBE);
}

static void test_no_module(void **state)
{
	expect_fatal(ask(*state, "ether", "ether_open"), FL_REASON_NO_MODULE);
}

static void test_builtin_module(void **state)
{
	struct state *s = *state;
	const struct fl_verdict *v;

	root_puts("lib/modules/9.9-test/modules.builtin", "kernel/fs/ext4/ext4.ko\n");
	v = ask(s, "ext4", "ext4_open");
	expect_fatal(v, FL_REASON_NO_MODULE);
	assert_string_equal(v->reasons[0].hint, "use ext4_open without a module");
}

static void test_not_in_module(void **state)
{
	expect_fatal(ask(*state, "wifi", "vfs_read"), FL_REASON_NOT_IN_MODULE);
}

static void test_unloaded_module(void **state)
{
	static const struct machine_entry entries[] = { { "drv_open", 1, 0 } };
	const struct machine_module m = {
		.name = "drv", .vermagic = "9.9-test", .entries = entries, .nentries = 1
	};
	struct state *s = *state;
	const struct fl_verdict *v;
	size_t len;
	void *data = machine_module(&m, &len);

	root_write("lib/modules/9.9-test/kernel/drv.ko", data, len);
	root_puts("lib/modules/9.9-test/modules.dep", "kernel/drv.ko:\n");
	free(data);
	v = ask(s, "drv", "drv_open");
	expect_fatal(v, FL_REASON_MODULE_NOT_LOADED);
	assert_string_equal(v->reasons[0].hint, "modprobe drv");
	assert_true(v->on_list);
	assert_int_equal(v->tag, FL_TAG_ERRNO);

	v = ask(s, "drv", "drv_gone");
	assert_int_equal(v->nreasons, 2);
	assert_int_equal(v->reasons[0].id, FL_REASON_MODULE_NOT_LOADED);
	assert_int_equal(v->reasons[1].id, FL_REASON_NOT_IN_MODULE);
	assert_false(v->injectable);
}

/* The name alone: depmod's table of exports knows whose it is. */
static void test_exported_by_unloaded(void **state)
{
	struct state *s = *state;
	const struct fl_verdict *v;

	root_puts("lib/modules/9.9-test/modules.symbols",
		  "# Aliases\nalias symbol:drv_open_all other\nalias symbol:drv_open drv\n");
	v = ask(s, NULL, "drv_open");
	expect_fatal(v, FL_REASON_MODULE_NOT_LOADED);
	assert_non_null(strstr(v->reasons[0].text, "module 'drv'"));
	assert_non_null(strstr(v->reasons[0].hint, "modprobe drv,"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_injectable),
		TEST(test_kprobe),
		TEST(test_in_module),
		TEST(test_not_listed),
		TEST(test_not_listed_in_module),
		TEST(test_macros_by_type),
		TEST(test_no_symbol),
		TEST(test_suffix_only),
		TEST(test_duplicate),
		TEST(test_notrace),
		TEST(test_without_tracefs),
		TEST(test_hooks),
		TEST(test_no_error_injection),
		TEST(test_list_hidden),
		TEST(test_list_from_symbols),
		TEST(test_no_btf),
		TEST(test_no_module),
		TEST(test_builtin_module),
		TEST(test_not_in_module),
		TEST(test_unloaded_module),
		TEST(test_exported_by_unloaded),
	};

	return cmocka_run_group_tests_name("verdicts", tests, NULL, NULL);
}
