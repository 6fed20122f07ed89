/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proto.c - C declarations from BTF.
 *
 * A C type reads from the inside out: arrays and parameter lists follow the
 * name, stars and the base type precede it. BTF chains types in just that
 * order, from the outermost declarator to the base. So one walk writes
 * everything before the name, another what follows it.
 */
#include "proto.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MAX_DEPTH 24 /* of types inside types; the kernel's need under 10 */
#define KIND_TYPE_TAG 18
#define KIND_ENUM64 19

struct writer {
	const struct fl_btf *btf;
	char *out;
	size_t size;
	size_t len; /* also of what did not fit */
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *w, const char *format, ...)
{
	size_t at = w->len < w->size ? w->len : w->size;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(w->out + at, w->size - at, format, ap);
	va_end(ap);
	if (n > 0)
		w->len += (size_t)n;
}

static unsigned int kind_of(const struct btf_type *t)
{
	return BTF_INFO_KIND(t->info);
}

/* A star in front of an array or a function needs parentheses around it. */
static bool needs_parens(const struct writer *w, uint32_t pointee)
{
	for (int i = 0; i < MAX_DEPTH; i++) {
		const struct btf_type *t = fl_btf_type(w->btf, pointee);

		if (!t)
			return false;
		switch (kind_of(t)) {
		case BTF_KIND_ARRAY:
		case BTF_KIND_FUNC_PROTO:
			return true;
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT:
		case KIND_TYPE_TAG:
			pointee = t->type;
			break;
		default:
			return false;
		}
	}
	return false;
}

static const char *keyword(unsigned int kind)
{
	switch (kind) {
	case BTF_KIND_STRUCT:
		return "struct ";
	case BTF_KIND_UNION:
		return "union ";
	case BTF_KIND_ENUM:
	case KIND_ENUM64:
		return "enum ";
	case BTF_KIND_CONST:
		return "const";
	case BTF_KIND_VOLATILE:
		return "volatile";
	case BTF_KIND_RESTRICT:
		return "restrict";
	default:
		return "";
	}
}

/* DWARF's names of C's integers, and the usual ones. */
static const char *usual_name(const char *name)
{
	static const char *const names[][2] = {
		{ "long int", "long" },
		{ "long unsigned int", "unsigned long" },
		{ "long long int", "long long" },
		{ "long long unsigned int", "unsigned long long" },
		{ "short int", "short" },
		{ "short unsigned int", "unsigned short" },
		{ "_Bool", "bool" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(name, names[i][0]))
			return names[i][1];
	}
	return name;
}

/* The base type, without a trailing blank. */
static void put_base(struct writer *w, const struct btf_type *t)
{
	const char *name = t ? usual_name(fl_btf_string(w->btf, t->name_off)) : "void";
	unsigned int kind = t ? kind_of(t) : BTF_KIND_UNKN;

	if (kind == BTF_KIND_FWD)
		put(w, "%s%s", BTF_INFO_KFLAG(t->info) ? "union " : "struct ", name);
	else
		put(w, "%s%s", keyword(kind), *name ? name : "{...}");
}

/* "const" binds to what is left of it, or to the base type from its left. */
static void put_qualifier(struct writer *w, const struct btf_type *t)
{
	if (kind_of(t) == KIND_TYPE_TAG)
		put(w, "__%s", fl_btf_string(w->btf, t->name_off));
	else
		put(w, "%s", keyword(kind_of(t)));
}

static bool is_qualifier(unsigned int kind)
{
	return kind == BTF_KIND_CONST || kind == BTF_KIND_VOLATILE || kind == BTF_KIND_RESTRICT ||
	       kind == KIND_TYPE_TAG;
}

/* Does the text end in a word, so that the next needs a blank? */
static bool ends_in_word(const struct writer *w)
{
	char c = w->len && w->len < w->size ? w->out[w->len - 1] : ' ';

	return c != ' ' && c != '*' && c != '(';
}

static void put_before(struct writer *w, uint32_t id, int depth)
{
	const struct btf_type *t = fl_btf_type(w->btf, id);

	if (depth > MAX_DEPTH) {
		put(w, "...");
		return;
	}
	if (t && kind_of(t) == BTF_KIND_PTR) {
		put_before(w, t->type, depth + 1);
		if (ends_in_word(w))
			put(w, " ");
		put(w, "%s", needs_parens(w, t->type) ? "(*" : "*");
	} else if (t && kind_of(t) == BTF_KIND_ARRAY) {
		put_before(w, ((const struct btf_array *)(t + 1))->type, depth + 1);
	} else if (t && kind_of(t) == BTF_KIND_FUNC_PROTO) {
		put_before(w, t->type, depth + 1);
	} else if (t && is_qualifier(kind_of(t))) {
		const struct btf_type *inner = fl_btf_type(w->btf, t->type);

		/* of a pointer: after the star; else before it */
		if (inner && kind_of(inner) == BTF_KIND_PTR) {
			put_before(w, t->type, depth + 1);
			put_qualifier(w, t);
		} else {
			put_qualifier(w, t);
			put(w, " ");
			put_before(w, t->type, depth + 1);
		}
	} else {
		put_base(w, t);
	}
}

static void put_params(struct writer *w, const struct btf_type *proto, int depth);

static void put_after(struct writer *w, uint32_t id, int depth)
{
	const struct btf_type *t = fl_btf_type(w->btf, id);
	const struct btf_array *array;

	if (!t || depth > MAX_DEPTH)
		return;
	switch (kind_of(t)) {
	case BTF_KIND_PTR:
		if (needs_parens(w, t->type))
			put(w, ")");
		put_after(w, t->type, depth + 1);
		break;
	case BTF_KIND_ARRAY:
		array = (const struct btf_array *)(t + 1);
		put(w, "[%u]", array->nelems);
		put_after(w, array->type, depth + 1);
		break;
	case BTF_KIND_FUNC_PROTO:
		put_params(w, t, depth + 1);
		put_after(w, t->type, depth + 1);
		break;
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case KIND_TYPE_TAG:
		put_after(w, t->type, depth + 1);
		break;
	default:
		break;
	}
}

static void put_declaration(struct writer *w, uint32_t id, const char *name, int depth)
{
	put_before(w, id, depth);
	if (*name) {
		if (ends_in_word(w))
			put(w, " ");
		put(w, "%s", name);
	}
	put_after(w, id, depth);
}

static void put_params(struct writer *w, const struct btf_type *proto, int depth)
{
	const struct btf_param *p = (const struct btf_param *)(proto + 1);
	uint32_t n = BTF_INFO_VLEN(proto->info);

	put(w, "(");
	/* A file that makes no sense may nest without end: what does not fit ends it. */
	for (uint32_t i = 0; i < n && depth <= MAX_DEPTH && w->len < w->size; i++) {
		if (i)
			put(w, ", ");
		/* a last one without type and name means "..." */
		if (i + 1 == n && !p[i].type && !p[i].name_off)
			put(w, "...");
		else
			put_declaration(w, p[i].type, fl_btf_string(w->btf, p[i].name_off),
					depth + 1);
	}
	put(w, n ? ")" : "void)");
}

int fl_proto(const struct fl_btf *b, uint32_t id, char *out, size_t size)
{
	const struct btf_type *func = fl_btf_type(b, id), *proto;
	struct writer w = { .btf = b, .out = out, .size = size };

	if (!func || kind_of(func) != BTF_KIND_FUNC)
		return -ENOENT;
	proto = fl_btf_type(b, func->type);
	if (!proto || kind_of(proto) != BTF_KIND_FUNC_PROTO)
		return -ENOENT;
	put_declaration(&w, func->type, fl_btf_string(b, func->name_off), 0);
	return w.len < size ? 0 : -E2BIG;
}
