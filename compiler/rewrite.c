/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rewrite.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "fl_abi.h"
#include "parser.h"

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

static bool is_rand(const struct fl_expr *e)
{
	return e->kind == FL_EXPR_NAME && !strcmp(e->text, "rand");
}

/*
 * The first rand < N in writing order, as sema finds the rule's rate. N is a
 * constant, by whatever name; where it is a parameter, that is what changes.
 */
static bool replace_rate(struct fl_expr *e, struct fl_arena *a, uint64_t rate)
{
	bool below;

	if (!e)
		return false;
	if (replace_rate(e->left, a, rate) || replace_rate(e->right, a, rate) ||
	    replace_rate(e->third, a, rate))
		return true;
	for (size_t i = 0; i < e->nitems; i++) {
		if (replace_rate(e->items[i], a, rate))
			return true;
	}
	if (e->kind != FL_EXPR_BINARY)
		return false;
	below = e->op == FL_OP_LT || e->op == FL_OP_LE;
	if (below && is_rand(e->left) && e->right->kind != FL_EXPR_PARAM) {
		e->op = FL_OP_LT;
		e->right = rate_literal(a, rate);
		return true;
	}
	if ((e->op == FL_OP_GT || e->op == FL_OP_GE) && is_rand(e->right) &&
	    e->left->kind != FL_EXPR_PARAM) {
		e->op = FL_OP_GT;
		e->left = rate_literal(a, rate);
		return true;
	}
	return false;
}

static void set_rate(struct fl_rule *rule, struct fl_arena *a, uint64_t rate)
{
	struct fl_expr *term, *both;

	if (replace_rate(rule->cond, a, rate) || rate >= 100 * NANO)
		return;
	term = new_expr(a, FL_EXPR_BINARY, 0);
	term->op = FL_OP_LT;
	term->left = new_expr(a, FL_EXPR_NAME, 0);
	term->left->text = "rand";
	term->right = rate_literal(a, rate);
	if (!rule->cond) {
		rule->cond = term;
		return;
	}
	both = new_expr(a, FL_EXPR_BINARY, 0);
	both->op = FL_OP_ANDAND;
	both->left = rule->cond;
	both->right = term;
	rule->cond = both;
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

char *fl_rewrite_rule(const char *text, const struct fl_rule_edit *edit)
{
	const struct fl_source src = { "rule", text, strlen(text) };
	struct fl_script script = { 0 };
	struct fl_arena arena;
	struct fl_tokens tokens;
	struct fl_diags ds;
	struct fl_buf out;
	char *volatile result = NULL;
	jmp_buf on_oom;

	fl_arena_init(&arena, &on_oom);
	fl_diags_init(&ds);
	ds.on_oom = &on_oom;
	if (!setjmp(on_oom)) {
		fl_lex(&src, &arena, &ds, &tokens);
		fl_parse(&tokens, NULL, &arena, &ds, &script);
		if (!ds.nerrors && script.nrules == 1) {
			struct fl_rule *rule = &script.rules[0];

			if (edit->label)
				rule->label = *edit->label ? edit->label : NULL;
			if (edit->set_rate)
				set_rate(rule, &arena, edit->rate);
			if (edit->set_times)
				set_times(rule, &arena, edit->times);
			if (edit->set_value)
				set_value(rule, &arena, edit->value, edit->pointer);
			fl_buf_init(&out, &arena);
			fl_print_rule(&out, rule);
			result = strdup(out.text);
		}
	}
	fl_diags_release(&ds);
	fl_arena_release(&arena);
	return result;
}
