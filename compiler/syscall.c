/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "syscall.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* { name, { kind, size, is_signed, name, id, target, nelems } } */
#define FL_TYPE_s32                                  \
	{                                            \
		FL_TYPE_INT, 4, true, "int", 0, 0, 0 \
	}
#define FL_TYPE_u32                                            \
	{                                                      \
		FL_TYPE_INT, 4, false, "unsigned int", 0, 0, 0 \
	}
#define FL_TYPE_s64                                   \
	{                                             \
		FL_TYPE_INT, 8, true, "long", 0, 0, 0 \
	}
#define FL_TYPE_u64                                             \
	{                                                       \
		FL_TYPE_INT, 8, false, "unsigned long", 0, 0, 0 \
	}
#define FL_TYPE_u16                                              \
	{                                                        \
		FL_TYPE_INT, 2, false, "unsigned short", 0, 0, 0 \
	}
#define FL_TYPE_ptr                                \
	{                                          \
		FL_TYPE_PTR, 8, false, "", 0, 0, 0 \
	}

#define FL_ARG(kind, name) { #name, FL_TYPE_##kind },

/* A table for each architecture, because names are made by the preprocessor. */
static const struct fl_syscall x86_64[] = {
#define FL_SYSCALL(name, args) { "sys_" #name, "__x64_sys_" #name, "__do_sys_" #name, { args } },
#include "syscall.def"
#undef FL_SYSCALL
};

static const struct fl_syscall arm64[] = {
#define FL_SYSCALL(name, args) { "sys_" #name, "__arm64_sys_" #name, NULL, { args } },
#include "syscall.def"
#undef FL_SYSCALL
};

static const struct {
	struct fl_arch arch;
	const struct fl_syscall *calls;
} archs[] = {
	/* di si dx r10 r8 r9, di si dx cx r8 r9, ax, sp: arch/x86/include/asm/ptrace.h */
	{ { "x86_64",
	    "x86",
	    { 112, 104, 96, 56, 72, 64 },
	    6,
	    { 112, 104, 96, 88, 72, 64 },
	    80,
	    152,
	    8 },
	  x86_64 },
	/* regs[0] to regs[5], regs[0] to regs[7], regs[0], sp: arch/arm64/include/asm/ptrace.h */
	{ { "aarch64",
	    "arm64",
	    { 0, 8, 16, 24, 32, 40 },
	    8,
	    { 0, 8, 16, 24, 32, 40, 48, 56 },
	    0,
	    248,
	    0 },
	  arm64 },
};

static const struct fl_syscall *table_of(const char *machine)
{
	for (size_t i = 0; i < COUNT(archs); i++) {
		if (!strcmp(archs[i].arch.machine, machine))
			return archs[i].calls;
	}
	return NULL;
}

const struct fl_arch *fl_arch_find(const char *machine)
{
	for (size_t i = 0; i < COUNT(archs); i++) {
		if (!strcmp(archs[i].arch.machine, machine))
			return &archs[i].arch;
	}
	return &archs[0].arch;
}

size_t fl_syscall_count(void)
{
	return COUNT(x86_64);
}

const struct fl_syscall *fl_syscall_at(const char *machine, size_t i)
{
	const struct fl_syscall *calls = table_of(machine);

	return calls ? &calls[i] : NULL;
}

const struct fl_syscall *fl_syscall_find(const char *machine, const char *name)
{
	const struct fl_syscall *calls = table_of(machine);

	for (size_t i = 0; calls && i < fl_syscall_count(); i++) {
		if (!strcmp(calls[i].name, name))
			return &calls[i];
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
