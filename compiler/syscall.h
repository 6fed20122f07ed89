/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * syscall.h - system calls by name, with their arguments.
 *
 * The kernel's functions for them are wrappers that take registers: on x86-64
 * __x64_sys_openat(const struct pt_regs *), arch/x86/include/asm/syscall_wrapper.h.
 * Neither BTF nor the list says what the registers mean, so the arguments are
 * a table of our own (syscall.def), from include/linux/syscalls.h.
 */
#ifndef FL_SYSCALL_H
#define FL_SYSCALL_H

#include "kernel.h"

struct fl_syscall {
	const char *name;     /* "sys_openat" */
	const char *function; /* "__x64_sys_openat" */
	/*
	 * "__do_sys_getpid": one without arguments has a second name on x86-64
	 * (__X64_SYS_STUB0), and the injectable list may know it by that.
	 */
	const char *alias;
	struct fl_param params[6]; /* those without name are none */
};

/* What differs from one architecture to the next; offsets are in struct pt_regs. */
struct fl_arch {
	const char *machine; /* as in uname -m */
	const char *target;  /* "x86": for __TARGET_ARCH_x86 */
	uint16_t syscall_args[6];
	uint8_t nargs;	  /* of an ordinary function, in registers */
	uint16_t args[8]; /* they */
	uint16_t ret;
	uint16_t stack;	     /* the stack pointer */
	uint16_t stack_args; /* from there at a function's entry: the other arguments */
};

/* NULL for a name that is no system call's, and for an unknown architecture. */
const struct fl_syscall *fl_syscall_find(const char *machine, const char *name);
size_t fl_syscall_count(void);
const struct fl_syscall *fl_syscall_at(const char *machine, size_t i);
/* The first one for an unknown machine: what is compiled is never run then. */
const struct fl_arch *fl_arch_find(const char *machine);
unsigned int fl_syscall_nparams(const struct fl_syscall *call);

#endif /* FL_SYSCALL_H */
