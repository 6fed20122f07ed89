/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complete.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "macro.h"
#include "sema_impl.h"
#include "compile.h"
#include "parse.h"
#include "arch.h"
#include "use.h"

struct word {
	const char *text;
	const char *type; /* or NULL */
};

struct completion {
	const struct fl_complete_opts *opts;
	struct fl_arena arena;
	struct fl_tokens tokens; /* of the text before the word */
	const char *word;
	size_t word_len;
	struct word *words;
	size_t n;
	size_t cap;
	jmp_buf on_oom;
};

static void offer_typed(struct completion *c, const char *word, const char *type)
{
	if (strncmp(word, c->word, c->word_len) != 0)
		return;
	c->words = fl_arena_grow(&c->arena, c->words, c->n, &c->cap, sizeof(*c->words));
	c->words[c->n++] = (struct word){ word, type };
}

static void offer(struct completion *c, const char *word)
{
	offer_typed(c, word, NULL);
}

static void offer_all(struct completion *c, const char *const *words)
{
	for (; *words; words++)
		offer(c, *words);
}

static const struct fl_token *token_at(const struct completion *c, size_t back)
{
	/* the last one is the end */
	return c->tokens.n > back + 1 ? &c->tokens.list[c->tokens.n - 2 - back] : NULL;
}

static bool is_tok(const struct fl_token *t, enum fl_tok kind)
{
	return t && t->kind == kind;
}

/* --- functions ---------------------------------------------------------- */

static int offer_function(const char *name, const char *module, enum fl_tag tag, void *arg)
{
	struct completion *c = arg;
	const char *colon = memchr(c->word, ':', c->word_len);

	(void)tag;
	if (!colon) {
		offer(c, name);
		return 0;
	}
	if (!module)
		module = "vmlinux";
	if (!strncmp(module, c->word, (size_t)(colon - c->word)) && !module[colon - c->word])
		offer(c, fl_arena_printf(&c->arena, "%s:%s", module, name));
	return 0;
}

static void offer_functions(struct completion *c, bool traceable)
{
	struct fl_kernel *k = c->opts->kernel;

	for (size_t i = 0; i < fl_syscall_count() && c->word_len >= 4; i++) {
		const struct fl_syscall *call = fl_syscall_at(k->arch, i);

		if (call && !memchr(c->word, ':', c->word_len))
			offer(c, call->name);
	}
	if (traceable && k->ops->each_traceable(k, offer_function, c) >= 0)
		return;
	k->ops->each_injectable(k, offer_function, c);
	if (!strncmp(c->word, FL_SECURITY, c->word_len < 9 ? c->word_len : 9) && c->word_len)
		k->ops->each_function(k, FL_SECURITY, offer_function, c);
}

/* The rule's function, when it names just one that is known. */
static const struct fl_token *rule_start(const struct completion *c)
{
	for (size_t back = 0;; back++) {
		const struct fl_token *t = token_at(c, back);

		if (!t || t->kind == FL_TOK_on)
			return t;
	}
}

/* Is a function to be named here? *exit: of a rule on its end, or for caller(). */
static bool in_targets(const struct completion *c, bool *traceable)
{
	const struct fl_token *last = token_at(c, 0);
	size_t back = 0;

	*traceable = false;
	if (is_tok(last, FL_TOK_LPAREN) && is_tok(token_at(c, 1), FL_TOK_NAME) &&
	    (!strcmp(token_at(c, 1)->text, "caller") || !strcmp(token_at(c, 1)->text, "within"))) {
		*traceable = true;
		return true;
	}
	if (is_tok(last, FL_TOK_exit) && is_tok(token_at(c, 1), FL_TOK_on)) {
		*traceable = true;
		return true;
	}
	if (is_tok(last, FL_TOK_on))
		return true;
	/* on a, b, | */
	for (;
	     is_tok(token_at(c, back), FL_TOK_COMMA) && is_tok(token_at(c, back + 1), FL_TOK_NAME);
	     back += 2)
		;
	if (!back)
		return false;
	if (is_tok(token_at(c, back), FL_TOK_exit))
		*traceable = true;
	return is_tok(token_at(c, back), FL_TOK_on) || is_tok(token_at(c, back), FL_TOK_exit);
}

/* --- what depends on the rule's function -------------------------------- */

/* "on FUNCTION" as far as it was typed, followed by @rest, as an instance. */
static struct fl_script *with_rest(struct completion *c, const char *rest)
{
	const struct fl_token *on = rule_start(c), *name;
	struct fl_script *script;
	const struct fl_compile_opts opts = { .prelude = c->opts->prelude,
					      .sema = { .system_wide = true, .lenient = true } };
	struct fl_source *src;
	struct fl_diags ds;
	struct fl_buf text;
	bool at_end;

	if (!on)
		return NULL;
	name = on + 1;
	at_end = name->kind == FL_TOK_exit;
	name += at_end;
	if (name->kind != FL_TOK_NAME)
		return NULL;
	fl_buf_init(&text, &c->arena);
	fl_buf_printf(&text, "on %s%s", at_end ? "exit " : "", name->text);
	if (name[1].kind == FL_TOK_COLON && name[2].kind == FL_TOK_NAME)
		fl_buf_printf(&text, ":%s", name[2].text);
	fl_buf_printf(&text, " if %s log \"\"", rest);
	src = fl_arena_alloc(&c->arena, sizeof(*src));
	*src = (struct fl_source){ "completion", text.text, text.len };
	script = fl_arena_alloc(&c->arena, sizeof(*script));
	fl_diags_init(&ds);
	ds.on_oom = &c->on_oom;
	fl_parse_files(src, &opts, &c->arena, &ds, script);
	fl_sema(script, c->opts->kernel, &opts.sema, &c->arena, &ds);
	fl_diags_release(&ds);
	return script;
}

static const struct fl_func *func_of(struct completion *c)
{
	struct fl_script *script = with_rest(c, "pid");

	return script && script->nrules && script->rules[0].nons ? script->rules[0].ons[0].func
								 : NULL;
}

/* The operator that reaches a value's members, "" where it has none. */
static const char *operator_of(const struct completion *c, const struct fl_type *t)
{
	struct fl_kernel *k = c->opts->kernel;
	struct fl_type to;

	if (!c->opts->with_operator)
		return "";
	if (fl_is_record(t))
		return ".";
	return t->kind == FL_TYPE_PTR && !k->ops->type(k, t->target, &to) && fl_is_record(&to)
		       ? "->"
		       : "";
}

static const char *type_of(struct completion *c, const struct fl_type *t)
{
	struct fl_sema s = { .kernel = c->opts->kernel, .arena = &c->arena };
	struct fl_expr e = { 0 };

	if (!c->opts->type)
		return NULL;
	fl_set_type(&s, &e, t);
	return fl_type_text(&s, &e);
}

static void offer_value(struct completion *c, const char *name, const struct fl_type *t)
{
	offer_typed(c, fl_arena_printf(&c->arena, "%s%s", name, operator_of(c, t)), type_of(c, t));
}

static int offer_member(const struct fl_member *m, void *arg)
{
	offer_value(arg, m->name, &m->type);
	return 0;
}

/* Where the chain of names, members and brackets before the last token starts. */
static size_t chain_start(const struct completion *c)
{
	size_t back = 1, depth = 0;

	for (;; back++) {
		const struct fl_token *t = token_at(c, back);

		if (!t)
			return back;
		if (t->kind == FL_TOK_RBRACKET || t->kind == FL_TOK_RPAREN)
			depth++;
		else if (depth && (t->kind == FL_TOK_LBRACKET || t->kind == FL_TOK_LPAREN))
			depth--;
		else if (!depth && t->kind != FL_TOK_NAME && t->kind != FL_TOK_ARROW &&
			 t->kind != FL_TOK_DOT)
			return back;
	}
}

/* After "->" or ".": the members of the expression before it. */
static void offer_members(struct completion *c)
{
	size_t start = chain_start(c);
	const struct fl_token *first = token_at(c, start - 1), *last = token_at(c, 0);
	const char *text = c->tokens.src->text;
	struct fl_script *script;
	const struct fl_expr *e;

	if (!first || first == last)
		return;
	script = with_rest(c, fl_arena_printf(&c->arena, "%.*s == 0", (int)(last->off - first->off),
					      text + first->off));
	if (!script || !script->nrules || !script->rules[0].ninstances)
		return;
	e = script->rules[0].instances[0].cond;
	if (!e || !e->left)
		return;
	e = e->left;
	if (e->base.kind == FL_TYPE_STRUCT || e->base.kind == FL_TYPE_UNION)
		c->opts->kernel->ops->each_member(c->opts->kernel, e->base.id, offer_member, c);
}

static void offer_errnos(struct completion *c)
{
	const struct fl_func *f = func_of(c);

	if (f && (f->tag == FL_TAG_NULL || f->tag == FL_TAG_TRUE))
		return;
	for (int i = 1; i < 4096; i++) {
		const char *name = fl_errno_name(i);

		if (name)
			offer(c, name);
	}
}

static void offer_values(struct completion *c)
{
	const struct fl_func *f = func_of(c);
	enum fl_tag tag = f ? f->tag : FL_TAG_NONE;

	offer(c, "one");
	if (tag == FL_TAG_NULL || tag == FL_TAG_ERRNO_NULL)
		offer(c, "NULL");
	if (tag == FL_TAG_TRUE)
		offer(c, "true");
	if (tag != FL_TAG_NULL && tag != FL_TAG_TRUE) {
		static const char *const usual[] = { "-EIO",	"-ENOMEM", "-EINVAL",	 "-EAGAIN",
						     "-EBUSY",	"-ENOSPC", "-ETIMEDOUT", "-EPERM",
						     "-EACCES", "-EINTR",  NULL };

		offer_all(c, usual);
	}
}

/* Names of an expression: builtins, functions, arguments, lets. */
static void offer_names(struct completion *c)
{
	const struct fl_func *f = func_of(c);
	const struct fl_token *on = rule_start(c);
	struct fl_script *script;

	for (int i = 1; i < FL_NBUILTINS; i++) {
		if (i != FL_BUILTIN_retval || (on && on[1].kind == FL_TOK_exit))
			offer(c, fl_builtin_name((enum fl_builtin)i));
	}
	for (int i = 1; i < FL_NFUNCTIONS; i++)
		offer(c, fl_arena_printf(&c->arena, "%s(", fl_function_name((enum fl_function)i)));
	for (unsigned int i = 0; f && f->in_btf && i < f->nparams; i++) {
		/* members of structures passed by value are not accessible */
		if (fl_is_record(&f->params[i].type))
			offer(c, f->params[i].name);
		else
			offer_value(c, f->params[i].name, &f->params[i].type);
	}
	/* there are hundreds, so not before a letter of the name */
	for (size_t i = 0; c->word_len && fl_macro_at(i); i++)
		offer(c, fl_macro_at(i));
	script = with_rest(c, "pid");
	for (size_t i = 0; script && i < script->nlets; i++)
		offer(c, script->lets[i].name);
}

static void offer_params(struct completion *c)
{
	struct fl_script *script = with_rest(c, "pid");

	for (size_t i = 0; script && i < script->nparams; i++)
		offer(c, fl_arena_printf(&c->arena, "$%s", script->params[i].name));
}

/* --- where are we? ------------------------------------------------------ */

static const char *const actions[] = {
#define FL_ACTION(id, word, operand, traits, example) #word,
#include "action.def"
#undef FL_ACTION
	NULL
};
static const char *const schedules[] = { "nth", "every", "times", "after", "for", "per", NULL };
static const char *const items[] = { "on", "param", "let", "use", "require", "expect", NULL };
static const char *const steps[] = {
#define FL_STEP(word, example) #word,
#include "step.def"
#undef FL_STEP
	NULL
};
static const char *const requires[] = { "kernel", "function", "module", "config", "arch", NULL };

/* The word of an action that nothing follows. */
static bool is_whole_action(const struct fl_token *t)
{
	switch (t->kind) {
#define FL_ACTION(id, word, operand, traits, example) \
	case FL_TOK_##word:                           \
		return FL_OPERAND_##operand == FL_OPERAND_NONE;
#include "action.def"
#undef FL_ACTION
	default:
		return false;
	}
}

/* Does a whole value end at the last token, so that an operator may follow? */
static bool ends_value(const struct fl_token *t)
{
	switch (t->kind) {
	case FL_TOK_NAME:
	case FL_TOK_INT:
	case FL_TOK_FRACTION:
	case FL_TOK_DURATION:
	case FL_TOK_STRING:
	case FL_TOK_PARAM:
	case FL_TOK_STATE:
	case FL_TOK_RPAREN:
	case FL_TOK_RBRACKET:
	case FL_TOK_RBRACE:
	case FL_TOK_RANGE:
		return true;
	default:
		return false;
	}
}

static void offer_items(struct completion *c)
{
	offer_all(c, items);
	offer_all(c, steps);
}

/* A step's word, where an item may begin; elsewhere it is a name like others. */
static bool begins_step(const struct completion *c, size_t back)
{
	const struct fl_token *t = token_at(c, back), *before = token_at(c, back + 1);

	if (!is_tok(t, FL_TOK_NAME) || (before && !is_tok(before, FL_TOK_SEMI) &&
					!ends_value(before) && !is_whole_action(before)))
		return false;
	for (size_t i = 0; steps[i]; i++) {
		if (!strcmp(t->text, steps[i]))
			return true;
	}
	return false;
}

/* Only texts follow: after the word, or in its braces. */
static bool in_step(const struct completion *c)
{
	size_t back = 0;

	if (begins_step(c, 0))
		return true;
	while (is_tok(token_at(c, back), FL_TOK_STRING) || is_tok(token_at(c, back), FL_TOK_SEMI))
		back++;
	return is_tok(token_at(c, back), FL_TOK_LBRACE) && begins_step(c, back + 1);
}

/* The last keyword of the rule says what part of it this is. */
static enum fl_tok part_of(const struct completion *c)
{
	for (size_t back = 0;; back++) {
		const struct fl_token *t = token_at(c, back);

		if (!t)
			return FL_TOK_EOF;
		if (t->kind > FL_TOK_ASSIGN && t->kind != FL_TOK_exit && t->kind != FL_TOK_in &&
		    t->kind != FL_TOK_like && t->kind != FL_TOK_weight && t->kind != FL_TOK_of &&
		    t->kind != FL_TOK_one)
			return t->kind;
	}
}

static void offer_after_value(struct completion *c, enum fl_tok part)
{
	static const char *const words[] = { "in", "like", NULL };

	if (part == FL_TOK_on)
		offer(c, "if");
	if (part == FL_TOK_if)
		offer_all(c, words);
	if (part == FL_TOK_on || part == FL_TOK_if || part == FL_TOK_nth || part == FL_TOK_every ||
	    part == FL_TOK_times || part == FL_TOK_after || part == FL_TOK_for ||
	    part == FL_TOK_per) {
		offer_all(c, schedules);
		offer_all(c, actions);
	} else if (part == FL_TOK_return) {
		offer(c, "weight");
		offer_items(c);
	} else if (part != FL_TOK_expect) {
		offer_all(c, actions);
		offer_items(c);
	}
}

static void offer_expectation(struct completion *c)
{
	static const char *const counters[] = { "calls", "matched", "injected", "fired", NULL };
	static const char *const words[] = { "exit", "splats", NULL };

	if (is_tok(token_at(c, 0), FL_TOK_DOT)) {
		offer_all(c, counters);
		return;
	}
	offer_all(c, words);
	for (size_t i = 0; i < c->opts->nlabels; i++)
		offer(c, c->opts->labels[i]);
}

/* sys_%: the word began after that. */
static bool in_class(const struct completion *c)
{
	const struct fl_token *last = token_at(c, 0);

	return is_tok(last, FL_TOK_NAME) && last->off + last->len == c->tokens.src->len &&
	       !strcmp(last->text, FL_SYSCALL_PREFIX "%");
}

static void offer_classes(struct completion *c)
{
	for (size_t i = 0; fl_syscall_class_at(i); i++)
		offer(c, fl_syscall_class_at(i));
}

static void complete(struct completion *c)
{
	const struct fl_token *last = token_at(c, 0);
	enum fl_tok part = part_of(c);
	bool traceable;

	if (!last) {
		offer_items(c);
	} else if (in_step(c)) {
		return;
	} else if (c->word_len && c->word[0] == '$') {
		offer_params(c);
	} else if (in_class(c)) {
		offer_classes(c);
	} else if (in_targets(c, &traceable)) {
		if (is_tok(last, FL_TOK_on))
			offer(c, "exit");
		offer_functions(c, traceable);
	} else if (part == FL_TOK_expect) {
		offer_expectation(c);
	} else if (last->kind == FL_TOK_ARROW || last->kind == FL_TOK_DOT) {
		offer_members(c);
	} else if (last->kind == FL_TOK_require) {
		offer_all(c, requires);
	} else if (part == FL_TOK_return && is_tok(last, FL_TOK_MINUS)) {
		offer_errnos(c);
	} else if (last->kind == FL_TOK_return || last->kind == FL_TOK_of) {
		offer_values(c);
	} else if (last->kind == FL_TOK_one) {
		offer(c, "of");
	} else if (last->kind == FL_TOK_LBRACE && part != FL_TOK_if) {
		offer_all(c, actions);
	} else if (last->kind == FL_TOK_SEMI) {
		offer_all(c, actions);
		offer_items(c);
	} else if (is_whole_action(last) || ends_value(last)) {
		offer_after_value(c, part);
	} else if (part == FL_TOK_signal) {
#define FL_SIGNAL(name, number) offer(c, "SIG" #name);
#include "signal.def"
#undef FL_SIGNAL
	} else {
		offer_names(c);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct word *)a)->text, ((const struct word *)b)->text);
}

static void hand_out(struct completion *c, void (*fn)(const char *word, void *arg), void *arg)
{
	if (c->n)
		qsort(c->words, c->n, sizeof(*c->words), by_text);
	for (size_t i = 0; i < c->n; i++) {
		if (i && !strcmp(c->words[i].text, c->words[i - 1].text))
			continue;
		if (c->opts->type)
			c->opts->type(c->words[i].type, arg);
		fn(c->words[i].text, arg);
	}
}

/* Where the word that ends at @len begins. */
static size_t word_start(const char *text, size_t len)
{
	size_t from = len, module;

	while (from && fl_is_name_char(text[from - 1]))
		from--;
	if (from && text[from - 1] == '$')
		return from - 1;
	/* MODULE:NAME is one word where functions are named */
	if (from < 2 || text[from - 1] != ':' || !fl_is_name_char(text[from - 2]))
		return from;
	for (module = from - 1; module && fl_is_name_char(text[module - 1]); module--)
		;
	return module;
}

/* Everything that may run out of memory; what it allocated is in @c. */
static int run(struct completion *c, struct fl_source *src, struct fl_diags *ds, const char *word,
	       size_t word_len)
{
	c->arena.on_oom = ds->on_oom = &c->on_oom;
	if (setjmp(c->on_oom))
		return -ENOMEM;
	c->word = fl_arena_strndup(&c->arena, word, word_len);
	c->word_len = word_len;
	fl_lex(src, &c->arena, ds, &c->tokens);
	complete(c);
	return 0;
}

int fl_complete(const char *text, size_t len, const struct fl_complete_opts *opts, size_t *start,
		void (*fn)(const char *word, void *arg), void *arg)
{
	struct completion c = { .opts = opts };
	struct fl_source src = { "completion", text, word_start(text, len) };
	struct fl_diags ds;
	int err;

	*start = src.len;
	fl_diags_init(&ds);
	err = run(&c, &src, &ds, text + src.len, len - src.len);
	if (!err)
		hand_out(&c, fn, arg);
	fl_diags_release(&ds);
	fl_arena_release(&c.arena);
	return err;
}
