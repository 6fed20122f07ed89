/* SPDX-License-Identifier: GPL-2.0-or-later */
/* examine.c - what became of a trial: the oracles, and the outcome. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sweep_impl.h"

/* Time for the kernel to finish asynchronous teardown. */
#define SETTLE_US UINT64_C(1000000)
#define SETTLE_STEP_US UINT64_C(20000)
#define LOCKDEP_EVERY 64 /* trials */

static void feed(void *arg, const char *line)
{
	fl_splat_feed(arg, line);
}

void fl_examine_log(struct sweep *s)
{
	s->world->log(s->world_arg, feed, s->reader);
	fl_splat_flush(s->reader);
}

static void take_state(const struct sweep *s, struct fl_leftovers *now)
{
	*now = (struct fl_leftovers){ 0 };
	s->world->state(s->world_arg, fl_leftovers_add, now);
	fl_leftovers_sort(now);
}

/* Digits are counts and process IDs, which vary between runs. */
static void without_digits(const char *text, char *buf, size_t size)
{
	size_t n = 0;

	for (; *text && n + 1 < size; text++) {
		if (*text < '0' || *text > '9')
			buf[n++] = *text;
	}
	buf[n] = '\0';
}

struct difference {
	char text[4096];
	char print[768];
	char title[200];
	char first; /* sign of the title's line */
	size_t n;
};

static void add_difference(void *arg, char sign, const char *line)
{
	struct difference *d = arg;
	size_t len = strlen(d->text), at = strlen(d->print);

	snprintf(d->text + len, sizeof(d->text) - len, "%c %s\n", sign, line);
	/* of a line that changed, how it is now */
	if (!d->n++ || (sign == '+' && d->first == '-'))
		snprintf(d->title, sizeof(d->title), "%s: %.180s", sign == '+' ? "left" : "missing",
			 line);
	if (!d->first || sign == '+')
		d->first = sign;
	if (at + 2 < sizeof(d->print)) {
		d->print[at] = ' ';
		d->print[at + 1] = sign;
		without_digits(line, d->print + at + 2, sizeof(d->print) - at - 2);
	}
}

void fl_examine_rebase(struct sweep *s)
{
	fl_leftovers_release(&s->base);
	take_state(s, &s->base);
}

static void examine_state(struct sweep *s)
{
	struct difference d = { .print = "state" };
	struct fl_leftovers now;

	take_state(s, &now);
	for (uint64_t waited = 0;
	     waited < SETTLE_US && fl_leftovers_compare(&s->base, &now, NULL, NULL);
	     waited += SETTLE_STEP_US) {
		fl_leftovers_release(&now);
		s->world->sleep_us(s->world_arg, SETTLE_STEP_US);
		take_state(s, &now);
	}
	if (fl_leftovers_compare(&s->base, &now, add_difference, &d))
		fl_found_add(&s->found, "state", d.print, d.title, d.text);
	/* everything new from now on belongs to this trial */
	fl_leftovers_release(&s->base);
	s->base = now;
}

static void examine_workload(struct sweep *s, const struct fl_trial *trial)
{
	char print[400];

	for (size_t i = 0; i < trial->ncomplaints; i++) {
		const struct fl_world_complaint *c = &trial->complaints[i];

		snprintf(print, sizeof(print), "%s: %s", c->kind, c->text);
		fl_found_add(&s->found, c->kind, print, c->text, c->text);
	}
}

/* The functions in which the tasks were stuck. */
static void examine_hang(struct sweep *s, const struct fl_trial *trial)
{
	char print[512] = "hang", symbol[128];
	const char *line = trial->stacks;
	size_t n = 0, len = strlen(print);

	while (*line && n < FL_FINGERPRINT_SYMBOLS) {
		size_t end = strcspn(line, "\n");
		char copy[256];

		snprintf(copy, sizeof(copy), "%.*s", (int)end, line);
		if (fl_splat_symbol(copy, symbol, sizeof(symbol)) &&
		    !fl_splat_is_machinery(symbol) && len < sizeof(print)) {
			len += (size_t)snprintf(print + len, sizeof(print) - len, " %s", symbol);
			n++;
		}
		line += end + (line[end] == '\n');
	}
	fl_found_add(&s->found, "hang", print,
		     trial->stuck ? "the workload hangs and cannot be killed"
				  : "the workload did not end in time",
		     trial->stacks[0] ? trial->stacks : "no stack of a stuck task was seen\n");
}

static void examine_lockdep(struct sweep *s)
{
	/* lockdep's own reports say so, others may have switched it off; asking takes long */
	bool asks = s->found.n || s->trials % LOCKDEP_EVERY == 0;

	if (s->lockdep_said ||
	    (!s->lockdep_off && !(asks && !s->world->lockdep_is_on(s->world_arg))))
		return;
	s->lockdep_said = true;
	if (s->o->fresh_lockdep) {
		s->dirty = true;
		return;
	}
	fl_note(s->sink->note, s->sink->arg,
		"lockdep has turned itself off: later trials cannot find locking bugs");
}

void fl_examine(struct sweep *s, const struct fl_trial *trial)
{
	const bool was_dirty = s->dirty;

	fl_examine_log(s);
	if (trial->timed_out)
		examine_hang(s, trial);
	s->dirty |= trial->stuck;
	/* what a task holds that hangs or died is not a separate finding */
	if (s->dirty && !was_dirty) {
		fl_examine_rebase(s);
	} else {
		examine_workload(s, trial);
		examine_state(s);
	}
	examine_lockdep(s);
}

enum fl_outcome_kind fl_examine_outcome(const struct sweep *s, const struct fl_trial *trial,
					size_t nfaults)
{
	size_t missed = 0;

	if (trial->timed_out)
		return FL_OUTCOME_HANG;
	if (s->found.n)
		return FL_OUTCOME_FINDING;
	for (size_t i = 0; i < nfaults; i++) {
		missed += !trial->reached[i];
	}
	/* of several that were drawn some may prevent others */
	if (missed == nfaults || (missed && !s->o->agenda.random))
		return FL_OUTCOME_MISSED;
	return trial->status ? FL_OUTCOME_HANDLED : FL_OUTCOME_ABSORBED;
}
