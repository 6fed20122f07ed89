/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "minimise.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "file.h"
#include "sweep_impl.h"

#define ENOUGH_SHOWN 3 /* to know how often it shows */
#define MOST_TRIES 60  /* it shows in less than one of twenty otherwise */
#define DOUBT 0.01     /* that something smaller is given up although it shows */

struct minimiser {
	struct sweep *s;
	const struct fl_known_finding *f;
	struct fl_minimal *out;
	struct fl_trial *trial;
};

/* --- does it show? ----------------------------------------------------------- */

static bool is_leak(const struct fl_known_finding *f)
{
	return !strcmp(f->kind, "leak");
}

static int try_once(struct minimiser *m, const struct fl_fault_at *faults, size_t n, bool *shown)
{
	struct sweep *s = m->s;
	int err;

	if (is_leak(m->f))
		fl_leaks_forget(s);
	m->out->trials++;
	err = fl_sweep_again(s, m->f, faults, n, m->trial);
	if (!err && is_leak(m->f))
		fl_leaks_scan(s);
	*shown = !err && fl_found_has(&s->found, m->f->fingerprint);
	return err;
}

/* After that the machine shows anything, or nothing. */
static bool is_spoilt(const struct minimiser *m)
{
	return m->s->dirty && !m->s->o->keep_going;
}

/* So many runs that what shows with the measured rate is missed in one of a hundred. */
static uint32_t runs_needed(uint32_t shown, uint32_t tries)
{
	const double rate = (shown + 1.0) / (tries + 2.0);
	double missed = 1;
	uint32_t runs = 0;

	while (missed > DOUBT) {
		missed *= 1 - rate;
		runs++;
	}
	return runs;
}

static int measure(struct minimiser *m)
{
	struct fl_minimal *out = m->out;
	int err = 0;

	while (!err && out->shown < ENOUGH_SHOWN && out->tries < MOST_TRIES && !is_spoilt(m)) {
		bool shown;

		err = try_once(m, m->f->faults, m->f->nfaults, &shown);
		out->shown += !err && shown;
		out->tries += !err;
	}
	out->runs = out->shown == out->tries ? 1 : runs_needed(out->shown, out->tries);
	return err;
}

/* As often as the rate needs. */
static int shows(struct minimiser *m, const struct fl_fault_at *faults, size_t n, bool *shown)
{
	const uint32_t runs = runs_needed(m->out->shown, m->out->tries);
	int err = 0;

	*shown = false;
	for (uint32_t i = 0; !err && !*shown && i < runs && !is_spoilt(m); i++)
		err = try_once(m, faults, n, shown);
	return err;
}

/* --- less ---------------------------------------------------------------------- */

/* Take the smaller set when it shows the same; *taken says so. */
static int reduce(struct minimiser *m, const struct fl_fault_at *faults, size_t n, bool *taken,
		  const char *what)
{
	int err;

	*taken = false;
	if (is_spoilt(m))
		return 0;
	err = shows(m, faults, n, taken);
	if (err)
		return err;
	fl_note(m->s->sink->note, m->s->sink->arg, "%s: %s", what,
		*taken ? "shows" : "does not show");
	if (!*taken)
		return 0;
	memmove(m->out->faults, faults, n * sizeof(*faults));
	m->out->nfaults = n;
	return 0;
}

/* Of several faults any alone. */
static int try_each(struct minimiser *m)
{
	const size_t n = m->out->nfaults;
	bool taken = false;
	char what[64];
	int err = 0;

	for (size_t i = 0; !err && !taken && n > 1 && i < n; i++) {
		const struct fl_fault_at one = m->out->faults[i];

		snprintf(what, sizeof(what), "fault %zu of %zu alone", i + 1, n);
		err = reduce(m, &one, 1, &taken, what);
	}
	return err;
}

/* Of more than two, one after the other is left out for good if it can be. */
static int leave_out(struct minimiser *m)
{
	struct fl_fault_at rest[FL_MAX_FAULTS];
	char what[64];
	bool taken;
	int err = 0;

	for (size_t i = 0; !err && m->out->nfaults > 2 && i < m->out->nfaults; i += !taken) {
		const size_t n = m->out->nfaults;

		memcpy(rest, m->out->faults, i * sizeof(*rest));
		memcpy(rest + i, m->out->faults + i + 1, (n - i - 1) * sizeof(*rest));
		snprintf(what, sizeof(what), "without fault %zu of %zu", i + 1, n);
		err = reduce(m, rest, n - 1, &taken, what);
	}
	return err;
}

/* One call instead of all from there on, the first instead of a later one. */
static int simplify(struct minimiser *m, size_t i)
{
	struct fl_fault_at faults[FL_MAX_FAULTS];
	struct fl_fault_at *f = &faults[i];
	bool taken;
	int err = 0;

	memcpy(faults, m->out->faults, sizeof(faults));
	if (f->mode != FL_INJECT_ONCE) {
		f->mode = FL_INJECT_ONCE;
		err = reduce(m, faults, m->out->nfaults, &taken, "one call");
		memcpy(faults, m->out->faults, sizeof(faults));
	}
	if (!err && f->occurrence > 1) {
		f->occurrence = 1;
		err = reduce(m, faults, m->out->nfaults, &taken, "the first call");
		memcpy(faults, m->out->faults, sizeof(faults));
	}
	if (!err && f->has_value) {
		f->has_value = false;
		f->value = 0;
		err = reduce(m, faults, m->out->nfaults, &taken, "the rule's value");
	}
	return err;
}

static int minimise(struct minimiser *m)
{
	int err = measure(m);

	if (err || !m->out->shown)
		return err;
	fl_note(m->s->sink->note, m->s->sink->arg,
		"as found: reproduced in %" PRIu32 " of %" PRIu32, m->out->shown, m->out->tries);
	err = try_each(m);
	if (!err)
		err = leave_out(m);
	for (size_t i = 0; !err && i < m->out->nfaults; i++)
		err = simplify(m, i);
	m->out->is_partial = is_spoilt(m);
	return err;
}

/* --- output --------------------------------------------------------------------- */

static int put(const struct sweep *s, uint32_t id, const char *name, const char *text, mode_t mode)
{
	char path[4200];
	int err;

	if (!text)
		return fl_refuse_memory(s->fault);
	snprintf(path, sizeof(path), "%s/%" PRIu32 "/%s", s->o->dir, id, name);
	err = fl_replace_file(path, mode, text, strlen(text));
	return err ? fl_refuse_errno(s->fault, FL_C_WRITE, path, -err) : 0;
}

/* A script that shows its finding now and then is run as often as it takes. */
static char *repeated(const char *script, const struct fl_minimal *min)
{
	const char *rest = script ? strchr(script, '\n') : NULL;
	char *text;

	if (!rest || min->runs < 2)
		return script ? strdup(script) : NULL;
	if (asprintf(&text,
		     "%.*s\n# Reproduces in about %" PRIu32 " of %" PRIu32 " runs.\n"
		     "if [ -z \"$ONCE\" ]; then\n"
		     "\tfor run in $(seq %" PRIu32 "); do ONCE=1 sh \"$0\"; done\n"
		     "\texit\nfi\n%s",
		     (int)(rest - script), script, min->shown, min->tries, min->runs, rest + 1) < 0)
		return NULL;
	return text;
}

static int write_scripts(const struct sweep *s, uint32_t id, const struct fl_minimal *min)
{
	char *rules = s->o->standalone(s->o->arg, s->l, min->faults, min->nfaults, true);
	char *once = s->o->shell(s->o->arg, "minimal.fault",
				 fl_finding_is_late(&s->l->findings[id - 1]));
	char *shell = repeated(once, min);
	int err = put(s, id, "minimal.fault", rules, 0666);

	if (!err)
		err = put(s, id, "minimal.sh", shell, 0777);
	free(rules);
	free(once);
	free(shell);
	return err;
}

/* Whether trying it once more would be the end of this machine. */
static bool kills(const struct fl_ledger *l, const struct fl_known_finding *f)
{
	const struct fl_tried *tried =
		fl_ledger_tried(l, &f->faults[f->nfaults - 1], f->nfaults > 1);

	return tried && tried->outcome == FL_OUTCOME_CRASH;
}

static int run(struct minimiser *m)
{
	int err;

	if (kills(m->s->l, m->f)) {
		m->out->is_partial = true;
		fl_note(m->s->sink->note, m->s->sink->arg,
			"its fault killed the machine: not tried again, only "
			"the path's condition is shortened");
		return 0;
	}
	m->s->looks_for_leaks = fl_leaks_forget(m->s);
	if (is_leak(m->f) && !m->s->looks_for_leaks)
		return fl_refuse(m->s->fault, FL_C_NO_KMEMLEAK, NULL);
	err = fl_sweep_baseline(m->s);
	return err ? err : minimise(m);
}

int fl_sweep_minimise(const struct fl_sweep_opts *o, const struct fl_world_ops *world,
		      void *world_arg, const struct fl_sweep_sink *sink, struct fl_ledger *l,
		      uint32_t id, struct fl_minimal *out, struct fl_fault *fault)
{
	struct sweep s = {
		.o = o, .world = world, .world_arg = world_arg, .sink = sink, .l = l, .fault = fault
	};
	struct minimiser m = { .s = &s, .out = out, .trial = calloc(1, sizeof(*m.trial)) };
	int err = fl_sweep_of_finding(&s, id);

	if (!err && !m.trial)
		err = fl_refuse_memory(fault);
	if (!err) {
		m.f = &l->findings[id - 1];
		*out = (struct fl_minimal){ .nfaults = m.f->nfaults, .runs = 1 };
		memcpy(out->faults, m.f->faults, sizeof(out->faults));
		err = run(&m);
	}
	if (!err && (out->shown || kills(l, m.f)))
		err = write_scripts(&s, id, out);
	free(m.trial);
	fl_sweep_release(&s);
	return err;
}
