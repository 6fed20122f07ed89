/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parser.c - items: the statements, and rules by parse_rule.c. */
#include "parse.h"

static bool parse_param(struct fl_parser *p, struct fl_param_def *out)
{
	const struct fl_token *t;

	fl_next(p);
	t = fl_peek(p);
	if (!fl_expect(p, FL_TOK_NAME, "param rate = 10 \"percent of commands to fail\""))
		return false;
	out->name = t->text;
	out->span = fl_token_span(p, t);
	if (!fl_expect(p, FL_TOK_ASSIGN, "param rate = 10 \"percent of commands to fail\""))
		return false;
	out->value = fl_parse_literal(p);
	if (!out->value)
		return false;
	t = fl_peek(p);
	if (fl_accept(p, FL_TOK_STRING))
		out->help = t->text;
	return true;
}

static bool parse_let(struct fl_parser *p, struct fl_let *out)
{
	const struct fl_token *t;

	fl_next(p);
	t = fl_peek(p);
	if (!fl_expect(p, FL_TOK_NAME, "let tools = {\"ip\", \"tc\"}"))
		return false;
	out->name = t->text;
	out->span = fl_token_span(p, t);
	if (!fl_expect(p, FL_TOK_ASSIGN, "let tools = {\"ip\", \"tc\"}"))
		return false;
	if (fl_peek(p)->kind == FL_TOK_LBRACE)
		return fl_parse_set(p, fl_parse_literal, &out->items, &out->nitems);
	out->value = fl_parse_literal(p);
	return out->value != NULL;
}

static bool parse_use(struct fl_parser *p, struct fl_use *out)
{
	const struct fl_token *t;

	fl_next(p);
	t = fl_peek(p);
	if (!fl_expect(p, FL_TOK_STRING, "use \"common.fault\""))
		return false;
	out->path = t->text;
	out->span = fl_token_span(p, t);
	return true;
}

static bool parse_require(struct fl_parser *p, struct fl_require *out)
{
	static const char *const words[] = {
		[FL_REQUIRE_KERNEL] = "kernel", [FL_REQUIRE_FUNCTION] = "function",
		[FL_REQUIRE_MODULE] = "module", [FL_REQUIRE_CONFIG] = "config",
		[FL_REQUIRE_ARCH] = "arch",
	};
	const struct fl_token *first = fl_next(p), *t;
	size_t i, n = sizeof(words) / sizeof(words[0]);

	for (i = 0; i < n && !fl_at_word(p, words[i]); i++)
		;
	if (i == n) {
		fl_expected(p, "'kernel', 'function', 'module', 'config' or 'arch'", NULL);
		return false;
	}
	fl_next(p);
	out->kind = (enum fl_require_kind)i;
	if (out->kind == FL_REQUIRE_KERNEL && !fl_expect(p, FL_TOK_GE, "require kernel >= 6.1"))
		return false;
	t = fl_peek(p);
	if (out->kind == FL_REQUIRE_KERNEL ? t->kind != FL_TOK_INT && t->kind != FL_TOK_FRACTION &&
						     t->kind != FL_TOK_VERSION
					   : t->kind != FL_TOK_NAME) {
		fl_expected(p, out->kind == FL_REQUIRE_KERNEL ? "a version" : "a name", NULL);
		return false;
	}
	fl_next(p);
	out->name = fl_arena_strndup(p->arena, p->tokens->src->text + t->off, t->len);
	out->name_span = fl_token_span(p, t);
	out->span = fl_span_since(p, first->off);
	return true;
}

static bool parse_expect(struct fl_parser *p, struct fl_expect *out)
{
	const struct fl_token *first = fl_next(p), *t;

	out->cond = fl_parse_expr(p);
	if (!out->cond)
		return false;
	t = fl_peek(p);
	if (fl_accept(p, FL_TOK_STRING))
		out->message = t->text;
	out->span = fl_span_since(p, first->off);
	return true;
}

/* After an error: skip to what looks like the start of the next item. */
static void recover(struct fl_parser *p, size_t start)
{
	if (p->pos == start)
		fl_next(p);
	while (!fl_starts_item(p))
		fl_next(p);
}

/* Too many of something: the rest would add nothing. */
static void limit(struct fl_parser *p, struct fl_span span)
{
	fl_report(p->diags, FL_E_LIMIT, span, fl_arena_printf(p->arena, "%d", FL_MAX_RULES),
		  "rules", NULL);
	p->pos = p->tokens->n - 1;
}

static void parse_item(struct fl_parser *p)
{
	struct fl_script *s = p->script;
	size_t start = p->pos;
	struct fl_rule rule = { 0 };
	struct fl_step_item step = { 0 };
	struct fl_use use;
	bool good;

	p->depth = 0;
	if (p->roles)
		p->roles[p->pos] = FL_ROLE_ITEM;
	switch (fl_peek(p)->kind) {
	case FL_TOK_param:
		good = parse_param(p, FL_APPEND(p->arena, s, params));
		s->nparams -= !good;
		break;
	case FL_TOK_let:
		good = parse_let(p, FL_APPEND(p->arena, s, lets));
		s->nlets -= !good;
		break;
	case FL_TOK_require:
		good = parse_require(p, FL_APPEND(p->arena, s, requires));
		s->nrequires -= !good;
		break;
	case FL_TOK_expect:
		good = parse_expect(p, FL_APPEND(p->arena, s, expects));
		s->nexpects -= !good;
		break;
	case FL_TOK_use:
		good = parse_use(p, &use);
		if (good) {
			*FL_APPEND(p->arena, s, uses) = use;
			if (p->use)
				p->use->use(&use, p->use->arg);
		}
		break;
	default:
		if (fl_step_at(p) >= 0) {
			good = fl_parse_step(p, &step);
			if (good)
				*FL_APPEND(p->arena, s, steps) = step;
			break;
		}
		good = fl_parse_rule(p, &rule);
		if (good && s->nrules == FL_MAX_RULES)
			limit(p, rule.span);
		else if (good)
			*FL_APPEND(p->arena, s, rules) = rule;
	}
	if (!good)
		recover(p, start);
}

static void parse_items(struct fl_parser *p)
{
	while (fl_peek(p)->kind != FL_TOK_EOF && !p->diags->full) {
		if (!fl_accept(p, FL_TOK_SEMI))
			parse_item(p);
	}
}

void fl_parse(const struct fl_tokens *tokens, const struct fl_use_handler *use, struct fl_arena *a,
	      struct fl_diags *ds, struct fl_script *script)
{
	struct fl_parser p = {
		.tokens = tokens, .use = use, .arena = a, .diags = ds, .script = script
	};

	parse_items(&p);
}

void fl_parse_roles(const struct fl_tokens *tokens, uint8_t *roles, struct fl_arena *a,
		    struct fl_diags *ds, struct fl_script *script)
{
	struct fl_parser p = {
		.tokens = tokens, .arena = a, .diags = ds, .script = script, .roles = roles
	};

	parse_items(&p);
}
