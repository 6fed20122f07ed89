/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sema_impl.h"
#include "use.h"

struct fl_index {
	const struct fl_source *src;
	struct fl_kernel *kernel;
	struct fl_arena arena;
	struct fl_diags diags; /* has the texts of used files */
	struct fl_script script;
	struct fl_tokens tokens; /* of @src */
	struct fl_source definitions;
	struct fl_mention *list;
	size_t n;
	size_t cap;
	/* while expressions are collected */
	size_t rule;
	bool in_tracker;
	bool in_expect;
	jmp_buf on_oom;
};

/* --- mentions ---------------------------------------------------------------- */

static struct fl_mention *add(struct fl_index *ix, enum fl_mention_kind kind, struct fl_span span,
			      const char *name)
{
	struct fl_mention *m;

	ix->list = fl_arena_grow(&ix->arena, ix->list, ix->n, &ix->cap, sizeof(*ix->list));
	m = &ix->list[ix->n++];
	*m = (struct fl_mention){
		.kind = kind, .span = span, .whole = span, .name = name, .rule = FL_NO_RULE
	};
	return m;
}

static void define(struct fl_index *ix, enum fl_mention_kind kind, struct fl_span span,
		   const char *name)
{
	add(ix, kind, span, name)->defines = true;
}

/* The last @len bytes of @span. */
static struct fl_span tail(struct fl_span span, size_t len)
{
	if (len < span.len) {
		span.off += span.len - (uint32_t)len;
		span.len = (uint32_t)len;
	}
	return span;
}

/* @len bytes of @span, after the @skip first ones. */
static struct fl_span head(struct fl_span span, uint32_t skip, size_t len)
{
	span.off += skip;
	span.len = (uint32_t)len;
	return span;
}

static bool is_renamed(const struct fl_index *ix, const char *name)
{
	const struct fl_rule *rule;

	if (ix->rule == FL_NO_RULE || ix->in_tracker)
		return false;
	rule = &ix->script.rules[ix->rule];
	for (size_t i = 0; i < rule->ntargets; i++) {
		if (fl_is_renamed(&rule->targets[i], name))
			return true;
	}
	return false;
}

static bool is_label(const struct fl_index *ix, const char *name)
{
	for (size_t i = 0; i < ix->script.nrules; i++) {
		const char *label = ix->script.rules[i].label;

		if (label && !strcmp(label, name))
			return true;
	}
	return false;
}

/* In the order of sema_name.c; sema distinguishes arguments from constants. */
static void add_name(struct fl_index *ix, const struct fl_expr *e)
{
	if (ix->in_expect && is_label(ix, e->text))
		add(ix, FL_MENTION_LABEL, e->span, e->text);
	else if (ix->in_expect && (!strcmp(e->text, "exit") || !strcmp(e->text, "splats")))
		add(ix, FL_MENTION_COUNTER, e->span, e->text);
	else if (is_renamed(ix, e->text))
		add(ix, FL_MENTION_ARGUMENT, e->span, e->text)->rule = ix->rule;
	else if (fl_builtin_find(e->text))
		add(ix, FL_MENTION_BUILTIN, e->span, e->text);
	else if (fl_find_let(&ix->script, e->text))
		add(ix, FL_MENTION_LET, e->span, e->text);
	else
		add(ix, FL_MENTION_CONSTANT, e->span, e->text);
}

static void add_function(struct fl_index *ix, struct fl_span span, const char *module,
			 const char *name)
{
	add(ix, FL_MENTION_FUNCTION, span, name)->module = module;
}

static void collect(struct fl_index *ix, const struct fl_expr *e);

static void collect_call(struct fl_index *ix, const struct fl_expr *e)
{
	bool outer = ix->in_tracker;

	add(ix, FL_MENTION_CALL, head(e->span, 0, strlen(e->text)), e->text);
	if (!e->pattern)
		return;
	if (e->pattern->module)
		add(ix, FL_MENTION_MODULE, head(e->pattern->span, 0, strlen(e->pattern->module)),
		    e->pattern->module);
	add_function(ix, tail(e->pattern->span, strlen(e->pattern->name)), e->pattern->module,
		     e->pattern->name);
	/* names in its condition are that function's */
	ix->in_tracker = true;
	collect(ix, e->left);
	ix->in_tracker = outer;
}

static void collect(struct fl_index *ix, const struct fl_expr *e)
{
	if (!e)
		return;
	switch (e->kind) {
	case FL_EXPR_NAME:
		add_name(ix, e);
		break;
	case FL_EXPR_PARAM:
		add(ix, FL_MENTION_PARAM, tail(e->span, strlen(e->text)), e->text);
		break;
	case FL_EXPR_STATE:
		add(ix, FL_MENTION_STATE, head(e->span, 1, strlen(e->text)), e->text);
		break;
	case FL_EXPR_CALL:
		collect_call(ix, e);
		break;
	default:
		break;
	}
	if (e->kind != FL_EXPR_CALL || !e->pattern)
		collect(ix, e->left);
	collect(ix, e->right);
	collect(ix, e->third);
	for (size_t i = 0; i < e->nitems; i++)
		collect(ix, e->items[i]);
	if (e->kind == FL_EXPR_MEMBER) {
		struct fl_mention *m =
			add(ix, ix->in_expect ? FL_MENTION_COUNTER : FL_MENTION_MEMBER,
			    tail(e->span, strlen(e->text)), e->text);

		m->whole = e->span;
	}
}

static void collect_one(const struct fl_expr *e, void *arg)
{
	collect(arg, e);
}

static void collect_target(struct fl_index *ix, const struct fl_target *t)
{
	if (t->module)
		add(ix, FL_MENTION_MODULE, t->module_span, t->module);
	add_function(ix, t->span, t->module, t->name);
	for (size_t i = 0; i < t->nrenames; i++) {
		define(ix, FL_MENTION_ARGUMENT, t->renames[i].span, t->renames[i].name);
		ix->list[ix->n - 1].rule = ix->rule;
	}
}

static void collect_rule(struct fl_index *ix, const struct fl_rule *rule)
{
	if (rule->label)
		define(ix, FL_MENTION_LABEL, rule->label_span, rule->label);
	for (size_t i = 0; i < rule->ntargets; i++)
		collect_target(ix, &rule->targets[i]);
	collect(ix, rule->cond);
	for (size_t i = 0; i < rule->nscheds; i++) {
		collect(ix, rule->scheds[i].first);
		collect(ix, rule->scheds[i].last);
		collect(ix, rule->scheds[i].step);
	}
	for (size_t i = 0; i < rule->nacts; i++)
		fl_walk_action(&rule->acts[i], collect_one, ix);
}

static void collect_require(struct fl_index *ix, const struct fl_require *r)
{
	if (r->kind == FL_REQUIRE_FUNCTION)
		add_function(ix, r->name_span, NULL, r->name);
	else if (r->kind == FL_REQUIRE_MODULE)
		add(ix, FL_MENTION_MODULE, r->name_span, r->name);
}

/* Before sema, which puts values in the place of names. */
static void collect_all(struct fl_index *ix)
{
	const struct fl_script *s = &ix->script;

	ix->rule = FL_NO_RULE;
	for (size_t i = 0; i < s->nparams; i++) {
		define(ix, FL_MENTION_PARAM, s->params[i].span, s->params[i].name);
		collect(ix, s->params[i].value);
	}
	for (size_t i = 0; i < s->nlets; i++) {
		define(ix, FL_MENTION_LET, s->lets[i].span, s->lets[i].name);
		collect(ix, s->lets[i].value);
		for (size_t j = 0; j < s->lets[i].nitems; j++)
			collect(ix, s->lets[i].items[j]);
	}
	for (size_t i = 0; i < s->nuses; i++)
		add(ix, FL_MENTION_FILE, s->uses[i].span, s->uses[i].path);
	for (size_t i = 0; i < s->nrequires; i++)
		collect_require(ix, &s->requires[i]);
	for (ix->rule = 0; ix->rule < s->nrules; ix->rule++)
		collect_rule(ix, &s->rules[ix->rule]);
	ix->rule = FL_NO_RULE;
	ix->in_expect = true;
	for (size_t i = 0; i < s->nexpects; i++)
		collect(ix, s->expects[i].cond);
}

static void print_definitions(struct fl_index *ix)
{
	const struct fl_script *s = &ix->script;
	struct fl_buf b;

	fl_buf_init(&b, &ix->arena);
	for (size_t i = 0; i < s->nparams; i++) {
		fl_buf_printf(&b, "param %s = ", s->params[i].name);
		fl_print_expr(&b, s->params[i].value);
		fl_buf_putc(&b, '\n');
	}
	for (size_t i = 0; i < s->nlets; i++) {
		fl_buf_printf(&b, "let %s = ", s->lets[i].name);
		if (s->lets[i].value)
			fl_print_expr(&b, s->lets[i].value);
		for (size_t j = 0; j < s->lets[i].nitems; j++) {
			fl_buf_puts(&b, j ? ", " : "{");
			fl_print_expr(&b, s->lets[i].items[j]);
		}
		fl_buf_puts(&b, s->lets[i].value ? "\n" : "}\n");
	}
	ix->definitions = (struct fl_source){ ix->src->name, b.text ? b.text : "", b.len };
}

/* --- what sema found out -------------------------------------------------------- */

struct search {
	struct fl_span span;
	const struct fl_expr *found;
};

static bool same_span(struct fl_span a, struct fl_span b)
{
	return a.src == b.src && a.off == b.off && a.len == b.len;
}

static void match(const struct fl_expr *e, void *arg)
{
	struct search *s = arg;

	if (!s->found && e->type && same_span(e->span, s->span))
		s->found = e;
}

/* For each checked expression that is evaluated at a call. */
static void each_instance(const struct fl_script *script,
			  void (*fn)(const struct fl_expr *e, void *arg), void *arg)
{
	for (size_t i = 0; i < script->nrules; i++) {
		const struct fl_rule *rule = &script->rules[i];

		for (size_t j = 0; j < rule->ninstances; j++) {
			const struct fl_instance *in = &rule->instances[j];

			fn(in->cond, arg);
			fn(in->per, arg);
			for (size_t k = 0; in->acts && k < rule->nacts; k++)
				fl_walk_action(&in->acts[k], fn, arg);
		}
	}
	for (size_t i = 0; i < script->ntrackers; i++)
		fn(script->trackers[i].instance.cond, arg);
}

static void search_below(const struct fl_expr *e, void *arg)
{
	struct search *s = arg;

	if (!s->found)
		fl_walk(e, match, s);
}

/* The expression with that span, typed; of a rule on several functions that of the first. */
static const struct fl_expr *find_checked(const struct fl_index *ix, struct fl_span span)
{
	const struct fl_script *script = &ix->script;
	struct search s = { .span = span };

	each_instance(script, search_below, &s);
	for (size_t i = 0; i < script->nexpects; i++)
		search_below(script->expects[i].cond, &s);
	for (size_t i = 0; i < script->nparams; i++)
		search_below(script->params[i].value, &s);
	for (size_t i = 0; i < script->nlets; i++) {
		search_below(script->lets[i].value, &s);
		for (size_t j = 0; j < script->lets[i].nitems; j++)
			search_below(script->lets[i].items[j], &s);
	}
	return s.found;
}

/* By their first byte, so that large scripts are gone through once. */
struct arguments {
	const struct fl_source *src;
	bool *starts;
};

static void note_argument(const struct fl_expr *e, void *arg)
{
	struct arguments *a = arg;

	if (e->kind == FL_EXPR_NAME && e->name_kind == FL_NAME_ARGUMENT && e->span.src == a->src)
		a->starts[e->span.off] = true;
}

static void note_below(const struct fl_expr *e, void *arg)
{
	fl_walk(e, note_argument, arg);
}

/* A name that the script does not define is the function's or the kernel's. */
static void settle(struct fl_index *ix)
{
	struct arguments a = { ix->src, fl_arena_alloc(&ix->arena, ix->src->len + 1) };

	each_instance(&ix->script, note_below, &a);
	for (size_t i = 0; i < ix->n; i++) {
		struct fl_mention *m = &ix->list[i];

		if (m->kind == FL_MENTION_CONSTANT && m->span.src == ix->src &&
		    a.starts[m->span.off])
			m->kind = FL_MENTION_ARGUMENT;
	}
}

/* --- the index -------------------------------------------------------------------- */

/* Everything that may run out of memory; what it allocated is in @ix. */
static int build(struct fl_index *ix, const struct fl_compile_opts *opts)
{
	ix->arena.on_oom = ix->diags.on_oom = &ix->on_oom;
	if (setjmp(ix->on_oom))
		return -ENOMEM;
	fl_lex(ix->src, &ix->arena, &ix->diags, &ix->tokens);
	fl_parse_files(ix->src, opts, &ix->arena, &ix->diags, &ix->script);
	collect_all(ix);
	print_definitions(ix);
	/* collect names from all rules, however many errors the first have */
	ix->diags.nerrors = 0;
	ix->diags.full = false;
	fl_sema(&ix->script, ix->kernel, &opts->sema, &ix->arena, &ix->diags);
	settle(ix);
	return ix->kernel->out_of_memory ? -ENOMEM : 0;
}

int fl_index_new(const struct fl_source *src, struct fl_kernel *k,
		 const struct fl_compile_opts *opts, struct fl_index **out)
{
	struct fl_index *ix = calloc(1, sizeof(*ix));
	int err;

	*out = NULL;
	if (!ix)
		return -ENOMEM;
	ix->src = src;
	ix->kernel = k;
	fl_diags_init(&ix->diags);
	err = build(ix, opts);
	/* longjmp() must not come back to build() */
	ix->arena.on_oom = ix->diags.on_oom = NULL;
	if (err)
		fl_index_free(ix);
	else
		*out = ix;
	return err;
}

void fl_index_free(struct fl_index *ix)
{
	if (!ix)
		return;
	fl_diags_release(&ix->diags);
	fl_arena_release(&ix->arena);
	free(ix);
}

const struct fl_script *fl_index_script(const struct fl_index *ix)
{
	return &ix->script;
}

const struct fl_source *fl_index_definitions(const struct fl_index *ix)
{
	return &ix->definitions;
}

static bool has_sigil(const struct fl_mention *m)
{
	return (m->kind == FL_MENTION_PARAM && !m->defines) || m->kind == FL_MENTION_STATE;
}

const struct fl_mention *fl_index_at(const struct fl_index *ix, uint32_t off)
{
	const struct fl_mention *best = NULL;

	/* between two, the second one counts */
	for (size_t i = 0; i < ix->n; i++) {
		const struct fl_mention *m = &ix->list[i];

		if (m->span.src == ix->src && off + has_sigil(m) >= m->span.off &&
		    off <= m->span.off + m->span.len && (!best || m->span.off > best->span.off))
			best = m;
	}
	return best;
}

const char *fl_index_keyword(const struct fl_index *ix, uint32_t off, struct fl_span *span)
{
	for (size_t i = 0; i < ix->tokens.n; i++) {
		const struct fl_token *t = &ix->tokens.list[i];

		if (off < t->off || off >= t->off + t->len || !t->text ||
		    (t->kind != FL_TOK_NAME && t->kind <= FL_TOK_ASSIGN))
			continue;
		*span = (struct fl_span){ ix->src, t->off, t->len };
		return t->text;
	}
	return NULL;
}

static bool same_thing(const struct fl_mention *a, const struct fl_mention *b)
{
	return a->kind == b->kind && a->rule == b->rule && !strcmp(a->name, b->name);
}

/* For names that a script defines; states are defined by their first use. */
static bool is_own(const struct fl_mention *m)
{
	return m->kind <= FL_MENTION_STATE ||
	       (m->kind == FL_MENTION_ARGUMENT && m->rule != FL_NO_RULE);
}

const struct fl_mention *fl_index_definition(const struct fl_index *ix, const struct fl_mention *m)
{
	if (!is_own(m))
		return NULL;
	for (size_t i = 0; i < ix->n; i++) {
		if (same_thing(&ix->list[i], m) &&
		    (ix->list[i].defines || m->kind == FL_MENTION_STATE))
			return &ix->list[i];
	}
	return NULL;
}

void fl_index_each(const struct fl_index *ix, const struct fl_mention *m,
		   void (*fn)(const struct fl_mention *m, void *arg), void *arg)
{
	for (size_t i = 0; i < ix->n; i++) {
		if (same_thing(&ix->list[i], m))
			fn(&ix->list[i], arg);
	}
}

const char *fl_index_type(struct fl_index *ix, const struct fl_mention *m)
{
	struct fl_sema s = { .kernel = ix->kernel, .arena = &ix->arena };
	const struct fl_expr *e = find_checked(ix, m->whole);
	const char *text = NULL;
	jmp_buf on_oom;

	if (!e || (!e->base.kind && !e->stars))
		return NULL;
	ix->arena.on_oom = &on_oom;
	if (!setjmp(on_oom))
		text = fl_type_text(&s, e);
	ix->arena.on_oom = NULL;
	return text;
}

/* The value that a definition in @script gives it. */
static const struct fl_expr *value_of(const struct fl_script *s, const struct fl_mention *m)
{
	for (size_t i = 0; m->kind == FL_MENTION_PARAM && i < s->nparams; i++) {
		if (!strcmp(s->params[i].name, m->name))
			return s->params[i].value;
	}
	for (size_t i = 0; m->kind == FL_MENTION_LET && i < s->nlets; i++) {
		if (!strcmp(s->lets[i].name, m->name))
			return s->lets[i].value;
	}
	return NULL;
}

bool fl_index_value(const struct fl_index *ix, const struct fl_mention *m, int64_t *out)
{
	const struct fl_expr *e = m->kind == FL_MENTION_CONSTANT ? find_checked(ix, m->whole)
								 : value_of(&ix->script, m);

	if (!e || !e->is_constant || (e->type != FL_VALUE_INT && e->type != FL_VALUE_UINT))
		return false;
	*out = (int64_t)e->value;
	return true;
}
