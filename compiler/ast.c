/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ast.c - tables about the tree, and the tree as canonical text. */
#include "ast.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *text;
	int precedence;
} ops[] = {
#define FL_OP(id, text, prec) [FL_OP_##id] = { text, prec },
#include "op.def"
#undef FL_OP
	[FL_OP_NOT] = { "!", FL_PREC_UNARY },
	[FL_OP_TILDE] = { "~", FL_PREC_UNARY },
	[FL_OP_NEGATE] = { "-", FL_PREC_UNARY },
	[FL_OP_POSITIVE] = { "+", FL_PREC_UNARY },
};

static const struct {
	const char *name;
	int number;
} errnos[] = {
#define FL_ERRNO(name, number) { #name, number },
#include "errno.def"
#undef FL_ERRNO
};

const char *fl_op_text(enum fl_op op)
{
	return ops[op].text;
}

int fl_op_precedence(enum fl_op op)
{
	return ops[op].precedence;
}

int fl_errno_number(const char *name)
{
	for (size_t i = 0; i < COUNT(errnos); i++) {
		if (!strcmp(errnos[i].name, name))
			return errnos[i].number;
	}
	return 0;
}

const char *fl_errno_name(int number)
{
	for (size_t i = 0; i < COUNT(errnos); i++) {
		if (errnos[i].number == number)
			return errnos[i].name;
	}
	return NULL;
}

static const char *const tag_names[] = {
	[FL_TAG_NONE] = "none",	  [FL_TAG_NULL] = "NULL",
	[FL_TAG_ERRNO] = "ERRNO", [FL_TAG_ERRNO_NULL] = "ERRNO_NULL",
	[FL_TAG_TRUE] = "TRUE",
};

const char *fl_tag_name(enum fl_tag tag)
{
	return tag_names[tag];
}

enum fl_tag fl_tag_parse(const char *text, size_t len)
{
	for (size_t i = FL_TAG_NULL; i < COUNT(tag_names); i++) {
		if (strlen(tag_names[i]) == len && !memcmp(tag_names[i], text, len))
			return (enum fl_tag)i;
	}
	return FL_TAG_NONE;
}

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
		return ops[e->op].precedence;
	default:
		return FL_PREC_UNARY + 1;
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

static void print_in(struct fl_buf *out, const struct fl_expr *e)
{
	print_at(out, e->left, FL_PREC_IN + 1);
	fl_buf_puts(out, " in ");
	if (e->is_range) {
		print_at(out, e->items[0], FL_PREC_UNARY);
		fl_buf_puts(out, "..");
		print_at(out, e->items[1], FL_PREC_UNARY);
		return;
	}
	fl_buf_putc(out, '{');
	for (size_t i = 0; i < e->nitems; i++) {
		if (i)
			fl_buf_puts(out, ", ");
		fl_print_expr(out, e->items[i]);
	}
	fl_buf_putc(out, '}');
}

void fl_print_expr(struct fl_buf *out, const struct fl_expr *e)
{
	switch (e->kind) {
	case FL_EXPR_INT:
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
	case FL_EXPR_UNARY:
		fl_buf_puts(out, ops[e->op].text);
		/* "- -1" must not become "--1" */
		if (e->left->kind == FL_EXPR_UNARY && e->left->op == e->op)
			fl_buf_putc(out, ' ');
		print_at(out, e->left, FL_PREC_UNARY);
		break;
	case FL_EXPR_BINARY:
		print_at(out, e->left, ops[e->op].precedence);
		fl_buf_printf(out, " %s ", ops[e->op].text);
		print_at(out, e->right, ops[e->op].precedence + 1);
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

void fl_print_rule(struct fl_buf *out, const struct fl_rule *rule)
{
	if (rule->label)
		fl_buf_printf(out, "%s: ", rule->label);
	fl_buf_puts(out, "on ");
	for (size_t i = 0; i < rule->ntargets; i++) {
		const struct fl_target *t = &rule->targets[i];

		if (i)
			fl_buf_puts(out, ", ");
		if (t->module)
			fl_buf_printf(out, "%s:", t->module);
		fl_buf_puts(out, t->name);
	}
	if (rule->cond) {
		fl_buf_puts(out, " if ");
		fl_print_expr(out, rule->cond);
	}
	fl_buf_puts(out, " return ");
	fl_print_expr(out, rule->action.value);
}
