/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports in the kernel log. splats/ROW.log is an excerpt for each row of
 * splat.def: what it is to be taken for, a blank line, and the log.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "file.h"
#include "splat.h"

struct got {
	size_t n;
	unsigned int flags;
	char id[64], kind[64], title[512], fingerprint[1024], text[16384];
};

static void keep(void *arg, const struct fl_splat *s)
{
	struct got *g = arg;

	g->n++;
	g->flags = s->flags;
	snprintf(g->id, sizeof(g->id), "%s", s->row->id);
	snprintf(g->kind, sizeof(g->kind), "%s", s->row->kind);
	snprintf(g->title, sizeof(g->title), "%s", s->title);
	snprintf(g->fingerprint, sizeof(g->fingerprint), "%s", s->fingerprint);
	snprintf(g->text, sizeof(g->text), "%s", s->text);
}

/* Feed @text, with @stamp before each line. */
static void feed(struct fl_splat_reader *r, const char *text, const char *stamp)
{
	char line[2048];

	while (*text) {
		size_t len = strcspn(text, "\n");

		snprintf(line, sizeof(line), "%s%.*s", stamp, (int)len, text);
		fl_splat_feed(r, line);
		text += len + (text[len] == '\n');
	}
}

static void read_log(const char *text, const char *stamp, struct got *g)
{
	struct fl_splat_reader *r = fl_splat_reader_new(keep, g);

	assert_non_null(r);
	*g = (struct got){ 0 };
	feed(r, text, stamp);
	fl_splat_flush(r);
	fl_splat_reader_free(r);
}

/* The value of "KEY: VALUE" in the head of an excerpt. */
static void head(const char *text, const char *key, char *buf, size_t size)
{
	char start[64];
	const char *at;

	snprintf(start, sizeof(start), "\n%s: ", key);
	at = strstr(text, start);
	assert_non_null(at);
	at += strlen(start);
	snprintf(buf, size, "%.*s", (int)strcspn(at, "\n"), at);
}

static unsigned int flags_of(const char *words)
{
	return (strstr(words, "dirty") ? FL_SPLAT_DIRTY : 0) |
	       (strstr(words, "lockdep") ? FL_SPLAT_LOCKDEP : 0) |
	       (strstr(words, "expected") ? FL_SPLAT_EXPECTED : 0);
}

static void check_excerpt(const char *id, const char *text, const char *stamp)
{
	const unsigned int seen = FL_SPLAT_DIRTY | FL_SPLAT_LOCKDEP | FL_SPLAT_EXPECTED;
	static struct got g;
	char want[1024];
	const char *log = strstr(text, "\n\n");

	assert_non_null(log);
	read_log(log + 2, stamp, &g);
	if (g.n != 1 || strcmp(g.id, id) != 0)
		fail_msg("%s: %zu reports, the last by row '%s'", id, g.n, g.id);
	head(text, "kind", want, sizeof(want));
	assert_string_equal(g.kind, want);
	head(text, "title", want, sizeof(want));
	assert_string_equal(g.title, want);
	head(text, "fingerprint", want, sizeof(want));
	assert_string_equal(g.fingerprint, want);
	head(text, "flags", want, sizeof(want));
	assert_int_equal(g.flags & seen, flags_of(want));
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < fl_nsplat_rows; i++) {
		char path[512];
		size_t len;
		char *text;

		snprintf(path, sizeof(path), "%s/%s.log", FL_SPLATS, fl_splat_rows[i].id);
		text = fl_read_text(path, &len);
		if (!text)
			fail_msg("no excerpt for row '%s'", fl_splat_rows[i].id);
		check_excerpt(fl_splat_rows[i].id, text, "");
		/* the same from a console, of kernels with and without callers in the stamps */
		check_excerpt(fl_splat_rows[i].id, text, "[   13.370001] ");
		check_excerpt(fl_splat_rows[i].id, text, "<4>[   13.370001][  T412] ");
		free(text);
	}
}

/* What a healthy machine says. */
static void test_silent(void **state)
{
	static const char quiet[] = "EXT4-fs (loop0): WARNING: mounting fs with errors\n"
				    "Modules linked in: fl_bugs(O)\n"
				    "loop0: detected capacity change from 0 to 2048\n"
				    "==================================\n"
				    "Call Trace:\n"
				    " fl_look+0x1/0x2\n"
				    "------------[ cut here ]------------\n"
				    "a message\n"
				    "INFO: lockdep is turned off.\n"
				    "fl: Oops\n"
				    "BUG\n";
	struct got g;

	(void)state;
	read_log(quiet, "", &g);
	assert_int_equal(g.n, 0);
}

/* Reports one after the other, with other lines between them. */
static void test_several(void **state)
{
	struct fl_splat_reader *r;
	char path[512];
	struct got g = { 0 };
	size_t len, want = 0;

	(void)state;
	r = fl_splat_reader_new(keep, &g);
	for (size_t i = 0; i < fl_nsplat_rows; i++) {
		char *text;

		snprintf(path, sizeof(path), "%s/%s.log", FL_SPLATS, fl_splat_rows[i].id);
		text = fl_read_text(path, &len);
		assert_non_null(text);
		/* these are part of the report before */
		if (!(fl_splat_rows[i].flags & FL_SPLAT_MORE)) {
			feed(r, "loop0: detected capacity change\n", "");
			feed(r, strstr(text, "\n\n") + 2, "");
			want++;
			/* a line without a stack may have the next one's message after it */
			fl_splat_flush(r);
		}
		free(text);
	}
	assert_int_equal(g.n, want);
	fl_splat_reader_free(r);
}

/* A warning after an allocation that was made to fail is one of its own. */
static void test_after_expected(void **state)
{
	static const char log[] = "sh: page allocation failure: order:0, mode:0xcc0\n"
				  "Call Trace:\n"
				  " warn_alloc+0x1/0x2\n"
				  "Mem-Info:\n"
				  "------------[ cut here ]------------\n"
				  "WARNING: CPU: 0 PID: 1 at a.c:1 fl_f+0x1/0x2\n"
				  "Call Trace:\n"
				  " fl_f+0x1/0x2\n"
				  "---[ end trace 0000000000000000 ]---\n";
	struct got g;

	(void)state;
	read_log(log, "", &g);
	assert_int_equal(g.n, 2);
	assert_string_equal(g.fingerprint, "WARNING fl_f");
	assert_non_null(strstr(g.text, "cut here"));
	assert_null(strstr(g.text, "Mem-Info"));
}

/* Our own mark ends what came before it. */
static void test_mark(void **state)
{
	static const char log[] = "BUG: something\nmore of it\nfaultline[7]: trial 2\nquiet\n";
	struct got g;

	(void)state;
	read_log(log, "", &g);
	assert_int_equal(g.n, 1);
	assert_string_equal(g.text, "BUG: something\nmore of it\n");
}

static void test_symbol(void **state)
{
	static const struct {
		const char *line;
		const char *symbol; /* NULL: none */
	} lines[] = {
		{ " fl_f+0x1/0x2", "fl_f" },
		{ " fl_f.isra.0.cold+0x1/0x2 [m]", "fl_f" },
		{ " fl_f.constprop.3+0x1/0x2", "fl_f" },
		{ "    [<ffffffff81234567>] fl_f+0x1/0x2", "fl_f" },
		{ " ? fl_f+0x1/0x2", NULL },
		{ " <TASK>", NULL },
		{ " 0x7f00", NULL },
		{ "fl_f", NULL },
		{ "", NULL },
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		bool is = fl_splat_symbol(lines[i].line, buf, sizeof(buf));

		assert_int_equal(is, lines[i].symbol != NULL);
		if (is)
			assert_string_equal(buf, lines[i].symbol);
	}
	assert_true(fl_splat_is_machinery("kasan_report"));
	assert_false(fl_splat_is_machinery("fl_f"));
	assert_true(fl_splat_is_checker("__create_object"));
	assert_true(fl_splat_is_checker("stack_depot_save_flags"));
	assert_true(fl_splat_is_checker("kasan_populate_vmalloc"));
	assert_false(fl_splat_is_checker("kmem_cache_create"));
}

static void test_allowed(void **state)
{
	static const struct fl_splat s = {
		.title = "WARNING at fs/inode.c:417 drop_nlink",
		.text = "a message\nWARNING: CPU: 0 PID: 1 at fs/inode.c:417 drop_nlink+0x1/0x2\n"
			"Call Trace:\n fl_f+0x1/0x2\n",
	};

	(void)state;
	assert_true(fl_splat_allowed(&s, "WARNING at fs/inode.c:*"));
	assert_true(fl_splat_allowed(&s, "WARNING: * at fs/inode.c:*"));
	assert_true(fl_splat_allowed(&s, "a mess*"));
	assert_false(fl_splat_allowed(&s, "*fl_f*"));
	assert_false(fl_splat_allowed(&s, "WARNING"));
}

/* Frames in a module that has been unloaded since have no names, but differ. */
static void test_unloaded_module(void **state)
{
	static const char leak[] = "unreferenced object 0xffff888008171300 (size 256):\n"
				   "  comm \"modprobe\", pid 887, jiffies 4295022717\n"
				   "  backtrace (crc 60e9f066):\n"
				   "    __kmalloc_cache_noprof+0x227/0x3b0\n"
				   "    0xffffffffc02ad7ff\n"
				   "    0xffffffffc02aef7e\n"
				   "    do_one_initcall+0xc9/0x3a0\n"
				   "    do_init_module+0x22e/0x7c0\n";
	static const char named[] = "unreferenced object 0xffff888008171300 (size 16):\n"
				    "  backtrace (crc 60e9f066):\n"
				    "    bioset_init+0x33d/0x770\n"
				    "    0xffffffffc08e5dc6\n"
				    "    do_one_initcall+0xc9/0x3a0\n";
	static struct got g;

	(void)state;
	read_log(leak, "", &g);
	assert_string_equal(g.fingerprint, "leak *7ff *f7e");
	read_log(named, "", &g);
	assert_string_equal(g.fingerprint, "leak bioset_init");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	       cmocka_unit_test(test_unloaded_module),
		cmocka_unit_test(test_silent),	       cmocka_unit_test(test_several),
		cmocka_unit_test(test_after_expected), cmocka_unit_test(test_mark),
		cmocka_unit_test(test_symbol),	       cmocka_unit_test(test_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
