/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fit_test.c - objects, and kernels that they are or are not for. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>

#include "fit.h"
#include "fl_abi.h"
#include "flo.h"

static char kernel_id[FL_BUILD_ID], module_id[FL_BUILD_ID];
static bool has_module, memory_short;
static uint64_t group;
static struct fl_range range;
static const struct fl_attached *others;

static int build_id(struct fl_kernel *k, const char *module, char out[FL_BUILD_ID])
{
	const char *id = module ? module_id : kernel_id;

	k->out_of_memory |= memory_short;
	snprintf(out, FL_BUILD_ID, "%s", id);
	return *id ? 0 : -ENOENT;
}

static bool find_module(struct fl_kernel *k, const char *name)
{
	(void)k;
	return has_module && !strcmp(name, "mod");
}

static int ranges(struct fl_kernel *k, const char *module, const char *name,
		  const struct fl_range **out, size_t *n)
{
	(void)k;
	assert_string_equal(module, "mod");
	assert_string_equal(name, "up_*");
	*out = &range;
	*n = 1;
	return range.end ? 0 : -ENOENT;
}

static int address(struct fl_kernel *k, const char *name, uint64_t *out)
{
	(void)k;
	assert_string_equal(name, "__per_cpu_offset");
	*out = range.start;
	return 0;
}

static int cgroup(struct fl_kernel *k, const char *path, uint64_t *id, unsigned int *level)
{
	(void)k;
	assert_string_equal(path, "/a");
	*id = group;
	*level = 1;
	return group ? 0 : -ENOENT;
}

static int each_attached(struct fl_kernel *k, int (*fn)(const struct fl_attached *a, void *arg),
			 void *arg)
{
	int stop = 0;

	(void)k;
	for (const struct fl_attached *a = others; a && a->func && !stop; a++)
		stop = fn(a, arg);
	return stop;
}

static const struct fl_kernel_ops ops = {
	.build_id = build_id,
	.has_module = find_module,
	.ranges = ranges,
	.address = address,
	.cgroup = cgroup,
	.each_attached = each_attached,
};

static struct fl_kernel kernel;
static struct fl_obj_prog progs[] = {
	{ .name = "a", .backend = FL_BACKEND_KPROBE, .nattaches = 1 },
	{ .name = "b", .backend = FL_BACKEND_FMOD_RET, .first_attach = 1, .nattaches = 1 },
};
static struct fl_obj_attach attaches[] = {
	{ .prog = 0, .func = "f", .shown = "f", .tag = FL_TAG_ERRNO },
	{ .prog = 1, .func = "g", .shown = "g", .module = "mod", .tag = FL_TAG_ERRNO },
};
static struct fl_obj_rule rules[] = { { .text = "on f, mod:g return -EIO", .returns = true } };
static struct fl_obj_slot slots[] = { { .attach = 0 }, { .attach = 1 } };
static struct fl_obj_module modules[] = { { "mod", "beef" } };
static struct fl_obj_fact facts[3];
static struct fl_object obj;

/* The object fits. */
static int set_up(void **state)
{
	(void)state;
	kernel = (struct fl_kernel){ &ops, "6.12.1", "x86_64", 4, false };
	snprintf(kernel_id, sizeof(kernel_id), "%s", "0123456789abcdef0123");
	snprintf(module_id, sizeof(module_id), "%s", "beef");
	has_module = true;
	memory_short = false;
	others = NULL;
	group = 7;
	range = (struct fl_range){ 0x1000, 0x2000 };
	facts[0] = (struct fl_obj_fact){ FL_FACT_RANGES, "up_*", "mod",
					 fl_checksum(0, &range, sizeof(range)) };
	facts[1] = (struct fl_obj_fact){ FL_FACT_ADDRESS, "__per_cpu_offset", NULL, 0x1000 };
	facts[2] = (struct fl_obj_fact){ FL_FACT_CGROUP, "/a", NULL, 7 };
	obj = (struct fl_object){
		.progs = progs,
		.nprogs = 2,
		.attaches = attaches,
		.nattaches = 2,
		.rules = rules,
		.nrules = 1,
		.slots = slots,
		.nslots = 2,
		.modules = modules,
		.nmodules = 1,
		.facts = facts,
		.nfacts = 3,
		.release = "6.12.1",
		.arch = "x86_64",
		.build_id = "0123456789abcdef0123",
		.ncpus = 4,
	};
	return 0;
}

static void fits(void)
{
	struct fl_fault fault;

	if (fl_object_fits(&obj, &kernel, &fault))
		fail_msg("%s", fault.text);
}

static void refused(enum fl_fault_tag tag, const char *text)
{
	struct fl_fault fault;

	assert_int_equal(fl_object_fits(&obj, &kernel, &fault), -EOPNOTSUPP);
	assert_int_equal(fault.tag, tag);
	assert_int_equal(fault.kind, FL_FAULT_KERNEL);
	assert_string_equal(fault.text, text);
}

static void test_fits(void **state)
{
	(void)state;
	fits();
	kernel.ncpus = 3;
	fits();
}

static void test_other_kernel(void **state)
{
	(void)state;
	snprintf(kernel_id, sizeof(kernel_id), "%s", "fedcba9876543210");
	kernel.release = "6.1.0";
	refused(FL_F_OBJECT_KERNEL,
		"the object is for kernel 6.12.1, build 0123456789ab, not 6.1.0, "
		"build fedcba987654");
	*kernel_id = '\0';
	refused(FL_F_OBJECT_NO_BUILD,
		"cannot determine whether this is the kernel that the object is for");
}

static void test_modules(void **state)
{
	(void)state;
	snprintf(module_id, sizeof(module_id), "%s", "beee");
	refused(FL_F_OBJECT_MODULE, "module 'mod' is of another build than the object is for");
	*module_id = '\0';
	refused(FL_F_OBJECT_MODULE, "module 'mod' has no build ID");
	has_module = false;
	refused(FL_F_OBJECT_MODULE, "module 'mod' is not loaded");
}

static void test_cpus(void **state)
{
	(void)state;
	kernel.ncpus = 5;
	refused(FL_F_OBJECT_CPUS, "the object is for 4 CPUs, this machine has up to 5");
}

static void test_facts(void **state)
{
	(void)state;
	group = 8;
	refused(FL_F_OBJECT_CGROUP, "control group '/a' has changed since the object was emitted");
	group = 0;
	refused(FL_F_OBJECT_CGROUP, "control group '/a' has changed since the object was emitted");
	range.end = 0x3000;
	refused(FL_F_OBJECT_MOVED, "address of 'up_*' has changed since the object was emitted");
	range = (struct fl_range){ 0 };
	refused(FL_F_OBJECT_MOVED, "address of 'up_*' has changed since the object was emitted");
	range = (struct fl_range){ 0x1000, 0x2000 };
	facts[1].value++;
	refused(FL_F_OBJECT_MOVED,
		"address of '__per_cpu_offset' has changed since the object was emitted");
}

static void test_others(void **state)
{
	static const struct fl_attached harmless[] = { { "f", NULL, true, false },
						       { "f", "mod", false, true },
						       { "g", "mod", false, true },
						       { "g", NULL, true, false },
						       { NULL } };
	static const struct fl_attached trampoline[] = { { "f", NULL, false, true }, { NULL } };
	static const struct fl_attached probe[] = { { "g", "mod", true, false }, { NULL } };

	(void)state;
	others = harmless;
	fits();
	others = trampoline;
	refused(FL_F_OBJECT_BACKEND, "cannot use kprobe for 'f': a BPF trampoline is on the "
				     "function already, and would undo what a kprobe returns");
	rules[0].returns = false;
	fits();
	rules[0].returns = true;
	others = probe;
	refused(FL_F_OBJECT_BACKEND, "cannot use fmod_ret for 'g': a kprobe is on the function "
				     "already, and a BPF trampoline would undo what that returns");
}

static void test_no_memory(void **state)
{
	struct fl_fault fault;

	(void)state;
	memory_short = true;
	assert_int_equal(fl_object_fits(&obj, &kernel, &fault), -ENOMEM);
	assert_int_equal(fault.tag, FL_F_MEMORY);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test_setup(test_fits, set_up),
		cmocka_unit_test_setup(test_other_kernel, set_up),
		cmocka_unit_test_setup(test_modules, set_up),
		cmocka_unit_test_setup(test_cpus, set_up),
		cmocka_unit_test_setup(test_facts, set_up),
		cmocka_unit_test_setup(test_others, set_up),
		cmocka_unit_test_setup(test_no_memory, set_up),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
