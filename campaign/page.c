/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page.h"

#include <inttypes.h>
#include <string.h>

#include "describe.h"

#define MOST 10 /* lines of a list */

void fl_page_headline(FILE *out, const struct fl_ledger *l, const struct fl_agenda_sums *sums)
{
	fprintf(out, "%zu of %zu points injected, %" PRIu64 " trials, %zu finding%s",
		sums->injected, sums->found, l->trials, l->nfindings, l->nfindings == 1 ? "" : "s");
}

static void put_findings(FILE *out, const char *dir, const struct fl_ledger *l)
{
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
		fprintf(out, "   faultline replay %s/%zu\n", dir, i + 1);
	}
}

static void put_outcomes(FILE *out, const struct fl_ledger *l)
{
	const char *comma = "";

	fprintf(out, "outcomes: ");
	for (int i = FL_OUTCOME_HANDLED; i < FL_OUTCOME_CUT; i++) {
		fprintf(out, "%s%" PRIu64 " %s", comma, l->outcomes[i],
			fl_outcome_kind_name((enum fl_outcome_kind)i));
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
static void put_left(FILE *out, const struct fl_ledger *l, const struct fl_agenda *a,
		     const struct fl_agenda_sums *sums)
{
	for (int left = FL_LEFT_TODO; left < FL_NLEFT; left++) {
		size_t n = 0;

		if (!sums->left[left])
			continue;
		fprintf(out, "\n%zu point%s %s:\n", sums->left[left],
			sums->left[left] == 1 ? "" : "s", fl_left_text((enum fl_left)left));
		for (size_t i = 0; i < l->nspots && n < MOST; i++) {
			if (fl_agenda_left(a, i) != (enum fl_left)left)
				continue;
			put_spot(out, &l->spots[i]);
			n++;
		}
		if (sums->left[left] > MOST)
			fprintf(out, "  and %zu more\n", sums->left[left] - MOST);
	}
}

/* Errors that got lost are among these. */
static void put_absorbed(FILE *out, const struct fl_ledger *l)
{
	size_t n = 0;

	if (!l->outcomes[FL_OUTCOME_ABSORBED])
		return;
	fprintf(out, "\nThe workload succeeded all the same; look whether an error was lost:\n");
	for (size_t i = 0; i < l->ntried && n < MOST; i++) {
		if (l->tried[i].outcome != FL_OUTCOME_ABSORBED)
			continue;
		put_spot(out, &l->spots[l->tried[i].fault.point]);
		n++;
	}
	if (l->outcomes[FL_OUTCOME_ABSORBED] > MOST)
		fprintf(out, "  and %" PRIu64 " more\n", l->outcomes[FL_OUTCOME_ABSORBED] - MOST);
}

/* What to do next, first of all. */
static void put_advice(FILE *out, const char *dir, const struct fl_ledger *l,
		       const struct fl_agenda_sums *sums)
{
	if (l->status == FL_SWEEP_FRESH || l->open)
		fprintf(out,
			"The campaign is not finished: run it again with -o %s on a fresh "
			"machine.\n",
			dir);
	else if (!l->nspots)
		fprintf(out, "No point was reached: check with faultline -e RULES -- COMMAND that "
			     "the rules match.\n");
	else if (fl_agenda_is_empty(sums))
		fprintf(out,
			"Nothing was tried: --only or --occurrence leaves out all %zu points.\n",
			l->nspots);
	else if (!sums->exhausted)
		fprintf(out, "The campaign is not exhausted: run it again with -o %s to go on.\n",
			dir);
	else if (l->nfindings)
		fprintf(out,
			"Look at %s/1/log first; the command under each finding shows it again.\n",
			dir);
	else
		fprintf(out, "Every point has failed once, and nothing was found.\n");
}

void fl_page(FILE *out, const char *dir, const struct fl_ledger *l, const struct fl_agenda *a)
{
	struct fl_agenda_sums sums;

	fl_agenda_sum(a, &sums);
	put_advice(out, dir, l, &sums);
	fputc('\n', out);
	fl_page_headline(out, l, &sums);
	fprintf(out, "%s\nkernel %s, %.1f s in trials, baseline %.3f s, %" PRIu64 " start%s\n",
		sums.exhausted ? " (exhausted)" : "", l->kernel ? l->kernel : "unknown",
		(double)l->busy_us / 1e6, (double)l->baseline_us / 1e6, l->starts,
		l->starts == 1 ? "" : "s");
	if (l->torn)
		fprintf(out, "the journal's last line was cut off %" PRIu64 " time%s\n", l->torn,
			l->torn == 1 ? "" : "s");
	put_outcomes(out, l);
	put_findings(out, dir, l);
	put_left(out, l, a, &sums);
	put_absorbed(out, l);
}
