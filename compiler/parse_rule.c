/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_rule.c - rules: targets, condition, schedules, actions. */
#include <string.h>

#include "parse.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool parse_rename(struct fl_parser *p, struct fl_target *target)
{
	size_t cap = 0;

	fl_note_role(p, FL_ROLE_CALL);
	target->has_renames = true;
	if (fl_accept(p, FL_TOK_RPAREN))
		return true;
	do {
		const struct fl_token *t = fl_peek(p);

		if (!t->text || t->kind == FL_TOK_STRING) {
			fl_expected(p, "a name for an argument", NULL);
			return false;
		}
		fl_next(p);
		target->renames = fl_arena_grow(p->arena, target->renames, target->nrenames, &cap,
						sizeof(*target->renames));
		target->renames[target->nrenames++] =
			(struct fl_rename){ fl_token_span(p, t), t->text };
	} while (fl_accept(p, FL_TOK_COMMA));
	return fl_expect(p, FL_TOK_RPAREN, NULL);
}

/* [ MODULE ":" ] NAME-OR-GLOB [ "(" [ NAME { "," NAME } ] ")" ] */
static bool parse_target(struct fl_parser *p, struct fl_target *target)
{
	const struct fl_token *first = fl_peek(p);
	struct fl_pattern pattern;

	memset(target, 0, sizeof(*target));
	if (!fl_parse_pattern(p, &pattern))
		return false;
	if (pattern.module) {
		target->module = pattern.module;
		target->module_span = fl_token_span(p, first);
	}
	target->name = pattern.name;
	target->span = fl_token_span(p, &p->tokens->list[p->pos - 1]);
	target->is_glob = strpbrk(target->name, "*?[%") != NULL;
	return !fl_accept(p, FL_TOK_LPAREN) || parse_rename(p, target);
}

static bool parse_targets(struct fl_parser *p, struct fl_rule *rule)
{
	size_t cap = 0;

	do {
		rule->targets = fl_arena_grow(p->arena, rule->targets, rule->ntargets, &cap,
					      sizeof(*rule->targets));
		if (!parse_target(p, &rule->targets[rule->ntargets]))
			return false;
		rule->ntargets++;
	} while (fl_accept(p, FL_TOK_COMMA));
	return true;
}

/* A number or a time of a schedule: literal, parameter, or name of a let. */
static struct fl_expr *parse_amount(struct fl_parser *p, const char *what)
{
	enum fl_tok kind = fl_peek(p)->kind;

	if (kind != FL_TOK_INT && kind != FL_TOK_DURATION && kind != FL_TOK_PARAM &&
	    kind != FL_TOK_NAME) {
		fl_expected(p, what, NULL);
		return NULL;
	}
	/* not a whole expression: "times 3 -1" should not be read as one */
	return fl_parse_literal(p);
}

static struct fl_expr *parse_number(struct fl_parser *p)
{
	if (fl_peek(p)->kind == FL_TOK_PARAM) {
		const struct fl_token *t = fl_next(p);
		struct fl_expr *e = fl_arena_alloc(p->arena, sizeof(*e));

		e->kind = FL_EXPR_PARAM;
		e->span = fl_token_span(p, t);
		e->text = t->text;
		e->depth = 1;
		return e;
	}
	return parse_amount(p, "a number or a time");
}

/* 3   3..9   3..   3..9+2   3..+2 */
static bool parse_range(struct fl_parser *p, struct fl_schedule *s)
{
	s->first = parse_number(p);
	if (!s->first)
		return false;
	if (!fl_accept(p, FL_TOK_RANGE))
		return true;
	switch (fl_peek(p)->kind) {
	case FL_TOK_INT:
	case FL_TOK_DURATION:
	case FL_TOK_PARAM:
	case FL_TOK_NAME:
		s->last = parse_number(p);
		if (!s->last)
			return false;
		break;
	default:
		s->is_open = true;
	}
	if (!fl_accept(p, FL_TOK_PLUS))
		return true;
	fl_note_role(p, FL_ROLE_STEP);
	s->step = parse_number(p);
	return s->step != NULL;
}

static const struct {
	enum fl_tok tok;
	enum fl_schedule_kind kind;
} schedule_words[] = {
	{ FL_TOK_nth, FL_SCHED_NTH },	  { FL_TOK_every, FL_SCHED_EVERY },
	{ FL_TOK_times, FL_SCHED_TIMES }, { FL_TOK_after, FL_SCHED_AFTER },
	{ FL_TOK_for, FL_SCHED_FOR },	  { FL_TOK_per, FL_SCHED_PER },
};

/* One schedule if there is one; *more says so. */
static bool parse_schedule(struct fl_parser *p, struct fl_rule *rule, size_t *cap, bool *more)
{
	const struct fl_token *t = fl_peek(p);
	struct fl_schedule s = { 0 };
	size_t i;

	for (i = 0; i < COUNT(schedule_words); i++) {
		if (schedule_words[i].tok == t->kind)
			break;
	}
	*more = i < COUNT(schedule_words);
	if (!*more)
		return true;
	fl_next(p);
	if (!rule->nscheds)
		fl_note_role(p, FL_ROLE_CLAUSE);
	s.kind = schedule_words[i].kind;
	if (s.kind == FL_SCHED_NTH) {
		if (!parse_range(p, &s))
			return false;
	} else {
		s.first = s.kind == FL_SCHED_PER ? fl_parse_expr(p) : parse_number(p);
		if (!s.first)
			return false;
	}
	s.span = fl_span_since(p, t->off);
	rule->scheds = fl_arena_grow(p->arena, rule->scheds, rule->nscheds, cap, sizeof(s));
	rule->scheds[rule->nscheds++] = s;
	return true;
}

static bool add_choice(struct fl_parser *p, struct fl_action *act, size_t *cap)
{
	struct fl_choice c = { 0 };

	c.value = fl_parse_expr(p);
	if (!c.value)
		return false;
	if (act->is_one_of && fl_accept(p, FL_TOK_weight)) {
		c.weight = parse_number(p);
		if (!c.weight)
			return false;
	}
	act->choices = fl_arena_grow(p->arena, act->choices, act->nchoices, cap, sizeof(c));
	act->choices[act->nchoices++] = c;
	return true;
}

/* expr, or "one" "of" expr [ "weight" INT ] { "," ... } */
static bool parse_choices(struct fl_parser *p, struct fl_action *act)
{
	size_t cap = 0;

	if (!fl_accept(p, FL_TOK_one)) {
		if (!add_choice(p, act, &cap))
			return false;
		if (fl_peek(p)->kind != FL_TOK_COMMA && fl_peek(p)->kind != FL_TOK_weight)
			return true;
		fl_expected(p, "the end of the action", fl_action_example(act->kind));
		return false;
	}
	act->is_one_of = true;
	if (!fl_expect(p, FL_TOK_of, fl_action_example(act->kind)))
		return false;
	do {
		if (!add_choice(p, act, &cap))
			return false;
	} while (fl_accept(p, FL_TOK_COMMA));
	return true;
}

static bool parse_format(struct fl_parser *p, struct fl_action *act)
{
	const struct fl_token *t = fl_peek(p);
	size_t cap = 0;

	if (!fl_expect(p, FL_TOK_STRING, fl_action_example(act->kind)))
		return false;
	act->format = t->text;
	act->format_span = fl_token_span(p, t);
	while (fl_accept(p, FL_TOK_COMMA)) {
		struct fl_expr *e = fl_parse_expr(p);

		if (!e)
			return false;
		if (act->nargs == FL_MAX_ARGS) {
			fl_report(p->diags, FL_E_LIMIT, e->span,
				  fl_arena_printf(p->arena, "%d", FL_MAX_ARGS), "values in one log",
				  NULL);
			return false;
		}
		act->args =
			fl_arena_grow(p->arena, act->args, act->nargs, &cap, sizeof(*act->args));
		act->args[act->nargs++] = e;
	}
	return true;
}

static bool parse_assign(struct fl_parser *p, struct fl_action *act)
{
	act->state = fl_parse_state(p);
	if (!act->state)
		return false;
	switch (fl_next(p)->kind) {
	case FL_TOK_INCREMENT:
		act->assign = FL_ASSIGN_ADD;
		act->is_step = true;
		return true;
	case FL_TOK_DECREMENT:
		act->assign = FL_ASSIGN_SUB;
		act->is_step = true;
		return true;
	case FL_TOK_ADD_ASSIGN:
		act->assign = FL_ASSIGN_ADD;
		break;
	case FL_TOK_SUB_ASSIGN:
		act->assign = FL_ASSIGN_SUB;
		break;
	case FL_TOK_ASSIGN:
		act->assign = FL_ASSIGN_SET;
		break;
	default:
		if (p->pos && fl_peek(p)->kind != FL_TOK_EOF)
			p->pos--;
		fl_expected(p, "'=', '+=', '-=', '++' or '--'", NULL);
		return false;
	}
	act->value = fl_parse_expr(p);
	return act->value != NULL;
}

static bool parse_state(struct fl_parser *p, struct fl_action *act)
{
	if (fl_peek(p)->kind != FL_TOK_STATE) {
		fl_expected(p, "a state", fl_action_example(act->kind));
		return false;
	}
	act->state = fl_parse_state(p);
	return act->state != NULL;
}

static bool parse_signal(struct fl_parser *p, struct fl_action *act)
{
	const struct fl_token *t = fl_peek(p);

	if (t->kind != FL_TOK_NAME && t->kind != FL_TOK_INT) {
		fl_expected(p, "a signal", fl_action_example(act->kind));
		return false;
	}
	fl_next(p);
	act->signal_span = fl_token_span(p, t);
	act->signal = fl_arena_strndup(p->arena, p->tokens->src->text + t->off, t->len);
	return true;
}

static const struct {
	enum fl_tok tok;
	enum fl_action_kind kind;
} action_words[] = {
#define FL_ACTION(id, word, operand, traits, example) { FL_TOK_##word, FL_ACT_##id },
#include "action.def"
#undef FL_ACTION
	{ FL_TOK_STATE, FL_ACT_ASSIGN },
};

static bool find_action(enum fl_tok tok, enum fl_action_kind *kind)
{
	for (size_t i = 0; i < COUNT(action_words); i++) {
		if (action_words[i].tok == tok) {
			*kind = action_words[i].kind;
			return true;
		}
	}
	return false;
}

static bool parse_operand(struct fl_parser *p, struct fl_action *act)
{
	switch (fl_action_operand(act->kind)) {
	case FL_OPERAND_AMOUNT:
		act->value = parse_number(p);
		return act->value != NULL;
	case FL_OPERAND_CHOICES:
		return parse_choices(p, act);
	case FL_OPERAND_STATE:
		return parse_state(p, act);
	case FL_OPERAND_SIGNAL:
		return parse_signal(p, act);
	case FL_OPERAND_FORMAT:
		return parse_format(p, act);
	case FL_OPERAND_NONE:
	default:
		return true;
	}
}

static bool parse_action(struct fl_parser *p, const struct fl_rule *rule, struct fl_action *act)
{
	const struct fl_token *t = fl_peek(p);
	bool good;

	memset(act, 0, sizeof(*act));
	if (!find_action(t->kind, &act->kind)) {
		fl_expected(p,
			    rule->in_braces ? "an action or '}'"
			    : rule->nscheds ? "an action such as 'return'"
			    : rule->cond    ? "an operator or an action such as 'return'"
					    : "'if' or an action such as 'return'",
			    t->kind == FL_TOK_ASSIGN && rule->cond ? "use == to compare" : NULL);
		return false;
	}
	if (act->kind == FL_ACT_ASSIGN) {
		good = parse_assign(p, act);
	} else {
		fl_next(p);
		good = parse_operand(p, act);
	}
	act->span = fl_span_since(p, t->off);
	return good;
}

static bool parse_body(struct fl_parser *p, struct fl_rule *rule)
{
	size_t cap = 0;
	uint32_t brace = fl_peek(p)->off;

	rule->in_braces = fl_accept(p, FL_TOK_LBRACE);
	if (rule->in_braces)
		fl_note_role(p, FL_ROLE_BODY);
	for (;;) {
		struct fl_action act;

		while (rule->in_braces && fl_accept(p, FL_TOK_SEMI))
			;
		if (rule->in_braces && fl_accept(p, FL_TOK_RBRACE)) {
			fl_note_role(p, FL_ROLE_BODY_END);
			break;
		}
		if (p->roles)
			p->roles[p->pos] = rule->in_braces ? FL_ROLE_ACTION : FL_ROLE_CLAUSE;
		if (!parse_action(p, rule, &act))
			return false;
		rule->acts = fl_arena_grow(p->arena, rule->acts, rule->nacts, &cap, sizeof(act));
		rule->acts[rule->nacts++] = act;
		if (!rule->in_braces)
			return true;
	}
	if (rule->nacts)
		return true;
	fl_report(p->diags, FL_E_NO_ACTION, fl_span_since(p, brace), NULL);
	return false;
}

bool fl_parse_rule(struct fl_parser *p, struct fl_rule *rule)
{
	const struct fl_token *t = fl_peek(p);
	size_t cap = 0;
	bool more;

	if (t->kind == FL_TOK_NAME && fl_peek_at(p, 1)->kind == FL_TOK_COLON) {
		rule->label = t->text;
		rule->label_span = fl_token_span(p, t);
		fl_next(p);
		fl_next(p);
		fl_note_role(p, FL_ROLE_LABEL);
	} else if (t->kind > FL_TOK_ASSIGN && /* a keyword */
		   fl_peek_at(p, 1)->kind == FL_TOK_COLON) {
		fl_report(p->diags, FL_E_LABEL_WORD, fl_token_span(p, t), t->text, NULL);
		return false;
	}
	t = fl_peek(p);
	if (!fl_expect(p, FL_TOK_on, "a rule reads: on FUNCTION if CONDITION return -EIO"))
		return false;
	rule->on_exit = fl_accept(p, FL_TOK_exit);
	if (!parse_targets(p, rule))
		return false;
	if (fl_accept(p, FL_TOK_if)) {
		fl_note_role(p, FL_ROLE_CLAUSE);
		rule->cond = fl_parse_expr(p);
		if (!rule->cond)
			return false;
	}
	do {
		if (!parse_schedule(p, rule, &cap, &more))
			return false;
	} while (more);
	if (!parse_body(p, rule))
		return false;
	rule->span = fl_span_since(p, t->off);
	return true;
}
