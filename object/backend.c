/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "backend.h"

#define WHY(id) (1U << FL_WHY_##id)
/* what rules out all back ends that need BTF */
#define TRACING \
	(WHY(NOT_IN_BTF) | WHY(NOT_IN_MODULE_BTF) | WHY(VARIADIC) | WHY(MANY_ARGS) | WHY(REFUSED))

_Static_assert(FL_NWHYS <= 32, "reasons are bits");
#define FL_BACKEND(id, code, ...) _Static_assert((code) < FL_NBACKENDS, #id " leaves codes out");
#include "backend.def"
#undef FL_BACKEND

struct backend {
	const char *name;
	const char *returns; /* the template's macro; NULL: it cannot */
	bool at_start;	     /* can watch there */
	bool at_end;
	bool many; /* one program on many functions: not what one alone gets */
	bool is_tracing;
	uint32_t cannot; /* reasons */
	uint32_t harms;
	const char *chosen; /* why it is taken where it comes first */
};

static const struct backend backends[FL_NBACKENDS] = {
	[FL_BACKEND_AUTO] = { .name = "auto" },
#define FL_BACKEND(id, code, ops, shown, ...) [FL_BACKEND_##id] = { .name = (shown), __VA_ARGS__ },
#include "backend.def"
#undef FL_BACKEND
};

static const enum fl_backend by_preference[] = {
#define FL_BACKEND(id, ...) FL_BACKEND_##id,
#include "backend.def"
#undef FL_BACKEND
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool holds(enum fl_why id, enum fl_backend b, const struct fl_backend_facts *f)
{
	switch (id) {
#define FL_WHY_NOT(id, condition, text) \
	case FL_WHY_##id:               \
		return condition;
#include "backend.def"
#undef FL_WHY_NOT
	default:
		return false;
	}
}

static const char *text_of(enum fl_why id, enum fl_backend b, const struct fl_backend_facts *f)
{
	static const char *const texts[FL_NWHYS] = {
		[FL_WHY_NONE] = "",
#define FL_WHY_NOT(id, condition, text) [FL_WHY_##id] = (text),
#include "backend.def"
#undef FL_WHY_NOT
	};

	return texts[id] ? texts[id] : f->refused[b];
}

/* The first of the reasons in @mask that holds. */
static bool find(uint32_t mask, enum fl_backend b, const struct fl_backend_facts *f,
		 struct fl_why_not *why)
{
	enum fl_why id = FL_WHY_NONE;

	for (int i = FL_WHY_NONE + 1; i < FL_NWHYS && !id; i++) {
		if (mask & 1U << i && holds((enum fl_why)i, b, f))
			id = (enum fl_why)i;
	}
	*why = (struct fl_why_not){ id, text_of(id, b, f) };
	return id != FL_WHY_NONE;
}

bool fl_backend_can(enum fl_backend b, const struct fl_backend_facts *f, struct fl_why_not *why)
{
	return !find(backends[b].cannot, b, f, why);
}

bool fl_backend_harms(enum fl_backend b, const struct fl_backend_facts *f, struct fl_why_not *why)
{
	return find(backends[b].harms, b, f, why);
}

static bool is_candidate(const struct backend *row, const struct fl_backend_facts *f)
{
	if (row->many)
		return false;
	return f->returns ? row->returns != NULL : f->at_exit ? row->at_end : row->at_start;
}

void fl_backend_choose(const struct fl_backend_facts *f, struct fl_backend_choice *out)
{
	enum fl_backend harmful = FL_BACKEND_AUTO;

	*out = (struct fl_backend_choice){ .reason = "" };
	for (size_t i = 0; i < COUNT(by_preference); i++) {
		enum fl_backend b = by_preference[i];
		struct fl_why_not why;
		bool can;

		if (!is_candidate(&backends[b], f))
			continue;
		can = fl_backend_can(b, f, &why);
		out->last = why;
		if (can && fl_backend_harms(b, f, &why))
			harmful = harmful ? harmful : b;
		else if (can && !out->backend)
			out->backend = b;
		if (!out->preferred) {
			out->preferred = b;
			out->against = why;
		}
	}
	if (!out->backend)
		out->backend = harmful;
	if (out->backend == out->preferred)
		out->against = (struct fl_why_not){ FL_WHY_NONE, "" };
	out->reason = out->against.id ? out->against.text : backends[out->preferred].chosen;
}

bool fl_backend_has_other(enum fl_backend b, enum fl_backend asked, bool is_hook)
{
	return asked != FL_BACKEND_FMOD_RET && !(b == FL_BACKEND_FMOD_RET && is_hook);
}

const char *fl_backend_name(enum fl_backend b)
{
	return backends[b].name;
}

bool fl_backend_is_exit(enum fl_backend b)
{
	return backends[b].at_end;
}

bool fl_backend_is_tracing(enum fl_backend b)
{
	return backends[b].is_tracing;
}

const char *fl_backend_chosen(enum fl_backend b)
{
	return backends[b].chosen;
}

const char *fl_backend_returns(enum fl_backend b)
{
	return backends[b].returns;
}
