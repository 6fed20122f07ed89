/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * points_live.c - the points of a workload, on a live kernel.
 *
 * usage: points_live [-e path|call|function] [-m once|point|all] [-c CLEANUP] [-u TEXT]
 *	RULES OUT COMMAND
 *
 * Runs the shell command COMMAND once to warm up and three times for the
 * record, writes the points of each as OUT.1 to OUT.3, a sorted line for each
 * ("CALLS CONTEXT FUNCTION FRAME..."), then makes the first call of each point
 * fail in a trial of its own, or of three, and prints how many were hit. Status 1 when one
 * was not, or when a hit is not the call that was chosen. CLEANUP is run after
 * each; points whose path has TEXT in it are unstable, and left out.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compile.h"
#include "facts.h"
#include "points.h"

static struct fl_object *obj;
static struct fl_session *session;
static struct fl_points *points;
static struct fl_points_opts opts;
static uint64_t trial;
static const char *cleanup;
static const char *unstable;

static void die(const char *what, const struct fl_fault *fault)
{
	fprintf(stderr, "points_live: %s: %s\n%s", what, fault ? fault->text : strerror(errno),
		fault && fault->log ? fault->log : "");
	exit(2);
}

static void compile(const char *rules)
{
	const struct fl_source src = { "rules", rules, strlen(rules) };
	const struct fl_compile_opts compile_opts = { .sema.has_command = true,
						      .sweep = FL_SWEEP_SYSTEMATIC };
	struct fl_diags ds;
	char *log = NULL;

	fl_diags_init(&ds);
	if (fl_facts_open(&(struct fl_facts_opts){ .root = "" }, &opts.kernel))
		die("facts", NULL);
	if (fl_compile(&src, opts.kernel, &compile_opts, &ds, &obj, &log)) {
		for (size_t i = 0; i < ds.n; i++)
			fprintf(stderr, "%s\n", fl_diag_tag_name(ds.list[i].tag));
		fprintf(stderr, "%s\n", log ? log : "");
		exit(2);
	}
	fl_diags_release(&ds);
}

static void arm(void)
{
	const struct fl_session_opts session_opts = { .max_injections = -1, .silent = true };
	struct fl_fault fault = { 0 };

	if (fl_session_new(obj, &session_opts, &session) || fl_session_load(session, &fault) ||
	    fl_session_attach(session, &fault) || fl_points_open(session, &opts, &points, &fault))
		die("arm", &fault);
	fl_session_arm(session);
}

/* The command's tasks are followed from a shell on that waits until then. */
static void run(const char *command, const struct fl_chosen *chosen)
{
	struct fl_fault fault = { 0 };
	int held[2], status;
	pid_t pid;

	if (pipe(held))
		die("pipe", NULL);
	pid = fork();
	if (!pid) {
		char byte;

		close(held[1]);
		if (read(held[0], &byte, 1) < 0)
			_exit(127);
		close(held[0]);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	fl_session_beat(session);
	if (pid < 0 || fl_session_add_task(session, pid, FL_TASK_FROM_EXEC) ||
	    fl_points_begin(points, ++trial, chosen, chosen != NULL, &fault))
		die("begin", &fault);
	close(held[0]);
	close(held[1]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	fl_points_end(points);
	if (!cleanup)
		return;
	pid = fork();
	if (!pid) {
		execl("/bin/sh", "sh", "-c", cleanup, (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *line_of(const struct fl_point_info *info)
{
	char *line = NULL, frame[256];
	size_t len;
	FILE *f = open_memstream(&line, &len);

	fprintf(f, "%llu %s %s", (unsigned long long)info->calls,
		fl_point_context_name(info->context), obj->attaches[info->attach].shown);
	for (unsigned int i = 0; i < info->nframes; i++) {
		fl_points_frame(points, info->frames[i], frame, sizeof(frame));
		fprintf(f, " %s;", frame);
	}
	fclose(f);
	return line;
}

static bool is_unstable(const struct fl_point_info *info)
{
	char *line = line_of(info);
	bool is = unstable && strstr(line, unstable);

	free(line);
	return is;
}

/* Points that the last trial reached. */
static size_t write_points(const char *path)
{
	size_t n = fl_points_count(points), used = 0;
	char **lines = calloc(n + 1, sizeof(*lines));
	FILE *f = fopen(path, "w");

	if (!f || !lines)
		die(path, NULL);
	for (size_t i = 0; i < n; i++) {
		struct fl_point_info info;

		if (fl_points_get(points, i, &info) && info.calls && !is_unstable(&info))
			lines[used++] = line_of(&info);
	}
	qsort(lines, used, sizeof(*lines), by_text);
	for (size_t i = 0; i < used; i++) {
		fprintf(f, "%s\n", lines[i]);
		free(lines[i]);
	}
	free(lines);
	fclose(f);
	return used;
}

/* One trial: did the chosen call fail, and no other unless @mode says so? */
static int inject(const char *command, uint64_t key, uint64_t occurrence, enum fl_point_mode mode)
{
	const struct fl_chosen chosen = { .key = key, .occurrence = occurrence, .mode = mode };
	struct fl_trial_result r;

	run(command, &chosen);
	fl_points_result(points, &r);
	if (!r.injected)
		return 0;
	if (r.nhits < 1 || r.hits[0].choice != 0 || r.hits[0].occurrence != occurrence ||
	    (opts.each == FL_EACH_PATH && r.hits[0].key != key) ||
	    (mode == FL_POINT_ONCE && r.injected != 1)) {
		printf("wrong call: %llu injected\n", (unsigned long long)r.injected);
		return -1;
	}
	return 1;
}

/* What the last trial reached: points, or with -e call ordinals. */
static uint64_t *reached(size_t *n)
{
	size_t most = fl_points_count(points);
	struct fl_point_info info;
	struct fl_trial_result r;
	uint64_t *list;

	fl_points_result(points, &r);
	list = calloc(r.matched + most + 1, sizeof(*list));
	*n = opts.each == FL_EACH_CALL ? r.matched : 0;
	for (size_t i = 0; list && i < most && opts.each != FL_EACH_CALL; i++) {
		if (fl_points_get(points, i, &info) && info.calls && !is_unstable(&info))
			list[(*n)++] = i;
	}
	return list;
}

static int inject_all(const char *command, enum fl_point_mode mode)
{
	size_t n, hit = 0;
	uint64_t *list = reached(&n), started = fl_now_ns();

	for (size_t i = 0; i < n; i++) {
		struct fl_point_info info = { .key = 0 };
		bool by_call = opts.each == FL_EACH_CALL;
		int outcome = 0;

		if (!by_call && !fl_points_get(points, list[i], &info))
			return 1;
		/* as a sweep does: not every run of a workload is like the one before */
		for (int tries = 0; tries < 3 && !outcome; tries++)
			outcome = inject(command, info.key, by_call ? i + 1 : 1, mode);
		if (outcome < 0)
			return 1;
		hit += (size_t)outcome;
		if (!outcome && !by_call) {
			char *line = line_of(&info);

			printf("missed: %s\n", line);
			free(line);
		}
	}
	printf("%zu of %zu points hit, %llu ms\n", hit, n,
	       (unsigned long long)(fl_now_ns() - started) / 1000000);
	free(list);
	return hit != n;
}

int main(int argc, char **argv)
{
	enum fl_point_mode mode = FL_POINT_ONCE;
	struct fl_trial_result r;
	char path[4096];
	int c;

	while ((c = getopt(argc, argv, "e:m:c:u:")) != -1) {
		if (c == 'c')
			cleanup = optarg;
		else if (c == 'u')
			unstable = optarg;
		else if (c == 'e')
			opts.each = *optarg == 'p'   ? FL_EACH_PATH
				    : *optarg == 'c' ? FL_EACH_CALL
						     : FL_EACH_FUNCTION;
		else
			mode = *optarg == 'o'	? FL_POINT_ONCE
			       : *optarg == 'p' ? FL_POINT_ON_POINT
						: FL_POINT_ON_ALL;
	}
	if (argc - optind != 3)
		return 2;
	argv += optind;
	compile(argv[0]);
	arm();
	run(argv[2], NULL);
	for (int i = 1; i <= 3; i++) {
		size_t n;

		run(argv[2], NULL);
		fl_points_result(points, &r);
		snprintf(path, sizeof(path), "%s.%d", argv[1], i);
		n = write_points(path);
		printf("run %d: %llu calls, %zu points, %llu lost, %llu cut, %llu modules lost\n",
		       i, (unsigned long long)r.matched, n, (unsigned long long)r.lost,
		       (unsigned long long)r.cut, (unsigned long long)r.modules_lost);
		fflush(stdout);
	}
	c = inject_all(argv[2], mode);
	fl_points_close(points);
	fl_session_free(session);
	fl_object_free(obj);
	fl_facts_close(opts.kernel);
	return c;
}
