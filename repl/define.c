/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "define.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "knobs.h"
#include "use.h"

static void free_definition(struct fl_definition *x)
{
	free(x->name);
	free(x->value);
	free(x->help);
}

void fl_definitions_release(struct fl_definitions *d)
{
	for (size_t i = 0; i < d->n; i++)
		free_definition(&d->list[i]);
	free(d->list);
	free(d->text);
	memset(d, 0, sizeof(*d));
}

const struct fl_definition *fl_definitions_find(const struct fl_definitions *d, const char *name,
						bool is_param)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->list[i].is_param == is_param && !strcmp(d->list[i].name, name))
			return &d->list[i];
	}
	return NULL;
}

/* Rebuild the text after a change of the list. */
static int write_text(struct fl_definitions *d)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < d->n; i++) {
		const struct fl_definition *x = &d->list[i];

		fprintf(out, "%s %s = %s%s%s\n", x->is_param ? "param" : "let", x->name, x->value,
			x->help ? " " : "", x->help ? x->help : "");
	}
	if (fclose(out)) {
		free(text);
		return -ENOMEM;
	}
	free(d->text);
	d->text = d->n ? text : NULL;
	if (!d->n)
		free(text);
	return 0;
}

/* @help may be NULL. */
static int append(struct fl_definitions *d, const struct fl_definition *x)
{
	struct fl_definition copy = *x, *more;

	copy.name = strdup(x->name);
	copy.value = strdup(x->value);
	copy.help = x->help ? strdup(x->help) : NULL;
	more = realloc(d->list, (d->n + 1) * sizeof(*more));
	if (more)
		d->list = more;
	if (!copy.name || !copy.value || (x->help && !copy.help) || !more) {
		free_definition(&copy);
		return -ENOMEM;
	}
	d->list[d->n++] = copy;
	return 0;
}

int fl_definitions_add(struct fl_definitions *d, const struct fl_definitions *from)
{
	int err = 0;

	for (size_t i = 0; i < from->n && !err; i++) {
		if (!fl_definitions_find(d, from->list[i].name, from->list[i].is_param))
			err = append(d, &from->list[i]);
	}
	return err ? err : write_text(d);
}

int fl_definitions_set(struct fl_definitions *d, const char *name, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return -ENOMEM;
	for (size_t i = 0; i < d->n; i++) {
		if (!d->list[i].is_param || strcmp(d->list[i].name, name) != 0)
			continue;
		free(d->list[i].value);
		d->list[i].value = copy;
		return write_text(d);
	}
	free(copy);
	return -ENOENT;
}

/* --- from the tree -------------------------------------------------------- */

static enum fl_literal kind_of(const struct fl_expr *e)
{
	switch (e->kind) {
	case FL_EXPR_STRING:
		return FL_LITERAL_TEXT;
	case FL_EXPR_FRACTION:
		return FL_LITERAL_FRACTION;
	default:
		return e->is_duration ? FL_LITERAL_TIME : FL_LITERAL_NUMBER;
	}
}

static int add_param(struct fl_definitions *d, const struct fl_param_def *p, struct fl_arena *a)
{
	struct fl_buf value, help;

	fl_buf_init(&value, a);
	fl_buf_init(&help, a);
	fl_print_expr(&value, p->value);
	if (p->help)
		fl_print_string(&help, p->help);
	return append(d, &(struct fl_definition){ .is_param = true,
						  .kind = kind_of(p->value),
						  .name = (char *)p->name,
						  .value = value.text,
						  .help = p->help ? help.text : NULL });
}

static int add_let(struct fl_definitions *d, const struct fl_let *let, struct fl_arena *a)
{
	struct fl_buf value;

	fl_buf_init(&value, a);
	if (let->value)
		fl_print_expr(&value, let->value);
	else
		fl_buf_putc(&value, '{');
	for (size_t i = 0; i < let->nitems; i++) {
		fl_buf_puts(&value, i ? ", " : "");
		fl_print_expr(&value, let->items[i]);
	}
	if (!let->value)
		fl_buf_putc(&value, '}');
	return append(d, &(struct fl_definition){ .name = (char *)let->name, .value = value.text });
}

static int add_script(struct fl_definitions *d, const struct fl_script *s, struct fl_arena *a)
{
	int err = 0;

	for (size_t i = 0; i < s->nparams && !err; i++)
		err = add_param(d, &s->params[i], a);
	for (size_t i = 0; i < s->nlets && !err; i++)
		err = add_let(d, &s->lets[i], a);
	return err;
}

int fl_definitions_read(const struct fl_source *src, const struct fl_compile_opts *opts,
			struct fl_definitions *out)
{
	struct fl_script script = { 0 };
	struct fl_arena arena;
	struct fl_diags ds;
	volatile int err = -ENOMEM;
	jmp_buf on_oom;

	memset(out, 0, sizeof(*out));
	fl_arena_init(&arena, &on_oom);
	fl_diags_init(&ds);
	ds.on_oom = &on_oom;
	if (!setjmp(on_oom)) {
		fl_parse_files(src, opts, &arena, &ds, &script);
		err = add_script(out, &script, &arena);
		out->alone = out->n && !script.nrules && !script.nuses && !script.nrequires &&
			     !script.nexpects && !script.nsteps;
	}
	fl_diags_release(&ds);
	fl_arena_release(&arena);
	if (!err)
		err = write_text(out);
	if (err)
		fl_definitions_release(out);
	return err;
}

/* --- literals ------------------------------------------------------------- */

static bool read_token(const struct fl_token *t, enum fl_literal *kind, int64_t *value)
{
	*value = (int64_t)t->value;
	switch (t->kind) {
	case FL_TOK_INT:
		*kind = FL_LITERAL_NUMBER;
		return true;
	case FL_TOK_FRACTION:
		*kind = FL_LITERAL_FRACTION;
		return true;
	case FL_TOK_DURATION:
		*kind = FL_LITERAL_TIME;
		return true;
	case FL_TOK_NAME:
		*kind = FL_LITERAL_NUMBER;
		*value = fl_errno_number(t->text);
		if (!strcmp(t->text, "true"))
			*value = 1;
		return *value || !strcmp(t->text, "NULL") || !strcmp(t->text, "false");
	default:
		return false;
	}
}

bool fl_literal_read(const char *text, enum fl_literal *kind, int64_t *value)
{
	bool minus = *text == '-';
	const struct fl_source src = { "value", text + minus, strlen(text + minus) };
	struct fl_arena arena;
	struct fl_tokens tokens;
	struct fl_diags ds;
	volatile bool good = false;
	uint64_t number;
	jmp_buf on_oom;

	fl_arena_init(&arena, &on_oom);
	fl_diags_init(&ds);
	ds.on_oom = &on_oom;
	if (!setjmp(on_oom)) {
		fl_lex(&src, &arena, &ds, &tokens);
		good = !ds.nerrors && tokens.n == 2 && read_token(&tokens.list[0], kind, value);
	}
	fl_diags_release(&ds);
	fl_arena_release(&arena);
	if (!good)
		return false;
	number = (uint64_t)*value;
	*value = (int64_t)(minus ? 0 - number : number);
	/* what has become of its sign was not written */
	if (*kind != FL_LITERAL_NUMBER)
		return !minus && number <= INT64_MAX;
	return !minus || number <= INT64_MAX;
}

bool fl_literal_percent(const char *text, int64_t *value)
{
	enum fl_literal kind;

	if (!fl_literal_read(text, &kind, value) || *value < 0)
		return false;
	if (kind == FL_LITERAL_NUMBER && *value <= 100)
		*value *= FL_RATE_UNIT;
	else if (kind != FL_LITERAL_FRACTION)
		return false;
	return *value <= FL_RATE_ALL;
}

char *fl_literal_text(enum fl_literal kind, int64_t value)
{
	bool minus = value < 0;
	const struct fl_expr e = {
		.kind = kind == FL_LITERAL_FRACTION ? FL_EXPR_FRACTION : FL_EXPR_INT,
		.value = minus ? 0 - (uint64_t)value : (uint64_t)value,
		.is_duration = kind == FL_LITERAL_TIME,
	};
	struct fl_arena arena;
	struct fl_buf out;
	char *volatile text = NULL;
	jmp_buf on_oom;

	fl_arena_init(&arena, &on_oom);
	if (!setjmp(on_oom)) {
		fl_buf_init(&out, &arena);
		if (minus)
			fl_buf_putc(&out, '-');
		fl_print_expr(&out, &e);
		text = strdup(out.text);
	}
	fl_arena_release(&arena);
	return text;
}
