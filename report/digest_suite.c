/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * digest_suite.c - a campaign as tests: each point that it was to inject is one.
 * It passes when all its faults were tried and none led to a finding; one that was
 * not tried, or not reached again, has no result, and is an error. Names are made
 * of functions and the point's identity.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "digest.h"

#define CALLERS 3 /* in a name */

struct text {
	char *s;
	size_t len;
	FILE *out;
};

static FILE *text_open(struct text *t)
{
	*t = (struct text){ 0 };
	t->out = open_memstream(&t->s, &t->len);
	return t->out;
}

/* The text, or NULL; it is freed by the caller. */
static char *text_close(struct text *t)
{
	if (!fclose(t->out))
		return t->s;
	free(t->s);
	return NULL;
}

static char *group_of(const struct fl_spot *s)
{
	char *group;

	if (asprintf(&group, "%s%s%s", s->module ? s->module : "", s->module ? ":" : "",
		     s->function) < 0)
		return NULL;
	return group;
}

/* "kmalloc < bug_warns < fl_bugs_run [23433978c7c17201]": without offsets, which say little. */
static char *name_of(const struct fl_spot *s)
{
	struct text t;

	if (!text_open(&t))
		return NULL;
	for (size_t i = 0; i < s->npath && i < CALLERS; i++)
		fprintf(t.out, "%s%.*s", i ? " < " : "", (int)strcspn(s->path[i], "+"), s->path[i]);
	fprintf(t.out, "%s[%s]", s->npath ? " " : "any caller ", s->key);
	return text_close(&t);
}

/* Only the first case has the excerpt: a thousand faults may lead to one finding. */
static char *detail_of(const struct fl_digest *d, uint32_t id, bool *shown)
{
	const struct fl_known_finding *f = &d->l->findings[id - 1];
	char replay[FL_REPLAY_SIZE];
	struct text t;

	if (!text_open(&t))
		return NULL;
	fl_describe_replay(d->dir, id, replay, sizeof(replay));
	fprintf(t.out, "finding %" PRIu32 ": %s\n%s\n", id, f->fingerprint, replay);
	if (!*shown) {
		for (size_t i = 0; i < f->nfaults; i++)
			fl_describe_fault(t.out, d->l, &f->faults[i]);
		if (d->logs[id - 1])
			fprintf(t.out, "%s", d->logs[id - 1]);
	}
	*shown = true;
	return text_close(&t);
}

static void add_point(const struct fl_digest *d, size_t i, struct fl_suite *s, bool *shown)
{
	const struct fl_digest_point *p = &d->points[i];
	const struct fl_known_finding *f = p->finding ? &d->l->findings[p->finding - 1] : NULL;
	char *group = group_of(&d->l->spots[i]), *name = name_of(&d->l->spots[i]);
	char *detail = f ? detail_of(d, p->finding, &shown[p->finding - 1]) : NULL;
	struct fl_case c = {
		.group = group,
		.name = name,
		.detail = detail,
		.result = p->result,
		.us = p->us,
	};

	if (c.result == FL_CASE_FAIL) {
		c.kind = f ? f->kind : (char *)fl_outcome_kind_name(p->worst);
		c.message = f ? f->title : c.kind;
	} else if (c.result == FL_CASE_ERROR) {
		c.kind = (char *)"not injected";
		c.message = (char *)fl_left_text(p->left);
	} else if (p->worst == FL_OUTCOME_ABSORBED) {
		c.detail = (char *)"absorbed: the workload succeeded although the call failed";
	}
	if (group && name && (detail || !f))
		fl_suite_add(s, &c);
	else
		s->no_memory = true;
	free(group);
	free(name);
	free(detail);
}

/* One beside another of the same point, or whose trial the journal does not have. */
static void add_finding(const struct fl_digest *d, uint32_t id, struct fl_suite *s, bool *shown)
{
	const struct fl_known_finding *f = &d->l->findings[id - 1];
	char *detail = detail_of(d, id, shown);
	const struct fl_case c = {
		.group = (char *)"findings",
		.name = f->fingerprint,
		.kind = f->kind,
		.message = f->title,
		.detail = detail,
		.result = FL_CASE_FAIL,
	};

	s->no_memory |= !detail;
	fl_suite_add(s, &c);
	free(detail);
}

static void add_notes(const struct fl_digest *d, struct fl_suite *s)
{
	struct text t;
	char *notes = NULL;

	if (text_open(&t)) {
		fl_digest_headline(t.out, d);
		fprintf(t.out, "%s\n%s\n%s\n", d->sums.exhausted ? " (exhausted)" : "", d->advice,
			d->command);
		notes = text_close(&t);
	}
	s->no_memory |= !notes;
	fl_suite_notes(s, notes);
	free(notes);
}

/* The cases, or the reason for their absence. */
static void add_all(const struct fl_digest *d, struct fl_suite *s, bool *shown)
{
	for (size_t i = 0; i < d->l->nspots; i++) {
		if (d->points[i].is_case)
			add_point(d, i, s, shown);
	}
	for (uint32_t id = 1; id <= d->l->nfindings; id++) {
		if (!d->shown[id - 1])
			add_finding(d, id, s, &shown[id - 1]);
	}
	if (!s->ncases)
		fl_suite_skip(s, d->advice);
}

struct fl_suite *fl_digest_suite(const struct fl_digest *d)
{
	bool *shown = calloc(d->l->nfindings + 1, sizeof(*shown));
	struct fl_suite *s = shown ? fl_suite_new("faultline") : NULL;

	if (s) {
		add_notes(d, s);
		for (size_t i = 0; i < FL_NNUMBERS; i++)
			fl_suite_number(s, fl_number_keys[i], d->numbers[i]);
		add_all(d, s, shown);
	}
	free(shown);
	return s;
}
