/* SPDX-License-Identifier: GPL-2.0-or-later */
/* emit_rule.c - a rule as a C function: its condition, then its actions. */
#include <inttypes.h>
#include <string.h>

#include "emit.h"
#include "fl_abi.h"

/* The rule in its own words; nothing in it may end or open a comment. */
static void emit_quote(struct fl_emitter *em, const struct fl_rule *rule)
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

static void emit_signature(struct fl_emitter *em, const char *what, unsigned int number)
{
	fl_buf_printf(em->out, "FL_RULE int fl_%s_%u(struct fl_call *c)\n{\n", what, number);
	fl_buf_puts(em->out, em->plan->separate ? "\tif (!c)\n\t\treturn 0;\n" : "");
}

/* The memory that strings and stacks are read into, before the first use. */
static void emit_scratch(struct fl_emitter *em, bool *has_scratch)
{
	if (*has_scratch)
		return;
	*has_scratch = true;
	em->uses_data = true;
	fl_buf_puts(em->out, "\tu32 prog = c->prog;\n"
			     "\tstruct fl_scratch *t = bpf_map_lookup_elem(&fl_scratches, &prog);\n"
			     "\n\tif (!t)\n\t\treturn 0;\n");
}

static void emit_term(struct fl_emitter *em, const struct fl_expr *term, bool *has_scratch)
{
	if (fl_needs_scratch(term))
		emit_scratch(em, has_scratch);
	fl_buf_puts(em->out, "\tif (!(");
	fl_emit_truth(em, term, FL_PREC_TERNARY);
	fl_buf_puts(em->out, "))\n\t\treturn 0;\n");
}

/* A value that is worked out at the call is held to the tags there. */
static void emit_tag_check(struct fl_emitter *em, const struct fl_rule *rule,
			   const struct fl_instance *in)
{
	bool tags[FL_TAG_TRUE + 1] = { false };

	for (size_t i = 0; i < rule->nons; i++) {
		if (rule->ons[i].instance == in)
			tags[rule->ons[i].func->tag] = true;
	}
	if (tags[FL_TAG_ERRNO])
		fl_buf_puts(em->out, "\tif (!fl_is_errno(c->value))\n\t\treturn 0;\n");
	if (tags[FL_TAG_ERRNO_NULL])
		fl_buf_puts(em->out, "\tif (c->value && !fl_is_errno(c->value))\n\t\treturn 0;\n");
	if (tags[FL_TAG_NULL])
		fl_buf_puts(em->out, "\tif (c->value)\n\t\treturn 0;\n");
	if (tags[FL_TAG_TRUE])
		fl_buf_puts(em->out, "\tif (c->value != 1)\n\t\treturn 0;\n");
}

static void emit_choices(struct fl_emitter *em, const struct fl_rule *rule,
			 const struct fl_action *act)
{
	uint64_t sum = 0, below = 0;

	for (size_t i = 0; i < act->nchoices; i++)
		sum += act->choices[i].share;
	fl_buf_printf(em->out, "\tu64 pick = (u64)fl_draw(c, %u, %u) * %" PRIu64 "ULL >> 32;\n\n",
		      em->rule, rule->ndraws, sum);
	for (size_t i = 0; i < act->nchoices; i++) {
		bool last = i + 1 == act->nchoices;

		below += act->choices[i].share;
		if (last)
			fl_buf_puts(em->out, i ? "\telse\n\t" : "");
		else
			fl_buf_printf(em->out, "\t%sif (pick < %" PRIu64 "ULL)\n\t",
				      i ? "else " : "", below);
		fl_buf_puts(em->out, "\tc->value = ");
		fl_emit_value(em, act->choices[i].value);
		fl_buf_puts(em->out, ";\n");
	}
}

static bool is_worked_out(const struct fl_action *act)
{
	for (size_t i = 0; i < act->nchoices; i++) {
		if (!act->choices[i].value->is_constant)
			return true;
	}
	return false;
}

static void emit_return(struct fl_emitter *em, const struct fl_rule *rule,
			const struct fl_instance *in, const struct fl_action *act)
{
	if (rule->fixed_value) {
		fl_buf_printf(em->out, "\tc->value = fl_rule[%u].value;\n", em->rule);
		return;
	}
	if (act->nchoices > 1) {
		emit_choices(em, rule, act);
	} else {
		fl_buf_puts(em->out, "\tc->value = ");
		fl_emit_value(em, act->choices[0].value);
		fl_buf_puts(em->out, ";\n");
	}
	if (is_worked_out(act) && !em->opts->force_return)
		emit_tag_check(em, rule, in);
}

static void emit_log_string(struct fl_emitter *em, const struct fl_expr *e, unsigned int at)
{
	unsigned int words = fl_log_words(e), n;
	uint64_t word;

	if (fl_text_of(e) == FL_TEXT_LITERAL) {
		size_t len = strlen(e->text);

		for (unsigned int i = 0; i < words; i++) {
			word = 0;
			for (size_t j = 0; j < 8 && i * 8 + j < len; j++)
				word |= (uint64_t)(unsigned char)e->text[i * 8 + j] << 8 * j;
			fl_buf_printf(em->out, "\t\tw[%u] = 0x%" PRIx64 "ULL;\n", at + i, word);
		}
		return;
	}
	if (fl_text_of(e) == FL_TEXT_COMM) {
		fl_buf_printf(em->out,
			      "\t\tfl_get_comm(c);\n\t\tw[%u] = c->comm[0];\n"
			      "\t\tw[%u] = c->comm[1];\n",
			      at, at + 1);
		return;
	}
	em->bad = ++em->names;
	fl_buf_printf(em->out, "\t\tint bad%u = 0;\n\t\t", em->bad);
	n = fl_emit_string(em, e);
	fl_buf_printf(em->out, "\n\t\tfl_log_string(w + %u, &t->string[%u], bad%u);\n", at, n,
		      em->bad);
	em->bad = 0;
}

static void emit_log(struct fl_emitter *em, const struct fl_action *act)
{
	unsigned int words = 0, at = 0;

	for (size_t i = 0; i < act->nargs; i++)
		words += fl_log_words(act->args[i]);
	fl_buf_printf(em->out,
		      "\tif (FL_RESERVE(e, c->slot, %u)) {\n"
		      "\t\tu64 *w = (u64 *)(e + 1);\n\n"
		      "\t\tfl_fill_event(e, FL_EVENT_LOG, c->slot, ordinal);\n"
		      "\t\te->site = %u;\n\t\te->words = %u;\n",
		      words * 8, act->site, words);
	if (!words)
		fl_buf_puts(em->out, "\t\t(void)w;\n");
	for (size_t i = 0; i < act->nargs; i++) {
		const struct fl_expr *e = act->args[i];

		if (fl_text_of(e) == FL_TEXT_FUNC) {
			fl_buf_printf(em->out, "\t\tw[%u] = c->func;\n", at);
		} else if (e->type == FL_VALUE_STRING) {
			emit_log_string(em, e, at);
		} else {
			fl_buf_printf(em->out, "\t\tw[%u] = ", at);
			fl_emit_value(em, e);
			fl_buf_puts(em->out, ";\n");
		}
		at += fl_log_words(e);
	}
	fl_buf_puts(em->out, "\t\tbpf_ringbuf_submit(e, 0);\n\t}\n");
}

static void emit_assign(struct fl_emitter *em, const struct fl_action *act)
{
	const struct fl_expr *state = act->state;
	const struct fl_state_def *def = &em->plan->script->states[state->index];
	const char *how = act->assign == FL_ASSIGN_SET ? "SET" : "ADD";

	em->uses_data = true;
	fl_buf_printf(em->out, "\t{\n\t\tu64 key[%u] = { 0 };\n\n\t\t",
		      def->key_words ? def->key_words : 1);
	fl_emit_key(em, "key", state->items, state->nitems);
	if (act->kind == FL_ACT_DELETE) {
		fl_buf_printf(em->out, "\n\t\tbpf_map_delete_elem(&fl_at_%u, key);\n\t}\n",
			      state->index);
		return;
	}
	fl_buf_printf(em->out, "\n\t\tFL_STATE_%s(fl_at_%u, key, %s", how, state->index,
		      act->assign == FL_ASSIGN_SUB ? "-(s64)(" : "(");
	if (act->value)
		fl_emit_value(em, act->value);
	else
		fl_buf_putc(em->out, '1');
	fl_buf_puts(em->out, "));\n\t}\n");
}

static void emit_stack(struct fl_emitter *em)
{
	em->uses_stack = em->uses_data = true;
	fl_buf_puts(em->out, "\tif (FL_RESERVE(e, c->slot, FL_STACK_DEPTH * 8)) {\n"
			     "\t\tfl_fill_event(e, FL_EVENT_STACK, c->slot, ordinal);\n"
			     "\t\te->value = c->ip;\n"
			     "\t\te->words = fl_read_stack((u64 *)(e + 1));\n"
			     "\t\tbpf_ringbuf_submit(e, 0);\n\t}\n");
}

static void emit_action(struct fl_emitter *em, const struct fl_rule *rule,
			const struct fl_instance *in, const struct fl_action *act)
{
	switch (act->kind) {
	case FL_ACT_RETURN:
		emit_return(em, rule, in, act);
		break;
	case FL_ACT_DELAY:
		em->uses_delay = true;
		fl_buf_puts(em->out, "\tfl_delay(");
		fl_emit_value(em, act->value);
		fl_buf_puts(em->out, ");\n");
		break;
	case FL_ACT_SIGNAL:
		fl_buf_printf(em->out, "\tif (!fl_run.dry_run)\n\t\tbpf_send_signal_thread(%d);\n",
			      act->signal_number);
		break;
	case FL_ACT_LOG:
		emit_log(em, act);
		break;
	case FL_ACT_STACK:
		emit_stack(em);
		break;
	case FL_ACT_DELETE:
	case FL_ACT_ASSIGN:
		emit_assign(em, act);
		break;
	}
}

static void note_scratch(const struct fl_expr *e, void *arg)
{
	bool *needs = arg;

	*needs = *needs || fl_needs_scratch(e);
}

static bool actions_need_scratch(const struct fl_rule *rule, const struct fl_instance *in)
{
	bool needs = false;

	for (size_t i = 0; i < rule->nacts; i++)
		fl_walk_action(&in->acts[i], note_scratch, &needs);
	return needs;
}

static void emit_decision(struct fl_emitter *em, const struct fl_rule *rule,
			  const struct fl_instance *in)
{
	int returns = rule->ret != NULL;

	if (!in->per) {
		fl_buf_printf(em->out, "\tordinal = fl_decide(%u, c->slot, %d);\n", em->rule,
			      returns);
	} else {
		struct fl_expr *key = in->per;

		em->uses_per = em->uses_data = true;
		fl_buf_printf(em->out, "\tstruct fl_key key = { %u };\n\n\t", em->rule);
		fl_emit_key(em, "key.words", &key, 1);
		fl_buf_printf(em->out, "\n\tordinal = fl_decide_per(%u, c->slot, %d, &key);\n",
			      em->rule, returns);
	}
	fl_buf_puts(em->out, "\tif (!ordinal)\n\t\treturn 0;\n");
}

/* Which point the call is, and whether it fails. */
static void emit_swept(struct fl_emitter *em)
{
	fl_buf_printf(em->out, "\tif (!fl_swept(c, %u))\n\t\treturn 0;\n\tordinal = c->ordinal;\n",
		      em->rule);
}

static void emit_instance(struct fl_emitter *em, const struct fl_rule *rule,
			  const struct fl_instance *in)
{
	const struct fl_plan_cond *cond = &em->plan->conds[in->number];
	unsigned int traits = fl_rule_traits(rule);
	bool has_scratch = false, swept = em->opts->sweep && rule->ret;
	size_t i;

	em->nstrings = em->names = em->bad = 0;
	emit_signature(em, "rule", in->number);
	fl_buf_puts(em->out, "\tu64 ordinal;\n");
	if (traits & FL_ACT_REPORTS)
		fl_buf_puts(em->out, "\tstruct fl_event *e;\n");
	fl_buf_printf(em->out, "\n\tif (%s!fl_enter(c, %u))\n\t\treturn 0;\n",
		      swept ? "!fl_sweep.trial || " : "", em->rule);
	for (i = 0; i < cond->nsure; i++)
		emit_term(em, cond->terms[i], &has_scratch);
	fl_buf_puts(em->out, "\tif (!fl_guard())\n\t\treturn 0;\n");
	if (swept)
		emit_swept(em);
	/* the sweep draws by itself */
	for (; !swept && i < cond->nterms; i++)
		emit_term(em, cond->terms[i], &has_scratch);
	if (actions_need_scratch(rule, in) || (in->per && fl_needs_scratch(in->per)))
		emit_scratch(em, &has_scratch);
	if (!swept)
		emit_decision(em, rule, in);
	for (i = 0; i < rule->nacts; i++)
		emit_action(em, rule, in, &in->acts[i]);
	if (swept) {
		fl_buf_puts(em->out, "\treturn fl_sweep_hit(c);\n}\n");
		return;
	}
	if (rule->ret) {
		fl_buf_puts(em->out, "\treturn fl_inject(c, ordinal);\n}\n");
		return;
	}
	em->uses_fired = true;
	fl_buf_printf(em->out, "\treturn fl_fired(c->slot, ordinal, %d);\n}\n",
		      (traits & (FL_ACT_REPORTS | FL_ACT_SHOWN)) == FL_ACT_SHOWN);
}

/* The condition inside within(): does this call of f satisfy it? */
static void emit_tracker(struct fl_emitter *em, size_t i)
{
	const struct fl_tracker *t = &em->plan->script->trackers[i];
	bool has_scratch = false;

	em->nstrings = em->names = em->bad = 0;
	fl_buf_puts(em->out, "\n");
	emit_signature(em, "tracked", (unsigned int)i);
	emit_term(em, t->instance.cond, &has_scratch);
	fl_buf_puts(em->out, "\treturn 1;\n}\n");
}

void fl_emit_rules(struct fl_emitter *em)
{
	const struct fl_script *script = em->plan->script;

	for (size_t i = 0; i < script->ntrackers; i++)
		emit_tracker(em, i);
	for (em->rule = 0; em->rule < script->nrules; em->rule++) {
		const struct fl_rule *rule = &script->rules[em->rule];

		emit_quote(em, rule);
		for (size_t i = 0; i < rule->ninstances; i++)
			emit_instance(em, rule, &rule->instances[i]);
	}
}
