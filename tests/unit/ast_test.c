/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ast_test.c - walks over the tree, and what is found in it. */
#include "unit.h"

#include "parser.h"

struct parsed {
	struct fl_arena arena;
	struct fl_diags diags;
	struct fl_script script;
	jmp_buf on_oom;
};

/* One rule; what its tokens point into stays with the caller. */
static struct fl_rule *parse(struct parsed *p, const struct fl_source *src)
{
	struct fl_tokens tokens;

	memset(p, 0, sizeof(*p));
	fl_arena_init(&p->arena, &p->on_oom);
	fl_diags_init(&p->diags);
	p->diags.on_oom = &p->on_oom;
	if (setjmp(p->on_oom))
		fail();
	fl_lex(src, &p->arena, &p->diags, &tokens);
	fl_parse(&tokens, NULL, &p->arena, &p->diags, &p->script);
	assert_int_equal(p->diags.nerrors, 0);
	assert_int_equal(p->script.nrules, 1);
	return &p->script.rules[0];
}

static void release(struct parsed *p)
{
	fl_diags_release(&p->diags);
	fl_arena_release(&p->arena);
}

static void put(const struct fl_expr *e, void *arg)
{
	fl_print_expr(arg, e);
	fl_buf_putc(arg, '|');
}

/* Every way that an expression can be part of an action. */
static const char all_actions[] =
	"on f { return one of a weight 2, b weight $w; delay $c; signal KILL; log \"%d%d\", d, e + 1; "
	"stack; delete @f[g]; @h = i; @j[k] += l; @m++ }";
static const char all_exprs[] = "a|2|b|$w|$c|d|e + 1|@f[g]|@h|i|@j[k]|l|@m|";

static void test_walk(void **state)
{
	const struct fl_source src = { "rule", all_actions, sizeof(all_actions) - 1 };
	struct parsed p;
	struct fl_rule *rule = parse(&p, &src);
	struct fl_buf out;

	(void)state;
	fl_buf_init(&out, &p.arena);
	for (size_t i = 0; i < rule->nacts; i++)
		fl_walk_action(&rule->acts[i], put, &out);
	assert_string_equal(out.text, all_exprs);
	release(&p);
}

static void spoil(const struct fl_expr *e, void *arg)
{
	(void)arg;
	/* the tree is this test's own */
	((struct fl_expr *)(uintptr_t)e)->kind = FL_EXPR_NAME;
	((struct fl_expr *)(uintptr_t)e)->text = "spoiled";
}

/* What is done to the one tree does not show in the other. */
static void test_clone(void **state)
{
	const struct fl_source src = { "rule", all_actions, sizeof(all_actions) - 1 };
	struct parsed p;
	struct fl_rule *rule = parse(&p, &src);
	struct fl_action *original = rule->acts;
	struct fl_buf out;

	(void)state;
	rule->acts = fl_clone_actions(original, rule->nacts, &p.arena);
	for (size_t i = 0; i < rule->nacts; i++)
		fl_walk_action(&original[i], spoil, NULL);
	fl_buf_init(&out, &p.arena);
	fl_print_rule(&out, rule);
	assert_string_equal(out.text, all_actions);
	release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_clone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
