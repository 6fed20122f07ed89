/* SPDX-License-Identifier: GPL-2.0-or-later */
/* random_expr.c - expressions of all kinds, in brackets wherever they might need them. */
#include <stdlib.h>
#include <string.h>

#include "random_impl.h"

#define MAX_PATH 12 /* steps from an argument to a value */

const char *const random_words[12] = {
	"object0", "object1", "object2", "label0",  "label1",	       "eval-live",
	"a",	   "abcdefg", "",	 "ab*[c]?", "abcdefghijklmno", "object",
};

static const char *const patterns[] = {
	"*",	 "object?", "object[0-1]", "*ct*",  "o*[!1]", "label*",	   "?????*",
	"[ol]*", "a*b*c*",  "*-live",	   "eval*", "",	      "*[a-z0-9]",
};

/* --- ways into the kernel's memory ------------------------------------------- */

enum wanted { WANT_NUMBER, WANT_TEXT, WANT_POINTER };

struct pick_member {
	struct fl_member found;
	unsigned int seen;
	struct random_gen *r;
};

static int consider(const struct fl_member *m, void *arg)
{
	struct pick_member *p = arg;

	if (!random_below(p->r, ++p->seen))
		p->found = *m;
	return 0;
}

static bool is_char(const struct fl_type *t)
{
	return t->kind == FL_TYPE_INT && t->size == 1 && !strcmp(t->name, "char");
}

static void put(char *to, size_t size, const char *format, const char *text, const char *name)
{
	char copy[512];

	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy) ||
	    snprintf(to, size, format, copy, name) >= (int)size)
		abort();
}

/* One step on: @text and @t become what is reached. False: here it ends. */
static bool go_on(struct random_place *p, char *text, size_t size, struct fl_type *t)
{
	const struct fl_kernel_ops *ops = p->r->kernel->ops;
	struct pick_member pick = { .r = p->r };
	struct fl_type target;
	char index[16];

	if (t->kind == FL_TYPE_PTR && !ops->type(p->r->kernel, t->target, &target)) {
		if (is_char(&target))
			return false;
		if (target.kind == FL_TYPE_PTR || random_below(p->r, 8) == 0) {
			put(text, size, random_below(p->r, 2) ? "(*%s)%s" : "%s[0]%s", text, "");
			*t = target;
			return target.kind != FL_TYPE_VOID;
		}
		if (target.kind == FL_TYPE_VOID &&
		    !ops->find_type(p->r->kernel, "fl_targets", FL_TYPE_STRUCT, "fl_object",
				    &target))
			put(text, size, "((struct fl_object *)%s)%s", text, "");
		ops->each_member(p->r->kernel, target.id, consider, &pick);
		put(text, size, "%s->%s", text, pick.found.name);
	} else if (t->kind == FL_TYPE_STRUCT || t->kind == FL_TYPE_UNION) {
		ops->each_member(p->r->kernel, t->id, consider, &pick);
		put(text, size, "%s.%s", text, pick.found.name);
	} else if (t->kind == FL_TYPE_ARRAY && !ops->type(p->r->kernel, t->target, &target)) {
		snprintf(index, sizeof(index), "%u", random_below(p->r, t->nelems));
		if (t->nelems == 4 && random_below(p->r, 2))
			snprintf(index, sizeof(index), "%s", "uid & 3");
		put(text, size, "%s[%s]", text, index);
		*t = target;
		return true;
	} else {
		return false;
	}
	*t = pick.found.type;
	return pick.seen != 0;
}

static enum wanted kind_of(struct random_place *p, const struct fl_type *t)
{
	struct fl_type target;

	if (t->kind == FL_TYPE_PTR) {
		if (!p->r->kernel->ops->type(p->r->kernel, t->target, &target) &&
		    is_char(&target) && random_below(p->r, 4))
			return WANT_TEXT;
		return WANT_POINTER;
	}
	if (t->kind == FL_TYPE_ARRAY)
		return WANT_TEXT;
	return WANT_NUMBER;
}

static bool is_final(struct random_place *p, const struct fl_type *t)
{
	struct fl_type target;

	if (t->kind == FL_TYPE_STRUCT || t->kind == FL_TYPE_UNION)
		return false;
	if (t->kind == FL_TYPE_ARRAY)
		return !p->r->kernel->ops->type(p->r->kernel, t->target, &target) &&
		       is_char(&target);
	return true;
}

static const char *param_name(struct random_place *p, unsigned int i, char *buf, size_t size)
{
	if (p->renames)
		return p->renames[i];
	/* structures by value take two registers: leave argN to others then */
	if (i < 6 && strcmp(p->func->name, "fl_arg_pair") != 0 && !random_below(p->r, 4)) {
		snprintf(buf, size, "arg%u", i);
		return buf;
	}
	return p->func->params[i].name;
}

/* A way from an argument to something of the kind. */
static bool way(struct random_place *p, enum wanted wanted)
{
	char text[512], name[8];

	for (int tries = 0; p->func && p->func->nparams && tries < 12; tries++) {
		unsigned int i = random_below(p->r, p->func->nparams);
		struct fl_type t = p->func->params[i].type;

		snprintf(text, sizeof(text), "%s", param_name(p, i, name, sizeof(name)));
		for (int n = 0; n < MAX_PATH; n++) {
			bool stop = t.kind != FL_TYPE_PTR || wanted == WANT_POINTER ||
				    random_below(p->r, 3) == 0;

			if (is_final(p, &t) && stop && kind_of(p, &t) == wanted) {
				bool user = !strcmp(p->func->name, "fl_user_string");

				fprintf(p->out,
					wanted == WANT_TEXT && t.kind == FL_TYPE_PTR
						? user ? "ustr(%s)" : "str(%s)"
						: "%s",
					text);
				return true;
			}
			if (!go_on(p, text, sizeof(text), &t))
				break;
		}
	}
	return false;
}

/* --- numbers ------------------------------------------------------------------ */

static void literal(struct random_place *p)
{
	static const char *const some[] = {
		"0",
		"1",
		"2",
		"3",
		"5",
		"7",
		"10",
		"63",
		"127",
		"128",
		"255",
		"256",
		"32767",
		"65535",
		"1000",
		"0x155",
		"2147483647",
		"2147483648",
		"4294967295",
		"4294967296",
		"9223372036854775807",
		"9223372036854775808",
		"18446744073709551615",
		"(-1)",
		"(-2)",
		"(-128)",
		"(-32768)",
		"(-2147483648)",
		"EIO",
		"FL_BLUE",
	};

	if (random_below(p->r, 3))
		fprintf(p->out, "%u", random_below(p->r, 12));
	else
		fputs(PICK(p->r, some), p->out);
}

static void leaf(struct random_place *p)
{
	static const char *const names[] = { "pid", "tid",  "ppid", "uid",
					     "gid", "node", "cpu",  "irq" };

	switch (random_below(p->r, 12)) {
	case 0:
		fputs(PICK(p->r, names), p->out);
		return;
	case 1:
		fprintf(p->out, "$p%u", random_below(p->r, 2));
		return;
	case 2:
		if (p->in_tracker)
			break;
		fputs("@s0", p->out);
		return;
	case 3:
		if (!p->in_action)
			break;
		fputs("ordinal", p->out);
		return;
	case 4:
		if (!p->r->seeded || p->in_tracker)
			break;
		fputs("(random & 0xff)", p->out);
		return;
	case 5:
		if (!p->on_exit)
			break;
		fputs("retval", p->out);
		return;
	case 6:
	case 7:
		literal(p);
		return;
	default:
		break;
	}
	if (!way(p, WANT_NUMBER))
		literal(p);
}

static void state(struct random_place *p)
{
	if (random_below(p->r, 2)) {
		fputs("@s0", p->out);
		return;
	}
	fputs("@s1[", p->out);
	leaf(p);
	fputs("]", p->out);
}

void random_number(struct random_place *p, unsigned int depth)
{
	static const char *const ops[] = { "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>" };
	static const char *const unary[] = { "-", "~", "!", "+" };
	static const char *const casts[] = { "u8",    "s8",  "u16", "s16",  "u32",	     "s32",
					     "u64",   "s64", "int", "bool", "unsigned long", "char",
					     "short", "long" };

	if (!depth) {
		leaf(p);
		return;
	}
	switch (random_below(p->r, 10)) {
	case 0:
	case 1:
	case 2:
	case 3:
		fputs("(", p->out);
		random_number(p, depth - 1);
		fprintf(p->out, " %s ", PICK(p->r, ops));
		random_number(p, depth - 1);
		fputs(")", p->out);
		return;
	case 4:
		fprintf(p->out, "(%s", PICK(p->r, unary));
		random_number(p, depth - 1);
		fputs(")", p->out);
		return;
	case 5:
		fprintf(p->out, "((%s)", PICK(p->r, casts));
		random_number(p, depth - 1);
		fputs(")", p->out);
		return;
	case 6:
		fputs("(", p->out);
		random_truth(p, depth - 1);
		fputs(" ? ", p->out);
		random_number(p, depth - 1);
		fputs(" : ", p->out);
		random_number(p, depth - 1);
		fputs(")", p->out);
		return;
	case 7:
		fputs("(", p->out);
		random_truth(p, depth - 1);
		fputs(")", p->out);
		return;
	case 8:
		if (!p->in_tracker) {
			state(p);
			return;
		}
		/* fall through */
	default:
		leaf(p);
	}
}

/* --- yes or no ---------------------------------------------------------------- */

void random_text(struct random_place *p)
{
	if (!random_below(p->r, 3) || !way(p, WANT_TEXT))
		fputs("comm", p->out);
}

static void words_in_braces(struct random_place *p)
{
	fputs("{", p->out);
	for (unsigned int i = 0, n = 1 + random_below(p->r, 4); i < n; i++)
		fprintf(p->out, "%s\"%s\"", i ? ", " : "", PICK(p->r, random_words));
	fputs("}", p->out);
}

static void compare_text(struct random_place *p)
{
	if (!random_below(p->r, 6)) {
		fprintf(p->out, random_below(p->r, 2) ? "func == \"%s\"" : "func like \"%s*\"",
			random_below(p->r, 2) ? "fl_int1" : "fl_obj");
		return;
	}
	random_text(p);
	switch (random_below(p->r, 5)) {
	case 0:
		fprintf(p->out, " like \"%s\"", PICK(p->r, patterns));
		break;
	case 1:
		fputs(" in ", p->out);
		words_in_braces(p);
		break;
	case 2:
		fputs(random_below(p->r, 2) ? " == " : " != ", p->out);
		random_text(p);
		break;
	default:
		fprintf(p->out, " %s \"%s\"",
			random_below(p->r, 2) ? "==" : "!=", PICK(p->r, random_words));
	}
}

static void compare_pointer(struct random_place *p)
{
	if (!way(p, WANT_POINTER)) {
		fputs("uid", p->out);
		return;
	}
	switch (random_below(p->r, 4)) {
	case 0:
		return;
	case 1:
		fputs(" == ", p->out);
		if (!way(p, WANT_POINTER))
			fputs("NULL", p->out);
		return;
	default:
		fputs(random_below(p->r, 2) ? " == NULL" : " != NULL", p->out);
	}
}

static void is_in(struct random_place *p, unsigned int depth)
{
	unsigned int n = 1 + random_below(p->r, 4);

	random_number(p, depth);
	if (random_below(p->r, 4) == 0) {
		fputs(random_below(p->r, 2) ? " in some" : " in 3..250", p->out);
		return;
	}
	fputs(" in {", p->out);
	for (unsigned int i = 0; i < n; i++) {
		fputs(i ? ", " : "", p->out);
		random_number(p, random_below(p->r, 3) ? 0 : depth);
	}
	fputs("}", p->out);
}

static void chain(struct random_place *p)
{
	static const char *const functions[] = {
		"fl_middle", "fl_outer",     "fl_other",   "fl_*",
		"vfs_write", "fl_targets:*", "fl_recurse",
	};
	struct fl_func inner;
	struct random_place place = *p;

	if (p->in_tracker) {
		fputs("irq", p->out);
		return;
	}
	if (p->r->only_kprobe || random_below(p->r, 3)) {
		fprintf(p->out, "%s(%s)", random_below(p->r, 2) ? "caller" : "within",
			PICK(p->r, functions));
		return;
	}
	place.in_tracker = true;
	place.renames = NULL;
	place.on_exit = place.in_action = false;
	if (p->r->kernel->ops->find_func(p->r->kernel, "fl_targets", "fl_outer", &inner))
		abort();
	place.func = &inner;
	fputs("within(fl_outer if ", p->out);
	random_truth(&place, 1);
	fputs(")", p->out);
}

static void draw(struct random_place *p)
{
	static const char *const forms[] = {
		"rand < 50", "rand <= 12.5", "rand > 30", "75 > rand", "rand < $p1", "rand >= $p1",
	};

	if (p->r->seeded && !p->in_tracker)
		fputs(PICK(p->r, forms), p->out);
	else
		fputs("uid == 0", p->out);
}

void random_truth(struct random_place *p, unsigned int depth)
{
	static const char *const ops[] = { "==", "!=", "<", "<=", ">", ">=" };
	unsigned int what = random_below(p->r, depth ? 14 : 9);

	fputs("(", p->out);
	if (what < 3) {
		random_number(p, depth ? depth - 1 : 0);
		fprintf(p->out, " %s ", PICK(p->r, ops));
		random_number(p, depth ? depth - 1 : 0);
	} else if (what < 5) {
		compare_text(p);
	} else if (what == 5) {
		compare_pointer(p);
	} else if (what == 6) {
		is_in(p, depth ? depth - 1 : 0);
	} else if (what == 7) {
		draw(p);
	} else if (what == 8) {
		random_number(p, depth);
	} else if (what == 9) {
		chain(p);
	} else if (what == 10) {
		fputs("!", p->out);
		random_truth(p, depth - 1);
	} else {
		random_truth(p, depth - 1);
		fputs(what == 11 ? " || " : " && ", p->out);
		random_truth(p, depth - 1);
	}
	fputs(")", p->out);
}

void random_key(struct random_place *p)
{
	switch (random_below(p->r, 4)) {
	case 0:
		fputs("comm", p->out);
		return;
	case 1:
		random_text(p);
		return;
	case 2:
		fputs("func", p->out);
		return;
	default:
		random_number(p, 1);
	}
}
