/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts_types.c - types and members for kernel.h, from BTF. */
#include <errno.h>
#include <string.h>

#include "facts_impl.h"

#define KIND_ENUM64 19	  /* older headers lack it */
#define MAX_MEMBERS 65536 /* of one structure, in all */
#define MAX_DEPTH 16	  /* anonymous members inside each other */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static fl_type_id make_id(const struct fl_facts *f, const struct fl_object_types *o, uint32_t id)
{
	size_t slot = 0;

	if (!id)
		return 0;
	/* What a module takes from vmlinux is vmlinux's. */
	if (id >= fl_btf_first_id(&o->btf)) {
		while (f->objects[slot] != o)
			slot++;
	}
	return (uint64_t)slot << 32 | id;
}

static const struct fl_object_types *object_of(const struct fl_facts *f, fl_type_id id)
{
	size_t slot = id >> 32;

	return slot < f->nobjects && !f->objects[slot]->err ? f->objects[slot] : NULL;
}

static void describe_int(const struct btf_type *t, const char *name, struct fl_type *out)
{
	uint32_t encoding = BTF_INT_ENCODING(*(const uint32_t *)(t + 1));

	out->kind = encoding & BTF_INT_BOOL || !strcmp(name, "_Bool") ? FL_TYPE_BOOL : FL_TYPE_INT;
	out->is_signed = encoding & BTF_INT_SIGNED;
	out->size = t->size;
}

static uint32_t size_of(const struct fl_facts *f, const struct fl_object_types *o, uint32_t id,
			int depth)
{
	const struct btf_type *t = fl_btf_type(&o->btf, fl_btf_skip(&o->btf, id));
	const struct btf_array *array;

	if (!t || depth > MAX_DEPTH)
		return 0;
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR:
		return 8;
	case BTF_KIND_ARRAY:
		array = (const struct btf_array *)(t + 1);
		return array->nelems * size_of(f, o, array->type, depth + 1);
	case BTF_KIND_FUNC:
	case BTF_KIND_FUNC_PROTO:
	case BTF_KIND_FWD:
		return 0;
	default:
		return t->size;
	}
}

/*
 * Is it a __int128, or does it contain one? Nothing else that is passed in
 * registers is aligned to 16 bytes. @left bounds the search.
 */
static bool is_wide(const struct fl_btf *btf, uint32_t id, unsigned int *left)
{
	const struct btf_type *t = fl_btf_type(btf, fl_btf_skip(btf, id));
	uint32_t kind = t ? BTF_INFO_KIND(t->info) : BTF_KIND_UNKN;
	const struct btf_member *m;

	if (kind == BTF_KIND_INT)
		return t->size == 16;
	if ((kind != BTF_KIND_STRUCT && kind != BTF_KIND_UNION) || t->size != 16)
		return false;
	m = (const struct btf_member *)(t + 1);
	for (uint32_t i = 0; i < BTF_INFO_VLEN(t->info) && *left; i++) {
		--*left;
		if (is_wide(btf, m[i].type, left))
			return true;
	}
	return false;
}

/* A type without typedefs and qualifiers. */
static void describe(const struct fl_facts *f, const struct fl_object_types *o, uint32_t id,
		     struct fl_type *out)
{
	const struct btf_type *t;
	const struct btf_array *array;
	unsigned int left = MAX_DEPTH;

	memset(out, 0, sizeof(*out));
	out->name = "";
	id = fl_btf_skip(&o->btf, id);
	t = fl_btf_type(&o->btf, id);
	if (!t) {
		out->kind = FL_TYPE_VOID;
		return;
	}
	out->id = make_id(f, o, id);
	out->name = fl_btf_string(&o->btf, t->name_off);
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
		describe_int(t, out->name, out);
		break;
	case BTF_KIND_ENUM:
	case KIND_ENUM64:
		out->kind = FL_TYPE_ENUM;
		out->size = t->size;
		out->is_signed = BTF_INFO_KFLAG(t->info);
		break;
	case BTF_KIND_PTR:
		out->kind = FL_TYPE_PTR;
		out->size = 8;
		out->target = make_id(f, o, t->type);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		out->kind =
			BTF_INFO_KIND(t->info) == BTF_KIND_STRUCT ? FL_TYPE_STRUCT : FL_TYPE_UNION;
		out->size = t->size;
		break;
	case BTF_KIND_ARRAY:
		array = (const struct btf_array *)(t + 1);
		out->kind = FL_TYPE_ARRAY;
		out->target = make_id(f, o, array->type);
		out->nelems = array->nelems;
		out->size = size_of(f, o, id, 0);
		break;
	case BTF_KIND_FUNC_PROTO:
	case BTF_KIND_FUNC:
		out->kind = FL_TYPE_FUNC;
		break;
	case BTF_KIND_FLOAT:
		out->kind = FL_TYPE_FLOAT;
		out->size = t->size;
		break;
	default:
		out->kind = FL_TYPE_FWD;
		break;
	}
	out->is_wide = out->size == 16 && is_wide(&o->btf, id, &left);
}

static bool has_evidence(struct fl_facts *f, const struct fl_evidence *e)
{
	struct fl_object_types *o = fl_facts_object(f, NULL);
	int64_t value;

	if (!o || o->err)
		return false;
	switch (e->kind) {
	case FL_EVIDENCE_FUNC:
		return fl_btf_find_func(&o->btf, e->name) != 0;
	case FL_EVIDENCE_STRUCT:
		return fl_btf_find(&o->btf, e->name, BTF_KIND_STRUCT) != 0;
	case FL_EVIDENCE_ENUMERATOR:
		return fl_btf_find_enumerator(&o->btf, e->name, &value);
	case FL_EVIDENCE_NONE:
	default:
		return false;
	}
}

/*
 * How many words of arguments BPF's trampolines pass on. The kernel refuses
 * more only when one is attached, so look for what came with that feature.
 */
static unsigned int trampoline_words(struct fl_facts *f)
{
	const struct fl_arch *arch = f->of_arch;

	if (f->trampoline_words)
		return f->trampoline_words;
	f->trampoline_words = arch->trampoline_words;
	for (size_t i = 0; i < COUNT(arch->more_words); i++) {
		if (has_evidence(f, &arch->more_words[i]))
			f->trampoline_words = FL_MAX_PARAMS;
	}
	return f->trampoline_words;
}

static bool is_too_long(struct fl_facts *f, const struct fl_func *fn)
{
	unsigned int words;

	if (!f->of_arch)
		return false;
	words = fl_arch_words(f->of_arch, fn, fn->nparams);
	/* few functions are so long that the kernel matters */
	return words > f->of_arch->trampoline_words && words > trampoline_words(f);
}

bool fl_facts_describe_func(struct fl_facts *f, const struct fl_object_types *o, uint32_t id,
			    struct fl_func *out)
{
	const struct btf_type *t = fl_btf_type(&o->btf, id);
	const struct btf_type *proto = t ? fl_btf_type(&o->btf, t->type) : NULL;
	const struct btf_param *params;
	uint32_t n;

	if (!proto || BTF_INFO_KIND(proto->info) != BTF_KIND_FUNC_PROTO)
		return false;
	params = (const struct btf_param *)(proto + 1);
	n = BTF_INFO_VLEN(proto->info);
	/* a last parameter without name and type means "..." */
	if (n && !params[n - 1].type && !params[n - 1].name_off) {
		out->variadic = true;
		out->no_trampoline = FL_WHY_VARIADIC;
		n--;
	}
	if (n > FL_MAX_PARAMS)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		out->params[i].name = fl_btf_string(&o->btf, params[i].name_off);
		describe(f, o, params[i].type, &out->params[i].type);
	}
	out->nparams = n;
	if (is_too_long(f, out))
		out->no_trampoline = FL_WHY_MANY_ARGS;
	describe(f, o, proto->type, &out->ret);
	out->btf_id = id;
	out->in_btf = true;
	return true;
}

int fl_facts_type(struct fl_kernel *k, fl_type_id id, struct fl_type *out)
{
	const struct fl_object_types *o = object_of(fl_facts_of(k), id);

	if (!o || (id && !fl_btf_type(&o->btf, (uint32_t)id)))
		return -ENOENT;
	describe(fl_facts_of(k), o, (uint32_t)id, out);
	return 0;
}

struct walk {
	struct fl_facts *f;
	const struct fl_object_types *o;
	int (*fn)(const struct fl_member *m, void *arg);
	void *arg;
	unsigned int left; /* a file that is wrong may nest without end */
};

/* Every named member below @id, anonymous structs and unions opened up. */
static int walk_members(struct walk *w, uint32_t id, uint32_t offset, int depth)
{
	const struct fl_btf *btf = &w->o->btf;
	const struct btf_type *t = fl_btf_type(btf, fl_btf_skip(btf, id));
	const struct btf_member *m;
	uint32_t n;

	if (!t || depth > MAX_DEPTH ||
	    (BTF_INFO_KIND(t->info) != BTF_KIND_STRUCT && BTF_INFO_KIND(t->info) != BTF_KIND_UNION))
		return -ENOENT;
	m = (const struct btf_member *)(t + 1);
	n = BTF_INFO_VLEN(t->info);
	for (uint32_t i = 0; i < n && w->left; i++, m++) {
		bool packed = BTF_INFO_KFLAG(t->info);
		struct fl_member out = {
			.name = fl_btf_string(btf, m->name_off),
			.bit_offset =
				offset + (packed ? BTF_MEMBER_BIT_OFFSET(m->offset) : m->offset),
			.bit_size = packed ? BTF_MEMBER_BITFIELD_SIZE(m->offset) : 0,
		};
		int stop;

		w->left--;
		if (*out.name) {
			describe(w->f, w->o, m->type, &out.type);
			stop = w->fn(&out, w->arg);
		} else {
			stop = walk_members(w, m->type, out.bit_offset, depth + 1);
			if (stop == -ENOENT) /* padding */
				stop = 0;
		}
		if (stop)
			return stop;
	}
	return 0;
}

int fl_facts_each_member(struct fl_kernel *k, fl_type_id id,
			 int (*fn)(const struct fl_member *m, void *arg), void *arg)
{
	struct fl_facts *f = fl_facts_of(k);
	struct walk w = { f, object_of(f, id), fn, arg, MAX_MEMBERS };

	return w.o ? walk_members(&w, (uint32_t)id, 0, 0) : -ENOENT;
}

struct wanted {
	const char *name;
	struct fl_member *out;
};

static int is_wanted(const struct fl_member *m, void *arg)
{
	struct wanted *w = arg;

	if (strcmp(m->name, w->name))
		return 0;
	*w->out = *m;
	return 1;
}

int fl_facts_member(struct fl_kernel *k, fl_type_id id, const char *name, struct fl_member *out)
{
	struct wanted w = { name, out };
	int found = fl_facts_each_member(k, id, is_wanted, &w);

	return found == 1 ? 0 : found < 0 ? found : -ENOENT;
}

/* Call @fn on the types of @module, where there are any, then on vmlinux's. */
static int in_objects(struct fl_facts *f, const char *module,
		      int (*fn)(struct fl_facts *f, const struct fl_object_types *o, void *arg),
		      void *arg)
{
	const struct fl_object_types *o = module ? fl_facts_object(f, module) : NULL;
	int err = o && !o->err ? fn(f, o, arg) : -ENOENT;

	if (err != -ENOENT)
		return err;
	o = fl_facts_object(f, NULL);
	return o && !o->err ? fn(f, o, arg) : -ENOENT;
}

struct type_search {
	enum fl_type_kind kind;
	const char *name;
	struct fl_type *out;
};

static int find_type_in(struct fl_facts *f, const struct fl_object_types *o, void *arg)
{
	static const uint32_t kinds[] = {
		[FL_TYPE_UNKNOWN] = BTF_KIND_TYPEDEF, [FL_TYPE_INT] = BTF_KIND_INT,
		[FL_TYPE_ENUM] = BTF_KIND_ENUM,	      [FL_TYPE_STRUCT] = BTF_KIND_STRUCT,
		[FL_TYPE_UNION] = BTF_KIND_UNION,
	};
	const struct type_search *t = arg;
	uint32_t id;

	if (t->kind >= sizeof(kinds) / sizeof(kinds[0]) || !kinds[t->kind])
		return -ENOENT;
	id = fl_btf_find(&o->btf, t->name, kinds[t->kind]);
	if (!id && t->kind == FL_TYPE_ENUM)
		id = fl_btf_find(&o->btf, t->name, KIND_ENUM64);
	if (!id)
		return -ENOENT;
	describe(f, o, id, t->out);
	return 0;
}

int fl_facts_find_type(struct fl_kernel *k, const char *module, enum fl_type_kind kind,
		       const char *name, struct fl_type *out)
{
	struct type_search t = { kind, name, out };

	return in_objects(fl_facts_of(k), module, find_type_in, &t);
}

struct enumerator_search {
	const char *name;
	int64_t *out;
};

static int find_enumerator_in(struct fl_facts *f, const struct fl_object_types *o, void *arg)
{
	const struct enumerator_search *s = arg;

	(void)f;
	return fl_btf_find_enumerator(&o->btf, s->name, s->out) ? 0 : -ENOENT;
}

int fl_facts_find_enumerator(struct fl_kernel *k, const char *module, const char *name,
			     int64_t *out)
{
	struct enumerator_search s = { name, out };

	return in_objects(fl_facts_of(k), module, find_enumerator_in, &s);
}
