/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The smaller parts of a campaign: settings, leftovers, standalone scripts, the page. */
#include "unit.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "leftovers.h"
#include "digest.h"
#include "settings.h"
#include "standalone.h"

static void test_settings(void **state)
{
	static const struct {
		const char *name, *value;
		bool good;
	} cases[] = {
		{ "each", "path", true },
		{ "each", "calls", false },
		{ "occurrence", "last", true },
		{ "occurrence", "3", true },
		{ "occurrence", "0", false },
		{ "occurrence", "-1", false },
		{ "mode", "both", true },
		{ "mode", "all", true },
		{ "mode", "off", false },
		{ "depth", "2", true },
		{ "depth", "3", false },
		{ "shard", "1/1", true },
		{ "shard", "4/4", true },
		{ "shard", "0/4", false },
		{ "shard", "5/4", false },
		{ "shard", "4", false },
		{ "shard", "1/x", false },
		{ "shard", "", false },
		{ "shard", "/4", false },
		{ "shard", "1/", false },
		{ "shard", "1/4/4", false },
		{ "shard", "-1/4", false },
		{ "shard", "1/0", false },
		{ "shard", "1/1000001", false },
		{ "shard", "00000000000000001/4", false },
		{ "values", "all", true },
		{ "values", "-EIO,-ENOMEM", true },
		{ "values", "-EWHAT", false },
		{ "values", "", false },
		{ "values", "-5,NULL,true", true },
		{ "values", "-EIO,", true },
		{ "only", "f*", true },
		{ "something", "else", true },
	};
	struct fl_settings s;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		fl_settings_init(&s);
		if (fl_settings_set(&s, cases[i].name, cases[i].value) != cases[i].good)
			fail_msg("%s %s", cases[i].name, cases[i].value);
	}
	fl_settings_init(&s);
	fl_settings_set(&s, "shard", "3/4");
	assert_int_equal(s.agenda.shard, 2);
	fl_settings_set(&s, "values", "-EIO,-ENOMEM");
	assert_int_equal(s.list.n, 2);
	assert_int_equal(s.list.values[0], -5);
	fl_settings_set(&s, "mode", "both");
	assert_true(s.agenda.modes[FL_INJECT_ONCE] && s.agenda.modes[FL_INJECT_ON]);
	assert_false(s.agenda.modes[FL_INJECT_ALL]);
}

/* Values that a function's tag does not allow are left out. */
static void test_values(void **state)
{
	struct fl_obj_attach attaches[] = {
		{ .shown = "fails", .tag = FL_TAG_ERRNO },
		{ .shown = "is_null", .module = "m", .tag = FL_TAG_NULL },
		{ .shown = "is_true", .tag = FL_TAG_TRUE },
	};
	struct fl_object obj = { .attaches = attaches, .nattaches = 3 };
	struct fl_spot fails = { .function = (char *)"fails" },
		       null = { .function = (char *)"is_null", .module = (char *)"m" },
		       truth = { .function = (char *)"is_true" },
		       other = { .function = (char *)"is_null" };
	struct fl_value_list list;
	struct fl_settings s;

	(void)state;
	fl_settings_init(&s);
	fl_settings_values(&s, &obj);
	assert_null(s.agenda.values);
	fl_settings_set(&s, "values", "all");
	fl_settings_values(&s, &obj);
	s.agenda.values(s.agenda.arg, &fails, &list);
	assert_int_equal(list.n, 10);
	s.agenda.values(s.agenda.arg, &null, &list);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.values[0], 0);
	s.agenda.values(s.agenda.arg, &truth, &list);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.values[0], 1);
	s.agenda.values(s.agenda.arg, &other, &list);
	assert_int_equal(list.n, 0);
	fl_settings_set(&s, "values", "-EIO,NULL");
	s.agenda.values(s.agenda.arg, &fails, &list);
	assert_int_equal(list.n, 1);
}

static char top[64];

static void put(const char *path, const char *text)
{
	char full[256];

	snprintf(full, sizeof(full), "%s/%s", top, path);
	for (char *slash = full + strlen(top) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0777);
		*slash = '/';
	}
	if (text)
		assert_int_equal(fl_replace_file(full, 0666, text, strlen(text)), 0);
	else
		mkdir(full, 0777);
}

static void note_line(void *arg, char sign, const char *line)
{
	char *text = arg;
	size_t len = strlen(text);

	snprintf(text + len, 1024 - len, "%c%s;", sign, line);
}

static int remove_one(const char *name, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(name);
}

static void scan(struct fl_known_tasks *tasks, struct fl_leftovers *l)
{
	fl_leftovers_scan(top, l);
	fl_leftover_tasks(top, tasks, l);
	fl_leftovers_sort(l);
}

static void test_leftovers(void **state)
{
	struct fl_leftovers before = { 0 }, after = { 0 }, again = { 0 };
	struct fl_known_tasks tasks = { 0 };
	char text[1024] = "", task[64], path[128];

	(void)state;
	snprintf(top, sizeof(top), "/tmp/fl-left-XXXXXX");
	assert_non_null(mkdtemp(top));
	put("proc/modules", "loop 45056 0 - Live 0x0\ndummy 16384 1 - Live 0x0\n");
	put("proc/self/mounts", "/dev/sda / ext4 rw 0 0\n");
	put("sys/class/net/lo", NULL);
	put("sys/block/loop0", NULL);
	put("proc/2/stat", "2 (kthreadd) S 0 0\n");
	put("proc/9/stat", "9 (kworker/0:1) S 2 0\n");
	scan(&tasks, &before);
	assert_int_equal(fl_leftovers_compare(&before, &before, NULL, NULL), 0);
	put("proc/modules", "loop 45056 1 - Live 0x0\ndummy 16384 1 - Live 0x0\n");
	put("proc/self/mounts", "/dev/sda / ext4 rw 0 0\n/dev/loop0 /mnt ext4 rw 0 0\n");
	put("sys/class/net/d0", NULL);
	put("sys/block/loop0/loop/backing_file", "/img\n");
	put("proc/10/stat", "10 (kworker/0:2) S 2 0\n");
	put("proc/11/stat", "11 (fl (odd) one) S 2 0\n");
	snprintf(task, sizeof(task), "12 (sleep) S %d 0\n", getpid());
	put("proc/12/stat", task);
	scan(&tasks, &after);
	assert_int_equal(fl_leftovers_compare(&before, &after, note_line, text), 7);
	assert_string_equal(text, "+kernel thread fl (odd) one;+loop device loop0 /img;"
				  "-module loop (used 0);+module loop (used 1);"
				  "+mount /mnt ext4 /dev/loop0;+network device d0;"
				  "+process sleep;");
	assert_int_equal(tasks.n, 5);
	/* a file that goes, or a loop device without one, is nothing new */
	fl_leftovers_release(&before);
	scan(&tasks, &before);
	put("sys/block/loop0/loop/backing_file", "/img (deleted)\n");
	put("sys/block/loop1", NULL);
	scan(&tasks, &again);
	assert_int_equal(fl_leftovers_compare(&before, &again, NULL, NULL), 0);
	fl_leftovers_release(&again);
	/* but another block device is */
	put("sys/block/nullb0", NULL);
	scan(&tasks, &again);
	text[0] = '\0';
	assert_int_equal(fl_leftovers_compare(&before, &again, note_line, text), 1);
	assert_string_equal(text, "+block device nullb0;");
	fl_leftovers_release(&again);
	snprintf(path, sizeof(path), "%s/sys/block/nullb0", top);
	assert_int_equal(rmdir(path), 0);
	/* known threads are not asked for again, and one that ended is seen to */
	put("proc/11/stat", "11 (another) S 2 0\n");
	scan(&tasks, &again);
	assert_string_equal(again.lines[0], "kernel thread fl (odd) one");
	fl_leftovers_release(&again);
	snprintf(path, sizeof(path), "%s/proc/11", top);
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	scan(&tasks, &again);
	assert_string_equal(again.lines[0], "loop device loop0 /img");
	fl_leftovers_release(&again);
	fl_known_tasks_release(&tasks);
	fl_leftovers_release(&before);
	fl_leftovers_release(&after);
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static char *path[] = { (char *)"kmalloc_trace+0x1f", (char *)"init_one+0x2 [m]",
			(char *)"copy.isra.0+0x3", (char *)"[gone]+0x4",
			(char *)"do_syscall_64+0x5" };
static struct fl_spot spot = {
	.function = (char *)"should_failslab", .path = path, .npath = 5, .reached = true
};
static struct fl_obj_rule rule = { .text = "on should_failslab return -ENOMEM" };

static void test_standalone(void **state)
{
	const struct fl_fault_at once = { .occurrence = 2 }, on = {
		.occurrence = 1, .mode = FL_INJECT_ON, .has_value = true, .value = -5
	};
	struct fl_obj_command setup = { .command = "modprobe m" }, check = { .command = "fsck x" };
	struct fl_object obj = { .rules = &rule,
				 .nrules = 1,
				 .setups = &setup,
				 .nsetups = 1,
				 .checks = &check,
				 .nchecks = 1 };
	struct fl_ledger l = { .spots = &spot, .nspots = 1 };
	char *run[] = { (char *)"echo", (char *)"it's", NULL }, *text;

	(void)state;
	text = fl_standalone_rules(&obj, &l, &once, 1, false);
	assert_string_equal(text, "# of the rule: on should_failslab return -ENOMEM\n"
				  "on should_failslab if caller(kmalloc_trace) && "
				  "within(m:init_one) && within(do_syscall_64) nth 2 "
				  "return -ENOMEM\n");
	free(text);
	text = fl_standalone_rules(&obj, &l, &on, 1, false);
	assert_non_null(strstr(text, " nth 1.. return -EIO\n"));
	free(text);
	text = fl_standalone_shell(&obj, run, "reproduce.fault", false);
	assert_non_null(strstr(
		text, "(modprobe m\n) || exit\n\nfaultline \"$here/reproduce.fault\" -- echo "
		      "'it'\\''s'\n\n# check\n(fsck x\n)\n"));
	free(text);
	text = fl_standalone_shell(&obj, run, "reproduce.fault", true);
	assert_non_null(strstr(text, "-- echo 'it'\\''s'\n\n# setup\n(modprobe m\n) || exit\n"
				     "\n# it shows in a run without a fault\n"
				     "echo 'it'\\''s'\n\n# check\n"));
	free(text);
}

static char *page_of(const struct fl_ledger *l)
{
	const struct fl_agenda_opts opts = { .modes = { [FL_INJECT_ONCE] = true }, .depth = 1 };
	struct fl_agenda agenda;
	struct fl_digest *d;
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fl_agenda_init(&agenda, &opts, l);
	d = fl_digest_new("DIR", l, &agenda);
	assert_non_null(d);
	assert_int_equal(fl_digest_write(f, d, FL_FORM_TEXT), 0);
	fl_digest_free(d);
	fclose(f);
	return text;
}

static void apply(struct fl_ledger *l, struct fl_record r)
{
	const char *why;

	if (fl_ledger_apply(l, &r, &why))
		fail_msg("%s", why);
}

static void test_page(void **state)
{
	struct fl_ledger l;
	char *text;

	(void)state;
	fl_ledger_init(&l);
	text = page_of(&l);
	assert_non_null(strstr(text, "No point was reached"));
	free(text);
	for (uint32_t i = 0; i < 2; i++)
		apply(&l, (struct fl_record){ .type = FL_RECORD_POINT,
					      .id = i,
					      .key = i ? "2" : "1",
					      .function = i ? "second" : "first",
					      .path = (const char *const *)path,
					      .npath = 2,
					      .calls = 1 });
	apply(&l, (struct fl_record){ .type = FL_RECORD_BEGIN,
				      .n = 1,
				      .nfaults = 1,
				      .faults = { { .point = 0, .occurrence = 1 } } });
	apply(&l, (struct fl_record){ .type = FL_RECORD_END,
				      .n = 1,
				      .outcome = FL_OUTCOME_FINDING,
				      .injected = 1 });
	apply(&l, (struct fl_record){ .type = FL_RECORD_FINDING,
				      .id = 1,
				      .kind = "KASAN",
				      .fingerprint = "KASAN f",
				      .title = "it is wrong" });
	apply(&l, (struct fl_record){ .type = FL_RECORD_BLAME, .id = 1, .n = 1 });
	text = page_of(&l);
	assert_non_null(strstr(text, "1 of 2 points injected, 1 trials, 1 finding\n"));
	assert_non_null(strstr(text, "1 point not tried yet:\n  second < kmalloc_trace+0x1f"));
	assert_non_null(strstr(text, "1. it is wrong\n   KASAN f\n   after first called by "
				     "kmalloc_trace+0x1f; 1 fault\n   faultline replay DIR/1\n"));
	free(text);
	fl_ledger_release(&l);
}

/* Faults that are to be tried, not points: each point has several. */
static void test_todo(void **state)
{
	const struct fl_agenda_opts opts = {
		.modes = { [FL_INJECT_ONCE] = true, [FL_INJECT_ON] = true },
		.depth = 1,
		.occurrence = FL_OCCURRENCE_ALL
	};
	static const enum fl_outcome_kind outcomes[] = { FL_OUTCOME_HANDLED, FL_OUTCOME_MISSED,
							 FL_OUTCOME_HANDLED };
	static const size_t todo[] = { 5, 5, 4 };
	struct fl_agenda agenda;
	struct fl_agenda_sums sums;
	struct fl_ledger l;

	(void)state;
	fl_ledger_init(&l);
	apply(&l, (struct fl_record){ .type = FL_RECORD_POINT,
				      .key = "1",
				      .function = "first",
				      .path = (const char *const *)path,
				      .npath = 2,
				      .calls = 3 });
	fl_agenda_init(&agenda, &opts, &l);
	fl_agenda_sum(&agenda, &sums);
	assert_int_equal(sums.todo, 6);
	for (uint32_t n = 1; n <= 3; n++) {
		struct fl_record begin = { .type = FL_RECORD_BEGIN, .n = n };

		begin.nfaults = fl_agenda_next(&agenda, begin.faults);
		assert_int_equal(begin.nfaults, 1);
		apply(&l, begin);
		apply(&l, (struct fl_record){ .type = FL_RECORD_END,
					      .n = n,
					      .outcome = outcomes[n - 1],
					      .injected = outcomes[n - 1] != FL_OUTCOME_MISSED });
		fl_agenda_sum(&agenda, &sums);
		assert_int_equal(sums.todo, todo[n - 1]);
	}
	fl_ledger_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings),  cmocka_unit_test(test_values),
		cmocka_unit_test(test_leftovers), cmocka_unit_test(test_standalone),
		cmocka_unit_test(test_page),	  cmocka_unit_test(test_todo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
