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

#include "file.h"
#include "facts_impl.h"
#include "proto.h"

struct fl_object_types *fl_facts_object(struct fl_facts *f, const char *module)
{
	char path[PATH_MAX];
	struct fl_object_types *o, **more;

	for (size_t i = 0; i < f->nobjects; i++) {
		o = f->objects[i];
		if (module ? o->module && !strcmp(o->module, module) : !o->module)
			return o;
	}
	/* A module's types are based on those of vmlinux, which come first. */
	if (module && !fl_facts_object(f, NULL))
		return NULL;
	o = calloc(1, sizeof(*o));
	more = realloc(f->objects, (f->nobjects + 1) * sizeof(f->objects[0]));
	if (more)
		f->objects = more;
	if (o && module)
		o->module = strdup(module);
	if (!o || !more || (module && !o->module)) {
		if (o)
			free(o->module);
		free(o);
		f->k.out_of_memory = true;
		return NULL;
	}
	snprintf(path, sizeof(path), "%s/sys/kernel/btf/%s", f->root, module ? module : "vmlinux");
	o->err = module ? f->objects[0]->err : 0;
	if (!o->err)
		o->err = fl_btf_open(&o->btf, path, module ? &f->objects[0]->btf : NULL);
	f->k.out_of_memory |= o->err == -ENOMEM;
	f->objects[f->nobjects++] = o;
	return o;
}

/* The tag is unknown: derive it from the return type. */
static enum fl_tag guess_tag(const struct fl_func *fn)
{
	if (fn->ret.kind == FL_TYPE_PTR)
		return FL_TAG_ERRNO_NULL;
	if (fn->ret.kind == FL_TYPE_BOOL)
		return FL_TAG_TRUE;
	return FL_TAG_ERRNO;
}

static int find_func(struct fl_kernel *k, const char *module, const char *name, struct fl_func *out)
{
	struct fl_facts *f = fl_facts_of(k);
	const struct fl_list_entry *found;
	struct fl_object_types *o;
	uint32_t id = 0;
	bool twice;

	memset(out, 0, sizeof(*out));
	if (fl_facts_list(f))
		return -ENOMEM;
	found = fl_list_entry(&f->list, module, name, &twice);
	out->name = found ? found->name : name;
	if (found)
		module = found->module;
	else if (module && !strcmp(module, "vmlinux"))
		module = NULL;
	out->module = module;
	if (twice)
		return -ENOTUNIQ;
	o = fl_facts_object(f, module);
	if (!o)
		return -ENOMEM;
	if (!o->err)
		id = fl_btf_find_func(&o->btf, name);
	if (id && !fl_facts_describe_func(f, o, id, out))
		id = 0;
	if (found) {
		out->tag_guessed = !found->tag;
		out->tag = found->tag ? found->tag : guess_tag(out);
	}
	return found || id ? 0 : -ENOENT;
}

static int each_injectable(struct fl_kernel *k,
			   int (*fn)(const char *name, const char *module, enum fl_tag tag,
				     void *arg),
			   void *arg)
{
	struct fl_facts *f = fl_facts_of(k);

	if (fl_facts_list(f))
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
	const struct fl_object_types *o = fl_facts_object(fl_facts_of(k), NULL);
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

static int each_traceable(struct fl_kernel *k,
			  int (*fn)(const char *name, const char *module, enum fl_tag tag,
				    void *arg),
			  void *arg)
{
	struct fl_facts *f = fl_facts_of(k);
	int err = fl_traceable_read(&f->traceable, f->root);

	k->out_of_memory |= err == -ENOMEM;
	for (size_t i = 0; !err && i < f->traceable.n; i++)
		err = fn(f->traceable.list[i].name, f->traceable.list[i].module, FL_TAG_NONE, arg);
	return err;
}

static int prototype(struct fl_kernel *k, const char *module, const char *name, char *out,
		     size_t size)
{
	bool is_core = !module || !strcmp(module, "vmlinux");
	struct fl_object_types *o = fl_facts_object(fl_facts_of(k), is_core ? NULL : module);
	uint32_t id;

	if (!o)
		return -ENOMEM;
	id = o->err ? 0 : fl_btf_find_func(&o->btf, name);
	return id ? fl_proto(&o->btf, id, out, size) : -ENOENT;
}

static enum fl_list_state list_state(struct fl_kernel *k)
{
	struct fl_facts *f = fl_facts_of(k);

	if (fl_facts_list(f))
		return FL_LIST_HIDDEN;
	return f->list.state;
}

static const char *list_problem(struct fl_kernel *k)
{
	list_state(k);
	return fl_facts_of(k)->list.problem;
}

static const char *btf_problem(struct fl_kernel *k)
{
	struct fl_facts *f = fl_facts_of(k);
	const struct fl_object_types *o = fl_facts_object(f, NULL);
	int err = o ? o->err : -ENOMEM;

	if (!err)
		return "";
	if (err == -ENOENT)
		return "this kernel has no type information (CONFIG_DEBUG_INFO_BTF)";
	if (err == -EBADMSG)
		return "cannot parse this kernel's type information";
	snprintf(f->btf_problem, sizeof(f->btf_problem),
		 "cannot read this kernel's type information: %s", strerror(-err));
	return f->btf_problem;
}

static bool has_module(struct fl_kernel *k, const char *name)
{
	char path[PATH_MAX];

	if (!strcmp(name, "vmlinux"))
		return true;
	snprintf(path, sizeof(path), "%s/sys/module/%s", fl_facts_of(k)->root, name);
	return !access(path, F_OK);
}

static const struct fl_kernel_ops ops = {
	.find_func = find_func,
	.each_injectable = each_injectable,
	.each_function = each_function,
	.each_traceable = each_traceable,
	.each_attached = fl_facts_each_attached,
	.each_neighbour = fl_facts_each_neighbour,
	.prototype = prototype,
	.list_state = list_state,
	.list_problem = list_problem,
	.btf_problem = btf_problem,
	.type = fl_facts_type,
	.member = fl_facts_member,
	.each_member = fl_facts_each_member,
	.find_type = fl_facts_find_type,
	.find_enumerator = fl_facts_find_enumerator,
	.has_module = has_module,
	.ranges = fl_facts_ranges,
	.address = fl_facts_address,
	.config = fl_facts_config,
	.build_id = fl_facts_build_id,
	.cgroup = fl_facts_cgroup,
};

/* "0-7" or "0,2-3": the highest number and one. 0: no memory. */
static unsigned int count_cpus(const char *root)
{
	char path[PATH_MAX], *text, *last;
	size_t len;
	long highest;

	snprintf(path, sizeof(path), "%s/sys/devices/system/cpu/possible", root);
	text = fl_read_text(path, &len);
	if (!text)
		return errno == ENOMEM ? 0 : 1;
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
		return errno == ENOMEM ? NULL : strdup("");
	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* A copy of files may say what machine they are from; else it is this one's kind. */
static char *read_arch(const char *root)
{
	struct utsname u;
	char path[PATH_MAX], *text;
	size_t len;

	snprintf(path, sizeof(path), "%s/proc/sys/kernel/arch", root);
	text = fl_read_text(path, &len);
	if (!text)
		return errno == ENOMEM ? NULL : strdup(uname(&u) ? "" : u.machine);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

int fl_facts_open(const struct fl_facts_opts *opts, struct fl_kernel **out)
{
	struct fl_facts *f = calloc(1, sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->k.ops = &ops;
	f->root = strdup(opts->root ? opts->root : "");
	f->release = f->root ? read_release(f->root) : NULL;
	f->arch = f->root ? read_arch(f->root) : NULL;
	f->k.ncpus = f->root ? count_cpus(f->root) : 0;
	if (!f->root || !f->release || !f->arch || !f->k.ncpus) {
		fl_facts_close(&f->k);
		return -ENOMEM;
	}
	f->search_symbols = opts->search_symbols;
	f->symbols.root = f->root;
	f->k.release = f->release;
	f->k.arch = f->arch;
	f->of_arch = fl_arch_find(f->arch);
	*out = &f->k;
	return 0;
}

/* But for the first @keep. */
static void close_objects(struct fl_facts *f, size_t keep)
{
	while (f->nobjects > keep) {
		struct fl_object_types *o = f->objects[--f->nobjects];

		fl_btf_close(&o->btf);
		free(o->module);
		free(o);
	}
}

void fl_facts_forget(struct fl_kernel *k)
{
	struct fl_facts *f = fl_facts_of(k);

	close_objects(f, 1);
	/* its names may belong to the symbols */
	fl_list_release(&f->list);
	fl_traceable_release(&f->traceable);
	fl_facts_more_forget(f);
	k->out_of_memory = false;
}

void fl_facts_close(struct fl_kernel *k)
{
	struct fl_facts *f = k ? fl_facts_of(k) : NULL;

	if (!f)
		return;
	close_objects(f, 0);
	free(f->objects);
	fl_list_release(&f->list);
	fl_traceable_release(&f->traceable);
	fl_facts_more_release(f);
	free(f->arch);
	free(f->release);
	free(f->root);
	free(f);
}

int fl_btf_module_fd(const char *module)
{
	__u32 id = 0;
	int err;

	/* which needs CAP_SYS_ADMIN (bpf_obj_get_next_id() in kernel/bpf/syscall.c) */
	while (!(err = bpf_btf_get_next_id(id, &id))) {
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
	return err;
}
