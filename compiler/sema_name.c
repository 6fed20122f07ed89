/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sema_name.c - what names mean.
 *
 * In this order: what the target renamed; builtins; lets; the function's own arguments; errno names
 * and true, false, NULL; constants that are macros in C; constants of the kernel's enums. A rename
 * may hide a builtin, because it was written for this rule.
 */
#include <errno.h>
#include <string.h>

#include "macro.h"
#include "near.h"
#include "sema_impl.h"

#define MAX_WORDS 6	    /* arg0 to arg5 */
#define MAX_NAMED_ERRNO 600 /* include/linux/errno.h */

/* "arg3" is 3, anything else -1. */
static int arg_number(const char *name)
{
	if (strncmp(name, "arg", 3) || name[3] < '0' || name[3] > '9' || name[4])
		return -1;
	return name[3] - '0';
}

static bool is_word(const char *name)
{
	return fl_errno_number(name) || !strcmp(name, "true") || !strcmp(name, "false") ||
	       !strcmp(name, "NULL");
}

static bool is_constant_name(const char *name)
{
	for (size_t i = 0; fl_macro_at(i); i++) {
		if (!strcmp(fl_macro_at(i), name))
			return true;
	}
	return is_word(name);
}

struct dependence {
	const struct fl_script *script;
	bool found;
};

static void depends(const struct fl_expr *e, struct dependence *d)
{
	if (!e || d->found)
		return;
	if (e->kind == FL_EXPR_NAME) {
		enum fl_builtin b = fl_builtin_find(e->text);

		if (b == FL_BUILTIN_retval ||
		    (!b && !is_constant_name(e->text) && !fl_find_let(d->script, e->text)))
			d->found = true;
	}
	/* inside within() it is about another function */
	if (e->kind == FL_EXPR_CALL && e->pattern)
		return;
	depends(e->left, d);
	depends(e->right, d);
	depends(e->third, d);
	for (size_t i = 0; i < e->nitems; i++)
		depends(e->items[i], d);
}

bool fl_depends_on_func(const struct fl_script *script, const struct fl_expr *e)
{
	struct dependence d = { .script = script };

	depends(e, &d);
	return d.found;
}

/* The words that show a structure; NULL where none do. */
static const char *words_of(struct fl_sema *s, const struct fl_func *f, unsigned int param)
{
	const struct fl_type *t = &f->params[param].type;
	unsigned int first = fl_arch_words(s->arch, f, param);
	unsigned int n = fl_arch_words(s->arch, f, param + 1) - first;

	if (!n || t->kind == FL_TYPE_FLOAT || first + n > MAX_WORDS)
		return NULL;
	if (fl_arch_by_reference(s->arch, t))
		return fl_arena_printf(s->arena, "at the address arg%u", first);
	return n == 1 ? fl_arena_printf(s->arena, "arg%u", first)
		      : fl_arena_printf(s->arena, "arg%u and arg%u", first, first + 1);
}

static void set_argument(struct fl_sema *s, struct fl_expr *e, const struct fl_func *f,
			 unsigned int param)
{
	const struct fl_type *t = &f->params[param].type;

	if (t->kind == FL_TYPE_STRUCT || t->kind == FL_TYPE_UNION || t->kind == FL_TYPE_FLOAT) {
		fl_report(s->diags, FL_E_BY_VALUE, e->span, e->text, words_of(s, f, param), NULL);
		return;
	}
	e->index = fl_arch_words(s->arch, f, param);
	if (e->index >= FL_MAX_PARAMS) {
		fl_report(s->diags, FL_E_ARG_NUMBER, e->span, e->text, NULL);
		return;
	}
	e->name_kind = FL_NAME_ARGUMENT;
	fl_set_type(s, e, t);
}

/* argN: with its type if the kernel has it, else a plain number. */
static void set_word(struct fl_sema *s, struct fl_expr *e, unsigned int n)
{
	const struct fl_func *f = s->instance->func;

	if (n >= MAX_WORDS) {
		fl_report(s->diags, FL_E_ARG_NUMBER, e->span, e->text, NULL);
		return;
	}
	e->name_kind = FL_NAME_ARGUMENT;
	e->index = n;
	e->type = FL_VALUE_UINT;
	for (unsigned int i = 0; f->in_btf && i < f->nparams; i++) {
		enum fl_type_kind kind = f->params[i].type.kind;

		if (fl_arch_words(s->arch, f, i) == n && kind != FL_TYPE_STRUCT &&
		    kind != FL_TYPE_UNION && kind != FL_TYPE_FLOAT) {
			fl_set_type(s, e, &f->params[i].type);
			return;
		}
	}
}

static bool check_renamed(struct fl_sema *s, struct fl_expr *e)
{
	const struct fl_target *t = s->instance ? s->instance->target : NULL;
	const struct fl_func *f = s->instance ? s->instance->func : NULL;

	for (size_t i = 0; t && f && i < t->nrenames; i++) {
		if (strcmp(t->renames[i].name, e->text))
			continue;
		if (f->in_btf && i < f->nparams)
			set_argument(s, e, f, (unsigned int)i);
		else
			set_word(s, e, (unsigned int)i);
		return true;
	}
	return false;
}

static bool check_argument(struct fl_sema *s, struct fl_expr *e)
{
	const struct fl_func *f = s->instance ? s->instance->func : NULL;
	int n = arg_number(e->text);

	if (!f)
		return false;
	if (n >= 0) {
		set_word(s, e, (unsigned int)n);
		return true;
	}
	for (unsigned int i = 0; f->in_btf && i < f->nparams; i++) {
		if (!strcmp(f->params[i].name, e->text)) {
			set_argument(s, e, f, i);
			return true;
		}
	}
	return false;
}

static void check_builtin(struct fl_sema *s, struct fl_expr *e, enum fl_builtin b)
{
	bool in_rule = s->place == FL_PLACE_COND || s->place == FL_PLACE_ACTION;

	if (fl_is_outside_calls(s) ||
	    ((b == FL_BUILTIN_rand || b == FL_BUILTIN_random) && !in_rule)) {
		fl_report(s->diags, FL_E_PLACE, e->span, e->text, NULL);
		return;
	}
	if (b == FL_BUILTIN_ordinal && s->place != FL_PLACE_ACTION) {
		fl_report(s->diags, FL_E_ORDINAL, e->span, NULL);
		return;
	}
	if (b == FL_BUILTIN_retval &&
	    (!s->rule || !s->rule->on_exit || s->place == FL_PLACE_TRACKER)) {
		fl_report(s->diags, FL_E_RETVAL, e->span, NULL);
		return;
	}
	e->builtin = b;
	e->type = fl_builtin_type(b);
	if (b == FL_BUILTIN_rand || b == FL_BUILTIN_random)
		e->mention = s->rule->ndraws++;
	s->script->needs |= fl_builtin_needs(b);
	if (!s->script->first_mention[b].src)
		s->script->first_mention[b] = e->span;
	if (b == FL_BUILTIN_retval && s->instance && s->instance->func) {
		e->name_kind = FL_NAME_RETVAL;
		s->instance->uses_retval = true;
		if (s->instance->func->in_btf)
			fl_set_type(s, e, &s->instance->func->ret);
	}
}

/* The names to choose from. */
static const char *arguments_of(struct fl_sema *s, const struct fl_func *f)
{
	struct fl_buf b;

	if (!f->in_btf)
		return fl_arena_printf(
			s->arena,
			"no type information (BTF) for the arguments of '%s': use "
			"arg0, arg1 and so on, or name them in the rule: %s(first, second)",
			f->name, f->name);
	fl_buf_init(&b, s->arena);
	fl_buf_printf(&b, f->nparams ? "the arguments of '%s' are " : "'%s' has no arguments",
		      f->name);
	for (unsigned int i = 0; i < f->nparams; i++)
		fl_buf_printf(&b, "%s%s", i ? ", " : "", f->params[i].name);
	return b.text;
}

static bool is_label(const struct fl_script *script, const char *name)
{
	for (size_t i = 0; i < script->nrules; i++) {
		if (script->rules[i].label && !strcmp(script->rules[i].label, name))
			return true;
	}
	return false;
}

static const char *nearest_macro(const char *name)
{
	const char *best = NULL;
	unsigned int distance = 3;

	for (size_t i = 0; fl_macro_at(i); i++)
		fl_nearest(name, fl_macro_at(i), &best, &distance);
	return best;
}

static void unknown_name(struct fl_sema *s, const struct fl_expr *e)
{
	const struct fl_func *f = s->instance ? s->instance->func : NULL;
	const struct fl_target *t = s->instance ? s->instance->target : NULL;
	const char *best = NULL;
	unsigned int distance = 3;

	if (s->place == FL_PLACE_EXPECT && is_label(s->script, e->text)) {
		fl_report(s->diags, FL_E_COUNTER, e->span, e->text, NULL);
		return;
	}
	for (int i = 1; i < FL_NBUILTINS && !fl_is_outside_calls(s); i++)
		fl_nearest(e->text, fl_builtin_name((enum fl_builtin)i), &best, &distance);
	for (size_t i = 0; i < s->nlets; i++)
		fl_nearest(e->text, s->script->lets[i].name, &best, &distance);
	for (unsigned int i = 0; f && f->in_btf && i < f->nparams; i++)
		fl_nearest(e->text, f->params[i].name, &best, &distance);
	for (size_t i = 0; t && i < t->nrenames; i++)
		fl_nearest(e->text, t->renames[i].name, &best, &distance);
	for (int i = 1; !best && *e->text == 'E' && i < MAX_NAMED_ERRNO; i++) {
		if (fl_errno_name(i))
			fl_nearest(e->text, fl_errno_name(i), &best, &distance);
	}
	if (!best && strchr(e->text, '_'))
		best = nearest_macro(e->text);
	if (!best && fl_errno_number(fl_arena_printf(s->arena, "E%s", e->text)))
		best = fl_arena_printf(s->arena, "E%s", e->text);
	if (f && !best && !fl_is_outside_calls(s)) {
		fl_report(s->diags, FL_E_UNKNOWN_ARGUMENT, e->span, e->text, arguments_of(s, f),
			  NULL);
		return;
	}
	fl_report(s->diags, FL_E_UNKNOWN_NAME, e->span, e->text, best, NULL);
}

static void check_let(struct fl_sema *s, struct fl_expr *e, const struct fl_let *let)
{
	const struct fl_span span = e->span;

	if (!let->value) {
		fl_report(s->diags, FL_E_SET_USE, e->span, e->text, NULL);
		return;
	}
	/*
	 * The value replaces its name, resolved where it is defined: resolving names in it
	 * again could recurse to here.
	 */
	*e = *let->value;
	e->span = span;
}

static bool check_constant_name(struct fl_expr *e)
{
	int number = fl_errno_number(e->text);

	if (!number && !is_word(e->text))
		return false;
	fl_set_constant(e, FL_VALUE_INT, number ? (uint64_t)number : e->text[0] == 't');
	e->is_errno = number != 0;
	e->is_null = e->text[0] == 'N';
	return true;
}

/* A macro of C's; true also after a report. */
static bool check_macro(struct fl_sema *s, struct fl_expr *e)
{
	const char *why = "";
	uint64_t value;
	int err = fl_macro_find(s->kernel, s->arch, e->text, &value, &why);

	if (!err)
		fl_set_constant(e, FL_VALUE_INT, value);
	else if (err == -ENODATA)
		fl_report(s->diags, FL_E_NO_FIELD, e->span, e->text, why, NULL);
	return err != -ENOENT;
}

bool fl_is_constant_name(struct fl_sema *s, const char *name)
{
	int64_t value;

	return is_constant_name(name) ||
	       !s->kernel->ops->find_enumerator(s->kernel, NULL, name, &value);
}

void fl_check_name(struct fl_sema *s, struct fl_expr *e)
{
	const char *module = s->instance && s->instance->func ? s->instance->func->module : NULL;
	enum fl_builtin builtin = fl_builtin_find(e->text);
	const struct fl_let *let;
	int64_t value;

	if (s->place == FL_PLACE_EXPECT &&
	    (!strcmp(e->text, "exit") || !strcmp(e->text, "splats"))) {
		fl_check_counter(s, e);
		return;
	}
	if (check_renamed(s, e))
		return;
	if (builtin) {
		check_builtin(s, e, builtin);
		return;
	}
	let = fl_find_let(s->script, e->text);
	if (let && let < s->script->lets + s->nlets) {
		check_let(s, e, let);
		return;
	}
	if (check_argument(s, e) || check_constant_name(e) || check_macro(s, e))
		return;
	if (!s->kernel->ops->find_enumerator(s->kernel, module, e->text, &value)) {
		fl_set_constant(e, FL_VALUE_INT, (uint64_t)value);
		return;
	}
	unknown_name(s, e);
}

void fl_check_param(struct fl_sema *s, struct fl_expr *e)
{
	const char *best = NULL;
	unsigned int distance = 3;

	for (size_t i = 0; i < s->script->nparams; i++) {
		struct fl_param_def *p = &s->script->params[i];

		if (strcmp(p->name, e->text)) {
			fl_nearest(e->text, p->name, &best, &distance);
			continue;
		}
		p->is_used = true;
		e->index = (unsigned int)i;
		if (!p->value->type)
			return;
		e->type = p->value->type;
		e->value = p->value->value;
		e->is_duration = p->is_duration;
		if (p->string) {
			/* the text is fixed when the script is compiled */
			e->kind = FL_EXPR_STRING;
			e->text = p->string;
		}
		return;
	}
	fl_report(s->diags, FL_E_NO_PARAM, e->span, e->text,
		  fl_arena_printf(s->arena, best ? "did you mean '$%s'?" : "param %s = 10",
				  best ? best : e->text),
		  NULL);
}

unsigned int fl_key_words(struct fl_sema *s, const struct fl_expr *e)
{
	if (!e->type)
		return 0;
	if (fl_text_of(e) == FL_TEXT_LITERAL) {
		fl_report(s->diags, FL_E_KEY_LITERAL, e->span, NULL);
		return 0;
	}
	if (e->type != FL_VALUE_POINTER && e->type != FL_VALUE_STRING &&
	    !fl_want_number(s, e, FL_OP_EQ))
		return 0;
	return fl_key_size(e);
}

static struct fl_state_def *find_state(struct fl_script *script, const char *name)
{
	for (size_t i = 0; i < script->nstates; i++) {
		if (!strcmp(script->states[i].name, name))
			return &script->states[i];
	}
	return NULL;
}

static struct fl_state_def *new_state(struct fl_sema *s, const struct fl_expr *e,
				      const uint8_t *widths)
{
	struct fl_state_def *def = FL_APPEND(s->arena, s->script, states);

	def->name = e->text;
	def->span = e->span;
	def->nkeys = (unsigned int)e->nitems;
	def->widths = fl_arena_alloc(s->arena, e->nitems);
	memcpy(def->widths, widths, e->nitems);
	for (size_t i = 0; i < e->nitems; i++)
		def->key_words += widths[i];
	return def;
}

#define MAX_KEYS 4

void fl_check_state(struct fl_sema *s, struct fl_expr *e)
{
	struct fl_state_def *def;
	uint8_t widths[MAX_KEYS] = { 0 };
	bool good = true;

	if (fl_is_outside_calls(s)) {
		fl_report(s->diags, FL_E_PLACE, e->span, fl_expr_text(s, e), NULL);
		return;
	}
	if (e->nitems > MAX_KEYS) {
		fl_report(s->diags, FL_E_LIMIT, e->span, fl_arena_printf(s->arena, "%d", MAX_KEYS),
			  "keys in one state", NULL);
		return;
	}
	for (size_t i = 0; i < e->nitems; i++) {
		fl_check_expr(s, e->items[i]);
		widths[i] = (uint8_t)fl_key_words(s, e->items[i]);
		good = good && widths[i];
	}
	if (!good)
		return;
	/* after the keys, which may be its first use */
	def = find_state(s->script, e->text);
	if (!def)
		def = new_state(s, e, widths);
	if (def->nkeys != e->nitems || memcmp(def->widths, widths, e->nitems)) {
		fl_report(s->diags, FL_E_STATE_KEYS, e->span, e->text, NULL);
		return;
	}
	e->index = (unsigned int)(def - s->script->states);
	e->type = FL_VALUE_INT;
}
