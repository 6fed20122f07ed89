/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * format.c - tokens and comments to canonical text.
 *
 * An item a line, an action a line where there are several: a logical line. A
 * rule that does not fit into MAX_COLUMNS is written clause by clause: "on",
 * "if", its schedules, its action. What is too long then, or is no rule, goes
 * on in the next line behind a comma, && or ||, the outermost ones first. Line
 * breaks of the source do not matter, so formatting twice is formatting once.
 *
 * Of the source's blanks two things are kept: one empty line where there were
 * some, and on which side of a line end a comment stands.
 */
#include "format.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "parser.h"

#define MAX_COLUMNS 100
#define TAB_COLUMNS 8

/* A token or a comment. */
struct piece {
	const char *text;
	size_t len;
	enum fl_tok kind; /* FL_TOK_EOF: a comment */
	enum fl_role role;
	bool to_line_end;      /* a comment that ends with its line */
	unsigned int newlines; /* before it in the source */
	unsigned int depth;    /* parentheses around it */
	bool starts;	       /* a logical line ... */
	bool in_block;	       /* ... one tab deep */
	bool is_first;	       /* ... with no empty line before it */
};

struct formatter {
	const struct fl_source *src;
	struct fl_arena arena;
	struct fl_diags *diags;
	struct fl_tokens tokens;
	uint8_t *roles;
	struct piece *pieces;
	size_t npieces;
	struct fl_buf out;
	unsigned int column;
	jmp_buf on_oom;
};

/* --- pieces --------------------------------------------------------------- */

static bool is_comment(const struct piece *p)
{
	return p->kind == FL_TOK_EOF;
}

static void add_piece(struct formatter *f, const struct piece *p, uint32_t *end)
{
	const char *from = f->src->text + *end;
	struct piece *out = &f->pieces[f->npieces++];

	*out = *p;
	for (; from < p->text; from++)
		out->newlines += *from == '\n';
	*end = (uint32_t)(p->text + p->len - f->src->text);
}

static void add_comment(struct formatter *f, const struct fl_comment *c, uint32_t *end)
{
	struct piece p = { .text = f->src->text + c->off, .len = c->len, .kind = FL_TOK_EOF };
	uint32_t after = c->off + c->len;

	p.to_line_end = p.text[0] == '#' || p.text[1] == '/';
	while (p.to_line_end && strchr(" \t\r\f", p.text[p.len - 1]))
		p.len--;
	add_piece(f, &p, end);
	*end = after;
}

static bool opens(const struct piece *p)
{
	return p->kind == FL_TOK_LPAREN || p->kind == FL_TOK_LBRACKET ||
	       (p->kind == FL_TOK_LBRACE && p->role != FL_ROLE_BODY);
}

static bool closes(const struct piece *p)
{
	return p->kind == FL_TOK_RPAREN || p->kind == FL_TOK_RBRACKET ||
	       (p->kind == FL_TOK_RBRACE && p->role != FL_ROLE_BODY_END);
}

/* Everything but semicolons, in order. */
static void collect_pieces(struct formatter *f)
{
	const struct fl_tokens *tokens = &f->tokens;
	unsigned int depth = 0;
	uint32_t end = 0;
	size_t c = 0;

	f->pieces =
		fl_arena_alloc(&f->arena, (tokens->n + tokens->ncomments) * sizeof(f->pieces[0]));
	for (size_t i = 0; i < tokens->n; i++) {
		const struct fl_token *t = &tokens->list[i];
		struct piece p = { .text = f->src->text + t->off,
				   .len = t->len,
				   .kind = t->kind,
				   .role = (enum fl_role)f->roles[i] };

		for (; c < tokens->ncomments && tokens->comments[c].before == i; c++)
			add_comment(f, &tokens->comments[c], &end);
		if (t->kind == FL_TOK_EOF || t->kind == FL_TOK_SEMI)
			continue;
		depth -= closes(&p);
		p.depth = depth;
		depth += opens(&p);
		add_piece(f, &p, &end);
	}
}

/* --- blanks --------------------------------------------------------------- */

static bool is_tight_before(const struct piece *p)
{
	switch (p->kind) {
	case FL_TOK_COMMA:
	case FL_TOK_RPAREN:
	case FL_TOK_LBRACKET:
	case FL_TOK_RBRACKET:
	case FL_TOK_DOT:
	case FL_TOK_ARROW:
	case FL_TOK_RANGE:
	case FL_TOK_INCREMENT:
	case FL_TOK_DECREMENT:
		return true;
	case FL_TOK_COLON:
		return p->role != FL_ROLE_CHOICE;
	case FL_TOK_RBRACE:
		return p->role != FL_ROLE_BODY_END;
	default:
		return p->role == FL_ROLE_CALL || p->role == FL_ROLE_STEP;
	}
}

static bool is_tight_after(const struct piece *p)
{
	switch (p->kind) {
	case FL_TOK_LPAREN:
	case FL_TOK_LBRACKET:
	case FL_TOK_DOT:
	case FL_TOK_ARROW:
	case FL_TOK_RANGE:
		return true;
	case FL_TOK_COLON:
		return p->role == FL_ROLE_PLAIN;
	case FL_TOK_LBRACE:
		return p->role != FL_ROLE_BODY;
	default:
		return p->role == FL_ROLE_PREFIX || p->role == FL_ROLE_CAST ||
		       p->role == FL_ROLE_STEP;
	}
}

static bool wants_blank(const struct piece *a, const struct piece *b)
{
	if (is_comment(a) || is_comment(b))
		return true;
	if (b->role == FL_ROLE_TYPE_STAR)
		return a->role != FL_ROLE_TYPE_STAR;
	/* "- -1" is not "--1" */
	if (a->role == FL_ROLE_PREFIX && a->kind == b->kind &&
	    (a->kind == FL_TOK_MINUS || a->kind == FL_TOK_PLUS))
		return true;
	return !is_tight_after(a) && !is_tight_before(b);
}

/* --- logical lines -------------------------------------------------------- */

static unsigned int columns_of(const char *text, size_t len)
{
	unsigned int n = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\t')
			n += TAB_COLUMNS;
		else
			n += ((unsigned char)text[i] & 0xc0) != 0x80;
	}
	return n;
}

/* May a line end before piece @i, a comment staying with what it is about? */
static bool may_break(const struct piece *p, size_t i)
{
	if (is_comment(&p[i]) && !p[i].newlines)
		return false;
	while (--i && is_comment(&p[i]))
		;
	return p[i].kind == FL_TOK_COMMA || p[i].kind == FL_TOK_ANDAND || p[i].kind == FL_TOK_OROR;
}

/* Comments on lines of their own stay there. */
static bool must_break(const struct piece *p, size_t i)
{
	const struct piece *last = &p[i - 1];

	return last->to_line_end || (is_comment(&p[i]) && p[i].newlines) ||
	       (is_comment(last) && last->newlines && p[i].newlines);
}

/* Of @n pieces on one line; 0 when they do not fit. */
static unsigned int line_columns(const struct piece *p, size_t n)
{
	unsigned int columns = columns_of(p->text, p->len);

	for (size_t i = 1; i < n; i++) {
		if (must_break(p, i))
			return 0;
		columns += wants_blank(&p[i - 1], &p[i]) + columns_of(p[i].text, p[i].len);
	}
	return columns;
}

static bool fits(const struct piece *p, size_t n, unsigned int tabs)
{
	unsigned int columns;

	/* a comment at the end of the line may have any length */
	while (n > 1 && is_comment(&p[n - 1]) && !p[n - 1].newlines)
		n--;
	columns = line_columns(p, n);
	return columns && columns + tabs * TAB_COLUMNS <= MAX_COLUMNS;
}

/*
 * Is the body that opens at piece @at of the line that starts at @p a block of
 * lines? When it has several actions, was one, or would not fit on its line.
 */
static bool opens_block(const struct piece *p, size_t at, const struct piece *end)
{
	size_t actions = 0;

	for (size_t i = at + 1; p + i < end; i++) {
		actions += p[i].role == FL_ROLE_ACTION;
		if (actions > 1 || p[i].newlines || p[i].to_line_end)
			return true;
		if (p[i].role == FL_ROLE_BODY_END)
			return !fits(p, i + 1, 0);
	}
	return false;
}

/* The next piece that is not a comment, or @end. */
static const struct piece *next_token(const struct piece *p, const struct piece *end)
{
	while (p < end && is_comment(p))
		p++;
	return p;
}

static bool starts_line(const struct piece *p, const struct piece *end, bool in_block)
{
	if (is_comment(p) && !p->newlines)
		return false; /* something precedes it on the line */
	p = next_token(p, end);
	return p == end || p->role == FL_ROLE_ITEM ||
	       (in_block && (p->role == FL_ROLE_ACTION || p->role == FL_ROLE_BODY_END));
}

static void find_lines(struct formatter *f)
{
	struct piece *end = f->pieces + f->npieces, *start = f->pieces;
	bool in_block = false, just_opened = true, only_comments = false;

	for (struct piece *p = f->pieces; p < end; p++) {
		bool ends_block = p->role == FL_ROLE_BODY_END;
		/* a comment before something on the same line */
		bool attached = only_comments && !p->newlines && !p[-1].to_line_end && !ends_block;

		p->starts = p == f->pieces || (!attached && starts_line(p, end, in_block));
		start = p->starts ? p : start;
		p->in_block = in_block && !ends_block;
		p->is_first = just_opened || ends_block;
		just_opened = just_opened && !p->starts;
		only_comments = is_comment(p) && (p->starts || only_comments);
		if (p->role == FL_ROLE_BODY)
			in_block = just_opened = opens_block(start, (size_t)(p - start), end);
		else if (ends_block)
			in_block = false;
	}
}

/* --- lines ---------------------------------------------------------------- */

static void put(struct formatter *f, const struct piece *p, bool blank)
{
	const char *last = memrchr(p->text, '\n', p->len);

	if (blank)
		fl_buf_putc(&f->out, ' ');
	/* a comment over several lines keeps them as they are */
	fl_buf_add(&f->out, p->text, p->len);
	if (last)
		f->column = columns_of(last + 1, (size_t)(p->text + p->len - last - 1));
	else
		f->column += columns_of(p->text, p->len) + blank;
}

static void start_line(struct formatter *f, unsigned int tabs)
{
	if (f->out.len)
		fl_buf_putc(&f->out, '\n');
	for (unsigned int i = 0; i < tabs; i++)
		fl_buf_putc(&f->out, '\t');
	f->column = tabs * TAB_COLUMNS;
}

/* The columns from piece @i to the next place to break that is not deeper, comments apart. */
static unsigned int stretch(const struct piece *p, size_t i, size_t n)
{
	unsigned int depth = p[i].depth, columns = columns_of(p[i].text, p[i].len);

	for (i++; i < n && !must_break(p, i); i++) {
		if (may_break(p, i) && p[i].depth <= depth)
			break;
		if (!is_comment(&p[i]))
			columns += wants_blank(&p[i - 1], &p[i]) + columns_of(p[i].text, p[i].len);
	}
	return columns;
}

/* Pieces @from to @to of a line that has been started, going on @tabs deep. */
static void fill(struct formatter *f, const struct piece *p, size_t from, size_t to,
		 unsigned int tabs)
{
	put(f, &p[from], false);
	for (size_t i = from + 1; i < to; i++) {
		bool blank = wants_blank(&p[i - 1], &p[i]);

		if (must_break(p, i) ||
		    (may_break(p, i) && f->column + blank + stretch(p, i, to) > MAX_COLUMNS)) {
			start_line(f, tabs);
			blank = false;
		}
		put(f, &p[i], blank);
	}
}

/* Where the clause ends that starts at piece @i; comments before the next belong to that. */
static size_t clause_end(const struct piece *p, size_t i, size_t n)
{
	for (i++; i < n; i++) {
		size_t next = i;

		while (next < n && is_comment(&p[next]) && p[next].newlines)
			next++;
		if (next < n && p[next].role == FL_ROLE_CLAUSE)
			break;
	}
	return i;
}

static bool has_clauses(const struct piece *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i].role == FL_ROLE_CLAUSE)
			return true;
	}
	return false;
}

/* One logical line of @n pieces. */
static void put_line(struct formatter *f, const struct piece *p, size_t n)
{
	unsigned int tabs = p->in_block;
	bool split = !fits(p, n, tabs) && has_clauses(p, n);

	if (p->newlines > 1 && !p->is_first)
		fl_buf_putc(&f->out, '\n');
	start_line(f, tabs);
	if (!split) {
		fill(f, p, 0, n, tabs + 1);
		return;
	}
	for (size_t from = 0, to; from < n; from = to) {
		to = clause_end(p, from, n);
		if (from)
			start_line(f, tabs + 1);
		fill(f, p, from, to, tabs + (is_comment(&p[from]) ? 1 : 2));
	}
}

static void put_lines(struct formatter *f)
{
	size_t n;

	fl_buf_init(&f->out, &f->arena);
	fl_buf_add(&f->out, "", 0);
	for (size_t i = 0; i < f->npieces; i += n) {
		for (n = 1; i + n < f->npieces && !f->pieces[i + n].starts; n++)
			;
		put_line(f, &f->pieces[i], n);
	}
	if (f->npieces)
		fl_buf_putc(&f->out, '\n');
}

/* --- the whole ------------------------------------------------------------ */

static bool is_kept(const struct fl_token *t)
{
	return t->kind != FL_TOK_SEMI;
}

static bool same_text(const struct fl_source *a, uint32_t a_off, const struct fl_source *b,
		      uint32_t b_off, uint32_t len)
{
	return !memcmp(a->text + a_off, b->text + b_off, len);
}

/* Does the result have the same tokens and comments? */
static bool says_the_same(struct formatter *f)
{
	const struct fl_source out = { f->src->name, f->out.text, f->out.len };
	const struct fl_tokens *a = &f->tokens;
	struct fl_tokens b;
	size_t j = 0;

	fl_lex(&out, &f->arena, f->diags, &b);
	if (f->diags->nerrors || b.ncomments != a->ncomments)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (!is_kept(&a->list[i]))
			continue;
		if (j == b.n || a->list[i].kind != b.list[j].kind ||
		    a->list[i].len != b.list[j].len ||
		    !same_text(f->src, a->list[i].off, &out, b.list[j].off, b.list[j].len))
			return false;
		j++;
	}
	for (size_t i = 0; i < a->ncomments; i++) {
		if (b.comments[i].len > a->comments[i].len ||
		    !same_text(f->src, a->comments[i].off, &out, b.comments[i].off,
			       b.comments[i].len))
			return false;
	}
	return j == b.n;
}

static int run(struct formatter *f)
{
	struct fl_script script = { 0 };

	if (setjmp(f->on_oom))
		return -ENOMEM;
	fl_lex(f->src, &f->arena, f->diags, &f->tokens);
	f->roles = fl_arena_alloc(&f->arena, f->tokens.n);
	fl_parse_roles(&f->tokens, f->roles, &f->arena, f->diags, &script);
	fl_diags_sort(f->diags);
	if (f->diags->nerrors)
		return -EINVAL;
	collect_pieces(f);
	find_lines(f);
	put_lines(f);
	return says_the_same(f) ? 0 : -EIO;
}

int fl_format(const struct fl_source *src, struct fl_diags *ds, char **text, size_t *len)
{
	struct formatter f = { .src = src, .diags = ds };
	int err;

	*text = NULL;
	fl_arena_init(&f.arena, &f.on_oom);
	ds->on_oom = &f.on_oom;
	err = run(&f);
	ds->on_oom = NULL;
	if (!err) {
		*text = strndup(f.out.text, f.out.len);
		*len = f.out.len;
		err = *text ? 0 : -ENOMEM;
	}
	fl_arena_release(&f.arena);
	return err;
}
