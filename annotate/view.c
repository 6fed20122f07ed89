/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view.h"

#include <fnmatch.h>
#include <string.h>

#include "json.h"

bool fl_view_wants(const struct fl_view *view, const struct fl_verdict *v)
{
	if (view->match && fnmatch(view->match, v->function->name, 0) != 0)
		return false;
	return (v->qualifies || view->all) && v->score >= view->min_score;
}

static const char *tag_of(const struct fl_verdict *v)
{
	if (v->function->traits & FL_TRAIT_MARKED)
		return v->function->tag;
	return v->tag ? v->tag : "-";
}

static void print_sites(const struct fl_function *f)
{
	for (size_t i = 0; i < f->nsites; i++) {
		const struct fl_site *s = f->sites[i];

		printf("      %s:%u: %s() %s\n", s->file, s->line, s->caller,
		       s->use == FL_USE_DROPPED	 ? "does not test the result"
		       : s->use == FL_USE_TESTED ? "tests the result"
						 : "passes the result on");
	}
}

static void print_verdict(const struct fl_view *view, const struct fl_verdict *v)
{
	const struct fl_function *f = v->function;

	printf("%3d  %-10s  %s  %s:%u", v->score, tag_of(v), f->name, f->file, f->line);
	printf("  callers %zu/%zu%s%s\n", v->checking, v->seen,
	       f->traits & FL_TRAIT_EXPORTED ? "  exported" : "",
	       f->traits & FL_TRAIT_MARKED ? "  marked"
	       : v->qualifies		   ? ""
					   : "  does not qualify");
	for (size_t i = 0; i < v->nreasons && (view->verbose || !v->qualifies); i++) {
		const struct fl_reason *r = &v->reasons[i];

		if (!view->verbose && !r->fatal && !r->points)
			continue;
		if (r->line)
			printf("      %s:%u: %s", f->file, r->line, r->text);
		else
			printf("      %s", r->text);
		if (r->points)
			printf(" (-%d)", r->points);
		putchar('\n');
	}
	if (view->verbose)
		print_sites(f);
}

static void write_reasons(struct fl_json *j, const struct fl_verdict *v)
{
	fl_json_open(j, "reasons", '[');
	for (size_t i = 0; i < v->nreasons; i++) {
		const struct fl_reason *r = &v->reasons[i];

		fl_json_open(j, NULL, '{');
		fl_json_string(j, "id", r->id);
		fl_json_bool(j, "fatal", r->fatal);
		fl_json_number(j, "points", r->points);
		if (r->line)
			fl_json_number(j, "line", r->line);
		fl_json_string(j, "text", r->text);
		fl_json_close(j, '{');
	}
	fl_json_close(j, '[');
}

static void write_callers(struct fl_json *j, const struct fl_verdict *v)
{
	const struct fl_function *f = v->function;

	fl_json_open(j, "callers", '{');
	fl_json_number(j, "checking", (int64_t)v->checking);
	fl_json_number(j, "seen", (int64_t)v->seen);
	fl_json_open(j, "places", '[');
	for (size_t i = 0; i < f->nsites; i++) {
		fl_json_open(j, NULL, '{');
		fl_json_string(j, "file", f->sites[i]->file);
		fl_json_number(j, "line", f->sites[i]->line);
		fl_json_string(j, "function", f->sites[i]->caller);
		fl_json_bool(j, "checks", f->sites[i]->use != FL_USE_DROPPED);
		fl_json_close(j, '{');
	}
	fl_json_close(j, '[');
	fl_json_close(j, '{');
}

static void write_verdict(const struct fl_verdict *v)
{
	struct fl_json j = { .out = stdout };
	const struct fl_function *f = v->function;

	fl_json_open(&j, NULL, '{');
	fl_json_number(&j, "v", 1);
	fl_json_string(&j, "type", "candidate");
	fl_json_string(&j, "name", f->name);
	fl_json_string(&j, "file", f->file);
	fl_json_number(&j, "line", f->line);
	fl_json_string(&j, "tag", v->tag);
	fl_json_string(&j, "marked", f->traits & FL_TRAIT_MARKED ? f->tag : NULL);
	fl_json_bool(&j, "qualifies", v->qualifies);
	fl_json_number(&j, "score", v->score);
	fl_json_bool(&j, "exported", f->traits & FL_TRAIT_EXPORTED);
	fl_json_bool(&j, "static", f->traits & FL_TRAIT_STATIC);
	write_reasons(&j, v);
	write_callers(&j, v);
	fl_json_close(&j, '{');
	fl_json_line(&j);
}

void fl_view_verdicts(const struct fl_view *view, const struct fl_verdicts *v)
{
	for (size_t i = 0; i < v->n; i++) {
		if (!fl_view_wants(view, &v->list[i]))
			continue;
		if (view->json)
			write_verdict(&v->list[i]);
		else
			print_verdict(view, &v->list[i]);
	}
}

/* --- summary -------------------------------------------------------------------- */

#define MOST_IDS 32

struct counts {
	struct {
		const char *id;
		size_t n;
	} list[MOST_IDS];
	size_t n;
	size_t candidates, marked, rejected;
};

/* A function is counted under the first reason that is fatal, or as of a low score. */
static void count(struct counts *c, const struct fl_verdict *v)
{
	const char *id = "score";
	size_t i = 0;

	c->candidates += v->qualifies && !(v->function->traits & FL_TRAIT_MARKED);
	c->marked += (v->function->traits & FL_TRAIT_MARKED) != 0;
	if (v->qualifies)
		return;
	c->rejected++;
	for (i = v->nreasons; i-- > 0;) {
		if (v->reasons[i].fatal)
			id = v->reasons[i].id;
	}
	for (i = 0; i < c->n && strcmp(c->list[i].id, id) != 0; i++)
		;
	if (i == MOST_IDS)
		return;
	c->list[i].id = id;
	c->list[i].n++;
	if (i == c->n)
		c->n++;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void print_summary(const struct fl_sources *s, const struct fl_findings *f,
			  const struct fl_pool_result *r, const struct counts *c)
{
	size_t broken = r->failed + r->with_errors;

	fprintf(stderr, "%zu file%s, %zu function%s: %zu qualify, marked already: %zu\n", s->n,
		plural(s->n), f->nfunctions, plural(f->nfunctions), c->candidates, c->marked);
	fprintf(stderr, "%zu do not qualify:", c->rejected);
	for (size_t i = 0; i < c->n; i++)
		fprintf(stderr, "%s %zu %s", i ? "," : "", c->list[i].n, c->list[i].id);
	putc('\n', stderr);
	fprintf(stderr,
		"Clang: %u warning%s, %u error%s in %zu file%s; %zu of %zu flags not known to it\n",
		f->warnings, plural(f->warnings), f->errors, plural(f->errors), broken,
		plural(broken), s->dropped, s->flags);
	if (s->unlisted)
		fprintf(stderr, "not part of the build: %zu file%s\n", s->unlisted,
			plural(s->unlisted));
}

static void write_summary(const struct fl_sources *s, const struct fl_findings *f,
			  const struct fl_pool_result *r, const struct counts *c)
{
	struct fl_json j = { .out = stdout };

	fl_json_open(&j, NULL, '{');
	fl_json_number(&j, "v", 1);
	fl_json_string(&j, "type", "annotated");
	fl_json_number(&j, "files", (int64_t)s->n);
	fl_json_number(&j, "failed", (int64_t)r->failed);
	fl_json_number(&j, "unlisted", (int64_t)s->unlisted);
	fl_json_number(&j, "functions", (int64_t)f->nfunctions);
	fl_json_number(&j, "candidates", (int64_t)c->candidates);
	fl_json_number(&j, "marked", (int64_t)c->marked);
	fl_json_open(&j, "rejected", '{');
	for (size_t i = 0; i < c->n; i++)
		fl_json_number(&j, c->list[i].id, (int64_t)c->list[i].n);
	fl_json_close(&j, '{');
	fl_json_number(&j, "warnings", f->warnings);
	fl_json_number(&j, "errors", f->errors);
	fl_json_open(&j, "dropped_flags", '[');
	for (size_t i = 0; i < s->dropped; i++)
		fl_json_string(&j, NULL, s->unknown[i]);
	fl_json_close(&j, '[');
	fl_json_close(&j, '{');
	fl_json_line(&j);
}

void fl_view_summary(const struct fl_view *view, const struct fl_sources *s,
		     const struct fl_findings *f, const struct fl_pool_result *r,
		     const struct fl_verdicts *v)
{
	struct counts c = { 0 };

	for (size_t i = 0; i < v->n; i++)
		count(&c, &v->list[i]);
	if (view->json)
		write_summary(s, f, r, &c);
	else
		print_summary(s, f, r, &c);
	if (view->verbose && !view->json && s->dropped) {
		fputs("flags that Clang does not know:", stderr);
		for (size_t i = 0; i < s->dropped; i++)
			fprintf(stderr, " %s", s->unknown[i]);
		putc('\n', stderr);
	}
}
