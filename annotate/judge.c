/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "effect.h"
#include "known.h"
#include "relate.h"
#include "value.h"

struct judge {
	struct fl_arena *arena;
	struct fl_verdict *v;
	const struct fl_function *f;
	size_t errs, nulls, giving_up, tested;
};

/* @points: what it costs, or FATAL. */
#define FATAL 1000
#define SMALL 80 /* nodes of a function that is inlined although its address is taken */

static void reason(struct judge *j, const char *id, int points, unsigned int line,
		   const char *format, ...) __attribute__((format(printf, 5, 6)));

static void reason(struct judge *j, const char *id, int points, unsigned int line,
		   const char *format, ...)
{
	struct fl_verdict *v = j->v;
	char text[400];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	v->reasons =
		fl_arena_grow(j->arena, v->reasons, v->nreasons, &v->cap, sizeof(v->reasons[0]));
	v->reasons[v->nreasons++] =
		(struct fl_reason){ id, fl_arena_strndup(j->arena, text, strlen(text)),
				    points == FATAL, points == FATAL ? 0 : points, line };
	v->score -= points == FATAL ? 0 : points;
	v->qualifies = v->qualifies && points != FATAL;
}

static const char *list_names(struct judge *j, const struct fl_names *names, const char *suffix)
{
	struct fl_buf b;

	fl_buf_init(&b, j->arena);
	for (size_t i = 0; i < names->n; i++)
		fl_buf_printf(&b, "%s%s%s", i ? ", " : "", names->list[i], suffix);
	fl_buf_puts(&b, "");
	return b.text ? b.text : "";
}

/* -1, 0 and 1 are an order, and -1 is -EPERM by accident. */
static bool is_comparison(const struct fl_function *f)
{
	return f->errors.n == 1 && !strcmp(f->errors.list[0], "-1") &&
	       (f->values & FL_VALUE_POSITIVE);
}

/* A hook for error injection: small, and called for its result. */
static bool is_hook(const struct fl_function *f)
{
	static const char *const words[] = { "should_fail", "should_drop", "should_corrupt",
					     "should_cancel" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strstr(f->name, words[i]))
			return true;
	}
	return false;
}

/* --- what it returns ------------------------------------------------------------ */

static void judge_signed(struct judge *j)
{
	const struct fl_function *f = j->f;

	if ((f->values & FL_VALUE_ERRNO) && !is_comparison(f)) {
		j->v->tag = "ERRNO";
		reason(j, "returns-errno", 0, 0, "returns %s",
		       f->errors.n ? list_names(j, &f->errors, "")
				   : "error numbers that it was handed");
	} else if (f->values & FL_VALUE_FORWARDED) {
		j->v->tag = "ERRNO";
		reason(j, "forwards", 10, 0, "returns what %s returns, whose source was not read",
		       f->forwarded.n ? list_names(j, &f->forwarded, "()")
				      : "a pointer to a function");
	} else if (is_hook(f)) {
		j->v->tag = f->values == FL_VALUE_ZERO ? "ERRNO" : "TRUE";
		reason(j, "hook", 0, 0, "is meant for error injection");
	} else {
		reason(j, "no-error", FATAL, 0, "returns no error: %s",
		       f->values == FL_VALUE_ZERO ? "always 0" : "numbers other than -errno");
	}
}

/* NULL and errors as pointers: what callers test decides where both are returned. */
static void judge_pointer(struct judge *j)
{
	const struct fl_function *f = j->f;
	bool null = f->values & FL_VALUE_NULL, err = f->values & FL_VALUE_ERR_PTR;

	if (!null && !err && (f->values & FL_VALUE_FORWARDED)) {
		err = j->errs > 0;
		null = !err && j->nulls > 0;
		if (err || null)
			reason(j, "forwards", 10, 0,
			       "returns what %s returns, whose source was not read",
			       f->forwarded.n ? list_names(j, &f->forwarded, "()")
					      : "a pointer to a function");
	}
	if (null && err)
		null = !(j->errs && !j->nulls);
	if (!null && !err) {
		reason(j, "no-error", FATAL, 0, "returns no error: neither NULL nor ERR_PTR()");
		return;
	}
	j->v->tag = !err ? "NULL" : null ? "ERRNO_NULL" : "ERRNO";
	if (f->errors.n)
		reason(j, "returns-errno", 0, 0, "returns %s as a pointer%s",
		       list_names(j, &f->errors, ""), null ? ", or NULL" : "");
	else
		reason(j, "returns-errno", 0, 0, "returns %s",
		       !err   ? "NULL"
		       : null ? "errors as pointers, or NULL"
			      : "errors as pointers");
	if (!strcmp(j->v->tag, "NULL") && j->errs && !j->nulls)
		reason(j, "callers-differ", FATAL, 0,
		       "returns NULL, and callers test with IS_ERR()");
}

static void judge_bool(struct judge *j)
{
	if (is_hook(j->f)) {
		j->v->tag = "TRUE";
		reason(j, "hook", 0, 0, "is meant for error injection");
	} else if (j->tested && j->giving_up == j->tested) {
		reason(j, "predicate", FATAL, 0,
		       "returns an answer, not an error, although callers give up when it is true");
	} else {
		reason(j, "predicate", FATAL, 0, "returns an answer, not an error");
	}
}

static void judge_values(struct judge *j)
{
	switch (j->f->returns) {
	case FL_RETURNS_VOID:
		reason(j, "void", FATAL, 0, "returns nothing");
		break;
	case FL_RETURNS_SIGNED:
		judge_signed(j);
		break;
	case FL_RETURNS_POINTER:
		judge_pointer(j);
		break;
	case FL_RETURNS_BOOL:
		judge_bool(j);
		break;
	default:
		reason(j, "type", FATAL, 0, "returns %s, which cannot hold -errno", j->f->type);
	}
}

/* --- whether it can be reached --------------------------------------------------- */

static void judge_reach(struct judge *j)
{
	const struct fl_function *f = j->f;
	unsigned int traits = f->traits;

	if (traits & FL_TRAIT_INLINE)
		reason(j, "inline", FATAL, f->line, "is inline");
	if (traits & FL_TRAIT_INIT)
		reason(j, "init", FATAL, f->line, "is __init or __exit: its code is dropped");
	if (traits & FL_TRAIT_NOINSTR)
		reason(j, "noinstr", FATAL, f->line, "is notrace");
	if (traits & FL_TRAIT_BROKEN)
		reason(j, "errors", FATAL, f->line, "does not compile with Clang");
	if (!(traits & FL_TRAIT_STATIC) || (traits & (FL_TRAIT_NOINLINE | FL_TRAIT_POINTER)))
		return;
	/* the mark refers to it, which keeps a large function from being inlined into one caller */
	if (f->nodes < SMALL && j->v->seen <= 1)
		reason(j, "one-caller", FATAL, f->line, "is static with %s and will be inlined",
		       j->v->seen ? "one caller" : "no caller");
	else
		reason(j, "static", f->nodes < SMALL ? 15 : 5, f->line,
		       "is static: may be inlined without noinline");
}

/* --- what happens first ----------------------------------------------------------- */

static void judge_done(struct judge *j, const struct fl_done *d)
{
	switch (d->kind) {
	case FL_EFFECT_STORE:
		reason(j, "store", FATAL, d->line, "stores to '%s' before the first error return",
		       d->what);
		break;
	case FL_EFFECT_LOCK:
		reason(j, "lock", FATAL, d->line,
		       "%s() is not undone before the first error return", d->what);
		break;
	case FL_EFFECT_REF:
		reason(j, "reference", FATAL, d->line,
		       "%s() is not undone before the first error return", d->what);
		break;
	case FL_EFFECT_FREE:
		reason(j, "free", FATAL, d->line, "%s() before the first error return", d->what);
		break;
	case FL_EFFECT_CALL:
		reason(j, "call", 15, d->line,
		       "calls %s() before the first error return, which may have side effects",
		       d->what);
		break;
	case FL_EFFECT_POINTER:
		reason(j, "pointer", 20, d->line,
		       "calls '%s', which is unknown, before the first error return", d->what);
		break;
	case FL_EFFECT_ASM:
		reason(j, "asm", 20, d->line, "inline assembly before the first error return");
		break;
	}
}

static void judge_order(struct judge *j)
{
	const struct fl_function *f = j->f;

	if (!j->v->tag)
		return;
	if (!f->first && !is_hook(f)) {
		reason(j, "unclear", 25, f->line, "has no recognizable first error return");
		return;
	}
	for (size_t i = 0; i < f->ndone; i++)
		judge_done(j, &f->done[i]);
	if (!f->ndone && f->first)
		reason(j, "clean", 0, f->first, "nothing happens before the first error return%s",
		       f->undone ? " that is not undone" : "");
}

/* --- callers ---------------------------------------------------------------------- */

static void count_callers(struct judge *j)
{
	const struct fl_function *f = j->f;

	for (size_t i = 0; i < f->nsites; i++) {
		const struct fl_site *s = f->sites[i];

		j->v->seen++;
		j->v->checking += s->use != FL_USE_DROPPED;
		j->tested += s->use == FL_USE_TESTED;
		j->giving_up += s->gives_up;
		j->errs += s->err_test;
		j->nulls += s->null_test;
	}
}

static void judge_callers(struct judge *j)
{
	const struct fl_verdict *v = j->v;
	size_t unchecked = v->seen - v->checking;

	if (!v->tag)
		return;
	if (fl_known_releases(j->f->name) && !is_hook(j->f))
		reason(j, "release", FATAL, j->f->line,
		       "its name suggests cleanup: callers cannot handle a failure");
	if (!v->seen) {
		if (!(j->f->traits & FL_TRAIT_POINTER))
			reason(j, "no-callers", 10, 0, "no caller in the files read");
		else
			reason(j, "by-pointer", 5, 0, "is only called through a pointer");
		return;
	}
	if (!unchecked)
		reason(j, "checked", 0, 0, "%zu of %zu callers test the result", v->checking,
		       v->seen);
	else if (unchecked * 4 > v->seen)
		reason(j, "unchecked", FATAL, 0, "only %zu of %zu callers test the result",
		       v->checking, v->seen);
	else
		reason(j, "unchecked", 20, 0, "%zu of %zu callers test the result", v->checking,
		       v->seen);
}

static void judge_one(struct fl_findings *all, struct fl_verdict *v, const struct fl_function *f)
{
	struct judge j = { .arena = all->arena, .v = v, .f = f };

	v->function = f;
	v->score = 100;
	v->qualifies = true;
	count_callers(&j);
	judge_values(&j);
	judge_reach(&j);
	judge_order(&j);
	judge_callers(&j);
	if (v->score < 0)
		v->score = 0;
	if (!v->qualifies && v->score > FL_SCORE_QUALIFIES - 1)
		v->score = FL_SCORE_QUALIFIES - 1;
	for (size_t i = 0; !v->qualifies && i < v->nreasons; i++)
		v->score -= v->reasons[i].fatal ? 20 : 0;
	if (v->score < 0)
		v->score = 0;
	v->qualifies = v->qualifies && v->score >= FL_SCORE_QUALIFIES;
}

static int by_score(const void *a, const void *b)
{
	const struct fl_verdict *x = a, *y = b;
	int order = strcmp(x->function->file, y->function->file);

	if (x->qualifies != y->qualifies)
		return x->qualifies ? -1 : 1;
	if (x->score != y->score)
		return y->score - x->score;
	return order ? order
		     : (x->function->line > y->function->line) -
			       (x->function->line < y->function->line);
}

void fl_judge(struct fl_findings *f, struct fl_verdicts *out)
{
	fl_relate(f);
	out->list = fl_arena_alloc(f->arena, (f->nfunctions + 1) * sizeof(out->list[0]));
	out->n = f->nfunctions;
	for (size_t i = 0; i < f->nfunctions; i++)
		judge_one(f, &out->list[i], f->functions[i]);
	qsort(out->list, out->n, sizeof(out->list[0]), by_score);
}
