/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "digest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "shell.h"

#define LOG_BYTES 16384 /* of an excerpt */
#define LOG_LINES 120

const char *const fl_number_keys[FL_NNUMBERS] = {
#define FL_NUMBER(id, key, words) key,
#include "number.def"
#undef FL_NUMBER
};

const char *const fl_number_words[FL_NNUMBERS] = {
#define FL_NUMBER(id, key, words) words,
#include "number.def"
#undef FL_NUMBER
};

/* --- points ----------------------------------------------------------------- */

/* From good to worst. */
static int rank(enum fl_outcome_kind kind)
{
	static const int ranks[FL_NOUTCOMES] = {
		[FL_OUTCOME_NONE] = 0,	  [FL_OUTCOME_CUT] = 0,	     [FL_OUTCOME_MISSED] = 1,
		[FL_OUTCOME_HANDLED] = 2, [FL_OUTCOME_ABSORBED] = 3, [FL_OUTCOME_FINDING] = 4,
		[FL_OUTCOME_HANG] = 5,	  [FL_OUTCOME_CRASH] = 6,
	};

	return ranks[kind];
}

static void worsen(struct fl_digest_point *p, enum fl_outcome_kind kind)
{
	if (rank(kind) > rank(p->worst))
		p->worst = kind;
}

static void judge(struct fl_digest_point *p)
{
	bool bad = rank(p->worst) >= rank(FL_OUTCOME_FINDING);

	p->is_case = bad || fl_left_is_scope(p->left);
	p->result = bad ? FL_CASE_FAIL : p->left != FL_LEFT_NOTHING ? FL_CASE_ERROR : FL_CASE_PASS;
}

static void fill_points(struct fl_digest *d, const struct fl_agenda *a)
{
	const struct fl_ledger *l = d->l;

	for (size_t i = 0; i < l->ntried; i++)
		worsen(&d->points[l->tried[i].fault.point], l->tried[i].outcome);
	for (size_t i = 0; i < l->nran; i++) {
		const struct fl_ran *ran = &l->ran[i];
		struct fl_digest_point *p = &d->points[ran->fault.point];

		p->us += ran->us;
		if (!ran->finding)
			continue;
		/* a leak is found later: the trial itself went well */
		worsen(p, FL_OUTCOME_FINDING);
		p->finding = p->finding ? p->finding : ran->finding;
	}
	for (size_t i = 0; i < l->nspots; i++) {
		d->points[i].left = fl_agenda_left(a, i);
		judge(&d->points[i]);
		if (d->points[i].finding)
			d->shown[d->points[i].finding - 1] = true;
	}
}

static void fill_numbers(struct fl_digest *d)
{
	const struct fl_ledger *l = d->l;
	uint64_t *n = d->numbers;

	n[FL_NUMBER_SEEN] = l->nspots;
	n[FL_NUMBER_FOUND] = d->sums.found;
	n[FL_NUMBER_INJECTED] = d->sums.injected;
	n[FL_NUMBER_MISSED] = d->sums.missed;
	n[FL_NUMBER_UNSTABLE] = d->sums.unstable;
	for (int left = FL_LEFT_TODO; left < FL_NLEFT; left++)
		n[FL_NUMBER_LEFT_TODO + left - FL_LEFT_TODO] = d->sums.left[left];
	n[FL_NUMBER_TRIALS] = l->trials;
	for (int kind = FL_OUTCOME_HANDLED; kind < FL_OUTCOME_CUT; kind++)
		n[FL_NUMBER_HANDLED + kind - FL_OUTCOME_HANDLED] = l->outcomes[kind];
	n[FL_NUMBER_FINDINGS] = l->nfindings;
	n[FL_NUMBER_STARTS] = l->starts;
	n[FL_NUMBER_TORN] = l->torn;
	for (size_t i = 0; i < l->nspots; i++) {
		if (d->points[i].is_case)
			n[FL_NUMBER_PASSED + d->points[i].result]++;
	}
	for (size_t i = 0; i < l->nfindings; i++)
		n[FL_NUMBER_FAILED] += !d->shown[i];
}

_Static_assert(FL_NUMBER_LEFT_NEVER - FL_NUMBER_LEFT_TODO == FL_LEFT_NEVER - FL_LEFT_TODO &&
		       FL_NUMBER_CRASH - FL_NUMBER_HANDLED ==
			       FL_OUTCOME_CRASH - FL_OUTCOME_HANDLED &&
		       FL_NUMBER_OPEN - FL_NUMBER_PASSED == FL_CASE_ERROR,
	       "rows of number.def are in the order of the enums that they count");

/* --- words ------------------------------------------------------------------- */

static char *command_of(const struct fl_ledger *l)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	for (size_t i = 0; i < l->nargv; i++) {
		const char *slash = i ? NULL : strrchr(l->argv[0], '/');

		if (i)
			fputc(' ', out);
		fl_shell_word(out, slash ? slash + 1 : l->argv[i]);
	}
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

/* After the advice to finish it. */
static void advise_meanwhile(struct fl_digest *d)
{
	size_t len = strlen(d->advice);

	if (d->l->nfindings && !d->sums.exhausted)
		snprintf(d->advice + len, sizeof(d->advice) - len, " Meanwhile, look at %s/1/log.",
			 d->dir);
}

static void advise(struct fl_digest *d)
{
	const struct fl_ledger *l = d->l;
	char *to = d->advice;
	size_t size = sizeof(d->advice);

	if (l->status == FL_EXIT_FRESH || l->open)
		snprintf(to, size,
			 "The campaign is not finished: run it again with -o %s on a fresh "
			 "machine.",
			 d->dir);
	else if (!l->nspots)
		snprintf(to, size,
			 "No point was reached: check with faultline -e RULES -- COMMAND that the "
			 "rules match.");
	else if (fl_agenda_is_empty(&d->sums))
		snprintf(to, size,
			 "Nothing was tried: --only or --occurrence excludes all %zu points.",
			 l->nspots);
	else if (!d->sums.exhausted)
		snprintf(to, size,
			 "The campaign is not exhausted: run it again with -o %s to continue.",
			 d->dir);
	else if (l->nfindings)
		snprintf(to, size,
			 "Look at %s/1/log first; the command under each finding reproduces it.",
			 d->dir);
	else
		snprintf(to, size, "Every point has failed once, and nothing was found.");
}

/* --- excerpts ------------------------------------------------------------------ */

/*
 * The first lines of DIR/N/log; of a folder that was moved without them there is
 * none. False: no memory.
 */
static bool excerpt(const char *dir, size_t id, char **out)
{
	size_t len, end = 0, lines = 0;
	char path[4200], *text;

	snprintf(path, sizeof(path), "%s/%zu/log", dir, id);
	text = *out = fl_read_text(path, &len);
	if (!text)
		return errno != ENOMEM;
	while (end < len && end < LOG_BYTES && lines < LOG_LINES)
		lines += text[end++] == '\n';
	text[end] = '\0';
	return true;
}

struct fl_digest *fl_digest_new(const char *dir, const struct fl_ledger *l,
				const struct fl_agenda *a)
{
	struct fl_digest *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->dir = dir;
	d->l = l;
	d->points = calloc(l->nspots + 1, sizeof(*d->points));
	d->logs = calloc(l->nfindings + 1, sizeof(*d->logs));
	d->shown = calloc(l->nfindings + 1, sizeof(*d->shown));
	d->command = command_of(l);
	if (!d->points || !d->logs || !d->shown || !d->command) {
		fl_digest_free(d);
		return NULL;
	}
	fl_agenda_sum(a, &d->sums);
	fill_points(d, a);
	fill_numbers(d);
	advise(d);
	advise_meanwhile(d);
	for (size_t i = 0; i < l->nfindings; i++) {
		if (!excerpt(dir, i + 1, &d->logs[i])) {
			fl_digest_free(d);
			return NULL;
		}
	}
	return d;
}

void fl_digest_free(struct fl_digest *d)
{
	if (!d)
		return;
	for (size_t i = 0; d->logs && i < d->l->nfindings; i++)
		free(d->logs[i]);
	free(d->logs);
	free(d->shown);
	free(d->points);
	free(d->command);
	free(d);
}
