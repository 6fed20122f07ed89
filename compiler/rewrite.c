/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rewrite.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "fl_abi.h"
#include "parser.h"
#include "rate.h"

#define NANO 1000000000ULL

static struct fl_expr *new_expr(struct fl_arena *a, enum fl_expr_kind kind, uint64_t value)
{
	struct fl_expr *e = fl_arena_alloc(a, sizeof(*e));

	e->kind = kind;
	e->value = value;
	e->depth = 1;
	return e;
}

static struct fl_expr *rate_literal(struct fl_arena *a, uint64_t rate)
{
	return rate % NANO ? new_expr(a, FL_EXPR_FRACTION, rate)
			   : new_expr(a, FL_EXPR_INT, rate / NANO);
}

/* Is @name an argument's where the rule is on some of its functions? */
static bool is_hidden(const struct fl_rule *rule, const char *name)
{
	for (size_t i = 0; i < rule->ntargets; i++) {
		if (fl_is_renamed(&rule->targets[i], name))
			return true;
	}
	return false;
}

/* @cond, if any, and that a number drawn at random is below @limit. */
static struct fl_expr *and_below(struct fl_arena *a, struct fl_expr *cond, const char *random,
				 struct fl_expr *limit)
{
	struct fl_expr *term = new_expr(a, FL_EXPR_BINARY, 0), *both;

	term->op = FL_OP_LT;
	term->left = new_expr(a, FL_EXPR_NAME, 0);
	term->left->text = random;
	term->right = limit;
	if (!cond)
		return term;
	both = new_expr(a, FL_EXPR_BINARY, 0);
	both->op = FL_OP_ANDAND;
	both->left = cond;
	both->right = term;
	return both;
}

/* The rate that the rule has by sema's rules on any of its functions, or NULL. */
static struct fl_expr *find_rate(const struct fl_rule *rule, struct fl_expr ***limit)
{
	struct fl_expr *e = NULL;

	for (size_t i = 0; !e && i < rule->ntargets; i++)
		e = fl_find_rate(&rule->targets[i], rule->cond, limit);
	return e;
}

/* False: no text says it, because rand means an argument on some of the functions. */
static bool set_rate(struct fl_rule *rule, struct fl_arena *a, uint64_t rate)
{
	struct fl_expr **limit, *e = find_rate(rule, &limit);

	if (e) {
		if (is_hidden(rule, "rand"))
			return false;
		e->op = limit == &e->right ? FL_OP_LT : FL_OP_GT;
		*limit = rate_literal(a, rate);
	} else if (rate >= 100 * NANO) {
		return true;
	} else if (!is_hidden(rule, "rand")) {
		rule->cond = and_below(a, rule->cond, "rand", rate_literal(a, rate));
	} else if (!is_hidden(rule, "random")) {
		/* draws are of 32 bits, and rand the same in per cent */
		rule->cond =
			and_below(a, rule->cond, "random",
				  new_expr(a, FL_EXPR_INT, fl_rate((int64_t)rate, true, false)));
	} else {
		return false;
	}
	return true;
}

static void set_times(struct fl_rule *rule, struct fl_arena *a, uint64_t times)
{
	size_t kept = 0, cap = 0;
	struct fl_schedule *scheds = NULL;

	for (size_t i = 0; i < rule->nscheds; i++) {
		if (rule->scheds[i].kind != FL_SCHED_TIMES)
			rule->scheds[kept++] = rule->scheds[i];
	}
	rule->nscheds = kept;
	if (times == FL_NEVER)
		return;
	for (size_t i = 0; i <= kept; i++)
		scheds = fl_arena_grow(a, scheds, i, &cap, sizeof(*scheds));
	if (kept)
		memcpy(scheds, rule->scheds, kept * sizeof(*scheds));
	memset(&scheds[kept], 0, sizeof(*scheds));
	scheds[kept].kind = FL_SCHED_TIMES;
	scheds[kept].first = new_expr(a, FL_EXPR_INT, times);
	rule->scheds = scheds;
	rule->nscheds = kept + 1;
}

static const char *value_name(int64_t value, bool pointer)
{
	if (!value && pointer)
		return "NULL";
	return fl_error_name(value);
}

static void set_value(struct fl_rule *rule, struct fl_arena *a, int64_t value, bool pointer)
{
	const char *name = value_name(value, pointer);
	struct fl_expr *e = new_expr(a, name ? FL_EXPR_NAME : FL_EXPR_INT,
				     value < 0 ? 0 - (uint64_t)value : (uint64_t)value),
		       *minus;

	e->text = name;
	if (value < 0) {
		minus = new_expr(a, FL_EXPR_UNARY, 0);
		minus->op = FL_OP_NEGATE;
		minus->left = e;
		e = minus;
	}
	for (size_t i = 0; i < rule->nacts; i++) {
		if (rule->acts[i].kind == FL_ACT_RETURN && rule->acts[i].nchoices == 1)
			rule->acts[i].choices[0].value = e;
	}
}

static bool apply(struct fl_rule *rule, const struct fl_rule_edit *edit, struct fl_arena *a)
{
	if (edit->label)
		rule->label = *edit->label ? edit->label : NULL;
	if (edit->set_times)
		set_times(rule, a, edit->times);
	if (edit->set_value)
		set_value(rule, a, edit->value, edit->pointer);
	return !edit->set_rate || set_rate(rule, a, edit->rate);
}

/* Everything that may run out of memory, which ends up in @arena's on_oom. */
static int rewrite(const struct fl_source *src, const struct fl_rule_edit *edit,
		   struct fl_arena *arena, struct fl_diags *ds, const char **text)
{
	struct fl_script script = { 0 };
	struct fl_tokens tokens;
	struct fl_buf out;

	if (setjmp(*arena->on_oom))
		return -ENOMEM;
	fl_lex(src, arena, ds, &tokens);
	fl_parse(&tokens, NULL, arena, ds, &script);
	if (ds->nerrors || script.nrules != 1)
		return -EINVAL;
	if (!apply(&script.rules[0], edit, arena))
		return -ENOTSUP;
	fl_buf_init(&out, arena);
	fl_print_rule(&out, &script.rules[0]);
	*text = out.text;
	return 0;
}

char *fl_rewrite_rule(const char *text, const struct fl_rule_edit *edit)
{
	const struct fl_source src = { "rule", text, strlen(text) };
	struct fl_arena arena;
	struct fl_diags ds;
	const char *written;
	char *result = NULL;
	jmp_buf on_oom;
	int err;

	fl_arena_init(&arena, &on_oom);
	fl_diags_init(&ds);
	ds.on_oom = &on_oom;
	err = rewrite(&src, edit, &arena, &ds, &written);
	if (!err)
		result = strdup(written);
	fl_diags_release(&ds);
	fl_arena_release(&arena);
	if (err)
		errno = -err;
	return result;
}
