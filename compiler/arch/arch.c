/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arch.c - the supported architectures, and lookups in their tables. */
#include "arch.h"

#include <errno.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LARGEST 16 /* a larger structure is not passed in registers */

static const struct fl_arch *const archs[] = {
#define FL_ARCH(machine) &fl_arch_##machine,
#include "arch.def"
#undef FL_ARCH
};

const struct fl_arch *fl_arch_find(const char *machine)
{
	for (size_t i = 0; i < COUNT(archs); i++) {
		if (!strcmp(archs[i]->machine, machine))
			return archs[i];
	}
	return NULL;
}

const char *fl_arch_names(void)
{
	static const char names[] =
#define FL_ARCH(machine) ", " #machine
#include "arch.def"
#undef FL_ARCH
		;

	return names + strlen(", ");
}

static bool is_large(const struct fl_type *t)
{
	return (t->kind == FL_TYPE_STRUCT || t->kind == FL_TYPE_UNION) && t->size > LARGEST;
}

bool fl_arch_by_reference(const struct fl_arch *arch, const struct fl_type *t)
{
	return arch->large_by_reference && is_large(t);
}

static unsigned int words_of(const struct fl_arch *arch, const struct fl_type *t)
{
	if (is_large(t))
		return arch->large_by_reference ? 1 : 0;
	/* a parameter of unknown type takes a register, too; an empty structure does not */
	if (!t->size)
		return t->kind != FL_TYPE_STRUCT && t->kind != FL_TYPE_UNION;
	return (t->size + 7) / 8;
}

unsigned int fl_arch_words(const struct fl_arch *arch, const struct fl_func *f, unsigned int n)
{
	unsigned int words = 0;

	for (unsigned int i = 0; i < n && i < f->nparams; i++)
		words += words_of(arch, &f->params[i].type);
	return words;
}

static unsigned int round_up(unsigned int n, unsigned int to)
{
	return (n + to - 1) / to * to;
}

/* What earlier parameters have taken. */
struct taken {
	unsigned int registers;
	unsigned int stack; /* bytes */
};

/* Gives one more its place; where its first word is. */
static struct fl_arg_place pass(const struct fl_arch *arch, const struct fl_type *t,
				struct taken *taken)
{
	bool in_memory = is_large(t) && !arch->large_by_reference;
	unsigned int words = words_of(arch, t), first = taken->registers;
	struct fl_arg_place place = { .on_stack = true };

	if (t->is_wide && arch->even_pairs)
		first = round_up(first, 2);
	if (!in_memory && first + words <= arch->nargs) {
		taken->registers = first + words;
		/* an empty structure after the last register has no place */
		return first < arch->nargs ? (struct fl_arg_place){ false, arch->args[first] }
					   : place;
	}
	if (arch->stack_is_last)
		taken->registers = arch->nargs;
	if (t->is_wide)
		taken->stack = round_up(taken->stack, 16);
	place.offset = (uint16_t)(arch->stack_args + taken->stack);
	taken->stack += in_memory ? round_up(t->size, 8) : words * 8;
	return place;
}

struct fl_arg_place fl_arch_place(const struct fl_arch *arch, const struct fl_func *f,
				  unsigned int word)
{
	static const struct fl_type number = { .kind = FL_TYPE_INT, .size = 8 };
	struct taken taken = { 0, 0 };
	struct fl_arg_place place;
	unsigned int words;

	for (unsigned int i = 0; i < f->nparams; i++) {
		const struct fl_type *t = &f->params[i].type;

		place = pass(arch, t, &taken);
		words = words_of(arch, t);
		if (word >= words) {
			word -= words;
			continue;
		}
		if (!word)
			return place;
		/* registers need not be neighbours in struct pt_regs */
		if (!place.on_stack)
			place.offset = arch->args[taken.registers - words + word];
		else
			place.offset = (uint16_t)(place.offset + word * 8);
		return place;
	}
	do
		place = pass(arch, &number, &taken);
	while (word--);
	return place;
}

size_t fl_syscall_count(void)
{
	static const char names[] = {
#define FL_ARG(kind, name)
#define FL_SYSCALL(name, args) 0,
#include "syscall.def"
	};

	return COUNT(names);
}

const struct fl_syscall *fl_syscall_at(const char *machine, size_t i)
{
	const struct fl_arch *arch = fl_arch_find(machine);

	return arch ? &arch->syscalls[i] : NULL;
}

const struct fl_syscall *fl_syscall_find(const char *machine, const char *name)
{
	const struct fl_arch *arch = fl_arch_find(machine);

	for (size_t i = 0; arch && i < fl_syscall_count(); i++) {
		if (!strcmp(arch->syscalls[i].name, name))
			return &arch->syscalls[i];
	}
	return NULL;
}

unsigned int fl_syscall_nparams(const struct fl_syscall *call)
{
	unsigned int n = 0;

	while (n < COUNT(call->params) && call->params[n].name)
		n++;
	return n;
}

static const struct fl_constant generic[] = {
#define FL_CONSTANT(name, value) { #name, (value) },
#include "constant.def"
#undef FL_CONSTANT
};

int fl_arch_constant(const struct fl_arch *arch, const char *name, uint64_t *value)
{
	for (const struct fl_constant *c = arch ? arch->constants : NULL; c && c->name; c++) {
		if (!strcmp(c->name, name)) {
			*value = c->value;
			return 0;
		}
	}
	for (size_t i = 0; i < COUNT(generic); i++) {
		if (!strcmp(generic[i].name, name)) {
			*value = generic[i].value;
			return 0;
		}
	}
	return -ENOENT;
}

const char *fl_arch_constant_at(size_t i)
{
	if (i < COUNT(generic))
		return generic[i].name;
	i -= COUNT(generic);
	for (size_t j = 0; j < COUNT(archs); j++) {
		const struct fl_constant *c = archs[j]->constants;

		for (; c->name; c++) {
			if (!i--)
				return c->name;
		}
	}
	return NULL;
}
