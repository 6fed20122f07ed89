/* SPDX-License-Identifier: GPL-2.0-or-later */
/* suggest.c - completion: the words are compiler/complete.c's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complete.h"
#include "lexer.h"
#include "macro.h"
#include "lsp_impl.h"

#define MAX_WORDS 500 /* shown at once; the client requests again as more is typed */

/* CompletionItemKind */
enum kind {
	KIND_FUNCTION = 3,
	KIND_FIELD = 5,
	KIND_VARIABLE = 6,
	KIND_KEYWORD = 14,
	KIND_CONSTANT = 21,
};

struct suggestions {
	struct fl_lsp *lsp;
	const struct fl_document *doc;
	struct fl_json *j;
	uint32_t off; /* of the cursor */
	size_t start; /* of the word that ends there */
	size_t n;
	const char *type; /* of the next word, or NULL */
};

/* The lexer does not know the words of workload items. */
static bool is_keyword(const char *word)
{
	static const char *const steps[] = {
#define FL_STEP(name, example) #name,
#include "step.def"
#undef FL_STEP
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (!strcmp(steps[i], word))
			return true;
	}
	return fl_is_keyword(word);
}

static bool is_macro(const char *word)
{
	const char *name;

	for (size_t i = 0; (name = fl_macro_at(i)); i++) {
		if (!strcmp(name, word))
			return true;
	}
	return false;
}

static bool is_function(const struct suggestions *s, const char *word)
{
	const char *colon = strchr(word, ':'), *name = colon ? colon + 1 : word;
	struct fl_kernel *k = s->lsp->opts->kernel;
	struct fl_func f;

	return colon || fl_syscall_find(k->arch, name) ||
	       k->ops->find_func(k, NULL, name, &f) != -ENOENT;
}

/* Is there a dot or an arrow before it? */
static bool is_member(const struct suggestions *s)
{
	const char *text = s->doc->src.text;

	return s->start && (text[s->start - 1] == '.' ||
			    (s->start > 1 && !strncmp(text + s->start - 2, "->", 2)));
}

static enum kind kind_of(const struct suggestions *s, const char *word)
{
	size_t len = strlen(word);

	if (is_member(s))
		return KIND_FIELD;
	if (*word == '$')
		return KIND_VARIABLE;
	if (len && word[len - 1] == '(')
		return KIND_FUNCTION;
	if (is_keyword(word))
		return KIND_KEYWORD;
	if (fl_builtin_find(word))
		return KIND_VARIABLE;
	if (*word == '-' || fl_errno_number(word) || is_macro(word) ||
	    fl_find_let(fl_index_script(s->doc->index), word))
		return KIND_CONSTANT;
	return is_function(s, word) ? KIND_FUNCTION : KIND_VARIABLE;
}

static void note_type(const char *type, void *arg)
{
	struct suggestions *s = arg;

	s->type = type;
}

static void add(const char *word, void *arg)
{
	struct suggestions *s = arg;
	struct fl_json *j = s->j;
	const struct fl_span span = { &s->doc->src, (uint32_t)s->start,
				      s->off - (uint32_t)s->start };

	if (s->n++ >= MAX_WORDS)
		return;
	fl_json_open(j, NULL, '{');
	fl_json_string(j, "label", word);
	fl_json_number(j, "kind", kind_of(s, word));
	if (s->type && *s->type)
		fl_json_string(j, "detail", s->type);
	fl_lsp_put_edit(j, "textEdit", span, word);
	fl_json_close(j, '{');
}

/* Names of states with the typed prefix. */
static void add_states(struct suggestions *s)
{
	const struct fl_script *script = fl_index_script(s->doc->index);
	const char *typed = s->doc->src.text + s->start;

	for (size_t i = 0; i < script->nstates; i++) {
		if (!strncmp(script->states[i].name, typed, s->off - s->start))
			add(script->states[i].name, s);
	}
}

static bool lexes_inside(const struct fl_source *src, struct fl_arena *a, struct fl_diags *ds)
{
	struct fl_tokens tokens;
	const struct fl_comment *last;

	fl_lex(src, a, ds, &tokens);
	for (size_t i = 0; i < ds->n; i++) {
		const uint32_t off = ds->list[i].span.off;

		if (ds->list[i].tag == FL_E_BAD_COMMENT ||
		    (ds->list[i].tag == FL_E_BAD_STRING &&
		     !memchr(src->text + off, '\n', src->len - off)))
			return true;
	}
	last = tokens.ncomments ? &tokens.comments[tokens.ncomments - 1] : NULL;
	return last && last->off + last->len >= src->len &&
	       strncmp(src->text + src->len - 2, "*/", 2) != 0;
}

/* Does the text end inside a string or a comment? Also true without memory. */
static bool ends_inside(const struct fl_source *src)
{
	struct fl_arena arena = { 0 };
	struct fl_diags ds;
	volatile bool inside = true;
	jmp_buf on_oom;

	fl_diags_init(&ds);
	arena.on_oom = ds.on_oom = &on_oom;
	if (!setjmp(on_oom))
		inside = lexes_inside(src, &arena, &ds);
	fl_diags_release(&ds);
	fl_arena_release(&arena);
	return inside;
}

/* Labels of the document's rules, for expect. */
static const char **labels_of(const struct fl_script *script, size_t *n)
{
	const char **labels = calloc(script->nrules + 1, sizeof(*labels));

	*n = 0;
	for (size_t i = 0; labels && i < script->nrules; i++) {
		if (script->rules[i].label)
			labels[(*n)++] = script->rules[i].label;
	}
	return labels;
}

static int suggest(struct suggestions *s)
{
	const struct fl_script *script = fl_index_script(s->doc->index);
	const char *text = s->doc->src.text;
	struct fl_complete_opts opts = {
		.kernel = s->lsp->opts->kernel,
		.prelude = fl_index_definitions(s->doc->index),
		.type = note_type,
	};
	const char **labels;
	int err;

	for (s->start = s->off; s->start && fl_is_name_char(text[s->start - 1]); s->start--)
		;
	if (s->start && text[s->start - 1] == '@') {
		add_states(s);
		return 0;
	}
	labels = labels_of(script, &opts.nlabels);
	if (!labels)
		return -ENOMEM;
	opts.labels = labels;
	err = fl_complete(text, s->off, &opts, &s->start, add, s);
	free(labels);
	return err;
}

int fl_lsp_completion(struct fl_lsp *s, const cJSON *params, struct fl_json *j)
{
	struct suggestions out = { .lsp = s, .j = j };
	struct fl_source before;
	struct fl_document *d;
	int err = fl_lsp_place(s, params, &d, &out.off);

	if (err)
		return err;
	out.doc = d;
	before = d->src;
	before.len = out.off;
	fl_json_open(j, "result", '{');
	fl_json_open(j, "items", '[');
	if (!ends_inside(&before))
		err = suggest(&out);
	fl_json_close(j, '[');
	fl_json_bool(j, "isIncomplete", out.n > MAX_WORDS);
	fl_json_close(j, '{');
	return err;
}

/* What a function takes; "" when it is not known. */
static void put_prototype(struct fl_lsp *s, FILE *out, const char *label)
{
	struct fl_kernel *k = s->opts->kernel;
	const char *colon = strchr(label, ':');
	const struct fl_syscall *call = fl_syscall_find(k->arch, label);
	char proto[1024], module[64];
	struct fl_func f;

	if (call) {
		fl_lsp_print_call(out, call);
		return;
	}
	snprintf(module, sizeof(module), "%.*s", colon ? (int)(colon - label) : 0, label);
	label = colon ? colon + 1 : label;
	if (k->ops->find_func(k, colon ? module : NULL, label, &f) != -ENOENT &&
	    k->ops->prototype(k, f.module, label, proto, sizeof(proto)) != -ENOENT)
		fputs(proto, out);
}

/* A word of the language, that the manual explains. */
static void put_manual(FILE *out, const char *label)
{
	size_t len = strlen(label);
	char word[64];
	bool is_call = len && label[len - 1] == '(';

	snprintf(word, sizeof(word), "%.*s", (int)(len - is_call), label);
	if (is_call || is_keyword(word) || fl_builtin_find(word))
		fl_manual_print(out, word, is_call);
}

/* What the list was too long to say of each. */
static void put_details(struct fl_lsp *s, struct fl_json *j, const char *label, int kind)
{
	bool is_kernel = kind == KIND_FUNCTION && !strchr(label, '(');
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return;
	if (is_kernel)
		put_prototype(s, out, label);
	else if (kind != KIND_FIELD)
		put_manual(out, label);
	if (!fclose(out) && len && is_kernel)
		fl_json_string(j, "detail", text);
	else if (len)
		fl_lsp_put_markup(s, j, "documentation", text);
	free(text);
}

int fl_lsp_resolve(struct fl_lsp *s, const cJSON *params, struct fl_json *j)
{
	const cJSON *kind = cJSON_GetObjectItemCaseSensitive(params, "kind");
	const cJSON *edit = cJSON_GetObjectItemCaseSensitive(params, "textEdit");
	const char *label = fl_lsp_string(params, "label"), *type = fl_lsp_string(params, "detail");
	char *same;

	if (!label)
		return fl_lsp_fail(s, FL_LSP_INVALID_PARAMS, "no label");
	fl_json_open(j, "result", '{');
	fl_json_string(j, "label", label);
	if (type)
		fl_json_string(j, "detail", type);
	if (cJSON_IsNumber(kind)) {
		fl_json_number(j, "kind", kind->valueint);
		if (!type)
			put_details(s, j, label, kind->valueint);
	}
	same = cJSON_IsObject(edit) ? cJSON_PrintUnformatted(edit) : NULL;
	if (same)
		fl_json_raw(j, "textEdit", same);
	cJSON_free(same);
	fl_json_close(j, '{');
	return 0;
}
