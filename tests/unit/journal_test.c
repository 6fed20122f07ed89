/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal of a campaign: what was put comes back, whatever happened meanwhile. */
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "journal.h"

static char dir[64];

static int make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/fl-journal-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static const char *journal(void)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/journal.ndjson", dir);
	return path;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(journal());
	return rmdir(dir);
}

static const char *const argv[] = { "sweep", "-e", "on \"x\"\n", NULL };
static const char *const path[] = { "a+0x1", "b+0x2 [m]" };
static const struct fl_record_option options[] = { { "each", "path" }, { "depth", "1" } };

static const struct fl_record header = {
	.type = FL_RECORD_CAMPAIGN,
	.version = FL_JOURNAL_VERSION,
	.faultline = "0.1.0",
	.script = "00ff",
	.kernel = "6.12.1",
	.build_id = "abcd",
	.argv = argv,
	.nargv = 3,
	.options = options,
	.noptions = 2,
};

/* One of each type, with all that it may have. */
static const struct fl_record records[] = {
	{ .type = FL_RECORD_START,
	  .boot = "b-1",
	  .at_us = 1700000000000000,
	  .torn = 3,
	  .options = options,
	  .noptions = 2 },
	{ .type = FL_RECORD_BASELINE, .us = 1234, .matched = 99, .points = 2 },
	{ .type = FL_RECORD_POINT,
	  .id = 0,
	  .key = "0123456789abcdef",
	  .rule = 2,
	  .function = "f",
	  .module = "m",
	  .context = "task",
	  .path = path,
	  .npath = 2,
	  .trial = 7,
	  .after = true,
	  .calls = 5 },
	{ .type = FL_RECORD_REACHED, .id = 0, .calls = 3 },
	{ .type = FL_RECORD_UNSTABLE, .id = 0 },
	{ .type = FL_RECORD_BEGIN,
	  .n = 1,
	  .nfaults = 2,
	  .faults = { { .point = 4, .occurrence = 1 },
		      { .point = 5,
			.occurrence = 3,
			.mode = FL_INJECT_ALL,
			.has_value = true,
			.value = -12 } },
	  .again = true },
	{ .type = FL_RECORD_BEGIN,
	  .n = 2,
	  .nfaults = 4,
	  .faults = { { .point = 0, .occurrence = 1 },
		      { .point = 0, .occurrence = 2 },
		      { .point = 3, .occurrence = 1 },
		      { .point = 7, .occurrence = 9 } },
	  .drawn = true },
	{ .type = FL_RECORD_END,
	  .n = 1,
	  .outcome = FL_OUTCOME_ABSORBED,
	  .status = 137,
	  .injected = 2,
	  .dirty = true,
	  .us = 4 },
	{ .type = FL_RECORD_END, .n = 1, .outcome = FL_OUTCOME_CUT, .silent = true, .us = 4 },
	{ .type = FL_RECORD_END, .n = 2, .outcome = FL_OUTCOME_HANDLED, .injected = 1, .us = 4 },
	{ .type = FL_RECORD_FINDING, .id = 1, .kind = "KASAN", .fingerprint = "k a", .title = "t" },
	{ .type = FL_RECORD_BLAME, .id = 1, .n = 1 },
	{ .type = FL_RECORD_SCAN, .n = 1, .us = 7 },
	{ .type = FL_RECORD_DONE, .status = 1, .reason = "exhausted" },
};

/* Collects records as text, which compares all that they have. */
struct got {
	char *text[64];
	size_t n;
	int refuse_at; /* record at which the reader is refused, from 1 */
};

/* For the test that holds a journal to its schema. */
static void keep_copy(void)
{
	const char *to = getenv("FL_JOURNAL_COPY");

	if (to)
		assert_int_equal(link(journal(), to), 0);
}

static int collect(void *arg, const struct fl_record *r)
{
	struct got *g = arg;

	assert_true(g->n < COUNT(g->text));
	g->text[g->n++] = fl_record_text(r);
	return g->refuse_at == (int)g->n ? -ECANCELED : 0;
}

static void drop(struct got *g)
{
	while (g->n)
		free(g->text[--g->n]);
}

static struct fl_journal *open_it(struct got *g, bool *fresh, struct fl_journal_stat *stat)
{
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_journal *j;
	int err = fl_journal_open(dir, collect, g, &j, fresh, stat, &fault);

	if (err)
		fail_msg("%d: %s", err, fault.text);
	return j;
}

static void write_journal(void)
{
	struct fl_journal_stat stat;
	struct got g = { 0 };
	bool fresh;
	struct fl_journal *j = open_it(&g, &fresh, &stat);

	assert_true(fresh);
	fl_journal_put(j, &header);
	for (size_t i = 0; i < COUNT(records); i++)
		fl_journal_put(j, &records[i]);
	assert_int_equal(fl_journal_sync(j, NULL), 0);
	fl_journal_close(j);
}

static void expect_all(const struct got *g)
{
	assert_int_equal(g->n, COUNT(records) + 1);
	for (size_t i = 0; i < g->n; i++) {
		char *want = fl_record_text(i ? &records[i - 1] : &header);

		assert_string_equal(g->text[i], want);
		free(want);
	}
}

static void test_round_trip(void **state)
{
	struct fl_journal_stat stat;
	struct got g = { 0 };

	(void)state;
	write_journal();
	assert_int_equal(fl_journal_read(dir, collect, &g, &stat, NULL), 0);
	assert_int_equal(stat.lines, COUNT(records) + 1);
	assert_int_equal(stat.torn, 0);
	expect_all(&g);
	keep_copy();
	drop(&g);
	g.refuse_at = 2;
	assert_int_equal(fl_journal_read(dir, collect, &g, &stat, NULL), -ECANCELED);
	drop(&g);
}

static off_t size_of(void)
{
	struct stat st;

	assert_int_equal(stat(journal(), &st), 0);
	return st.st_size;
}

/* Cut off at every byte of its last two lines: whole lines stay, the rest goes. */
static void test_torn(void **state)
{
	off_t size;

	(void)state;
	write_journal();
	size = size_of();
	for (off_t end = size - 1; end > size - 100; end--) {
		struct fl_journal_stat stat;
		struct got g = { 0 };
		struct fl_journal *j;
		bool fresh;

		unlink(journal());
		write_journal();
		assert_int_equal(truncate(journal(), end), 0);
		j = open_it(&g, &fresh, &stat);
		assert_false(fresh);
		assert_true(size_of() + (off_t)stat.torn == end);
		assert_true(stat.lines >= COUNT(records) - 2);
		fl_journal_put(j, &records[COUNT(records) - 1]);
		fl_journal_close(j);
		drop(&g);
		assert_int_equal(fl_journal_read(dir, collect, &g, &stat, NULL), 0);
		assert_int_equal(stat.torn, 0);
		drop(&g);
	}
}

/* A machine that died while the first line was written. */
static void test_torn_header(void **state)
{
	struct fl_journal_stat stat;
	struct got g = { 0 };
	struct fl_journal *j;
	bool fresh;

	(void)state;
	write_journal();
	assert_int_equal(truncate(journal(), 20), 0);
	j = open_it(&g, &fresh, &stat);
	assert_true(fresh);
	assert_int_equal(stat.torn, 20);
	assert_int_equal(size_of(), 0);
	fl_journal_close(j);
}

static void put_text(const char *text)
{
	FILE *f = fopen(journal(), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void expect_refused(const char *text, enum fl_fault_tag tag)
{
	struct fl_journal_stat stat;
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct got g = { 0 };
	int err;

	put_text(text);
	err = fl_journal_read(dir, collect, &g, &stat, &fault);
	assert_int_not_equal(err, 0);
	assert_int_equal(fault.tag, tag);
	assert_int_equal(fl_fault_exit(&fault), FL_EXIT_USAGE);
	drop(&g);
}

#define HEADER "{\"type\":\"campaign\",\"v\":1,\"script\":\"1\",\"kernel\":\"k\"}\n"

static void test_wrong(void **state)
{
	static const char *const corrupt[] = {
		"hello\n",
		"\n",
		"{}\n",
		"[1]\n",
		"{\"type\":3}\n",
		"{\"type\":\"campaign\",\"v\":1}\n",
		HEADER "{\"type\":\"begin\"}\n",
		HEADER "{\"type\":\"end\",\"n\":-1,\"outcome\":\"handled\"}\n",
		HEADER "{\"type\":\"end\",\"n\":1,\"outcome\":\"bad\"}\n",
		HEADER "{\"type\":\"begin\",\"n\":1,\"point\":1,\"mode\":\"bad\"}\n",
		HEADER "{\"type\":\"begin\",\"n\":1,\"point\":1,\"mode\":2}\n",
		HEADER "{\"type\":\"point\",\"key\":\"1\",\"function\":\"f\",\"path\":[1]}\n",
		HEADER "{\"type\":\"finding\",\"id\":1}\n",
		HEADER "{\"type\":\"end\",\"n\":1,\"out\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(corrupt); i++)
		expect_refused(corrupt[i], FL_C_JOURNAL_LINE);
	expect_refused("{\"type\":\"start\",\"boot\":\"b\"}\n", FL_C_NOT_JOURNAL);
	expect_refused("{\"type\":\"campaign\",\"v\":2,\"script\":\"1\",\"kernel\":\"k\"}\n",
		       FL_C_JOURNAL_NEWER);
}

/* Numbers that no sweep writes are held to what their fields can hold. */
static void test_numbers(void **state)
{
	struct fl_journal_stat stat;
	struct got g = { 0 };

	(void)state;
	put_text(HEADER "{\"type\":\"begin\",\"n\":1,\"point\":1e300,\"value\":-1e300}\n"
			"{\"type\":\"end\",\"n\":1,\"outcome\":\"handled\",\"status\":1e300,"
			"\"us\":-1e300}\n");
	assert_int_equal(fl_journal_read(dir, collect, &g, &stat, NULL), 0);
	assert_int_equal(g.n, 3);
	assert_non_null(strstr(g.text[1], "\"point\":4294967295"));
	assert_non_null(strstr(g.text[1], "\"value\":-9223372036854775808"));
	assert_null(strstr(g.text[2], "\"us\":-"));
	assert_non_null(strstr(g.text[2], "\"status\":2147483647"));
	drop(&g);
}

/* What a later version of the same format adds is passed over. */
static void test_unknown(void **state)
{
	struct fl_journal_stat stat;
	struct got g = { 0 };

	(void)state;
	put_text(HEADER "{\"type\":\"weather\",\"sun\":[{\"a\":1}]}\n"
			"{\"type\":\"end\",\"n\":1,\"outcome\":\"handled\",\"later\":{\"x\":1}}\n");
	assert_int_equal(fl_journal_read(dir, collect, &g, &stat, NULL), 0);
	assert_int_equal(stat.unknown, 1);
	assert_int_equal(g.n, 2);
	drop(&g);
}

static void test_missing(void **state)
{
	struct fl_journal_stat stat;
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct got g = { 0 };

	(void)state;
	assert_int_equal(fl_journal_read(dir, collect, &g, &stat, &fault), -ENOENT);
	assert_int_equal(fault.tag, FL_NO_FAULT);
}

static void test_two_sweeps(void **state)
{
	struct fl_journal_stat stat;
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct got g = { 0 };
	struct fl_journal *first, *second;
	bool fresh;

	(void)state;
	first = open_it(&g, &fresh, &stat);
	assert_int_not_equal(fl_journal_open(dir, collect, &g, &second, &fresh, &stat, &fault), 0);
	assert_int_equal(fault.tag, FL_C_BUSY);
	assert_null(second);
	fl_journal_close(first);
}

static void expect_failure(const char *where, enum fl_fault_tag tag, const char *text)
{
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_journal_stat stat;
	struct got g = { 0 };
	struct fl_journal *j;
	bool fresh;

	assert_int_not_equal(fl_journal_open(where, collect, &g, &j, &fresh, &stat, &fault), 0);
	assert_null(j);
	if (fault.tag != tag || !strstr(fault.text, text))
		fail_msg("%s: %s", fl_fault_tag_name(fault.tag), fault.text);
	assert_int_equal(fl_fault_exit(&fault), FL_EXIT_FINDING);
}

/* Folders and files that are none. */
static void test_no_place(void **state)
{
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_journal_stat stat;
	struct got g = { 0 };
	char where[8000];

	(void)state;
	put_text("x");
	snprintf(where, sizeof(where), "%s/sub", journal());
	expect_failure(where, FL_C_FOLDER, "': Not a directory");
	memset(where, 'x', sizeof(where) - 1);
	where[sizeof(where) - 1] = '\0';
	expect_failure(where, FL_C_FOLDER_NAME, "cannot use folder 'xxx");
	unlink(journal());
	assert_int_equal(mkdir(journal(), 0777), 0);
	expect_failure(dir, FL_C_JOURNAL_WRITE, "': Is a directory");
	assert_int_not_equal(fl_journal_read(dir, collect, &g, &stat, &fault), 0);
	assert_int_equal(fault.tag, FL_C_JOURNAL_READ);
	rmdir(journal());
}

/* Who may not is told apart, except where the command line is to blame. */
static void test_not_permitted(void **state)
{
	struct fl_fault fault;

	(void)state;
	assert_int_equal(fl_refuse_errno(&fault, FL_C_FOLDER, "d", EACCES), -EACCES);
	assert_string_equal(fault.text, "cannot make folder 'd': Permission denied");
	assert_int_equal(fl_fault_exit(&fault), FL_EXIT_PERMISSION);
	assert_int_equal(fl_refuse_errno(&fault, FL_C_MACHINE, "vm", EACCES), -EACCES);
	assert_int_equal(fl_fault_exit(&fault), FL_EXIT_USAGE);
	assert_int_equal(fl_refuse_errno(NULL, FL_C_FOLDER, "d", ENOSPC), -ENOSPC);
}

/* A limit on the file's size is a full disk without one. */
static void test_full_disk(void **state)
{
	struct rlimit old, low;
	struct fl_journal_stat stat;
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct got g = { 0 };
	struct fl_journal *j;
	bool fresh;
	off_t size;

	(void)state;
	write_journal();
	size = size_of();
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	low = old;
	low.rlim_cur = (rlim_t)size + 30;
	j = open_it(&g, &fresh, &stat);
	drop(&g);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	fl_journal_put(j, &records[5]);
	assert_int_equal(fl_journal_sync(j, &fault), -EFBIG);
	assert_int_equal(fault.tag, FL_C_JOURNAL_FULL);
	assert_int_equal(size_of(), size);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	/* room again does not bring back what the journal misses */
	assert_int_equal(fl_journal_sync(j, &fault), -EFBIG);
	fl_journal_close(j);
	assert_int_equal(fl_journal_read(dir, collect, &g, &stat, &fault), 0);
	expect_all(&g);
	drop(&g);
}

static int ignore(void *arg, const struct fl_record *r)
{
	(void)arg;
	(void)r;
	return 0;
}

static void write_forever(void)
{
	struct fl_journal_stat stat;
	struct fl_journal *j;
	bool fresh;

	if (fl_journal_open(dir, ignore, NULL, &j, &fresh, &stat, NULL))
		_exit(1);
	if (fresh)
		fl_journal_put(j, &header);
	do {
		fl_journal_put(j, &records[4]);
		fl_journal_put(j, &records[5]);
	} while (!fl_journal_sync(j, NULL));
	_exit(1);
}

/* Killed while it writes, again and again: never a line that cannot be read. */
static void test_kill(void **state)
{
	uint64_t random = 1, lines = 0;
	struct fl_journal_stat stat;

	(void)state;
	/* more and more, so that a busy machine writes something, too */
	for (unsigned int round = 0; round < 20 || (lines <= 2 && round < 900); round++) {
		const struct timespec wait = {
			.tv_nsec = unit_random(&random) % (4000000 + round * 1000000),
		};
		int err, status;
		pid_t pid = fork();

		if (!pid)
			write_forever();
		nanosleep(&wait, NULL);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		err = fl_journal_read(dir, ignore, NULL, &stat, NULL);
		assert_true(!err || (err == -ENOENT && !lines));
		assert_true(err || stat.lines >= lines);
		lines = err ? 0 : stat.lines;
	}
	assert_true(lines > 2);
}

static int count_only(void *arg, const struct fl_record *r)
{
	uint64_t *sum = arg;

	*sum += r->n + (r->nfaults ? r->faults[0].point : 0);
	return 0;
}

static double cpu_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void generate(uint32_t npoints, uint32_t ntrials)
{
	FILE *f = fopen(journal(), "w");
	char *line;

	assert_non_null(f);
	line = fl_record_text(&header);
	fputs(line, f);
	free(line);
	for (uint32_t i = 0; i < npoints; i++) {
		struct fl_record r = records[2];
		char key[32];

		snprintf(key, sizeof(key), "%016x", i);
		r.id = i;
		r.key = key;
		line = fl_record_text(&r);
		fputs(line, f);
		free(line);
	}
	for (uint32_t n = 1; n <= ntrials; n++) {
		fprintf(f, "{\"type\":\"begin\",\"n\":%u,\"point\":%u}\n", n, n % npoints);
		fprintf(f,
			"{\"type\":\"end\",\"n\":%u,\"outcome\":\"handled\",\"status\":1,"
			"\"us\":12345}\n",
			n);
	}
	fclose(f);
}

/* Memory is bounded by the longest line: reading adds nothing to what is there. */
static void test_million(void **state)
{
	struct fl_journal_stat stat;
	struct rusage before, after;
	uint64_t sum = 0;
	double best = 1e9;

	(void)state;
	generate(10000, 1000000);
	getrusage(RUSAGE_SELF, &before);
	/* a machine with other work takes longer at times */
	for (int i = 0; i < 3; i++) {
		double start = cpu_seconds();

		assert_int_equal(fl_journal_read(dir, count_only, &sum, &stat, NULL), 0);
		start = cpu_seconds() - start;
		best = start < best ? start : best;
	}
	getrusage(RUSAGE_SELF, &after);
	print_message("a million trials, %.0f MB: %.2f s\n", (double)size_of() / 1e6, best);
	assert_int_equal(stat.lines, 1 + 10000 + 2000000);
	/* the sanitizer keeps what was freed for a while */
#ifndef __SANITIZE_ADDRESS__
	assert_true(after.ru_maxrss - before.ru_maxrss < 4096);
#endif
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(test_round_trip),
		IN_DIR(test_torn),
		IN_DIR(test_torn_header),
		IN_DIR(test_wrong),
		IN_DIR(test_numbers),
		IN_DIR(test_unknown),
		IN_DIR(test_missing),
		IN_DIR(test_two_sweeps),
		IN_DIR(test_full_disk),
		IN_DIR(test_kill),
		IN_DIR(test_million),
		IN_DIR(test_no_place),
		cmocka_unit_test(test_not_permitted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
