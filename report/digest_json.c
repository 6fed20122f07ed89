/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * digest_json.c - a campaign as one object, docs/report.schema.json; the page of
 * HTML has the same one inside of it.
 */
#include <inttypes.h>
#include <string.h>

#include "describe.h"
#include "digest.h"
#include "json.h"

#define VERSION 1

static void put_numbers(struct fl_json *j, const struct fl_digest *d)
{
	fl_json_open(j, "numbers", '{');
	for (size_t i = 0; i < FL_NNUMBERS; i++)
		fl_json_number(j, fl_number_keys[i], (int64_t)d->numbers[i]);
	fl_json_close(j, '{');
}

/* Defaults are omitted. */
static void put_fault(struct fl_json *j, const struct fl_fault_at *f)
{
	char value[32];

	fl_json_number(j, "point", f->point);
	if (f->has_value) {
		fl_describe_value(f->value, value, sizeof(value));
		fl_json_string(j, "value", value);
	}
	if (f->occurrence != 1)
		fl_json_number(j, "occurrence", f->occurrence);
	if (f->mode != FL_INJECT_ONCE)
		fl_json_string(j, "mode", fl_inject_mode_name(f->mode));
}

static void put_finding(struct fl_json *j, const struct fl_digest *d, size_t i)
{
	const struct fl_known_finding *f = &d->l->findings[i];
	char replay[FL_REPLAY_SIZE];

	fl_describe_replay(d->dir, (uint32_t)i + 1, replay, sizeof(replay));
	fl_json_open(j, NULL, '{');
	fl_json_number(j, "id", (int64_t)i + 1);
	fl_json_string(j, "kind", f->kind);
	fl_json_string(j, "fingerprint", f->fingerprint);
	fl_json_string(j, "title", f->title);
	fl_json_number(j, "faults", (int64_t)f->blames);
	fl_json_string(j, "replay", replay);
	fl_json_open(j, "first", '[');
	for (size_t k = 0; k < f->nfaults; k++) {
		fl_json_open(j, NULL, '{');
		put_fault(j, &f->faults[k]);
		fl_json_close(j, '{');
	}
	fl_json_close(j, '[');
	fl_json_string(j, "log", d->logs[i]);
	fl_json_close(j, '{');
}

static void put_point(struct fl_json *j, const struct fl_digest *d, size_t i)
{
	static const char *const results[] = {
		[FL_CASE_PASS] = "pass",
		[FL_CASE_FAIL] = "fail",
		[FL_CASE_ERROR] = "error",
	};
	const struct fl_digest_point *p = &d->points[i];
	const struct fl_spot *s = &d->l->spots[i];

	fl_json_open(j, NULL, '{');
	fl_json_string(j, "key", s->key);
	fl_json_number(j, "rule", (int64_t)s->rule + 1);
	fl_json_string(j, "function", s->function);
	fl_json_string(j, "module", s->module);
	fl_json_string(j, "context", s->context);
	fl_json_open(j, "path", '[');
	for (size_t k = 0; k < s->npath; k++)
		fl_json_string(j, NULL, s->path[k]);
	fl_json_close(j, '[');
	fl_json_number(j, "calls", (int64_t)s->calls);
	fl_json_bool(j, "unstable", s->unstable);
	fl_json_string(j, "left", p->left ? fl_left_text(p->left) : NULL);
	fl_json_string(j, "outcome", p->worst ? fl_outcome_kind_name(p->worst) : NULL);
	fl_json_string(j, "result", p->is_case ? results[p->result] : NULL);
	fl_json_close(j, '{');
}

static void put_trial(struct fl_json *j, const struct fl_ran *ran)
{
	fl_json_open(j, NULL, '{');
	fl_json_number(j, "n", (int64_t)ran->n);
	fl_json_number(j, "start", ran->start);
	put_fault(j, &ran->fault);
	if (ran->drawn)
		fl_json_number(j, "drawn", ran->drawn);
	else if (ran->pair)
		fl_json_number(j, "first", ran->first);
	fl_json_string(j, "outcome", fl_outcome_kind_name(ran->outcome));
	fl_json_number(j, "us", (int64_t)ran->us);
	if (ran->finding)
		fl_json_number(j, "finding", ran->finding);
	if (ran->again)
		fl_json_bool(j, "again", true);
	fl_json_close(j, '{');
}

static void put_absorbed(struct fl_json *j, const struct fl_ledger *l)
{
	fl_json_open(j, "absorbed", '[');
	for (size_t i = 0; i < l->ntried; i++) {
		if (l->tried[i].outcome != FL_OUTCOME_ABSORBED)
			continue;
		fl_json_open(j, NULL, '{');
		put_fault(j, &l->tried[i].fault);
		fl_json_number(j, "trial", l->tried[i].trial);
		fl_json_close(j, '{');
	}
	fl_json_close(j, '[');
}

static void put_head(struct fl_json *j, const struct fl_digest *d)
{
	const struct fl_ledger *l = d->l;

	fl_json_number(j, "v", VERSION);
	fl_json_string(j, "dir", d->dir);
	fl_json_string(j, "faultline", l->faultline);
	fl_json_string(j, "kernel", l->kernel);
	fl_json_string(j, "command", d->command);
	fl_json_string(j, "next", d->advice);
	fl_json_bool(j, "exhausted", d->sums.exhausted);
	fl_json_decimal(j, "seconds", (double)l->busy_us / 1e6);
	fl_json_decimal(j, "baseline_seconds", (double)l->baseline_us / 1e6);
	put_numbers(j, d);
}

void fl_digest_json(FILE *out, const struct fl_digest *d, bool in_page)
{
	struct fl_json j = { .out = out, .in_page = in_page };

	fl_json_open(&j, NULL, '{');
	put_head(&j, d);
	fl_json_open(&j, "findings", '[');
	for (size_t i = 0; i < d->l->nfindings; i++)
		put_finding(&j, d, i);
	fl_json_close(&j, '[');
	fl_json_open(&j, "points", '[');
	for (size_t i = 0; i < d->l->nspots; i++)
		put_point(&j, d, i);
	fl_json_close(&j, '[');
	fl_json_open(&j, "trials", '[');
	for (size_t i = 0; i < d->l->nran; i++)
		put_trial(&j, &d->l->ran[i]);
	fl_json_close(&j, '[');
	put_absorbed(&j, d->l);
	fl_json_close(&j, '{');
	fl_json_line(&j);
}
