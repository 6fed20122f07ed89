/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * patch.c - for each file with functions to mark a mail: why they qualify, and
 * the diff that marks them.
 */
#include "patch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "author.h"
#include "diff.h"
#include "file.h"
#include "insert.h"

#define WIDTH 72     /* of the message */
#define SUBJECT 70   /* without "[PATCH 1/2]" */
#define FILE_NAME 52 /* of git's names, without number and ending */

struct patches {
	const struct fl_patch_opts *opts;
	struct fl_arena *arena;
	struct fl_fault *fault;
	const char *author;
	const struct fl_verdict **chosen; /* by file and line */
	size_t nchosen, nfiles, number;
};

/* --- what ------------------------------------------------------------------------ */

static int by_place(const void *a, const void *b)
{
	const struct fl_function *x = (*(const struct fl_verdict *const *)a)->function;
	const struct fl_function *y = (*(const struct fl_verdict *const *)b)->function;
	int order = strcmp(x->path, y->path);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static bool same_file(const struct patches *p, size_t i, size_t j)
{
	return !strcmp(p->chosen[i]->function->path, p->chosen[j]->function->path);
}

static int choose(struct patches *p, const struct fl_view *view, const struct fl_verdicts *v)
{
	p->chosen = fl_arena_alloc(p->arena, (v->n + 1) * sizeof(const struct fl_verdict *));
	for (size_t i = 0; i < v->n; i++) {
		const struct fl_verdict *one = &v->list[i];

		if (one->qualifies && !(one->function->traits & FL_TRAIT_MARKED) &&
		    fl_view_wants(view, one))
			p->chosen[p->nchosen++] = one;
	}
	qsort(p->chosen, p->nchosen, sizeof(const struct fl_verdict *), by_place);
	for (size_t i = 0; i < p->nchosen; i++)
		p->nfiles += !i || !same_file(p, i - 1, i);
	if (p->nchosen)
		return 0;
	fl_fault_raise(p->fault, FL_N_NOTHING, NULL);
	return -1;
}

/* --- the mail --------------------------------------------------------------------- */

/* The name as the patch has it: below the tree that patches are applied to. */
static const char *name_in_tree(struct patches *p, const char *path)
{
	static const char *const signs[] = { ".git", "MAINTAINERS", "compile_commands.json" };
	char *folder = fl_arena_strndup(p->arena, path, strlen(path)), *slash;

	while ((slash = strrchr(folder, '/'))) {
		*slash = '\0';
		for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
			const char *sign = fl_arena_printf(p->arena, "%s/%s", folder, signs[i]);

			if (!access(sign, F_OK))
				return path + (slash - folder) + 1;
		}
	}
	fl_fault_raise(p->fault, FL_N_NO_TREE, path, NULL);
	return NULL;
}

/* The two folders that a file is in, "mlx5/core", without the top ones that all drivers share. */
static const char *area_of(struct patches *p, const char *name)
{
	const char *end = strrchr(name, '/'), *area = end;

	if (!end)
		return "";
	for (int slashes = 0; area > name; area--) {
		if (area[-1] == '/' && ++slashes == 2)
			break;
	}
	for (size_t i = 0; i < 2; i++) {
		const char *top = i ? "drivers/" : "fs/";

		if (area == name && !strncmp(area, top, strlen(top)) && area + strlen(top) < end)
			area += strlen(top);
	}
	return fl_arena_printf(p->arena, "%.*s: ", (int)(end - area), area);
}

/* "mlx5/core: cmd: allow error injection into mlx5_cmd_exec()" */
static const char *subject_of(struct patches *p, const char *name, size_t from, size_t n)
{
	const char *function = p->chosen[from]->function->name;
	const char *base = strrchr(name, '/');
	struct fl_buf b;

	base = base ? base + 1 : name;
	fl_buf_init(&b, p->arena);
	fl_buf_printf(&b, "%s%.*s: allow error injection into ", area_of(p, name),
		      (int)strcspn(base, "."), base);
	if (n > 1)
		fl_buf_printf(&b, "%zu functions", n);
	else if (b.len + strlen(function) + 2 > SUBJECT)
		fl_buf_puts(&b, "a function");
	else
		fl_buf_printf(&b, "%s()", function);
	return b.text;
}

/* Words in lines of WIDTH; those after the first begin with @indent blanks. */
static void put_words(FILE *out, size_t indent, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column && column + 1 + len > WIDTH) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column) {
			putc(' ', out);
			column++;
		}
		fwrite(text, 1, len, out);
		column += len;
		text += len;
		text += strspn(text, " ");
	}
	putc('\n', out);
}

static void put_reasons(struct patches *p, const struct fl_verdict *v, FILE *out)
{
	struct fl_buf b;

	fl_buf_init(&b, p->arena);
	fl_buf_printf(&b, "%s():", v->function->name);
	for (size_t i = 0; i < v->nreasons; i++)
		fl_buf_printf(&b, " %s%s", v->reasons[i].text, i + 1 < v->nreasons ? ";" : "");
	put_words(out, 2, b.text);
}

static void put_message(struct patches *p, size_t from, size_t n, FILE *out)
{
	put_words(
		out, 0,
		n > 1 ? "Errors can be injected into marked functions only. Mark those that "
			"qualify by Documentation/fault-injection/fault-injection.rst: they "
			"return an error when they fail, their callers test it, and nothing that "
			"others can observe has happened before the first error return."
		      : "Errors can be injected into marked functions only. This one qualifies by "
			"Documentation/fault-injection/fault-injection.rst: it returns an error "
			"when it fails, its callers test it, and nothing that others can observe "
			"has happened before the first error return.");
	putc('\n', out);
	for (size_t i = from; i < from + n; i++)
		put_reasons(p, p->chosen[i], out);
	fprintf(out, "\nFound by faultline annotate.\n");
	if (p->opts->signoff)
		fprintf(out, "\nSigned-off-by: %s\n", p->author);
}

static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

static void put_mail(struct patches *p, const char *name, const char *subject, size_t from,
		     size_t n, const struct fl_edit *e, FILE *out)
{
	/* the date by which mail readers and git know a patch */
	fprintf(out, "From %040d Mon Sep 17 00:00:00 2001\nFrom: %s\nSubject: [PATCH", 0,
		p->author);
	if (p->nfiles > 1)
		fprintf(out, " %zu/%zu", p->number, p->nfiles);
	fprintf(out, "] %s\n", subject);
	if (!is_ascii(p->author))
		fputs("MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
		      "Content-Transfer-Encoding: 8bit\n",
		      out);
	putc('\n', out);
	put_message(p, from, n, out);
	fprintf(out, "---\n %s | %zu +\n 1 file changed, %zu insertions(+)\n\n", name, e->nadded,
		e->nadded);
	fprintf(out, "diff --git a/%s b/%s\n--- a/%s\n+++ b/%s\n", name, name, name, name);
	fl_edit_print(e, out);
	fputs("-- \nfaultline\n\n", out);
}

/* --- files ------------------------------------------------------------------------ */

static int cannot_write(struct patches *p, const char *path, int err)
{
	fl_fault_raise(p->fault, FL_F_WRITE, path, fl_file_error(err), NULL);
	return -1;
}

/* "0001-mlx5-core-cmd-allow-error-injection.patch", as git format-patch names it. */
static const char *file_name(struct patches *p, const char *subject)
{
	struct fl_buf b;

	fl_buf_init(&b, p->arena);
	fl_buf_printf(&b, "%s/%04zu-", p->opts->folder, p->number);
	for (size_t n = 0; *subject && n < FILE_NAME; subject++) {
		bool is_word =
			strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_",
			       *subject) != NULL;

		if (!is_word && b.text[b.len - 1] == '-')
			continue;
		fl_buf_putc(&b, is_word ? *subject : '-');
		n++;
	}
	while (b.text[b.len - 1] == '-')
		b.len--;
	fl_buf_puts(&b, ".patch");
	return b.text;
}

static int write_mail(struct patches *p, const char *subject, const char *text, size_t len)
{
	const char *path;
	int err;

	if (!p->opts->folder) {
		fwrite(text, 1, len, stdout);
		return 0;
	}
	path = file_name(p, subject);
	err = fl_replace_file(path, 0666, text, len);
	if (err)
		return cannot_write(p, path, err);
	if (!p->opts->quiet)
		puts(path);
	return 0;
}

static int mark(struct patches *p, struct fl_edit *e, const char *path, size_t from, size_t n)
{
	size_t len;
	char *text = fl_read_text(path, &len);

	if (!text) {
		fl_fault_raise(p->fault, FL_F_READ, path, fl_file_error(-errno), NULL);
		return -1;
	}
	fl_edit_init(e, p->arena, text, len);
	free(text);
	fl_insert_include(e);
	for (size_t i = from; i < from + n; i++) {
		const struct fl_verdict *v = p->chosen[i];

		fl_edit_add(e, fl_insert_mark(&e->old, v->function->brace),
			    fl_arena_printf(p->arena, "ALLOW_ERROR_INJECTION(%s, %s);",
					    v->function->name, v->tag));
	}
	return 0;
}

static int patch_file(struct patches *p, size_t from, size_t n)
{
	const char *path = p->chosen[from]->function->path;
	const char *name = name_in_tree(p, path), *subject;
	struct fl_edit edit;
	char *text = NULL;
	size_t len = 0;
	FILE *mail;
	int err;

	if (!name || mark(p, &edit, path, from, n))
		return -1;
	subject = subject_of(p, name, from, n);
	mail = open_memstream(&text, &len);
	if (!mail)
		return cannot_write(p, name, -ENOMEM);
	put_mail(p, name, subject, from, n, &edit, mail);
	err = fclose(mail) ? cannot_write(p, name, -ENOMEM) : write_mail(p, subject, text, len);
	free(text);
	return err;
}

int fl_patch_write(const struct fl_patch_opts *opts, const struct fl_view *view,
		   struct fl_arena *arena, const struct fl_verdicts *v, struct fl_fault *fault)
{
	struct patches p = { .opts = opts, .arena = arena, .fault = fault };
	size_t n;

	if (choose(&p, view, v))
		return -1;
	p.author = fl_author(arena);
	if (!p.author) {
		fl_fault_raise(fault, FL_N_AUTHOR, NULL);
		return -1;
	}
	if (opts->folder) {
		int err = fl_make_folder(opts->folder);

		if (err)
			return cannot_write(&p, opts->folder, err);
	}
	for (size_t i = 0; i < p.nchosen; i += n) {
		for (n = 1; i + n < p.nchosen && same_file(&p, i, i + n);)
			n++;
		p.number++;
		if (patch_file(&p, i, n))
			return -1;
	}
	return 0;
}
