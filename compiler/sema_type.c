/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sema_type.c - the kernel's types: members, elements, casts, pointers.
 *
 * An expression that is in memory knows its place as an offset from what its
 * left side leads to; emit_mem.c turns the chain into one address per pointer
 * that is followed.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "near.h"
#include "sema_impl.h"

bool fl_is_char_array(struct fl_sema *s, const struct fl_type *t)
{
	struct fl_type elem;

	return t->kind == FL_TYPE_ARRAY && !s->kernel->ops->type(s->kernel, t->target, &elem) &&
	       elem.kind == FL_TYPE_INT && elem.size == 1 && !strcmp(elem.name, "char");
}

/* The value type that follows from base and stars. */
static void classify(struct fl_sema *s, struct fl_expr *e)
{
	const struct fl_type *t = &e->base;

	if (e->stars) {
		e->type = FL_VALUE_POINTER;
		return;
	}
	switch (t->kind) {
	case FL_TYPE_INT:
	case FL_TYPE_BOOL:
	case FL_TYPE_ENUM:
		if (t->size > 8) { /* __int128 */
			e->type = FL_VALUE_OBJECT;
			return;
		}
		e->type = t->size >= 8 && !t->is_signed ? FL_VALUE_UINT : FL_VALUE_INT;
		break;
	case FL_TYPE_UNKNOWN:
		e->type = FL_VALUE_UINT;
		break;
	case FL_TYPE_ARRAY:
		e->type = fl_is_char_array(s, t) ? FL_VALUE_STRING : FL_VALUE_OBJECT;
		break;
	default:
		e->type = FL_VALUE_OBJECT;
	}
}

void fl_set_type(struct fl_sema *s, struct fl_expr *e, const struct fl_type *t)
{
	e->base = *t;
	while (e->base.kind == FL_TYPE_PTR) {
		fl_type_id target = e->base.target;

		e->stars++;
		if (s->kernel->ops->type(s->kernel, target, &e->base))
			e->base = (struct fl_type){ .kind = FL_TYPE_VOID, .name = "" };
	}
	classify(s, e);
}

#define MEMBERS_SHOWN 6

struct member_search {
	const char *wanted;
	const char *best;
	unsigned int distance;
	struct fl_buf names; /* of the first ones */
	unsigned int n;
};

static int consider_member(const struct fl_member *m, void *arg)
{
	struct member_search *ms = arg;

	fl_nearest(ms->wanted, m->name, &ms->best, &ms->distance);
	if (ms->n < MEMBERS_SHOWN)
		fl_buf_printf(&ms->names, "%s%s", ms->n ? ", " : "", m->name);
	else if (ms->n == MEMBERS_SHOWN)
		fl_buf_puts(&ms->names, " ...");
	ms->n++;
	return 0;
}

static void no_member(struct fl_sema *s, const struct fl_expr *e)
{
	struct member_search ms = { .wanted = e->text, .distance = 4 };
	struct fl_span span = e->span;
	uint32_t len = (uint32_t)strlen(e->text);

	fl_buf_init(&ms.names, s->arena);
	s->kernel->ops->each_member(s->kernel, e->left->base.id, consider_member, &ms);
	/* the name alone, which ends the expression */
	span.off += span.len - len;
	span.len = len;
	fl_report(s->diags, FL_E_NO_MEMBER, span,
		  fl_arena_printf(s->arena, "%s %s",
				  e->left->base.kind == FL_TYPE_UNION ? "union" : "struct",
				  *e->left->base.name ? e->left->base.name : "(without name)"),
		  e->text,
		  ms.best ? fl_arena_printf(s->arena, "did you mean '%s'?", ms.best)
		  : ms.n  ? fl_arena_printf(s->arena, "its members are %s", ms.names.text)
			  : NULL,
		  NULL);
}

/* Where a bit-field is: the aligned unit of its declared type, or wider. */
static void place_bits(struct fl_expr *e, const struct fl_member *m)
{
	uint32_t unit = m->type.size ? m->type.size : 8;
	uint32_t start = m->bit_offset / 8 / unit * unit;

	if (m->bit_offset + m->bit_size > (start + unit) * 8) {
		/* packed: eight bytes from its first hold all but the oddest */
		start = m->bit_offset / 8;
		unit = 8;
	}
	e->offset = start;
	e->bit_unit = (uint8_t)unit;
	e->bit_shift = (uint8_t)(m->bit_offset - start * 8);
	e->bit_size = (uint8_t)m->bit_size;
}

static void not_record(struct fl_sema *s, const struct fl_expr *e, const char *member)
{
	const char *text = fl_expr_text(s, e), *hint = NULL;

	if (e->stars && (e->base.kind == FL_TYPE_FWD || e->base.kind == FL_TYPE_VOID))
		hint = fl_arena_printf(s->arena, "cast it: ((struct NAME *)%s)->%s", text, member);
	else if (!e->stars)
		hint = fl_part_of(s, e);
	fl_report(s->diags, FL_E_NOT_RECORD, e->span, text,
		  e->base.kind || e->stars ? fl_type_text(s, e) : "a value without parts", hint,
		  NULL);
}

void fl_check_member(struct fl_sema *s, struct fl_expr *e)
{
	struct fl_expr *l = e->left;
	struct fl_member m;

	if (s->place == FL_PLACE_EXPECT) {
		fl_check_counter(s, e);
		return;
	}
	fl_check_expr(s, l);
	if (!l->type)
		return;
	if (!fl_is_record(&l->base)) {
		not_record(s, l, e->text);
		return;
	}
	if (l->stars != (e->is_arrow ? 1 : 0)) {
		if (l->stars > 1)
			fl_report(s->diags, FL_E_STARS, l->span, fl_expr_text(s, l),
				  fl_type_text(s, l), e->text, NULL);
		else
			fl_report(s->diags, e->is_arrow ? FL_E_ARROW : FL_E_DOT, e->span,
				  fl_expr_text(s, l), e->text, NULL);
		return;
	}
	if (!l->stars && !l->in_memory) {
		fl_report(s->diags, FL_E_BY_VALUE, l->span, fl_expr_text(s, l), NULL);
		return;
	}
	if (s->kernel->ops->member(s->kernel, l->base.id, e->text, &m)) {
		no_member(s, e);
		return;
	}
	fl_set_type(s, e, &m.type);
	e->in_memory = true;
	e->offset = m.bit_offset / 8;
	if (m.bit_size)
		place_bits(e, &m);
}

/* The type that @e, a pointer or array, has elements of. */
static bool element(struct fl_sema *s, const struct fl_expr *e, struct fl_expr *out)
{
	struct fl_type t;

	if (e->stars) {
		out->base = e->base;
		out->stars = e->stars - 1;
		classify(s, out);
	} else {
		if (e->base.kind != FL_TYPE_ARRAY ||
		    s->kernel->ops->type(s->kernel, e->base.target, &t))
			return false;
		fl_set_type(s, out, &t);
	}
	out->in_memory = true;
	return out->stars || (out->base.size && out->base.kind != FL_TYPE_FUNC);
}

static void not_followed(struct fl_sema *s, struct fl_expr *e, const struct fl_expr *from)
{
	e->type = FL_VALUE_ERROR;
	if (from->stars || from->base.kind == FL_TYPE_ARRAY)
		fl_report(s->diags, FL_E_INCOMPLETE, from->span, fl_expr_text(s, from),
			  fl_type_text(s, from), NULL);
	else
		fl_report(s->diags, FL_E_NOT_POINTER, from->span, fl_expr_text(s, from),
			  from->type == FL_VALUE_UINT
				  ? fl_arena_printf(s->arena, "cast it: *(u32 *)%s",
						    fl_expr_text(s, from))
				  : NULL,
			  NULL);
}

void fl_check_index(struct fl_sema *s, struct fl_expr *e)
{
	struct fl_expr *l = e->left, *r = e->right;

	fl_check_expr(s, l);
	fl_check_expr(s, r);
	if (!l->type || !r->type || !fl_want_number(s, r, FL_OP_PLUS))
		return;
	if (!element(s, l, e)) {
		not_followed(s, e, l);
		return;
	}
	if (!l->stars && r->is_constant && r->value >= l->base.nelems && l->base.nelems) {
		e->type = FL_VALUE_ERROR;
		fl_report(s->diags, FL_E_INDEX, r->span,
			  fl_arena_printf(s->arena, "%" PRId64, (int64_t)r->value),
			  fl_arena_printf(s->arena, "%u", l->base.nelems - 1), NULL);
	}
}

void fl_check_follow(struct fl_sema *s, struct fl_expr *e)
{
	fl_check_expr(s, e->left);
	if (e->left->type && !element(s, e->left, e))
		not_followed(s, e, e->left);
}

static const struct {
	const char *name;
	uint32_t size;
	bool is_signed;
} int_types[] = {
	{ "s8", 1, true },	  { "__s8", 1, true },	    { "int8_t", 1, true },
	{ "u8", 1, false },	  { "__u8", 1, false },	    { "uint8_t", 1, false },
	{ "s16", 2, true },	  { "__s16", 2, true },	    { "int16_t", 2, true },
	{ "u16", 2, false },	  { "__u16", 2, false },    { "uint16_t", 2, false },
	{ "umode_t", 2, false },  { "s32", 4, true },	    { "__s32", 4, true },
	{ "int32_t", 4, true },	  { "u32", 4, false },	    { "__u32", 4, false },
	{ "uint32_t", 4, false }, { "gfp_t", 4, false },    { "s64", 8, true },
	{ "__s64", 8, true },	  { "int64_t", 8, true },   { "u64", 8, false },
	{ "__u64", 8, false },	  { "uint64_t", 8, false }, { "size_t", 8, false },
	{ "ssize_t", 8, true },	  { "loff_t", 8, true },    { "uintptr_t", 8, false },
};

/* Whether it has a sign is the architecture's choice, and since Linux 6.2 the kernel's. */
static bool is_char_signed(struct fl_sema *s)
{
	struct fl_type t;

	return !s->kernel->ops->find_type(s->kernel, NULL, FL_TYPE_INT, "char", &t) && t.is_signed;
}

/* How often @word is among @words, separated by blanks. */
static unsigned int count_word(const char *words, const char *word)
{
	size_t len = strlen(word);
	unsigned int n = 0;

	for (const char *p = words; *p; p += strspn(p, " ")) {
		size_t l = strcspn(p, " ");

		n += l == len && !memcmp(p, word, len);
		p += l;
	}
	return n;
}

/* "unsigned long int" and the like; false for "void bool". */
static bool parse_int_words(struct fl_sema *s, const char *text, struct fl_type *out)
{
	unsigned int nsigned = count_word(text, "signed"), nunsigned = count_word(text, "unsigned");
	unsigned int nchar = count_word(text, "char"), nshort = count_word(text, "short");
	unsigned int nint = count_word(text, "int"), nlong = count_word(text, "long");
	unsigned int nwords = 1;

	out->kind = FL_TYPE_INT;
	for (size_t i = 0; i < sizeof(int_types) / sizeof(int_types[0]); i++) {
		if (!strcmp(int_types[i].name, text)) {
			out->size = int_types[i].size;
			out->is_signed = int_types[i].is_signed;
			return true;
		}
	}
	if (!strcmp(text, "bool") || !strcmp(text, "_Bool")) {
		out->kind = FL_TYPE_BOOL;
		out->size = 1;
		return true;
	}
	for (const char *p = text; (p = strchr(p, ' ')); p++)
		nwords++;
	out->is_signed = !nunsigned && (nsigned || !nchar || is_char_signed(s));
	out->size = nchar ? 1 : nshort ? 2 : nlong ? 8 : 4;
	return nsigned + nunsigned <= 1 && nchar <= 1 && nshort <= 1 && nint <= 1 && nlong <= 2 &&
	       !!nchar + !!nshort + !!nlong <= 1 && !(nchar && nint) &&
	       nwords == nsigned + nunsigned + nchar + nshort + nint + nlong;
}

/* The kernel has no such type: perhaps one of another kind. */
static void no_type(struct fl_sema *s, const struct fl_typename *name, const char *module)
{
	static const struct {
		enum fl_type_kind kind;
		const char *word;
	} kinds[] = {
		{ FL_TYPE_STRUCT, "struct " },
		{ FL_TYPE_UNION, "union " },
		{ FL_TYPE_ENUM, "enum " },
		{ FL_TYPE_UNKNOWN, "" },
	};
	static const char *const words[] = {
		[FL_TYPE_UNKNOWN] = "type", [FL_TYPE_INT] = "type",  [FL_TYPE_STRUCT] = "struct",
		[FL_TYPE_UNION] = "union",  [FL_TYPE_ENUM] = "enum",
	};
	const char *hint = NULL;
	struct fl_type t;

	for (size_t i = 0; !hint && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!s->kernel->ops->find_type(s->kernel, module, kinds[i].kind, name->name, &t))
			hint = fl_arena_printf(s->arena, "did you mean '%s%s'?", kinds[i].word,
					       name->name);
	}
	fl_report(s->diags, FL_E_NO_TYPE, name->span, words[name->kind], name->name, hint, NULL);
}

static bool find_cast_type(struct fl_sema *s, const struct fl_typename *name, struct fl_expr *e)
{
	const char *module = s->instance && s->instance->func ? s->instance->func->module : NULL;
	struct fl_type t = { .name = name->name };
	bool found = true;

	if (name->kind == FL_TYPE_INT && !strcmp(name->name, "void"))
		t.kind = FL_TYPE_VOID;
	else if (name->kind == FL_TYPE_INT)
		found = parse_int_words(s, name->name, &t);
	else
		found = !s->kernel->ops->find_type(s->kernel, module, name->kind, name->name, &t);
	if (!found) {
		no_type(s, name, module);
		return false;
	}
	fl_set_type(s, e, &t);
	e->stars += name->stars;
	classify(s, e);
	return true;
}

bool fl_size_of(struct fl_sema *s, const struct fl_typename *name, uint64_t *size)
{
	struct fl_expr e = { .kind = FL_EXPR_CAST };

	if (!find_cast_type(s, name, &e))
		return false;
	*size = e.stars ? 8 : e.base.size;
	return true;
}

static uint64_t truncate(const struct fl_type *t, uint64_t v)
{
	unsigned int unused = 64 - t->size * 8;

	if (t->kind == FL_TYPE_BOOL)
		return v != 0;
	if (!unused)
		return v;
	return t->is_signed ? (uint64_t)((int64_t)(v << unused) >> unused) : v << unused >> unused;
}

void fl_check_cast(struct fl_sema *s, struct fl_expr *e)
{
	struct fl_expr *l = e->left;
	enum fl_value_type to;

	if (fl_is_outside_calls(s)) {
		fl_report(s->diags, FL_E_COUNTER, e->span, fl_expr_text(s, e), NULL);
		return;
	}
	fl_check_expr(s, l);
	if (!l->type || !find_cast_type(s, e->cast, e))
		return;
	to = e->type;
	e->type = FL_VALUE_ERROR;
	if (to != FL_VALUE_INT && to != FL_VALUE_UINT && to != FL_VALUE_POINTER) {
		fl_report(s->diags, FL_E_CAST, e->cast->span, fl_type_text(s, e), NULL);
		return;
	}
	if (l->type != FL_VALUE_POINTER && !fl_want_number(s, l, FL_OP_NONE))
		return;
	e->type = to;
	if (l->is_constant && to != FL_VALUE_POINTER)
		fl_set_constant(e, to, truncate(&e->base, l->value));
}
