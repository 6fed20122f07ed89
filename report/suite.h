/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * suite.h - results as tests: cases in groups, written as TAP (version 13, as
 * kselftests print it), KTAP (version 1) or JUnit's XML. Names of cases say what
 * is tested and not when, so that they are the same in each run.
 */
#ifndef FL_SUITE_H
#define FL_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "result_form.h"

enum fl_case_result {
	FL_CASE_PASS,
	FL_CASE_FAIL,
	FL_CASE_ERROR, /* it came to no result */
	FL_NCASE_RESULTS
};

struct fl_case {
	char *group;
	char *name;    /* unique in its group */
	char *kind;    /* the kind of problem: a word; or NULL */
	char *message; /* the problem in a line, or NULL */
	char *detail;  /* more of it, lines; or NULL */
	enum fl_case_result result;
	uint64_t us;
};

struct fl_suite {
	char *name;
	char *notes;   /* lines for humans before the cases, or NULL */
	char *skipped; /* why it was not run at all, or NULL */
	struct fl_case *cases;
	size_t ncases;
	struct fl_suite_number {
		const char *key; /* borrowed */
		uint64_t value;
	} * numbers;
	size_t nnumbers;
	bool no_memory; /* something is missing: it is not to be written */
};

/* NULL: no memory. All strings are copied. */
struct fl_suite *fl_suite_new(const char *name);
void fl_suite_free(struct fl_suite *s);
/* @c as it is to be, with borrowed strings. */
void fl_suite_add(struct fl_suite *s, const struct fl_case *c);
void fl_suite_number(struct fl_suite *s, const char *key, uint64_t value);
void fl_suite_notes(struct fl_suite *s, const char *text);
void fl_suite_skip(struct fl_suite *s, const char *why);

size_t fl_suite_count(const struct fl_suite *s, enum fl_case_result result);

/*
 * Cases are sorted by group and name first, and equal names get numbers. False:
 * not a format for suites.
 */
bool fl_suite_write(FILE *out, struct fl_suite *s, enum fl_form form);

/* One form each, of a sorted suite. */
void fl_suite_tap(FILE *out, const struct fl_suite *s);
void fl_suite_ktap(FILE *out, const struct fl_suite *s);
void fl_suite_junit(FILE *out, const struct fl_suite *s);
/* Cases from @first on that are of one group. */
size_t fl_suite_group(const struct fl_suite *s, size_t first);

#endif /* FL_SUITE_H */
