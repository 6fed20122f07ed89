/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of compiler/arch/ against what the kernel's sources say: arch/facts,
 * which arch/make extracts from them.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "arch.h"

#define MAX_FIELDS 48

static const char *const machines[] = {
#define FL_ARCH(machine) #machine,
#include "arch.def"
#undef FL_ARCH
};

/* A line of the facts, cut into fields. */
struct line {
	char text[512];
	char *fields[MAX_FIELDS];
	size_t n;
};

static bool next_line(FILE *f, struct line *l)
{
	char *save = NULL;

	do {
		if (!fgets(l->text, sizeof(l->text), f))
			return false;
	} while (*l->text == '#');
	assert_non_null(strchr(l->text, '\n'));
	l->n = 0;
	for (char *p = strtok_r(l->text, " \n", &save); p; p = strtok_r(NULL, " \n", &save)) {
		assert_true(l->n < MAX_FIELDS);
		l->fields[l->n++] = p;
	}
	return true;
}

static FILE *open_facts(void)
{
	FILE *f = fopen(FL_ARCH_FACTS, "re");

	assert_non_null(f);
	return f;
}

/* What follows "MACHINE WHAT" in its line. */
static bool find_fact(const char *machine, const char *what, struct line *l)
{
	FILE *f = open_facts();
	bool found = false;

	while (!found && next_line(f, l))
		found = !strcmp(l->fields[0], machine) && !strcmp(l->fields[1], what);
	fclose(f);
	if (!found)
		return false;
	l->n -= 2;
	memmove(l->fields, l->fields + 2, l->n * sizeof(l->fields[0]));
	return true;
}

static void fact(const char *machine, const char *what, struct line *l)
{
	if (!find_fact(machine, what, l))
		fail_msg("no fact: %s %s", machine, what);
}

static bool has(const struct line *l, const char *word)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!strcmp(l->fields[i], word))
			return true;
	}
	return false;
}

/* --- registers ------------------------------------------------------------------- */

/* In struct pt_regs, whose members have 8 bytes each. */
static size_t offset_of(const char *machine, const char *reg)
{
	struct line regs;

	fact(machine, "registers", &regs);
	for (size_t i = 0; i < regs.n; i++) {
		if (!strcmp(regs.fields[i], reg))
			return i * 8;
	}
	fail_msg("%s has no register %s", machine, reg);
	return 0;
}

static void expect_registers(const char *machine, const char *what, const uint16_t *offsets,
			     size_t n)
{
	struct line l;

	fact(machine, what, &l);
	assert_int_equal(n, l.n);
	for (size_t i = 0; i < n; i++) {
		if (offsets[i] != offset_of(machine, l.fields[i]))
			fail_msg("%s %s: number %zu is not %s", machine, what, i, l.fields[i]);
	}
}

static void test_registers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(machines); i++) {
		const struct fl_arch *arch = fl_arch_find(machines[i]);

		assert_non_null(arch);
		expect_registers(machines[i], "arguments", arch->args, arch->nargs);
		expect_registers(machines[i], "result", &arch->ret, 1);
		expect_registers(machines[i], "syscall-arguments", arch->syscall_args,
				 FL_SYSCALL_ARGS);
		assert_int_equal(arch->stack, offset_of(machines[i], "sp"));
	}
}

static void test_trampolines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(machines); i++) {
		struct line l;

		fact(machines[i], "trampoline", &l);
		assert_int_equal(fl_arch_find(machines[i])->trampoline_words,
				 strtoul(l.fields[0], NULL, 10));
	}
}

/* --- system calls ----------------------------------------------------------------- */

static const char *kind_name(const struct fl_type *t)
{
	if (t->kind == FL_TYPE_PTR)
		return "ptr";
	if (t->kind != FL_TYPE_INT)
		return "?";
	return t->size == 8   ? (t->is_signed ? "s64" : "u64")
	       : t->size == 4 ? (t->is_signed ? "s32" : "u32")
	       : t->size == 2 ? (t->is_signed ? "s16" : "u16")
			      : "?";
}

/* "KIND:NAME" or "KIND:NAME/ANOTHER" */
static bool is_param(const struct fl_param *p, char *field)
{
	char *save = NULL, *kind = strtok_r(field, ":", &save);
	bool named = false;

	for (char *name = strtok_r(NULL, "/", &save); name; name = strtok_r(NULL, "/", &save))
		named |= !strcmp(p->name, name);
	return named && !strcmp(kind, kind_name(&p->type));
}

/* "call NAME MACHINES OPTION ARGUMENT..." */
static void expect_call(const char *machine, const struct line *l)
{
	const struct fl_syscall *call;
	char name[64];

	snprintf(name, sizeof(name), "sys_%s", l->fields[1]);
	call = fl_syscall_find(machine, name);
	if (!call)
		fail_msg("%s: %s is not in the table", machine, name);
	if (fl_syscall_nparams(call) != l->n - 4)
		fail_msg("%s: %s has %zu arguments", machine, name, l->n - 4);
	for (size_t i = 4; i < l->n; i++) {
		char field[64];

		snprintf(field, sizeof(field), "%s", l->fields[i]);
		if (!is_param(&call->params[i - 4], field))
			fail_msg("%s: %s: argument %zu is '%s'", machine, name, i - 4,
				 l->fields[i]);
	}
}

/* Is the definition that @l has the one of @options? One that needs an option comes first. */
static bool is_defined(const struct line *l, const struct line *options, char *done, size_t size)
{
	if (!strcmp(l->fields[1], done))
		return false;
	if (strcmp(l->fields[3], "-") != 0 && !has(options, l->fields[3]))
		return false;
	snprintf(done, size, "%s", l->fields[1]);
	return true;
}

static void test_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(machines); i++) {
		struct line l, options;
		char done[64] = "";
		FILE *f = open_facts();
		size_t n = 0;

		fact(machines[i], "selects", &options);
		while (next_line(f, &l)) {
			if (strcmp(l.fields[0], "call") != 0 || !strstr(l.fields[2], machines[i]) ||
			    !is_defined(&l, &options, done, sizeof(done)))
				continue;
			expect_call(machines[i], &l);
			n++;
		}
		fclose(f);
		assert_true(n > 300);
	}
}

/* "__do_sys_read" of "sys_read" */
static void expect_name(const char *name, const char *prefix, const struct fl_syscall *call)
{
	size_t len = strlen(prefix);

	if (strncmp(name, prefix, len) != 0 || strcmp(name + len, call->name + strlen("sys_")) != 0)
		fail_msg("%s of %s does not begin with %s", name, call->name, prefix);
}

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(machines); i++) {
		struct line wrapper, alias;
		bool has_alias = find_fact(machines[i], "alias", &alias);

		fact(machines[i], "wrapper", &wrapper);
		for (size_t j = 0; j < fl_syscall_count(); j++) {
			const struct fl_syscall *call = fl_syscall_at(machines[i], j);

			expect_name(call->function, wrapper.fields[0], call);
			assert_int_equal(call->alias != NULL, has_alias);
			if (has_alias)
				expect_name(call->alias, alias.fields[0], call);
		}
	}
}

/* Each is a system call of one of the machines. */
static void test_no_other_calls(void **state)
{
	(void)state;
	for (size_t j = 0; j < fl_syscall_count(); j++) {
		const char *name = fl_syscall_at(machines[0], j)->name + strlen("sys_");
		FILE *f = open_facts();
		bool found = false;
		struct line l;

		while (!found && next_line(f, &l))
			found = !strcmp(l.fields[0], "call") && !strcmp(l.fields[1], name);
		fclose(f);
		if (!found)
			fail_msg("there is no system call %s", name);
	}
}

/* --- constants --------------------------------------------------------------------- */

/* "MACHINE constant NAME NUMBER": what its headers define is what the table has instead. */
static void test_constants(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(machines); i++) {
		const struct fl_arch *arch = fl_arch_find(machines[i]);
		FILE *f = open_facts();
		uint64_t value, tmpfile;
		size_t n = 0, has = 0;
		struct line l;

		while (next_line(f, &l)) {
			if (strcmp(l.fields[0], machines[i]) || strcmp(l.fields[1], "constant"))
				continue;
			if (fl_arch_constant(arch, l.fields[2], &value) ||
			    value != strtoull(l.fields[3], NULL, 10))
				fail_msg("%s: %s is not %s", machines[i], l.fields[2], l.fields[3]);
			n++;
		}
		fclose(f);
		while (arch->constants[has].name)
			has++;
		/* O_TMPFILE follows from one of them: it has O_DIRECTORY in it */
		assert_int_equal(fl_arch_constant(arch, "O_TMPFILE", &tmpfile), 0);
		assert_int_equal(fl_arch_constant(arch, "O_DIRECTORY", &value), 0);
		assert_int_equal(tmpfile, 020000000 | value);
		assert_int_equal(has, n + (value != 0200000));
	}
}

/* --- preemption --------------------------------------------------------------------- */

/* A kernel that has nothing but the fact: a type, or a variable of that type, and its members. */
static struct line count;

static int address(struct fl_kernel *k, const char *name, uint64_t *out)
{
	(void)k;
	if (strcmp(name, "__per_cpu_offset") != 0 && strcmp(name, count.fields[0]) != 0)
		return -ENOENT;
	*out = *name == '_' ? 0x2000 : 0x1000;
	return 0;
}

static int find_type(struct fl_kernel *k, const char *module, enum fl_type_kind kind,
		     const char *name, struct fl_type *out)
{
	(void)k;
	(void)module;
	if (kind != FL_TYPE_STRUCT || strcmp(name, count.fields[0]) != 0)
		return -ENOENT;
	*out = (struct fl_type){ .kind = FL_TYPE_STRUCT, .id = 1 };
	return 0;
}

/* The n-th member is 8 * 2^n bytes into the one before it. */
static int member(struct fl_kernel *k, fl_type_id id, const char *name, struct fl_member *out)
{
	(void)k;
	if (id >= count.n || strcmp(name, count.fields[id]) != 0)
		return -ENOENT;
	*out = (struct fl_member){ .bit_offset = 64U << id, .type.id = id + 1 };
	return 0;
}

static void test_preemption(void **state)
{
	const struct fl_kernel_ops ops = { .address = address,
					   .find_type = find_type,
					   .member = member };
	struct fl_kernel k = { .ops = &ops };

	(void)state;
	for (size_t i = 0; i < COUNT(machines); i++) {
		struct fl_preempt p = { 0 };
		uint64_t expected = 0;

		fact(machines[i], "preempt", &count);
		for (size_t j = 1; j < count.n; j++)
			expected += 8U << j;
		assert_int_equal(fl_arch_find(machines[i])->preempt_count(&k, &p), 0);
		assert_int_equal(p.in_task, !strcmp(count.fields[0], "task_struct"));
		assert_int_equal(p.offset, p.in_task ? expected : 0x1000 + expected);
		assert_int_equal(p.bases, p.in_task ? 0 : 0x2000);
	}
}

/* --- arguments ------------------------------------------------------------------------ */

/* Where the words of a function are: a register, or "+N" from the stack pointer. */
static void expect_places(const char *machine, const struct fl_func *f, const char *const *places)
{
	for (unsigned int i = 0; places[i]; i++) {
		struct fl_arg_place place = fl_arch_place(fl_arch_find(machine), f, i);
		bool on_stack = *places[i] == '+';
		size_t offset =
			on_stack ? strtoul(places[i], NULL, 10) : offset_of(machine, places[i]);

		if (place.on_stack != on_stack || place.offset != offset)
			fail_msg("%s: word %u is not at %s", machine, i, places[i]);
	}
}

#define PLACES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define LONG                                                              \
	{                                                                 \
		"a",                                                      \
		{                                                         \
			.kind = FL_TYPE_INT, .size = 8, .is_signed = true \
		}                                                         \
	}
#define STRUCT(bytes)                                           \
	{                                                       \
		"s",                                            \
		{                                               \
			.kind = FL_TYPE_STRUCT, .size = (bytes) \
		}                                               \
	}
#define WIDE                                                             \
	{                                                                \
		"w",                                                     \
		{                                                        \
			.kind = FL_TYPE_INT, .size = 16, .is_wide = true \
		}                                                        \
	}

/*
 * System V ABI, AMD64 supplement, 3.2.3: on the stack from 8 bytes above the
 * pointer, which is at the return address; AAPCS64, 6.8.2: from the pointer.
 */
static void test_many_arguments(void **state)
{
	const struct fl_func f = {
		.nparams = 10,
		.params = { LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG },
	};

	(void)state;
	expect_places("x86_64", &f,
		      PLACES("di", "si", "dx", "cx", "r8", "r9", "+8", "+16", "+24", "+32"));
	expect_places("aarch64", &f,
		      PLACES("x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "+0", "+8"));
}

/* One of two words that finds one register left, and a number after it. */
static void test_structure_that_does_not_fit(void **state)
{
	const struct fl_func five = {
		.nparams = 7, .params = { LONG, LONG, LONG, LONG, LONG, STRUCT(16), LONG }
	};
	const struct fl_func seven = { .nparams = 9,
				       .params = { LONG, LONG, LONG, LONG, LONG, LONG, LONG,
						   STRUCT(16), LONG } };

	(void)state;
	expect_places("x86_64", &five, PLACES("di", "si", "dx", "cx", "r8", "+8", "+16", "r9"));
	expect_places("aarch64", &seven,
		      PLACES("x0", "x1", "x2", "x3", "x4", "x5", "x6", "+0", "+8", "+16"));
}

static void test_large_structure(void **state)
{
	const struct fl_func f = { .nparams = 2, .params = { STRUCT(24), LONG } };

	(void)state;
	/* in memory, which is no word of its own; or its address */
	expect_places("x86_64", &f, PLACES("di"));
	expect_places("aarch64", &f, PLACES("x0", "x1"));
	assert_false(fl_arch_by_reference(fl_arch_find("x86_64"), &f.params[0].type));
	assert_true(fl_arch_by_reference(fl_arch_find("aarch64"), &f.params[0].type));
}

static void test_wide_argument(void **state)
{
	const struct fl_func f = { .nparams = 3, .params = { LONG, WIDE, LONG } };

	(void)state;
	expect_places("x86_64", &f, PLACES("di", "si", "dx", "cx"));
	expect_places("aarch64", &f, PLACES("x0", "x2", "x3", "x4"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_trampolines),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_other_calls),
		cmocka_unit_test(test_constants),
		cmocka_unit_test(test_preemption),
		cmocka_unit_test(test_many_arguments),
		cmocka_unit_test(test_structure_that_does_not_fit),
		cmocka_unit_test(test_large_structure),
		cmocka_unit_test(test_wide_argument),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
