/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * findings.c - a line for each finding: a letter, then fields with tabs between
 * them. Lines of what belongs to a function follow its own. Texts are source on
 * one line, in which a tab is a blank.
 */
#include "findings.h"

#include <stdlib.h>
#include <string.h>

#define MOST_FIELDS 16

void fl_names_add(struct fl_arena *a, struct fl_names *names, const char *name)
{
	names->list = fl_arena_grow(a, names->list, names->n, &names->cap, sizeof(names->list[0]));
	names->list[names->n++] = name;
}

static void put_text(FILE *out, const char *text)
{
	putc('\t', out);
	for (; text && *text; text++)
		putc(*text == '\t' || *text == '\n' ? ' ' : *text, out);
}

static void put_names(FILE *out, char letter, const struct fl_names *names)
{
	for (size_t i = 0; i < names->n; i++) {
		putc(letter, out);
		put_text(out, names->list[i]);
		putc('\n', out);
	}
}

static void put_function(FILE *out, const struct fl_function *f)
{
	fprintf(out, "F\t%u\t%u\t%u\t%d\t%u\t%u\t%zu\t%u\t%u", f->line, f->brace, f->traits,
		(int)f->returns, f->values, f->first, f->undone, f->param_stores, f->nodes);
	put_text(out, f->name);
	put_text(out, f->file);
	put_text(out, f->path);
	put_text(out, f->tag);
	put_text(out, f->type);
	putc('\n', out);
	put_names(out, 'V', &f->errors);
	put_names(out, 'W', &f->forwarded);
	put_names(out, 'P', &f->calls);
	for (size_t i = 0; i < f->ndone; i++) {
		fprintf(out, "D\t%d\t%u\t%d", f->done[i].kind, f->done[i].line,
			f->done[i].of_result);
		put_text(out, f->done[i].what);
		putc('\n', out);
	}
}

void fl_findings_write(const struct fl_findings *f, FILE *out)
{
	for (size_t i = 0; i < f->nfunctions; i++)
		put_function(out, f->functions[i]);
	for (size_t i = 0; i < f->nsites; i++) {
		const struct fl_site *s = f->sites[i];

		fprintf(out, "C\t%u\t%d\t%d\t%d\t%d", s->line, (int)s->use, s->gives_up,
			s->err_test, s->null_test);
		put_text(out, s->callee);
		put_text(out, s->caller);
		put_text(out, s->file);
		putc('\n', out);
	}
	put_names(out, 'T', &f->taken);
	for (size_t i = 0; i < f->nmacros; i++) {
		fprintf(out, "M\t%u", f->macros[i].line);
		put_text(out, f->macros[i].name);
		put_text(out, f->macros[i].file);
		putc('\n', out);
	}
	fprintf(out, "E\t%u\t%u\t%d", f->warnings, f->errors, f->failed);
	put_text(out, f->first_error);
	putc('\n', out);
}

struct line {
	char *field[MOST_FIELDS];
	size_t n;
};

static void split(struct line *l, char *text)
{
	l->n = 0;
	while (text && l->n < MOST_FIELDS) {
		l->field[l->n++] = text;
		text = strchr(text, '\t');
		if (text)
			*text++ = '\0';
	}
}

static unsigned int number(const struct line *l, size_t i)
{
	return i < l->n ? (unsigned int)strtoul(l->field[i], NULL, 10) : 0;
}

static const char *text_at(struct fl_arena *a, const struct line *l, size_t i)
{
	return i < l->n ? fl_arena_strndup(a, l->field[i], strlen(l->field[i])) : "";
}

static struct fl_function *read_function(struct fl_findings *all, const struct line *l)
{
	struct fl_function *f = fl_arena_alloc(all->arena, sizeof(*f));

	f->line = number(l, 1);
	f->brace = number(l, 2);
	f->traits = number(l, 3);
	f->returns = (enum fl_return_kind)number(l, 4);
	f->values = number(l, 5);
	f->first = number(l, 6);
	f->undone = number(l, 7);
	f->param_stores = number(l, 8);
	f->nodes = number(l, 9);
	f->name = text_at(all->arena, l, 10);
	f->file = text_at(all->arena, l, 11);
	f->path = text_at(all->arena, l, 12);
	f->tag = text_at(all->arena, l, 13);
	f->type = text_at(all->arena, l, 14);
	all->functions = fl_arena_grow(all->arena, all->functions, all->nfunctions,
				       &all->functions_cap, sizeof(all->functions[0]));
	all->functions[all->nfunctions++] = f;
	return f;
}

static void read_site(struct fl_findings *all, const struct line *l)
{
	struct fl_site *s = fl_arena_alloc(all->arena, sizeof(*s));

	s->line = number(l, 1);
	s->use = (enum fl_site_use)number(l, 2);
	s->gives_up = number(l, 3);
	s->err_test = number(l, 4);
	s->null_test = number(l, 5);
	s->callee = text_at(all->arena, l, 6);
	s->caller = text_at(all->arena, l, 7);
	s->file = text_at(all->arena, l, 8);
	all->sites = fl_arena_grow(all->arena, all->sites, all->nsites, &all->sites_cap,
				   sizeof(all->sites[0]));
	all->sites[all->nsites++] = s;
}

static void read_macro(struct fl_findings *all, const struct line *l)
{
	all->macros = fl_arena_grow(all->arena, all->macros, all->nmacros, &all->macros_cap,
				    sizeof(all->macros[0]));
	all->macros[all->nmacros++] = (struct fl_macro){ text_at(all->arena, l, 2),
							 text_at(all->arena, l, 3), number(l, 1) };
}

static void read_done(struct fl_findings *all, struct fl_function *f, const struct line *l)
{
	f->done = fl_arena_grow(all->arena, f->done, f->ndone, &f->done_cap, sizeof(f->done[0]));
	f->done[f->ndone++] = (struct fl_done){ (int)number(l, 1), number(l, 2),
						text_at(all->arena, l, 4), number(l, 3) };
}

static void read_of_function(struct fl_findings *all, struct fl_function *f, const struct line *l)
{
	switch (l->field[0][0]) {
	case 'V':
		fl_names_add(all->arena, &f->errors, text_at(all->arena, l, 1));
		break;
	case 'W':
		fl_names_add(all->arena, &f->forwarded, text_at(all->arena, l, 1));
		break;
	case 'P':
		fl_names_add(all->arena, &f->calls, text_at(all->arena, l, 1));
		break;
	default:
		read_done(all, f, l);
	}
}

static void read_end(struct fl_findings *all, const struct line *l)
{
	all->warnings += number(l, 1);
	all->errors += number(l, 2);
	all->failed = number(l, 3);
	all->first_error = l->n > 4 && *l->field[4] ? text_at(all->arena, l, 4) : NULL;
}

bool fl_findings_read(struct fl_findings *all, char *text, size_t len)
{
	struct fl_function *f = NULL;
	char *end = text + len, *next;
	bool whole = false;
	struct line l;

	for (; text < end; text = next) {
		char *newline = memchr(text, '\n', (size_t)(end - text));

		if (!newline)
			return false;
		*newline = '\0';
		next = newline + 1;
		split(&l, text);
		switch (l.field[0][0]) {
		case 'F':
			f = read_function(all, &l);
			break;
		case 'V':
		case 'W':
		case 'P':
		case 'D':
			if (!f)
				return false;
			read_of_function(all, f, &l);
			break;
		case 'C':
			read_site(all, &l);
			break;
		case 'T':
			fl_names_add(all->arena, &all->taken, text_at(all->arena, &l, 1));
			break;
		case 'M':
			read_macro(all, &l);
			break;
		case 'E':
			read_end(all, &l);
			whole = true;
			break;
		}
	}
	return whole;
}
