/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "btf.h"
#include "list.h"

#define MAX_DEPTH 16	  /* anonymous members inside each other */
#define MAX_MEMBERS 65536 /* of one structure, in all */

/* The BTF of vmlinux (slot 0) or of a module. */
struct object {
	char *module;
	struct fl_btf btf;
	int err; /* why it cannot be read, or 0 */
};

struct facts {
	struct fl_kernel k; /* first: this is what others hold */
	char *root;
	char *release;
	bool search_symbols;
	struct fl_list list;
	struct object **objects;
	size_t nobjects;
	char btf_problem[160];
};

static struct facts *of(struct fl_kernel *k)
{
	return (struct facts *)k;
}

/* vmlinux for NULL; NULL when there is no memory. */
static struct object *get_object(struct facts *f, const char *module)
{
	char path[PATH_MAX];
	struct object *o, **more;

	for (size_t i = 0; i < f->nobjects; i++) {
		o = f->objects[i];
		if (module ? o->module && !strcmp(o->module, module) : !o->module)
			return o;
	}
	/* A module's types stand on those of vmlinux, which come first. */
	if (module && !get_object(f, NULL))
		return NULL;
	o = calloc(1, sizeof(*o));
	more = realloc(f->objects, (f->nobjects + 1) * sizeof(f->objects[0]));
	if (more)
		f->objects = more;
	if (o && module)
		o->module = strdup(module);
	if (!o || !more || (module && !o->module)) {
		free(o);
		return NULL;
	}
	snprintf(path, sizeof(path), "%s/sys/kernel/btf/%s", f->root, module ? module : "vmlinux");
	o->err = module ? f->objects[0]->err : 0;
	if (!o->err)
		o->err = fl_btf_open(&o->btf, path, module ? &f->objects[0]->btf : NULL);
	f->objects[f->nobjects++] = o;
	return o;
}

static fl_type_id make_id(const struct facts *f, const struct object *o, uint32_t id)
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

static const struct object *object_of(const struct facts *f, fl_type_id id)
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

static uint32_t size_of(const struct facts *f, const struct object *o, uint32_t id, int depth)
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

/* A type with what is around it taken off. */
static void describe(const struct facts *f, const struct object *o, uint32_t id,
		     struct fl_type *out)
{
	const struct btf_type *t;
	const struct btf_array *array;

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
	case 19: /* BTF_KIND_ENUM64 */
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
}

/* Fill @out from the FUNC @id; false when the file makes no sense there. */
static bool describe_func(const struct facts *f, const struct object *o, uint32_t id,
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
	/* a last parameter without name and type stands for "..." */
	if (n && !params[n - 1].type && !params[n - 1].name_off) {
		out->variadic = true;
		n--;
	}
	if (n > FL_MAX_PARAMS)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		out->params[i].name = fl_btf_string(&o->btf, params[i].name_off);
		describe(f, o, params[i].type, &out->params[i].type);
	}
	out->nparams = n;
	describe(f, o, proto->type, &out->ret);
	out->btf_id = id;
	out->in_btf = true;
	return true;
}

/* The kernel did not say how the function fails: go by what it returns. */
static enum fl_tag guess_tag(const struct fl_func *fn)
{
	if (fn->ret.kind == FL_TYPE_PTR)
		return FL_TAG_ERRNO_NULL;
	if (fn->ret.kind == FL_TYPE_BOOL)
		return FL_TAG_TRUE;
	return FL_TAG_ERRNO;
}

static bool matches(const struct fl_list_entry *e, const char *module, const char *name)
{
	if (strcmp(e->name, name))
		return false;
	if (!module)
		return true;
	return !strcmp(e->module ? e->module : "vmlinux", module);
}

static int find_func(struct fl_kernel *k, const char *module, const char *name, struct fl_func *out)
{
	struct facts *f = of(k);
	const struct fl_list_entry *found = NULL;
	const struct object *o;
	uint32_t id = 0;
	bool twice = false;

	memset(out, 0, sizeof(*out));
	if (fl_list_read(&f->list, f->root, f->search_symbols))
		return -ENOMEM;
	for (size_t i = 0; i < f->list.n; i++) {
		if (!matches(&f->list.entries[i], module, name))
			continue;
		if (found) {
			twice = true;
			break;
		}
		found = &f->list.entries[i];
	}
	out->name = found ? found->name : name;
	if (found)
		module = found->module;
	else if (module && !strcmp(module, "vmlinux"))
		module = NULL;
	out->module = module;
	if (twice)
		return -ENOTUNIQ;
	o = get_object(f, module);
	if (!o)
		return -ENOMEM;
	if (!o->err)
		id = fl_btf_find(&o->btf, name, BTF_KIND_FUNC);
	if (id && !describe_func(f, o, id, out))
		id = 0;
	if (found)
		out->tag = found->tag ? found->tag : guess_tag(out);
	return found || id ? 0 : -ENOENT;
}

static int each_injectable(struct fl_kernel *k,
			   int (*fn)(const char *name, const char *module, enum fl_tag tag,
				     void *arg),
			   void *arg)
{
	struct facts *f = of(k);

	if (fl_list_read(&f->list, f->root, f->search_symbols))
		return -ENOMEM;
	for (size_t i = 0; i < f->list.n; i++) {
		const struct fl_list_entry *e = &f->list.entries[i];
		int stop = fn(e->name, e->module, e->tag, arg);

		if (stop)
			return stop;
	}
	return 0;
}

static int each_function(struct fl_kernel *k, const char *prefix,
			 int (*fn)(const char *name, const char *module, enum fl_tag tag,
				   void *arg),
			 void *arg)
{
	const struct object *o = get_object(of(k), NULL);
	size_t len = strlen(prefix);

	for (uint32_t id = 1; o && !o->err && id <= o->btf.ntypes; id++) {
		const struct btf_type *t = fl_btf_type(&o->btf, id);
		const char *name = fl_btf_string(&o->btf, t->name_off);
		int stop = 0;

		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC && !strncmp(name, prefix, len))
			stop = fn(name, NULL, FL_TAG_NONE, arg);
		if (stop)
			return stop;
	}
	return 0;
}

static enum fl_list_state list_state(struct fl_kernel *k)
{
	struct facts *f = of(k);

	if (fl_list_read(&f->list, f->root, f->search_symbols))
		return FL_LIST_HIDDEN;
	return f->list.state;
}

static const char *list_problem(struct fl_kernel *k)
{
	list_state(k);
	return of(k)->list.problem;
}

static const char *btf_problem(struct fl_kernel *k)
{
	struct facts *f = of(k);
	const struct object *o = get_object(f, NULL);
	int err = o ? o->err : -ENOMEM;

	if (!err)
		return "";
	if (err == -ENOENT)
		return "this kernel has no type information (CONFIG_DEBUG_INFO_BTF)";
	if (err == -EBADMSG)
		return "this kernel's type information cannot be understood";
	snprintf(f->btf_problem, sizeof(f->btf_problem),
		 "this kernel's type information cannot be read: %s", strerror(-err));
	return f->btf_problem;
}

static int get_type(struct fl_kernel *k, fl_type_id id, struct fl_type *out)
{
	const struct object *o = object_of(of(k), id);

	if (!o || (id && !fl_btf_type(&o->btf, (uint32_t)id)))
		return -ENOENT;
	describe(of(k), o, (uint32_t)id, out);
	return 0;
}

struct walk {
	struct facts *f;
	const struct object *o;
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

static int each_member(struct fl_kernel *k, fl_type_id id,
		       int (*fn)(const struct fl_member *m, void *arg), void *arg)
{
	struct walk w = { of(k), object_of(of(k), id), fn, arg, MAX_MEMBERS };

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

static int get_member(struct fl_kernel *k, fl_type_id id, const char *name, struct fl_member *out)
{
	struct wanted w = { name, out };
	int found = each_member(k, id, is_wanted, &w);

	return found == 1 ? 0 : found < 0 ? found : -ENOENT;
}

static int find_type(struct fl_kernel *k, enum fl_type_kind kind, const char *name,
		     struct fl_type *out)
{
	static const uint32_t kinds[] = {
		[FL_TYPE_INT] = BTF_KIND_INT,
		[FL_TYPE_ENUM] = BTF_KIND_ENUM,
		[FL_TYPE_STRUCT] = BTF_KIND_STRUCT,
		[FL_TYPE_UNION] = BTF_KIND_UNION,
	};
	const struct object *o = get_object(of(k), NULL);
	uint32_t id;

	if (!o || o->err || kind >= sizeof(kinds) / sizeof(kinds[0]) || !kinds[kind])
		return -ENOENT;
	id = fl_btf_find(&o->btf, name, kinds[kind]);
	if (!id)
		return -ENOENT;
	describe(of(k), o, id, out);
	return 0;
}

static bool has_module(struct fl_kernel *k, const char *name)
{
	char path[PATH_MAX];

	if (!strcmp(name, "vmlinux"))
		return true;
	snprintf(path, sizeof(path), "%s/sys/module/%s", of(k)->root, name);
	return !access(path, F_OK);
}

static const struct fl_kernel_ops ops = {
	.find_func = find_func,
	.each_injectable = each_injectable,
	.each_function = each_function,
	.list_state = list_state,
	.list_problem = list_problem,
	.btf_problem = btf_problem,
	.type = get_type,
	.member = get_member,
	.each_member = each_member,
	.find_type = find_type,
	.has_module = has_module,
};

/* "0-7" or "0,2-3": the highest number and one. */
static unsigned int count_cpus(const char *root)
{
	char path[PATH_MAX], *text, *last;
	size_t len;
	long highest;

	snprintf(path, sizeof(path), "%s/sys/devices/system/cpu/possible", root);
	text = fl_read_text(path, &len);
	if (!text)
		return 1;
	last = strrchr(text, '-');
	if (!last)
		last = strrchr(text, ',');
	highest = strtol(last ? last + 1 : text, NULL, 10);
	free(text);
	return highest < 0 || highest > 8191 ? 1 : (unsigned int)highest + 1;
}

static char *read_release(const char *root)
{
	struct utsname u;
	char path[PATH_MAX], *text;
	size_t len;

	if (!*root)
		return strdup(uname(&u) ? "" : u.release);
	snprintf(path, sizeof(path), "%s/proc/sys/kernel/osrelease", root);
	text = fl_read_text(path, &len);
	if (!text)
		return strdup("");
	text[strcspn(text, "\n")] = '\0';
	return text;
}

int fl_facts_open(const struct fl_facts_opts *opts, struct fl_kernel **out)
{
	struct facts *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->k.ops = &ops;
	f->root = strdup(opts->root ? opts->root : "");
	f->release = f->root ? read_release(f->root) : NULL;
	if (!f->root || !f->release) {
		fl_facts_close(&f->k);
		return -ENOMEM;
	}
	f->search_symbols = opts->search_symbols;
	f->k.release = f->release;
	f->k.ncpus = count_cpus(f->root);
	*out = &f->k;
	return 0;
}

void fl_facts_close(struct fl_kernel *k)
{
	struct facts *f = k ? of(k) : NULL;

	if (!f)
		return;
	for (size_t i = 0; i < f->nobjects; i++) {
		fl_btf_close(&f->objects[i]->btf);
		free(f->objects[i]->module);
		free(f->objects[i]);
	}
	free(f->objects);
	fl_list_release(&f->list);
	free(f->release);
	free(f->root);
	free(f);
}

int fl_btf_module_fd(const char *module)
{
	__u32 id = 0;

	while (!bpf_btf_get_next_id(id, &id)) {
		char name[64] = "";
		struct bpf_btf_info info = { .name = (__u64)(uintptr_t)name,
					     .name_len = sizeof(name) };
		__u32 len = sizeof(info);
		int fd = bpf_btf_get_fd_by_id(id);

		if (fd < 0) {
			if (fd == -ENOENT) /* unloaded meanwhile */
				continue;
			return fd;
		}
		if (!bpf_obj_get_info_by_fd(fd, &info, &len) && info.kernel_btf &&
		    !strcmp(name, module))
			return fd;
		close(fd);
	}
	return -ENOENT;
}
