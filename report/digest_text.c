/* SPDX-License-Identifier: GPL-2.0-or-later */
/* digest_text.c - a campaign on a page, for a terminal: what to do next, first of all. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "digest.h"

#define MOST 10 /* lines of a list */

void fl_digest_headline(FILE *out, const struct fl_digest *d)
{
	const uint64_t *n = d->numbers;

	fprintf(out,
		"%" PRIu64 " of %" PRIu64 " points injected, %" PRIu64 " trials, %" PRIu64
		" finding%s",
		n[FL_NUMBER_INJECTED], n[FL_NUMBER_FOUND], n[FL_NUMBER_TRIALS],
		n[FL_NUMBER_FINDINGS], n[FL_NUMBER_FINDINGS] == 1 ? "" : "s");
}

static void put_findings(FILE *out, const struct fl_digest *d)
{
	const struct fl_ledger *l = d->l;
	char replay[FL_REPLAY_SIZE];

	for (size_t i = 0; i < l->nfindings; i++) {
		const struct fl_known_finding *f = &l->findings[i];

		fprintf(out, "\n%zu. %s\n", i + 1, f->title);
		fprintf(out, "   %s\n", f->fingerprint);
		if (f->nfaults)
			fprintf(out, "   after ");
		for (size_t k = 0; k < f->nfaults; k++) {
			const struct fl_spot *s = &l->spots[f->faults[k].point];

			fprintf(out, "%s%s called by %s", k ? ", then " : "", s->function,
				s->npath ? s->path[0] : "anyone");
		}
		fprintf(out, "; %" PRIu64 " fault%s\n", f->blames, f->blames == 1 ? "" : "s");
		fl_describe_replay(d->dir, (uint32_t)i + 1, replay, sizeof(replay));
		fprintf(out, "   %s\n", replay);
	}
}

static void put_outcomes(FILE *out, const struct fl_digest *d)
{
	const char *comma = "";

	fprintf(out, "outcomes: ");
	for (int i = FL_NUMBER_HANDLED; i <= FL_NUMBER_CRASH; i++) {
		fprintf(out, "%s%" PRIu64 " %s", comma, d->numbers[i], fl_number_words[i]);
		comma = ", ";
	}
	fputc('\n', out);
}

static void put_spot(FILE *out, const struct fl_spot *s)
{
	fprintf(out, "  %s", s->function);
	for (size_t i = 0; i < s->npath && i < 4; i++)
		fprintf(out, " < %s", s->path[i]);
	fprintf(out, "%s\n", s->npath > 4 ? " < ..." : "");
}

/* Points by the reason why they are not done. */
static void put_left(FILE *out, const struct fl_digest *d)
{
	for (int left = FL_LEFT_TODO; left < FL_NLEFT; left++) {
		size_t all = d->sums.left[left], n = 0;

		if (!all)
			continue;
		fprintf(out, "\n%zu point%s %s:\n", all, all == 1 ? "" : "s",
			fl_left_text((enum fl_left)left));
		for (size_t i = 0; i < d->l->nspots && n < MOST; i++) {
			if (d->points[i].left != (enum fl_left)left)
				continue;
			put_spot(out, &d->l->spots[i]);
			n++;
		}
		if (all > MOST)
			fprintf(out, "  and %zu more\n", all - MOST);
	}
}

/* Errors that got lost are among these. */
static void put_absorbed(FILE *out, const struct fl_digest *d)
{
	const struct fl_ledger *l = d->l;
	size_t n = 0;

	if (!l->outcomes[FL_OUTCOME_ABSORBED])
		return;
	fprintf(out, "\nThe workload succeeded although a call failed; was an error lost?\n");
	for (size_t i = 0; i < l->ntried && n < MOST; i++) {
		if (l->tried[i].outcome != FL_OUTCOME_ABSORBED)
			continue;
		put_spot(out, &l->spots[l->tried[i].fault.point]);
		n++;
	}
	if (l->outcomes[FL_OUTCOME_ABSORBED] > MOST)
		fprintf(out, "  and %" PRIu64 " more\n", l->outcomes[FL_OUTCOME_ABSORBED] - MOST);
}

void fl_digest_text(FILE *out, const struct fl_digest *d)
{
	const struct fl_ledger *l = d->l;

	fprintf(out, "%s\n\n", d->advice);
	fl_digest_headline(out, d);
	fprintf(out, "%s\nkernel %s, %.1f s in trials, baseline %.3f s, %" PRIu64 " start%s\n",
		d->sums.exhausted ? " (exhausted)" : "", l->kernel ? l->kernel : "unknown",
		(double)l->busy_us / 1e6, (double)l->baseline_us / 1e6, l->starts,
		l->starts == 1 ? "" : "s");
	if (l->torn)
		fprintf(out, "the journal's last line was truncated %" PRIu64 " time%s\n", l->torn,
			l->torn == 1 ? "" : "s");
	put_outcomes(out, d);
	put_findings(out, d);
	put_left(out, d);
	put_absorbed(out, d);
}

char *fl_digest_text_of(const struct fl_digest *d, size_t *len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	if (!out)
		return NULL;
	fl_digest_text(out, d);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}
