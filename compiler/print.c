/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print.c - the tree as canonical text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ast.h"

void fl_print_string(struct fl_buf *out, const char *text)
{
	static const char from[] = "\n\t\r\\\"", to[] = "ntr\\\"";

	fl_buf_putc(out, '"');
	for (; *text; text++) {
		const char *known = strchr(from, *text);

		if (known)
			fl_buf_printf(out, "\\%c", to[known - from]);
		else if ((unsigned char)*text < 0x20 || (unsigned char)*text == 0x7f)
			fl_buf_printf(out, "\\x%02x", (unsigned char)*text);
		else
			fl_buf_putc(out, *text);
	}
	fl_buf_putc(out, '"');
}

/* 2500000000 in units of 1e-9 is 2.5 */
static void print_fraction(struct fl_buf *out, uint64_t value)
{
	char digits[16];
	size_t len;

	fl_buf_printf(out, "%" PRIu64 ".", value / 1000000000);
	snprintf(digits, sizeof(digits), "%09" PRIu64, value % 1000000000);
	len = strlen(digits);
	while (len > 1 && digits[len - 1] == '0')
		len--;
	fl_buf_add(out, digits, len);
}

static int precedence(const struct fl_expr *e)
{
	switch (e->kind) {
	case FL_EXPR_TERNARY:
		return FL_PREC_TERNARY;
	case FL_EXPR_IN:
		return FL_PREC_IN;
	case FL_EXPR_BINARY:
	case FL_EXPR_UNARY:
		return fl_op_precedence(e->op);
	case FL_EXPR_CAST:
		return FL_PREC_UNARY;
	default:
		return FL_PREC_POSTFIX;
	}
}

static void print_at(struct fl_buf *out, const struct fl_expr *e, int least)
{
	bool parens = precedence(e) < least;

	if (parens)
		fl_buf_putc(out, '(');
	fl_print_expr(out, e);
	if (parens)
		fl_buf_putc(out, ')');
}

static void print_list(struct fl_buf *out, struct fl_expr *const *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			fl_buf_puts(out, ", ");
		fl_print_expr(out, items[i]);
	}
}

static void print_in(struct fl_buf *out, const struct fl_expr *e)
{
	print_at(out, e->left, FL_PREC_IN + 1);
	fl_buf_puts(out, " in ");
	if (e->is_range) {
		print_at(out, e->items[0], FL_PREC_IN + 1);
		fl_buf_puts(out, "..");
		print_at(out, e->items[1], FL_PREC_IN + 1);
		return;
	}
	if (!e->is_set) {
		fl_print_expr(out, e->items[0]);
		return;
	}
	fl_buf_putc(out, '{');
	print_list(out, e->items, e->nitems);
	fl_buf_putc(out, '}');
}

/* A time in the largest unit that gives a whole number. */
static void print_duration(struct fl_buf *out, uint64_t ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "h", 3600 * UINT64_C(1000000000) },
		{ "m", 60 * UINT64_C(1000000000) },
		{ "s", 1000000000 },
		{ "ms", 1000000 },
		{ "us", 1000 },
		{ "ns", 1 },
	};
	size_t i = 0;

	while (units[i].ns > 1 && (!ns || ns % units[i].ns))
		i++;
	fl_buf_printf(out, "%" PRIu64 "%s", ns / units[i].ns, units[i].name);
}

static void print_type(struct fl_buf *out, const struct fl_typename *t)
{
	static const char *const words[] = {
		[FL_TYPE_STRUCT] = "struct ",
		[FL_TYPE_UNION] = "union ",
		[FL_TYPE_ENUM] = "enum ",
	};
	bool tagged =
		t->kind == FL_TYPE_STRUCT || t->kind == FL_TYPE_UNION || t->kind == FL_TYPE_ENUM;

	fl_buf_printf(out, "%s%s%s", tagged ? words[t->kind] : "", t->name, t->stars ? " " : "");
	for (unsigned int i = 0; i < t->stars; i++)
		fl_buf_putc(out, '*');
}

static void print_cast(struct fl_buf *out, const struct fl_expr *e)
{
	fl_buf_putc(out, '(');
	print_type(out, e->cast);
	fl_buf_putc(out, ')');
	print_at(out, e->left, FL_PREC_UNARY);
}

static void print_call(struct fl_buf *out, const struct fl_expr *e)
{
	fl_buf_printf(out, "%s(", e->text);
	if (e->pattern)
		fl_buf_printf(out, "%s%s%s", e->pattern->module ? e->pattern->module : "",
			      e->pattern->module ? ":" : "", e->pattern->name);
	print_list(out, e->items, e->nitems);
	if (e->cast) {
		fl_buf_puts(out, ", ");
		print_type(out, e->cast);
	}
	if (e->left) {
		fl_buf_puts(out, " if ");
		fl_print_expr(out, e->left);
	}
	fl_buf_putc(out, ')');
}

static void print_binary(struct fl_buf *out, const struct fl_expr *e)
{
	int precedence = fl_op_precedence(e->op);

	print_at(out, e->left, precedence);
	fl_buf_printf(out, " %s ", fl_op_text(e->op));
	print_at(out, e->right, precedence + 1);
}

static void print_unary(struct fl_buf *out, const struct fl_expr *e)
{
	fl_buf_puts(out, fl_op_text(e->op));
	/* "- -1" must not become "--1" */
	if (e->left->kind == FL_EXPR_UNARY && e->left->op == e->op)
		fl_buf_putc(out, ' ');
	print_at(out, e->left, FL_PREC_UNARY);
}

void fl_print_expr(struct fl_buf *out, const struct fl_expr *e)
{
	switch (e->kind) {
	case FL_EXPR_INT:
		if (e->is_duration)
			print_duration(out, e->value);
		else
			fl_buf_printf(out, "%" PRIu64, e->value);
		break;
	case FL_EXPR_FRACTION:
		print_fraction(out, e->value);
		break;
	case FL_EXPR_STRING:
		fl_print_string(out, e->text);
		break;
	case FL_EXPR_NAME:
		fl_buf_puts(out, e->text);
		break;
	case FL_EXPR_PARAM:
		fl_buf_printf(out, "$%s", e->text);
		break;
	case FL_EXPR_STATE:
		fl_buf_printf(out, "@%s", e->text);
		if (e->nitems) {
			fl_buf_putc(out, '[');
			print_list(out, e->items, e->nitems);
			fl_buf_putc(out, ']');
		}
		break;
	case FL_EXPR_MEMBER:
		print_at(out, e->left, FL_PREC_POSTFIX);
		fl_buf_printf(out, "%s%s", e->is_arrow ? "->" : ".", e->text);
		break;
	case FL_EXPR_INDEX:
		print_at(out, e->left, FL_PREC_POSTFIX);
		fl_buf_putc(out, '[');
		fl_print_expr(out, e->right);
		fl_buf_putc(out, ']');
		break;
	case FL_EXPR_CAST:
		print_cast(out, e);
		break;
	case FL_EXPR_CALL:
		print_call(out, e);
		break;
	case FL_EXPR_UNARY:
		print_unary(out, e);
		break;
	case FL_EXPR_BINARY:
		print_binary(out, e);
		break;
	case FL_EXPR_TERNARY:
		print_at(out, e->left, FL_PREC_TERNARY + 1);
		fl_buf_puts(out, " ? ");
		fl_print_expr(out, e->right);
		fl_buf_puts(out, " : ");
		fl_print_expr(out, e->third);
		break;
	case FL_EXPR_IN:
		print_in(out, e);
		break;
	}
}

static void print_target(struct fl_buf *out, const struct fl_target *t)
{
	if (t->module)
		fl_buf_printf(out, "%s:", t->module);
	fl_buf_puts(out, t->name);
	if (!t->has_renames)
		return;
	fl_buf_putc(out, '(');
	for (size_t i = 0; i < t->nrenames; i++)
		fl_buf_printf(out, "%s%s", i ? ", " : "", t->renames[i].name);
	fl_buf_putc(out, ')');
}

static void print_schedule(struct fl_buf *out, const struct fl_schedule *s)
{
	static const char *const words[] = {
		[FL_SCHED_NTH] = "nth",	    [FL_SCHED_EVERY] = "every", [FL_SCHED_TIMES] = "times",
		[FL_SCHED_AFTER] = "after", [FL_SCHED_FOR] = "for",	[FL_SCHED_PER] = "per",
	};

	fl_buf_printf(out, " %s ", words[s->kind]);
	fl_print_expr(out, s->first);
	if (s->last || s->is_open)
		fl_buf_puts(out, "..");
	if (s->last)
		fl_print_expr(out, s->last);
	if (s->step) {
		fl_buf_putc(out, '+');
		fl_print_expr(out, s->step);
	}
}

static void print_choices(struct fl_buf *out, const struct fl_action *act)
{
	fl_buf_puts(out, act->is_one_of ? "one of " : "");
	for (size_t i = 0; i < act->nchoices; i++) {
		if (i)
			fl_buf_puts(out, ", ");
		fl_print_expr(out, act->choices[i].value);
		if (act->choices[i].weight) {
			fl_buf_puts(out, " weight ");
			fl_print_expr(out, act->choices[i].weight);
		}
	}
}

static void print_assign(struct fl_buf *out, const struct fl_action *act)
{
	static const char *const ops[] = {
		[FL_ASSIGN_SET] = " = ",
		[FL_ASSIGN_ADD] = " += ",
		[FL_ASSIGN_SUB] = " -= ",
	};

	fl_print_expr(out, act->state);
	if (act->is_step) {
		fl_buf_puts(out, act->assign == FL_ASSIGN_ADD ? "++" : "--");
		return;
	}
	fl_buf_puts(out, ops[act->assign]);
	fl_print_expr(out, act->value);
}

static void print_format(struct fl_buf *out, const struct fl_action *act)
{
	fl_print_string(out, act->format);
	for (size_t i = 0; i < act->nargs; i++) {
		fl_buf_puts(out, ", ");
		fl_print_expr(out, act->args[i]);
	}
}

static void print_action(struct fl_buf *out, const struct fl_action *act)
{
	enum fl_operand operand = fl_action_operand(act->kind);

	if (act->kind == FL_ACT_ASSIGN) {
		print_assign(out, act);
		return;
	}
	fl_buf_printf(out, "%s%s", fl_action_word(act->kind), operand ? " " : "");
	switch (operand) {
	case FL_OPERAND_NONE:
		break;
	case FL_OPERAND_AMOUNT:
		fl_print_expr(out, act->value);
		break;
	case FL_OPERAND_CHOICES:
		print_choices(out, act);
		break;
	case FL_OPERAND_STATE:
		fl_print_expr(out, act->state);
		break;
	case FL_OPERAND_SIGNAL:
		fl_buf_puts(out, act->signal);
		break;
	case FL_OPERAND_FORMAT:
		print_format(out, act);
		break;
	}
}

void fl_print_rule(struct fl_buf *out, const struct fl_rule *rule)
{
	if (rule->label)
		fl_buf_printf(out, "%s: ", rule->label);
	fl_buf_puts(out, rule->on_exit ? "on exit " : "on ");
	for (size_t i = 0; i < rule->ntargets; i++) {
		if (i)
			fl_buf_puts(out, ", ");
		print_target(out, &rule->targets[i]);
	}
	if (rule->cond) {
		fl_buf_puts(out, " if ");
		fl_print_expr(out, rule->cond);
	}
	for (size_t i = 0; i < rule->nscheds; i++)
		print_schedule(out, &rule->scheds[i]);
	fl_buf_puts(out, rule->in_braces ? " { " : " ");
	for (size_t i = 0; i < rule->nacts; i++) {
		if (i)
			fl_buf_puts(out, "; ");
		print_action(out, &rule->acts[i]);
	}
	if (rule->in_braces)
		fl_buf_puts(out, " }");
}
