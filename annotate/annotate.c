/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * annotate.c - the program that `faultline annotate` becomes: read sources, find
 * out about their functions, judge, report.
 *
 *   database.c	which files, and how they are compiled
 *   pool.c	a process for each file, in which
 *   study.c	  libclang parses it, and of each function
 *   tree.c	  the body is made a tree,
 *   value.c	  the values that it returns are collected,
 *   first.c	  the first error return is found, and what happens before it
 *   caller.c	  and what it does with the results of others
 *   findings.c	  is handed over;
 *   relate.c	calls and values are related across files
 *   judge.c	tags, scores and reasons
 *   view.c	text and JSON
 *   patch.c	or marks as mails, where
 *   insert.c	  lines go to their places,
 *   diff.c	  and become hunks
 *
 * Its command line is checked and written by faultline (cli/annotate_cli.c).
 */
#include <clang-c/Index.h>
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "judge.h"
#include "patch.h"
#include "pool.h"
#include "view.h"

struct request {
	const char *build;
	struct fl_view view;
	struct fl_patch_opts patch;
	bool is_patch;
	bool quiet; /* no summary in text */
	char **words;
	int nwords;
};

enum { EXIT_OK = 0, EXIT_PARTIAL = 1, EXIT_USAGE = 2 };

static int complain(const struct fl_view *view, const struct fl_fault *f, int status)
{
	fprintf(stderr, "faultline: error: %s\n", f->text);
	if (*f->hint)
		fprintf(stderr, "hint: %s\n", f->hint);
	if (view->json)
		fl_fault_event(f, stdout);
	return status;
}

/* The numbers of cursor kinds changed between versions: another one would be misread. */
static bool is_built_for(const char *version)
{
	const char *number = strstr(version, "version ");

	return number && strtol(number + 8, NULL, 10) == FL_LIBCLANG_VERSION;
}

static int check_version(const struct request *r)
{
	CXString s = clang_getClangVersion();
	struct fl_fault fault;
	int status = EXIT_OK;

	if (!is_built_for(clang_getCString(s))) {
		fl_fault_raise(&fault, FL_N_VERSION, fl_digits(FL_LIBCLANG_VERSION).text,
			       clang_getCString(s), NULL);
		status = complain(&r->view, &fault, EXIT_USAGE);
	}
	clang_disposeString(s);
	return status;
}

static bool is_name(const char *pattern)
{
	for (; *pattern; pattern++) {
		if (!isalnum((unsigned char)*pattern) && *pattern != '_')
			return false;
	}
	return true;
}

static int no_match(const struct request *r, const struct fl_findings *f)
{
	const char *match = r->view.match;
	struct fl_fault fault;

	if (f->nmacros)
		fl_fault_raise(&fault, FL_N_MACRO, match, f->macros[0].file,
			       fl_digits(f->macros[0].line).text, NULL);
	else
		fl_fault_raise(&fault, FL_N_NO_MATCH, match, NULL);
	return complain(&r->view, &fault, EXIT_USAGE);
}

static int report_troubles(const struct request *r, const struct fl_sources *s,
			   const struct fl_pool_result *result)
{
	struct fl_fault fault;

	for (size_t i = 0; i < result->ntroubles; i++) {
		fl_fault_raise(&fault, FL_N_PARSE, result->troubles[i], NULL);
		complain(&r->view, &fault, EXIT_USAGE);
	}
	if (!result->failed)
		return EXIT_OK;
	return result->failed == s->n ? EXIT_USAGE : EXIT_PARTIAL;
}

static bool is_matched(const struct request *r, const struct fl_verdicts *v)
{
	struct fl_view any = { .match = r->view.match, .all = true };

	for (size_t i = 0; i < v->n; i++) {
		if (fl_view_wants(&any, &v->list[i]))
			return true;
	}
	return false;
}

static int annotate(const struct request *r, struct fl_arena *arena)
{
	const char *macro = r->view.match && is_name(r->view.match) ? r->view.match : NULL;
	struct fl_findings findings = { .arena = arena };
	struct fl_sources sources = { .arena = arena };
	struct fl_pool_result result = { 0 };
	struct fl_verdicts verdicts;
	struct fl_fault fault;
	int status;

	if (fl_sources_find(&sources, r->build, r->words, r->nwords, &fault))
		return complain(&r->view, &fault, EXIT_USAGE);
	status = fl_pool_study(&sources, macro, &findings, &result);
	if (status) {
		fl_fault_raise(&fault, FL_F_SYSTEM, strerror(-status), NULL);
		return complain(&r->view, &fault, EXIT_PARTIAL);
	}
	status = report_troubles(r, &sources, &result);
	fl_judge(&findings, &verdicts);
	if (status != EXIT_USAGE && r->view.match && !is_matched(r, &verdicts))
		return no_match(r, &findings);
	if (!r->is_patch)
		fl_view_verdicts(&r->view, &verdicts);
	else if (status != EXIT_USAGE &&
		 fl_patch_write(&r->patch, &r->view, arena, &verdicts, &fault))
		status = complain(&r->view, &fault, EXIT_USAGE);
	if (!r->quiet || r->view.json)
		fl_view_summary(&r->view, &sources, &findings, &result, &verdicts);
	return status;
}

static void parse(struct request *r, int argc, char **argv)
{
	static const struct option options[] = {
		{ "build", required_argument, NULL, 'p' },
		{ "match", required_argument, NULL, 'm' },
		{ "min-score", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "patch", no_argument, NULL, 'P' },
		{ "signoff", no_argument, NULL, 'S' },
		{ "output", required_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'p':
			r->build = optarg;
			break;
		case 'm':
			r->view.match = optarg;
			r->view.all = true;
			break;
		case 's':
			r->view.min_score = (int)strtol(optarg, NULL, 10);
			break;
		case 'j':
			r->view.json = true;
			break;
		case 'v':
			r->view.verbose = true;
			break;
		case 'q':
			r->quiet = true;
			r->patch.quiet = true;
			break;
		case 'P':
			r->is_patch = true;
			break;
		case 'S':
			r->patch.signoff = true;
			break;
		case 'o':
			r->patch.folder = optarg;
			break;
		}
	}
	r->words = argv + optind;
	r->nwords = argc - optind;
}

int main(int argc, char **argv)
{
	struct request r = { 0 };
	struct fl_arena arena;
	struct fl_fault fault;
	jmp_buf on_oom;
	int status;

	parse(&r, argc, argv);
	status = check_version(&r);
	if (status)
		return status;
	fl_arena_init(&arena, &on_oom);
	if (setjmp(on_oom)) {
		fl_fault_raise(&fault, FL_F_MEMORY, NULL);
		status = complain(&r.view, &fault, EXIT_PARTIAL);
	} else {
		status = annotate(&r, &arena);
	}
	fl_arena_release(&arena);
	if ((!fflush(stdout) && !ferror(stdout)) || status)
		return status;
	fl_fault_raise(&fault, FL_F_OUTPUT, NULL);
	return complain(&r.view, &fault, EXIT_PARTIAL);
}
