/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_kernel.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
	T_VOID,
	T_INT,
	T_UINT,
	T_U64,
	T_CHAR,
	T_BOOL,
	T_COLOR,
	T_DEV,
	T_DEV_PTR,
	T_INNER,
	T_NAME,
	T_CHAR_PTR,
	T_VOID_PTR,
	T_TASK,
	T_TASK_PTR,
	T_ANON,
	T_REGS,
	T_REGS_PTR,
	T_FORWARD,
	T_FORWARD_PTR,
	T_INTS,
	T_CALLBACK,
	T_CALLBACK_PTR,
};

static const struct fl_type types[] = {
	[T_VOID] = { .kind = FL_TYPE_VOID },
	[T_INT] = { .kind = FL_TYPE_INT, .size = 4, .is_signed = true, .name = "int" },
	[T_UINT] = { .kind = FL_TYPE_INT, .size = 4, .name = "unsigned int" },
	[T_U64] = { .kind = FL_TYPE_INT, .size = 8, .name = "long long unsigned int" },
	[T_CHAR] = { .kind = FL_TYPE_INT, .size = 1, .is_signed = true, .name = "char" },
	[T_BOOL] = { .kind = FL_TYPE_BOOL, .size = 1, .name = "_Bool" },
	[T_COLOR] = { .kind = FL_TYPE_ENUM, .size = 4, .name = "fake_color" },
	[T_DEV] = { .kind = FL_TYPE_STRUCT, .size = 96, .name = "fake_dev" },
	[T_DEV_PTR] = { .kind = FL_TYPE_PTR, .size = 8, .target = T_DEV },
	[T_INNER] = { .kind = FL_TYPE_STRUCT, .size = 16, .name = "fake_inner" },
	[T_NAME] = { .kind = FL_TYPE_ARRAY, .size = 16, .target = T_CHAR, .nelems = 16 },
	[T_CHAR_PTR] = { .kind = FL_TYPE_PTR, .size = 8, .target = T_CHAR },
	[T_VOID_PTR] = { .kind = FL_TYPE_PTR, .size = 8, .target = T_VOID },
	[T_TASK] = { .kind = FL_TYPE_STRUCT, .size = 64, .name = "task_struct" },
	[T_TASK_PTR] = { .kind = FL_TYPE_PTR, .size = 8, .target = T_TASK },
	[T_ANON] = { .kind = FL_TYPE_UNION, .size = 8 },
	[T_REGS] = { .kind = FL_TYPE_STRUCT, .size = 168, .name = "pt_regs" },
	[T_REGS_PTR] = { .kind = FL_TYPE_PTR, .size = 8, .target = T_REGS },
	[T_FORWARD] = { .kind = FL_TYPE_FWD, .name = "fake_forward" },
	[T_FORWARD_PTR] = { .kind = FL_TYPE_PTR, .size = 8, .target = T_FORWARD },
	[T_INTS] = { .kind = FL_TYPE_ARRAY, .size = 16, .target = T_INT, .nelems = 4 },
	[T_CALLBACK] = { .kind = FL_TYPE_FUNC },
	[T_CALLBACK_PTR] = { .kind = FL_TYPE_PTR, .size = 8, .target = T_CALLBACK },
};

static const struct {
	fl_type_id owner;
	const char *name;
	uint32_t bit_offset;
	uint32_t bit_size;
	fl_type_id type;
} members[] = {
	{ T_DEV, "state", 0, 0, T_INT },
	{ T_DEV, "low", 32, 3, T_UINT },
	{ T_DEV, "high", 35, 5, T_INT },
	{ T_DEV, "flags", 64, 0, T_U64 },
	{ T_DEV, "inner", 128, 0, T_INNER },
	{ T_DEV, "name", 256, 0, T_NAME },
	{ T_DEV, "next", 384, 0, T_DEV_PTR },
	/* of an anonymous union */
	{ T_DEV, "cookie", 448, 0, T_U64 },
	{ T_DEV, "label", 448, 0, T_CHAR_PTR },
	{ T_DEV, "hidden", 512, 0, T_FORWARD_PTR },
	{ T_DEV, "ints", 576, 0, T_INTS },
	{ T_DEV, "callback", 704, 0, T_CALLBACK_PTR },
	{ T_INNER, "a", 0, 0, T_INT },
	{ T_INNER, "on", 32, 0, T_BOOL },
	{ T_INNER, "color", 64, 0, T_COLOR },
	{ T_INNER, "task", 64, 0, T_TASK_PTR },
	{ T_TASK, "pid", 64, 0, T_INT },
	{ T_TASK, "tgid", 96, 0, T_INT },
	{ T_TASK, "real_parent", 128, 0, T_TASK_PTR },
	{ T_TASK, "comm", 192, 0, T_NAME },
	{ T_REGS, "dx", 768, 0, T_U64 },
	{ T_REGS, "si", 832, 0, T_U64 },
	{ T_REGS, "di", 896, 0, T_U64 },
};

#define MAX_FAKE_PARAMS 6

static const struct {
	const char *name;
	const char *module;
	enum fl_tag tag;
	bool no_btf;
	bool variadic;
	fl_type_id ret;
	struct {
		const char *name;
		fl_type_id type;
	} params[MAX_FAKE_PARAMS];
} functions[] = {
	{ .name = "fake_errno",
	  .tag = FL_TAG_ERRNO,
	  .ret = T_INT,
	  .params = { { "dev", T_DEV_PTR }, { "flags", T_UINT }, { "name", T_CHAR_PTR } } },
	{ .name = "fake_wide",
	  .tag = FL_TAG_ERRNO,
	  .ret = T_U64,
	  .params = { { "a", T_U64 },
		      { "b", T_INT },
		      { "c", T_CHAR },
		      { "d", T_BOOL },
		      { "e", T_COLOR },
		      { "f", T_VOID_PTR } } },
	{ .name = "mlx5_cmd_exec",
	  .module = "mlx5_core",
	  .tag = FL_TAG_ERRNO,
	  .ret = T_INT,
	  .params = { { "dev", T_DEV_PTR },
		      { "in", T_VOID_PTR },
		      { "in_size", T_INT },
		      { "out", T_VOID_PTR },
		      { "out_size", T_INT } } },
	{ .name = "fake_null", .tag = FL_TAG_NULL, .ret = T_DEV_PTR },
	{ .name = "fake_errno_null", .tag = FL_TAG_ERRNO_NULL, .ret = T_DEV_PTR },
	{ .name = "fake_true", .tag = FL_TAG_TRUE, .ret = T_BOOL },
	{ .name = "fake_no_btf", .tag = FL_TAG_ERRNO, .no_btf = true },
	{ .name = "fake_variadic", .tag = FL_TAG_ERRNO, .ret = T_INT, .variadic = true },
	{ .name = "fake_void", .tag = FL_TAG_ERRNO, .ret = T_VOID },
	{ .name = "fake_struct", .tag = FL_TAG_ERRNO, .ret = T_INNER },
	{ .name = "fake_unnamed", .tag = FL_TAG_ERRNO, .ret = T_INT, .params = { { "", T_INT } } },
	{ .name = "fake_twice", .module = "fake_a", .tag = FL_TAG_ERRNO, .ret = T_INT },
	{ .name = "fake_twice", .module = "fake_b", .tag = FL_TAG_ERRNO, .ret = T_INT },
	{ .name = "__x64_sys_openat",
	  .tag = FL_TAG_ERRNO,
	  .ret = T_U64,
	  .params = { { "regs", T_REGS_PTR } } },
	/* not on the list */
	{ .name = "fake_plain", .ret = T_INT, .params = { { "a", T_INT } } },
	{ .name = "security_file_open", .ret = T_INT, .params = { { "file", T_VOID_PTR } } },
	{ .name = "security_inode_mkdir", .ret = T_INT, .params = { { "mode", T_UINT } } },
};

const char *const fake_names[] = {
	"fake_errno",
	"fake_wide",
	"mlx5_cmd_exec",
	"mlx5_core",
	"fake_null",
	"fake_errno_null",
	"fake_true",
	"fake_no_btf",
	"fake_variadic",
	"fake_void",
	"fake_unnamed",
	"fake_twice",
	"fake_a",
	"fake_plain",
	"sys_openat",
	"security_file_open",
	"fake_dev",
	"fake_inner",
	"dev",
	"flags",
	"name",
	"state",
	"low",
	"high",
	"inner",
	"next",
	"cookie",
	"label",
	"hidden",
	"ints",
	"color",
	"task",
	"task_struct",
	"vmlinux",
	"in_size",
	"arg0",
	NULL,
};

static struct fake_kernel *of(struct fl_kernel *k)
{
	return (struct fake_kernel *)k;
}

static bool is_absent(struct fl_kernel *k, size_t i)
{
	return of(k)->absent && functions[i].module && !strcmp(functions[i].module, of(k)->absent);
}

static int get_type(struct fl_kernel *k, fl_type_id id, struct fl_type *out)
{
	if (id >= COUNT(types) || !of(k)->has_btf)
		return -ENOENT;
	*out = types[id];
	out->id = id;
	if (!out->name)
		out->name = "";
	return 0;
}

static void describe(struct fl_kernel *k, size_t i, struct fl_func *out)
{
	out->name = functions[i].name;
	out->module = functions[i].module;
	out->tag = functions[i].tag;
	if (of(k)->state != FL_LIST_KNOWN)
		out->tag = FL_TAG_NONE;
	if (functions[i].no_btf || !of(k)->has_btf)
		return;
	out->in_btf = true;
	out->btf_id = 100 + (uint32_t)i;
	out->variadic = functions[i].variadic;
	if (out->variadic)
		out->no_trampoline = FL_WHY_VARIADIC;
	get_type(k, functions[i].ret, &out->ret);
	for (size_t j = 0; j < MAX_FAKE_PARAMS && functions[i].params[j].name; j++) {
		out->params[j].name = functions[i].params[j].name;
		get_type(k, functions[i].params[j].type, &out->params[j].type);
		out->nparams++;
	}
}

static int find_func(struct fl_kernel *k, const char *module, const char *name, struct fl_func *out)
{
	size_t found = COUNT(functions);

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < COUNT(functions); i++) {
		const char *owner = functions[i].module ? functions[i].module : "vmlinux";

		if (strcmp(functions[i].name, name) || (module && strcmp(module, owner)) ||
		    is_absent(k, i))
			continue;
		if (found < COUNT(functions)) {
			describe(k, found, out);
			return -ENOTUNIQ;
		}
		found = i;
	}
	if (found == COUNT(functions))
		return -ENOENT;
	describe(k, found, out);
	return out->tag || out->in_btf ? 0 : -ENOENT;
}

static int each_injectable(struct fl_kernel *k,
			   int (*fn)(const char *name, const char *module, enum fl_tag tag,
				     void *arg),
			   void *arg)
{
	for (size_t i = 0; i < COUNT(functions); i++) {
		int stop = 0;

		if (functions[i].tag && of(k)->state == FL_LIST_KNOWN && !is_absent(k, i))
			stop = fn(functions[i].name, functions[i].module, functions[i].tag, arg);
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
	for (size_t i = 0; i < COUNT(functions); i++) {
		int stop = 0;

		if (!functions[i].module && of(k)->has_btf &&
		    !strncmp(functions[i].name, prefix, strlen(prefix)))
			stop = fn(functions[i].name, NULL, FL_TAG_NONE, arg);
		if (stop)
			return stop;
	}
	return 0;
}

static enum fl_list_state list_state(struct fl_kernel *k)
{
	return of(k)->state;
}

static const char *list_problem(struct fl_kernel *k)
{
	static const char *const problems[] = {
		[FL_LIST_KNOWN] = "",
		[FL_LIST_NO_SUPPORT] = "this kernel has none",
		[FL_LIST_HIDDEN] = "the list is hidden",
	};

	return problems[of(k)->state];
}

static const char *btf_problem(struct fl_kernel *k)
{
	return of(k)->has_btf ? "" : "there is no type information";
}

static int each_member(struct fl_kernel *k, fl_type_id id,
		       int (*fn)(const struct fl_member *m, void *arg), void *arg)
{
	bool any = false;

	for (size_t i = 0; i < COUNT(members); i++) {
		struct fl_member m = { .name = members[i].name,
				       .bit_offset = members[i].bit_offset,
				       .bit_size = members[i].bit_size };
		int stop;

		if (members[i].owner != id || get_type(k, members[i].type, &m.type))
			continue;
		any = true;
		stop = fn(&m, arg);
		if (stop)
			return stop;
	}
	return any ? 0 : -ENOENT;
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

	return each_member(k, id, is_wanted, &w) == 1 ? 0 : -ENOENT;
}

static int find_type(struct fl_kernel *k, const char *module, enum fl_type_kind kind,
		     const char *name, struct fl_type *out)
{
	(void)module;
	for (size_t i = 1; i < COUNT(types); i++) {
		if (types[i].kind == kind && types[i].name && !strcmp(types[i].name, name))
			return get_type(k, i, out);
	}
	return -ENOENT;
}

static bool has_module(struct fl_kernel *k, const char *name)
{
	if (!strcmp(name, "vmlinux"))
		return true;
	for (size_t i = 0; i < COUNT(functions); i++) {
		if (functions[i].module && !strcmp(functions[i].module, name))
			return !is_absent(k, i);
	}
	return false;
}

static int find_enumerator(struct fl_kernel *k, const char *module, const char *name, int64_t *out)
{
	(void)k;
	(void)module;
	if (strcmp(name, "FAKE_COLOR"))
		return -ENOENT;
	*out = 7;
	return 0;
}

static int each_traceable(struct fl_kernel *k,
			  int (*fn)(const char *name, const char *module, enum fl_tag tag,
				    void *arg),
			  void *arg)
{
	int stop = 0;

	for (size_t i = 0; i < COUNT(functions) && !stop; i++) {
		if (!is_absent(k, i))
			stop = fn(functions[i].name, functions[i].module, FL_TAG_NONE, arg);
	}
	return stop;
}

static int each_attached(struct fl_kernel *k, int (*fn)(const struct fl_attached *a, void *arg),
			 void *arg)
{
	(void)k;
	(void)fn;
	(void)arg;
	return 0;
}

/* The code of function i is at 0x1000 * (i + 1). */
/* What the compiler made of functions, for callers that it knew. */
static const char *const copies[] = { "fake_errno_null.constprop.0", "fake_errno_null.isra.3" };

static int ranges(struct fl_kernel *k, const char *module, const char *name,
		  const struct fl_range **out, size_t *n)
{
	static struct fl_range found[COUNT(functions) + COUNT(copies)];

	(void)k;
	*n = 0;
	for (size_t i = 0; i < COUNT(copies); i++) {
		if (!fnmatch(name, copies[i], 0) && (!module || !strcmp(module, "vmlinux")))
			found[(*n)++] = (struct fl_range){ 0x100 * (i + 1), 0x100 * (i + 2) };
	}
	for (size_t i = 0; i < COUNT(functions); i++) {
		const char *in = functions[i].module ? functions[i].module : "vmlinux";

		if (!fnmatch(name, functions[i].name, 0) && (!module || !fnmatch(module, in, 0)))
			found[(*n)++] =
				(struct fl_range){ 0x1000 * (i + 1), 0x1000 * (i + 1) + 64 };
	}
	*out = found;
	return *n ? 0 : -ENOENT;
}

/* Around fake_plain: what it calls, and what calls it. */
static int each_neighbour(struct fl_kernel *k, const char *module, const char *name, bool callers,
			  int (*fn)(const char *name, const char *module, unsigned int distance,
				    void *arg),
			  void *arg)
{
	(void)k;
	(void)module;
	if (strcmp(name, "fake_plain") != 0)
		return -ENODATA;
	if (callers)
		return fn("__x64_sys_openat", NULL, 2, arg);
	return fn("fake_errno", NULL, 1, arg) || fn("mlx5_cmd_exec", "mlx5_core", 2, arg);
}

static int address(struct fl_kernel *k, const char *name, uint64_t *out)
{
	(void)k;
	if (strcmp(name, "__per_cpu_offset") && strcmp(name, "__preempt_count"))
		return -ENOENT;
	*out = 0x100000;
	return 0;
}

static const char *config(struct fl_kernel *k, const char *name, bool *known)
{
	(void)k;
	*known = true;
	return strcmp(name, "KPROBES") ? NULL : "y";
}

static int build_id(struct fl_kernel *k, const char *module, char out[FL_BUILD_ID])
{
	(void)k;
	snprintf(out, FL_BUILD_ID, "%s", module ? "beef" : "cafe");
	return 0;
}

static int cgroup(struct fl_kernel *k, const char *path, uint64_t *id, unsigned int *level)
{
	(void)k;
	if (strcmp(path, "/fake"))
		return -ENOENT;
	*id = 4711;
	*level = 1;
	return 0;
}

void fake_kernel_init(struct fake_kernel *f)
{
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
		.find_enumerator = find_enumerator,
		.each_traceable = each_traceable,
		.each_attached = each_attached,
		.each_neighbour = each_neighbour,
		.ranges = ranges,
		.address = address,
		.config = config,
		.build_id = build_id,
		.cgroup = cgroup,
		.has_module = has_module,
	};

	*f = (struct fake_kernel){
		.k = { .ops = &ops, .release = "6.12.0-fake", .arch = "x86_64", .ncpus = 2 },
		.state = FL_LIST_KNOWN,
		.has_btf = true,
	};
}
