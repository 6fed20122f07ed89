/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sema_value.c - what a checked expression is, also as text, and whether it
 * fits. The leaf of sema: asks the kernel and the tree, nothing else.
 */
#include "sema_impl.h"

bool fl_is_outside_calls(const struct fl_sema *s)
{
	return s->place == FL_PLACE_CONSTANT || s->place == FL_PLACE_SCHEDULE ||
	       s->place == FL_PLACE_EXPECT;
}

bool fl_is_number(const struct fl_expr *e)
{
	return e->type == FL_VALUE_INT || e->type == FL_VALUE_UINT;
}

bool fl_is_record(const struct fl_type *t)
{
	return t->kind == FL_TYPE_STRUCT || t->kind == FL_TYPE_UNION;
}

void fl_set_constant(struct fl_expr *e, enum fl_value_type type, uint64_t value)
{
	e->type = type;
	e->is_constant = true;
	e->value = value;
}

const char *fl_expr_text(struct fl_sema *s, const struct fl_expr *e)
{
	struct fl_buf b;

	fl_buf_init(&b, s->arena);
	fl_print_expr(&b, e);
	return b.text;
}

const char *fl_type_text(struct fl_sema *s, const struct fl_expr *e)
{
	static const char *const words[] = {
		[FL_TYPE_STRUCT] = "struct", [FL_TYPE_UNION] = "union",
		[FL_TYPE_ENUM] = "enum",     [FL_TYPE_FLOAT] = "floating point",
		[FL_TYPE_FUNC] = "function", [FL_TYPE_ARRAY] = "array",
		[FL_TYPE_VOID] = "void",     [FL_TYPE_FWD] = "struct",
	};
	const struct fl_type *t = &e->base;
	const char *word = t->kind < sizeof(words) / sizeof(words[0]) ? words[t->kind] : NULL;
	bool has_name = t->name && *t->name && t->kind != FL_TYPE_VOID;
	struct fl_buf b;

	fl_buf_init(&b, s->arena);
	fl_buf_printf(&b, "%s%s%s", word ? word : "", word && has_name ? " " : "",
		      has_name ? t->name : "");
	if (t->kind == FL_TYPE_ARRAY && t->nelems)
		fl_buf_printf(&b, " of %u", t->nelems);
	if (e->stars)
		fl_buf_putc(&b, ' ');
	for (unsigned int i = 0; i < e->stars; i++)
		fl_buf_putc(&b, '*');
	return b.text;
}

static int take_member(const struct fl_member *m, void *arg)
{
	const char **name = arg;

	*name = m->name;
	return 1;
}

const char *fl_part_of(struct fl_sema *s, const struct fl_expr *e)
{
	const char *text = fl_expr_text(s, e), *name = NULL;

	if (e->base.kind == FL_TYPE_ARRAY)
		return fl_arena_printf(s->arena, "its first element is %s[0]", text);
	if (!fl_is_record(&e->base))
		return NULL;
	s->kernel->ops->each_member(s->kernel, e->base.id, take_member, &name);
	return name ? fl_arena_printf(s->arena, "its first member is %s.%s", text, name) : NULL;
}

bool fl_want_number(struct fl_sema *s, const struct fl_expr *e, enum fl_op op)
{
	if (fl_is_number(e))
		return true;
	switch (e->type) {
	case FL_VALUE_STRING:
		if (op)
			fl_report(s->diags, FL_E_STRING_OPERATOR, e->span, fl_op_text(op), NULL);
		else
			fl_report(s->diags, FL_E_STRING_NUMBER, e->span, fl_expr_text(s, e), NULL);
		break;
	case FL_VALUE_RAND:
		fl_report(s->diags, FL_E_RAND_USE, e->span, NULL);
		break;
	case FL_VALUE_FRACTION:
		fl_report(s->diags, FL_E_FRACTION, e->span, NULL);
		break;
	case FL_VALUE_POINTER:
		fl_report(s->diags, FL_E_POINTER_OPERATOR, e->span, fl_expr_text(s, e), NULL);
		break;
	case FL_VALUE_OBJECT:
		fl_report(s->diags, FL_E_OBJECT_USE, e->span, fl_expr_text(s, e),
			  fl_type_text(s, e), fl_part_of(s, e), NULL);
		break;
	default:
		break;
	}
	return false;
}

bool fl_want_truth(struct fl_sema *s, const struct fl_expr *e)
{
	if (e->type == FL_VALUE_POINTER)
		return true;
	if (e->type != FL_VALUE_STRING)
		return fl_want_number(s, e, FL_OP_NONE);
	fl_report(s->diags, FL_E_STRING_CONDITION, e->span, fl_expr_text(s, e), NULL);
	return false;
}
