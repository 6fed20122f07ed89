/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * help.c - faultline SCRIPT.fault --help. The script is parsed, with the files
 * that it uses, without looking at the kernel: it may be for another one.
 */
#include "help.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "build.h"
#include "errors.h"
#include "lexer.h"
#include "use.h"

struct helper {
	const struct fl_options *o;
	struct fl_input in;
	struct fl_diags diags;
	struct fl_arena arena;
	struct fl_script script;
	struct fl_tokens tokens;
	jmp_buf on_oom;
};

/* Without what makes it a comment, and the stars that often lead its lines. */
static void print_comment_line(const char *line, size_t len)
{
	static const char *const marks[] = { "/*", "//", "#", "*" };

	while (len && isspace((unsigned char)*line))
		line++, len--;
	if (len >= 2 && !memcmp(line + len - 2, "*/", 2))
		len -= 2;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t n = strlen(marks[i]);

		if (len < n || memcmp(line, marks[i], n) != 0)
			continue;
		line += n;
		len -= n;
		if (len && *line == ' ')
			line++, len--;
		break;
	}
	while (len && isspace((unsigned char)line[len - 1]))
		len--;
	printf("%.*s\n", (int)len, line);
}

static bool is_about_the_file(const struct fl_source *src, const struct fl_comment *c)
{
	const char *text = src->text + c->off;

	return (!c->off && c->len > 1 && text[1] == '!') ||
	       memmem(text, c->len, "SPDX-License-Identifier", 23);
}

static bool is_gap(const struct fl_source *src, uint32_t from, uint32_t to)
{
	unsigned int lines = 0;

	for (; from < to; from++)
		lines += src->text[from] == '\n';
	return lines > 1;
}

/* The first comment, up to an empty line, that says more than what the file is. */
static bool print_header(const struct helper *h)
{
	const struct fl_source *src = &h->in.source;
	const struct fl_comment *last = NULL;

	for (size_t i = 0; i < h->tokens.ncomments; i++) {
		const struct fl_comment *c = &h->tokens.comments[i];
		const char *line = src->text + c->off, *end = line + c->len;

		if (c->before)
			break;
		if (is_about_the_file(src, c))
			continue;
		if (last && is_gap(src, last->off + last->len, c->off))
			break;
		while (line < end) {
			const char *stop = memchr(line, '\n', (size_t)(end - line));

			stop = stop ? stop : end;
			print_comment_line(line, (size_t)(stop - line));
			line = stop + 1;
		}
		last = c;
	}
	return last != NULL;
}

static const char *kind_of(const struct fl_expr *value)
{
	if (value->kind == FL_EXPR_STRING)
		return "text";
	return value->is_duration ? "time" : "number";
}

/* As it is written in the script. */
static int default_length(const struct fl_param_def *p)
{
	return (int)p->value->span.len;
}

static const char *default_text(const struct fl_param_def *p)
{
	return p->value->span.src->text + p->value->span.off;
}

static void print_params(const struct fl_script *s)
{
	int name = 0, value = 0;

	for (size_t i = 0; i < s->nparams; i++) {
		int len = (int)strlen(s->params[i].name);

		name = len > name ? len : name;
		len = default_length(&s->params[i]);
		value = len > value && len < 30 ? len : value;
	}
	puts(s->nparams ? "parameters, set by NAME=VALUE after the script's name:"
			: "this script has no parameters");
	for (size_t i = 0; i < s->nparams; i++) {
		const struct fl_param_def *p = &s->params[i];
		int len = default_length(p);

		printf("  %-*s = %.*s%*s  ", name, p->name, len, default_text(p),
		       len < value ? value - len : 0, "");
		if (p->help)
			printf("%-6s  %s\n", kind_of(p->value), p->help);
		else
			puts(kind_of(p->value));
	}
}

static int print_help(struct helper *h)
{
	struct fl_compile_opts opts = fl_compile_options(h->o);

	/* a file of definitions alone is fine */
	opts.sema.lenient = true;
	h->diags.on_oom = &h->on_oom;
	if (setjmp(h->on_oom))
		return fl_complain(FL_F_MEMORY, NULL);
	fl_parse_files(&h->in.source, &opts, &h->arena, &h->diags, &h->script);
	fl_diags_sort(&h->diags);
	fl_print_diags(&h->diags);
	if (h->diags.nerrors)
		return FL_EXIT_USAGE;
	fl_lex(&h->in.source, &h->arena, &h->diags, &h->tokens);
	if (print_header(h))
		putchar('\n');
	print_params(&h->script);
	return 0;
}

int fl_script_help(const struct fl_options *o)
{
	struct helper h = { .o = o };
	int status = fl_input_read(&h.in, o->files[0]);

	if (status)
		return status;
	fl_arena_init(&h.arena, &h.on_oom);
	fl_diags_init(&h.diags);
	status = print_help(&h);
	fl_arena_release(&h.arena);
	fl_diags_release(&h.diags);
	fl_input_release(&h.in);
	return status;
}
