/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "use.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "near.h"
#include "sema_impl.h"
#include "parse.h"

#define MAX_USE_DEPTH 32

/* A file that is being parsed, and those that led to it. */
struct use_file {
	const struct use_file *user;
	const struct fl_source *src;
	unsigned int depth;
};

struct use_state {
	const struct fl_compile_opts *opts;
	struct fl_arena *arena;
	struct fl_diags *diags;
	struct fl_script *script;
	const struct use_file *file; /* the innermost one */
	const char **done;
	size_t ndone;
	size_t cap_done;
};

static void parse_file(struct use_state *u, const struct fl_source *src);

/* @path as seen from the file that says it. */
static const char *resolve(struct use_state *u, const char *path)
{
	const char *user = u->file->src->name, *slash = strrchr(user, '/');

	if (*path == '/' || !slash)
		return fl_arena_strndup(u->arena, path, strlen(path));
	return fl_arena_printf(u->arena, "%.*s%s", (int)(slash - user + 1), user, path);
}

/* Without "." and "x/..": a name to compare files by, not one to open. */
static const char *plain_path(struct use_state *u, const char *path)
{
	char *out = fl_arena_strndup(u->arena, path, strlen(path)), *end = out;
	char *floor = *path == '/' ? out + 1 : out; /* where ".." stops */

	for (const char *p = path; *p;) {
		size_t len = strcspn(p, "/");
		bool up = len == 2 && !memcmp(p, "..", 2);

		if (up && end > floor) {
			for (end--; end > floor && end[-1] != '/'; end--)
				;
		} else if (len && !(len == 1 && *p == '.')) {
			memmove(end, p, len);
			end += len;
			*end++ = '/';
			if (up)
				floor = end;
		} else if (p == path && !len) {
			*end++ = '/';
		}
		p += len + (p[len] == '/');
	}
	*end = '\0';
	return out;
}

static bool is_same_path(struct use_state *u, const char *a, const char *b)
{
	if (u->opts->is_same_file)
		return u->opts->is_same_file(a, b);
	return !strcmp(plain_path(u, a), plain_path(u, b));
}

/* Owned by @ds: diagnostics point into it. */
static struct fl_source *read_source(struct use_state *u, const char *path, int *err)
{
	struct fl_arena *a = &u->diags->arena;
	struct fl_source *src;
	char *text = NULL;
	size_t len = 0;

	a->on_oom = u->diags->on_oom;
	src = fl_arena_alloc(a, sizeof(*src));
	src->name = fl_arena_strndup(a, path, strlen(path));
	*err = u->opts->read ? u->opts->read(u->opts->read_arg, path, &text, &len) : -ENOTSUP;
	if (!*err) {
		/* a copy that longjmp cannot lose */
		src->text = fl_arena_strndup(a, text, len);
		src->len = len;
	}
	free(text);
	return src;
}

static void on_use(const struct fl_use *use, void *arg)
{
	struct use_state *u = arg;
	const char *path = resolve(u, use->path);
	struct fl_source *src;
	int err;

	for (const struct use_file *f = u->file; f; f = f->user) {
		if (is_same_path(u, f->src->name, path)) {
			fl_report(u->diags, FL_E_USE_CYCLE, use->span, use->path, NULL);
			return;
		}
	}
	for (size_t i = 0; i < u->ndone; i++) {
		if (is_same_path(u, u->done[i], path))
			return;
	}
	if (u->file->depth == MAX_USE_DEPTH) {
		fl_report(u->diags, FL_E_USE_DEPTH, use->span,
			  fl_arena_printf(u->arena, "%d", MAX_USE_DEPTH), NULL);
		return;
	}
	src = read_source(u, path, &err);
	if (err) {
		fl_report(u->diags, FL_E_USE_READ, use->span, use->path,
			  err == -EISDIR ? "it is a directory" : strerror(-err), NULL);
		return;
	}
	u->done = fl_arena_grow(u->arena, u->done, u->ndone, &u->cap_done, sizeof(u->done[0]));
	u->done[u->ndone++] = path;
	parse_file(u, src);
}

static void parse_file(struct use_state *u, const struct fl_source *src)
{
	const struct use_file file = { u->file, src, u->file ? u->file->depth + 1 : 0 };
	const struct fl_use_handler handler = { on_use, u };
	struct fl_tokens tokens;

	u->file = &file;
	fl_lex(src, u->arena, u->diags, &tokens);
	fl_parse(&tokens, &handler, u->arena, u->diags, u->script);
	u->file = file.user;
}

void fl_parse_files(const struct fl_source *src, const struct fl_compile_opts *opts,
		    struct fl_arena *a, struct fl_diags *ds, struct fl_script *script)
{
	struct use_state u = { .opts = opts, .arena = a, .diags = ds, .script = script };
	bool is_library;

	if (opts->prelude)
		parse_file(&u, opts->prelude);
	for (size_t i = 0; i < script->nparams; i++)
		script->params[i].is_used = true; /* by others, perhaps */
	parse_file(&u, src);
	/* a file of definitions for others is fine by itself, but does nothing */
	is_library = opts->sema.lenient &&
		     (script->nlets || script->nparams || script->nrequires || script->nsteps);
	if (!script->nrules && !ds->nerrors && !is_library)
		fl_report(ds, FL_E_EMPTY, (struct fl_span){ src, 0, 0 }, NULL);
}

/* "20", "30s", "-5" as a literal; for a parameter that is a text, the text. */
static struct fl_expr *parse_setting(const struct fl_param_setting *set, bool is_string,
				     struct fl_arena *a, struct fl_diags *ds)
{
	struct fl_source *src;
	struct fl_tokens tokens;
	struct fl_diags mine;
	struct fl_parser p = { .tokens = &tokens, .arena = a, .diags = &mine };
	struct fl_expr *e = NULL;

	ds->arena.on_oom = ds->on_oom;
	src = fl_arena_alloc(&ds->arena, sizeof(*src));
	src->name = fl_arena_printf(&ds->arena, "%s=%s", set->name, set->text);
	src->text = fl_arena_strndup(&ds->arena, set->text, strlen(set->text));
	src->len = strlen(set->text);
	if (is_string) {
		e = fl_arena_alloc(a, sizeof(*e));
		e->kind = FL_EXPR_STRING;
		e->text = src->text;
		e->depth = 1;
		return e;
	}
	fl_diags_init(&mine);
	mine.on_oom = ds->on_oom;
	fl_lex(src, a, &mine, &tokens);
	if (!mine.nerrors)
		e = fl_parse_literal(&p);
	if (e && (fl_peek(&p)->kind != FL_TOK_EOF || e->kind == FL_EXPR_STRING))
		e = NULL;
	fl_diags_release(&mine);
	return e;
}

static bool same_kind(const struct fl_expr *a, const struct fl_expr *b)
{
	return a->is_duration == b->is_duration;
}

static const char *all_params(const struct fl_script *script, struct fl_arena *a)
{
	struct fl_buf b;

	fl_buf_init(&b, a);
	fl_buf_puts(&b, script->nparams ? "there are " : "this script has none");
	for (size_t i = 0; i < script->nparams; i++)
		fl_buf_printf(&b, "%s%s", i ? ", " : "", script->params[i].name);
	return b.text;
}

void fl_apply_settings(const struct fl_compile_opts *opts, struct fl_arena *a, struct fl_diags *ds,
		       struct fl_script *script)
{
	const struct fl_span nowhere = { NULL, 0, 0 };

	for (size_t i = 0; i < opts->nsettings; i++) {
		const struct fl_param_setting *set = &opts->settings[i];
		const char *best = NULL;
		unsigned int distance = 3;
		struct fl_param_def *p = NULL;
		struct fl_expr *e;

		for (size_t j = 0; j < script->nparams; j++) {
			if (!strcmp(script->params[j].name, set->name))
				p = &script->params[j];
			else
				fl_nearest(set->name, script->params[j].name, &best, &distance);
		}
		if (!p) {
			fl_report(ds, FL_E_NO_PARAM, nowhere, set->name,
				  best ? fl_arena_printf(a, "did you mean '%s'?", best)
				       : all_params(script, a),
				  NULL);
			continue;
		}
		e = parse_setting(set, p->value->kind == FL_EXPR_STRING, a, ds);
		if (!e || !same_kind(e, p->value)) {
			fl_report(ds, FL_E_PARAM_SET, nowhere, set->text, set->name,
				  p->value->is_duration ? "a time such as 30s or 500ms"
							: "a number",
				  NULL);
			continue;
		}
		p->value = e;
		p->is_set = true;
	}
}
