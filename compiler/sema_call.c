/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sema_call.c - what has parentheses: str(), within() ... */
#include <string.h>

#include "near.h"
#include "sema_impl.h"

static bool wants_one(struct fl_sema *s, const struct fl_expr *e, const char *hint)
{
	if (e->nitems == 1)
		return true;
	fl_report(s->diags, FL_E_CALL_ARGS, e->span, e->text,
		  fl_arena_printf(s->arena, "%zu", e->nitems), hint, NULL);
	return false;
}

static void check_str(struct fl_sema *s, struct fl_expr *e)
{
	struct fl_expr *p;

	if (!wants_one(s, e, "str(POINTER), ustr(POINTER)"))
		return;
	p = e->items[0];
	fl_check_expr(s, p);
	if (!p->type)
		return;
	if (e->function == FL_FUNCTION_str && p->in_memory && p->type == FL_VALUE_STRING) {
		struct fl_span span = e->span;

		/* an array is the string, as in C, where it becomes a pointer */
		*e = *p;
		e->span = span;
		return;
	}
	if (p->type != FL_VALUE_POINTER && p->type != FL_VALUE_UINT && p->type != FL_VALUE_INT) {
		fl_report(s->diags, FL_E_STR_POINTER, p->span, e->text, fl_expr_text(s, p),
			  p->type == FL_VALUE_STRING
				  ? fl_arena_printf(s->arena,
						    "it is a string already: %s == \"...\"",
						    fl_expr_text(s, p))
				  : NULL,
			  NULL);
		return;
	}
	e->type = FL_VALUE_STRING;
}

static void check_cgroup(struct fl_sema *s, struct fl_expr *e)
{
	unsigned int level;
	uint64_t id;

	if (!wants_one(s, e, "cgroup(\"/system.slice\")"))
		return;
	if (e->items[0]->kind != FL_EXPR_STRING && e->items[0]->kind != FL_EXPR_PARAM) {
		fl_report(s->diags, FL_E_CGROUP, e->items[0]->span, NULL);
		return;
	}
	fl_check_expr(s, e->items[0]);
	if (e->items[0]->type != FL_VALUE_STRING)
		return;
	if (s->kernel->ops->cgroup(s->kernel, e->items[0]->text, &id, &level)) {
		if (!s->opts->lenient) {
			fl_report(s->diags, FL_E_NO_CGROUP, e->items[0]->span, e->items[0]->text,
				  NULL);
			return;
		}
		id = 0;
		level = 0;
	}
	e->type = FL_VALUE_INT;
	e->value = id;
	e->index = level;
	*FL_APPEND(s->arena, s->script, cgroups) = e;
}

/* include/uapi/asm-generic/ioctl.h, which x86-64 and arm64 have as it is */
#define IOC_NUMBER 0
#define IOC_TYPE 8
#define IOC_SIZE 16
#define IOC_DIRECTION 30
#define IOC_WRITE UINT64_C(1)
#define IOC_READ UINT64_C(2)
#define IOC_MOST_SIZE ((UINT64_C(1) << 14) - 1)

static void bad_ioctl(struct fl_sema *s, const struct fl_expr *e, struct fl_span span,
		      const char *wanted)
{
	fl_report(s->diags, FL_E_IOCTL, span, e->text, wanted,
		  e->function == FL_FUNCTION__IO ? "\"f\", 1" : "\"f\", 1, struct NAME", NULL);
}

/* A constant of up to @most, or a string of one character where @is_text. */
static bool ioctl_part(struct fl_sema *s, const struct fl_expr *e, struct fl_expr *part,
		       bool is_text, uint64_t most, const char *wanted, uint64_t *value)
{
	fl_check_expr(s, part);
	if (!part->type)
		return false;
	if (is_text && part->kind == FL_EXPR_STRING && strlen(part->text) == 1) {
		*value = (unsigned char)*part->text;
		return true;
	}
	*value = part->value;
	if (part->is_constant && fl_is_number(part) && part->value <= most)
		return true;
	bad_ioctl(s, e, part->span, wanted);
	return false;
}

/* _IO("T", 1), _IOR("f", 1, long): the number of an ioctl. */
static void check_ioctl(struct fl_sema *s, struct fl_expr *e)
{
	static const uint64_t directions[] = {
		[FL_FUNCTION__IOR] = IOC_READ,
		[FL_FUNCTION__IOW] = IOC_WRITE,
		[FL_FUNCTION__IOWR] = IOC_READ | IOC_WRITE,
	};
	size_t wanted = e->function == FL_FUNCTION__IO ? 2 : 3;
	uint64_t type, number, size = 0;

	if (e->nitems + (e->cast != NULL) != wanted) {
		bad_ioctl(s, e, e->span, wanted == 2 ? "two arguments" : "three arguments");
		return;
	}
	if (!ioctl_part(s, e, e->items[0], true, 255,
			"a character or a number up to 255 as its first argument", &type) ||
	    !ioctl_part(s, e, e->items[1], false, 255, "a number up to 255 as its second argument",
			&number))
		return;
	if (e->cast && !fl_size_of(s, e->cast, &size))
		return;
	if (e->nitems == 3 &&
	    !ioctl_part(s, e, e->items[2], false, IOC_MOST_SIZE,
			"a type or its size in bytes as its third argument", &size))
		return;
	if (e->cast && (!size || size > IOC_MOST_SIZE)) {
		bad_ioctl(s, e, e->cast->span, "a type of 1 to 16383 bytes as its third argument");
		return;
	}
	fl_set_constant(e, FL_VALUE_INT,
			directions[e->function] << IOC_DIRECTION | size << IOC_SIZE |
				type << IOC_TYPE | number << IOC_NUMBER);
}

/* within(f if EXPR): what watches f is put together in sema_rule.c's terms. */
static void check_tracker(struct fl_sema *s, struct fl_expr *e)
{
	struct fl_target *target = fl_arena_alloc(s->arena, sizeof(*target));
	struct fl_sema inner = *s;
	struct fl_tracker *tracker;
	struct fl_on on;

	*target = (struct fl_target){
		.span = e->pattern->span,
		.module_span = e->pattern->span,
		.module = e->pattern->module,
		.name = e->pattern->name,
		.is_glob = strpbrk(e->pattern->name, "*?[%") != NULL,
	};
	if (s->place == FL_PLACE_TRACKER) {
		fl_report(s->diags, FL_E_TRACKER_NESTED, e->span, NULL);
		return;
	}
	if (target->is_glob) {
		fl_report(s->diags, FL_E_TRACKER_GLOB, e->pattern->span, e->pattern->name, NULL);
		return;
	}
	if (!fl_find_on(s, target, false, &on))
		return;
	/* the list may move: fill in by index, after the condition */
	e->index = (unsigned int)s->script->ntrackers;
	tracker = FL_APPEND(s->arena, s->script, trackers);
	tracker->expr = e;
	tracker->on = on;
	tracker->instance = (struct fl_instance){ .func = on.func, .target = target };
	inner.place = FL_PLACE_TRACKER;
	inner.instance = &tracker->instance;
	fl_check_expr(&inner, e->left);
	if (e->left->type && fl_want_truth(&inner, e->left))
		e->type = FL_VALUE_INT;
	s->script->trackers[e->index].instance.cond = e->left;
}

static void no_call(struct fl_sema *s, const struct fl_expr *e)
{
	struct fl_span span = e->span;
	const char *best = NULL;
	unsigned int distance = 3;
	struct fl_buf all;

	fl_buf_init(&all, s->arena);
	for (int i = 1; i < FL_NFUNCTIONS; i++) {
		const char *name = fl_function_name((enum fl_function)i);

		fl_nearest(e->text, name, &best, &distance);
		fl_buf_printf(&all, "%s%s()", i > 1 ? ", " : "there are ", name);
	}
	span.len = (uint32_t)strlen(e->text);
	fl_report(s->diags, FL_E_NO_CALL, span, e->text,
		  best ? fl_arena_printf(s->arena, "did you mean '%s()'?", best) : all.text, NULL);
}

void fl_check_call(struct fl_sema *s, struct fl_expr *e)
{
	e->function = fl_function_find(e->text);
	if (!e->function) {
		no_call(s, e);
		return;
	}
	if (fl_is_outside_calls(s) && fl_function_cost(e->function)) {
		fl_report(s->diags, FL_E_PLACE, e->span, fl_expr_text(s, e), NULL);
		return;
	}
	switch (e->function) {
	case FL_FUNCTION_str:
	case FL_FUNCTION_ustr:
		check_str(s, e);
		break;
	case FL_FUNCTION_cgroup:
		check_cgroup(s, e);
		break;
	case FL_FUNCTION__IO:
	case FL_FUNCTION__IOR:
	case FL_FUNCTION__IOW:
	case FL_FUNCTION__IOWR:
		check_ioctl(s, e);
		break;
	default:
		if (e->left && e->function == FL_FUNCTION_within)
			check_tracker(s, e);
		else if (e->left)
			fl_report(s->diags, FL_E_CALLER_IF, e->span, NULL);
		else
			fl_check_pattern(s, e);
	}
}
