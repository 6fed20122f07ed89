/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * digest.h - what a campaign has come to, in one structure that all forms of a
 * report are written from: its numbers, and what became of each point.
 */
#ifndef FL_DIGEST_H
#define FL_DIGEST_H

#include <stdio.h>

#include "agenda.h"
#include "result_form.h"
#include "ledger.h"
#include "suite.h"

enum fl_digest_number {
#define FL_NUMBER(id, key, words) FL_NUMBER_##id,
#include "number.def"
#undef FL_NUMBER
	FL_NNUMBERS
};

struct fl_digest_point {
	enum fl_left left;	    /* why it is not done */
	enum fl_outcome_kind worst; /* of the faults that were tried on it */
	uint32_t finding;	    /* one that it led to; 0: none */
	bool is_case;		    /* this campaign's to inject, or it led to a finding */
	enum fl_case_result result; /* of a case */
	uint64_t us;		    /* in its trials */
};

struct fl_digest {
	const char *dir;
	const struct fl_ledger *l;
	struct fl_agenda_sums sums;
	uint64_t numbers[FL_NNUMBERS];
	struct fl_digest_point *points; /* beside the ledger's */
	char **logs;			/* an excerpt for each finding; NULL: none */
	bool *shown;			/* findings that are those of a point; others are cases */
	char *command;			/* that started it, quoted for a shell */
	char advice[8400];		/* what to do next */
};

extern const char *const fl_number_keys[FL_NNUMBERS];
extern const char *const fl_number_words[FL_NNUMBERS];

/*
 * From a folder and the ledger of its journal, which are borrowed; excerpts
 * are read from the findings' folders. NULL: no memory. Ends by fl_digest_free().
 */
struct fl_digest *fl_digest_new(const char *dir, const struct fl_ledger *l,
				const struct fl_agenda *a);
void fl_digest_free(struct fl_digest *d);

/* The whole report in that form. 0, or -ENOMEM; errors of writing are @out's. */
int fl_digest_write(FILE *out, const struct fl_digest *d, enum fl_form form);

/* One form each; digest_*.c. */
void fl_digest_text(FILE *out, const struct fl_digest *d);
/* The same in memory, yours to free; NULL: none. */
char *fl_digest_text_of(const struct fl_digest *d, size_t *len);
/* With @in_page nothing of it can end a script element. */
void fl_digest_json(FILE *out, const struct fl_digest *d, bool in_page);
int fl_digest_html(FILE *out, const struct fl_digest *d);
/* Each point a case; NULL: no memory. */
struct fl_suite *fl_digest_suite(const struct fl_digest *d);

/* "12 of 14 points injected, 20 trials, 1 finding": a line without its end. */
void fl_digest_headline(FILE *out, const struct fl_digest *d);

#endif /* FL_DIGEST_H */
