/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "emit.h"

#include <inttypes.h>
#include <string.h>

#include "fl_abi.h"

#define MAX_CHILDREN 65536 /* processes of a command followed at a time */

struct emitter {
	const struct fl_plan *plan;
	struct fl_buf *out;
	uint32_t rule; /* whose condition is being written */
};

static void emit_expr(struct emitter *em, const struct fl_expr *e, int least);

static void emit_constant(struct emitter *em, const struct fl_expr *e)
{
	int64_t v = (int64_t)e->value;

	if (e->type == FL_VALUE_UINT)
		fl_buf_printf(em->out, "%" PRIu64 "ULL", e->value);
	else if (v == INT64_MIN)
		fl_buf_puts(em->out, "(-9223372036854775807LL - 1)");
	else if (v < 0)
		fl_buf_printf(em->out, "(%" PRId64 "LL)", v);
	else
		fl_buf_printf(em->out, "%" PRId64 "LL", v);
}

/* Up to 15 characters as the two words that the kernel's copy has. */
static void emit_comm_is(struct emitter *em, const char *text)
{
	unsigned char bytes[FL_COMM_LEN] = { 0 };
	uint64_t words[2] = { 0, 0 };

	memcpy(bytes, text, strnlen(text, FL_COMM_LEN - 1));
	for (int i = FL_COMM_LEN / 2 - 1; i >= 0; i--) {
		words[0] = words[0] << 8 | bytes[i];
		words[1] = words[1] << 8 | bytes[i + 8];
	}
	fl_buf_printf(em->out, "fl_comm_is(c, 0x%" PRIx64 "ULL, 0x%" PRIx64 "ULL)", words[0],
		      words[1]);
}

/* comm == "ip" with either side first. */
static void emit_string_comparison(struct emitter *em, const struct fl_expr *l,
				   const struct fl_expr *r, bool negate)
{
	const struct fl_expr *literal = r->kind == FL_EXPR_STRING ? r : l;

	if (literal->kind != FL_EXPR_STRING) {
		/* comm == comm */
		fl_buf_puts(em->out, negate ? "0" : "1");
		return;
	}
	if (negate)
		fl_buf_putc(em->out, '!');
	emit_comm_is(em, literal->text);
}

static void emit_rand(struct emitter *em, const struct fl_expr *e)
{
	bool on_left = e->left->type == FL_VALUE_RAND;
	const struct fl_expr *rand = on_left ? e->left : e->right;
	bool below = on_left ? e->op == FL_OP_LT || e->op == FL_OP_LE
			     : e->op == FL_OP_GT || e->op == FL_OP_GE;

	fl_buf_printf(em->out, "(fl_draw(%u, %u) %s ", em->rule, rand->mention, below ? "<" : ">=");
	if (e->is_rate)
		fl_buf_printf(em->out, "fl_rule[%u].rate)", em->rule);
	else
		fl_buf_printf(em->out, "%" PRIu64 "ULL)", e->value);
}

static void emit_binary(struct emitter *em, const struct fl_expr *e)
{
	int prec = fl_op_precedence(e->op);
	bool is_signed = e->type == FL_VALUE_INT;

	if (e->left->type == FL_VALUE_STRING) {
		emit_string_comparison(em, e->left, e->right, e->op == FL_OP_NE);
		return;
	}
	if (e->left->type == FL_VALUE_RAND || e->right->type == FL_VALUE_RAND) {
		emit_rand(em, e);
		return;
	}
	/* BPF divides unsigned numbers only. */
	if (is_signed && (e->op == FL_OP_SLASH || e->op == FL_OP_PERCENT)) {
		fl_buf_puts(em->out, e->op == FL_OP_SLASH ? "fl_divide(" : "fl_remainder(");
		emit_expr(em, e->left, FL_PREC_TERNARY);
		fl_buf_puts(em->out, ", ");
		emit_expr(em, e->right, FL_PREC_TERNARY);
		fl_buf_putc(em->out, ')');
		return;
	}
	emit_expr(em, e->left, prec);
	fl_buf_printf(em->out, " %s ", fl_op_text(e->op));
	/* C leaves a shift by more than the width open; BPF takes it modulo 64. */
	if ((e->op == FL_OP_SHL || e->op == FL_OP_SHR) && !e->right->is_constant) {
		fl_buf_putc(em->out, '(');
		emit_expr(em, e->right, fl_op_precedence(FL_OP_AND) + 1);
		fl_buf_puts(em->out, " & 63)");
		return;
	}
	emit_expr(em, e->right, prec + 1);
}

static void emit_in(struct emitter *em, const struct fl_expr *e)
{
	bool strings = e->left->type == FL_VALUE_STRING;

	if (!strings) {
		fl_buf_puts(em->out, "({ s64 x_ = ");
		emit_expr(em, e->left, FL_PREC_TERNARY);
		fl_buf_puts(em->out, "; ");
	} else {
		fl_buf_putc(em->out, '(');
	}
	for (size_t i = 0; i < e->nitems; i++) {
		if (i)
			fl_buf_puts(em->out, " || ");
		if (strings) {
			emit_string_comparison(em, e->left, e->items[i], false);
			continue;
		}
		fl_buf_puts(em->out, "x_ == ");
		emit_expr(em, e->items[i], fl_op_precedence(FL_OP_EQ) + 1);
	}
	fl_buf_puts(em->out, strings ? ")" : "; })");
}

static int precedence(const struct fl_expr *e)
{
	if (e->is_constant)
		return FL_PREC_UNARY + 1;
	if (e->kind == FL_EXPR_TERNARY)
		return FL_PREC_TERNARY;
	if (e->kind == FL_EXPR_BINARY || e->kind == FL_EXPR_UNARY)
		return fl_op_precedence(e->op);
	return FL_PREC_UNARY + 1;
}

static void emit_bare(struct emitter *em, const struct fl_expr *e)
{
	if (e->is_constant) {
		emit_constant(em, e);
		return;
	}
	switch (e->kind) {
	case FL_EXPR_NAME:
		fl_buf_printf(em->out, "fl_%s()", e->text);
		break;
	case FL_EXPR_UNARY:
		fl_buf_puts(em->out, fl_op_text(e->op));
		if (e->left->kind == FL_EXPR_UNARY)
			fl_buf_putc(em->out, ' ');
		emit_expr(em, e->left, FL_PREC_UNARY);
		break;
	case FL_EXPR_BINARY:
		emit_binary(em, e);
		break;
	case FL_EXPR_TERNARY:
		emit_expr(em, e->left, FL_PREC_TERNARY + 1);
		fl_buf_puts(em->out, " ? ");
		emit_expr(em, e->right, FL_PREC_TERNARY + 1);
		fl_buf_puts(em->out, " : ");
		emit_expr(em, e->third, FL_PREC_TERNARY);
		break;
	case FL_EXPR_IN:
		emit_in(em, e);
		break;
	default:
		break;
	}
}

static void emit_expr(struct emitter *em, const struct fl_expr *e, int least)
{
	bool parens = precedence(e) < least;

	if (parens)
		fl_buf_putc(em->out, '(');
	emit_bare(em, e);
	if (parens)
		fl_buf_putc(em->out, ')');
}

/* The rule in its own words; nothing in it may end or open a comment. */
static void emit_quote(struct emitter *em, const struct fl_rule *rule)
{
	struct fl_buf text;
	char last = ' ';

	fl_buf_init(&text, em->out->arena);
	fl_print_rule(&text, rule);
	fl_buf_puts(em->out, "\n/* ");
	for (const char *p = text.text; *p; p++) {
		if ((last == '*' && *p == '/') || (last == '/' && *p == '*'))
			fl_buf_putc(em->out, ' ');
		fl_buf_putc(em->out, *p);
		last = *p;
	}
	fl_buf_puts(em->out, " */\n");
}

static void emit_rule(struct emitter *em, const struct fl_rule *rule)
{
	const struct fl_plan_cond *cond = &em->plan->conds[em->rule];

	emit_quote(em, rule);
	fl_buf_printf(em->out, "FL_INLINE int fl_rule_%u(struct fl_call *c, u32 slot)\n{\n",
		      em->rule);
	fl_buf_printf(em->out, "\tif (!fl_enter(%u, slot))\n\t\treturn 0;\n", em->rule);
	if (rule->child_only)
		fl_buf_puts(em->out, "\tif (!fl_child())\n\t\treturn 0;\n");
	for (size_t i = 0; i < cond->nterms; i++) {
		fl_buf_puts(em->out, "\tif (!(");
		emit_expr(em, cond->terms[i], FL_PREC_TERNARY);
		fl_buf_puts(em->out, "))\n\t\treturn 0;\n");
	}
	fl_buf_printf(em->out, "\treturn fl_inject(%u, slot);\n}\n", em->rule);
}

static void emit_prog(struct emitter *em, const struct fl_plan_prog *prog)
{
	const char *kind = prog->backend == FL_BACKEND_FMOD_RET ? "fmod_ret" : "kprobe";
	const char *how = prog->backend == FL_BACKEND_FMOD_RET ? "FMOD_RET" : "KPROBE";

	fl_buf_printf(em->out, "\nSEC(\"%s/%s\") u64 %s(u64 *ctx)\n{\n", kind, prog->func->name,
		      prog->name);
	fl_buf_puts(em->out, "\tFL_CALL(c);\n\n\tif (!fl_run.armed)\n\t\treturn 0;\n");
	for (size_t i = 0; i < prog->nslots; i++) {
		uint32_t rule = prog->slots[i].rule_index;

		fl_buf_printf(em->out, "\tif (fl_rule_%u(&c, %zu))\n\t\tFL_RETURN_%s(%u);\n", rule,
			      prog->first_slot + i, how, rule);
	}
	fl_buf_puts(em->out, "\treturn 0;\n}\n");
}

size_t fl_round_up(size_t n)
{
	size_t power = 1;

	while (power < n)
		power *= 2;
	return power;
}

void fl_emit(const struct fl_plan *plan, const struct fl_emit_opts *opts, struct fl_buf *out)
{
	struct emitter em = { .plan = plan, .out = out };

	fl_buf_puts(out, "/* Written by faultline. */\n");
	fl_buf_printf(out, "#define FL_NRULES %zu\n#define FL_NSLOTS %zu\n#define FL_NCPUS %zu\n",
		      fl_round_up(plan->script->nrules), fl_round_up(plan->nslots),
		      fl_round_up(opts->ncpus));
	if (opts->seeded)
		fl_buf_puts(out, "#define FL_SEEDED\n");
	if (plan->tracks_children) {
		fl_buf_printf(out, "#define FL_NCHILDREN %d\n", MAX_CHILDREN);
		fl_buf_printf(out, "#define FL_TASK_PID %u\n#define FL_TASK_TGID %u\n",
			      opts->task_pid, opts->task_tgid);
	}
	fl_buf_puts(out, "#include \"fl_core.bpf.h\"\n");
	for (em.rule = 0; em.rule < plan->script->nrules; em.rule++)
		emit_rule(&em, &plan->script->rules[em.rule]);
	for (size_t i = 0; i < plan->nprogs; i++)
		emit_prog(&em, &plan->progs[i]);
}
