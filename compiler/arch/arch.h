/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arch.h - what differs between architectures: registers and
 * where arguments are in them, system calls, where preemption is counted.
 *
 * One file each, and a row in arch.def. Each fact cites the file of Linux 6.12
 * that it is from; tests/unit/arch_test.c holds the tables against extracts of them.
 */
#ifndef FL_ARCH_H
#define FL_ARCH_H

#include "kernel.h"

#define FL_MAX_ARG_REGISTERS 8
#define FL_SYSCALL_ARGS 6 /* include/linux/syscalls.h: SYSCALL_DEFINE6 has the most */

/*
 * A system call by name, with its arguments. The kernel's functions for them
 * are wrappers that take registers: on x86-64
 * __x64_sys_openat(const struct pt_regs *), arch/x86/include/asm/syscall_wrapper.h.
 * Neither BTF nor the injectable list says what the registers mean, so the
 * arguments are a table (syscall.def), from include/linux/syscalls.h.
 */
struct fl_syscall {
	const char *name;     /* "sys_openat" */
	const char *function; /* "__x64_sys_openat" */
	/*
	 * "__do_sys_getpid": one without arguments has a second name on x86-64
	 * (__X64_SYS_STUB0), and the injectable list may know it by that.
	 */
	const char *alias;
	struct fl_param params[FL_SYSCALL_ARGS]; /* unused ones have no name */
};

/* Where a program reads the preemption count, whose low 32 bits count contexts. */
struct fl_preempt {
	bool in_task; /* @offset is in struct task_struct; else it is per CPU */
	uint64_t offset;
	uint64_t bases; /* per CPU: address of the array of what to add to @offset */
};

/* What a kernel's BTF has since a feature came. */
struct fl_evidence {
	enum fl_evidence_kind {
		FL_EVIDENCE_NONE,
		FL_EVIDENCE_FUNC,
		FL_EVIDENCE_STRUCT,
		FL_EVIDENCE_ENUMERATOR,
	} kind;
	const char *name;
};

/* What C has as a macro, constant.def. */
struct fl_constant {
	const char *name;
	uint64_t value;
};

/* Offsets of registers are bytes in struct pt_regs. */
struct fl_arch {
	const char *machine; /* as in uname -m */
	const char *target;  /* "x86": for __TARGET_ARCH_x86 */

	/* a function's arguments, the result, and the stack pointer at its entry */
	unsigned int nargs;
	uint16_t args[FL_MAX_ARG_REGISTERS];
	uint16_t ret;
	uint16_t stack;
	uint16_t stack_args; /* from the stack pointer to the first argument on the stack */

	/* structures by value: those of more than 16 bytes, and what is aligned to 16 */
	bool large_by_reference; /* in the place of their address, else on the stack */
	bool even_pairs;	 /* the first of two registers has an even number */
	bool stack_is_last;	 /* after an argument on the stack, registers are not used */

	uint16_t syscall_args[FL_SYSCALL_ARGS];
	const struct fl_syscall *syscalls;
	const struct fl_constant *constants; /* not asm-generic's; ends with a name of NULL */

	/* 0; -EACCES: the kernel hides addresses; -ENOENT: it does not show where. */
	int (*preempt_count)(struct fl_kernel *k, struct fl_preempt *out);

	/*
	 * Is there a direct call, or a jump of the same length, in the @len bytes of
	 * code at address @at? *target is where to. Instructions begin at multiples of
	 * @code_align; where that is 1, other bytes may look like one.
	 */
	bool (*call_at)(const unsigned char *code, size_t len, uint64_t at, uint64_t *target);
	unsigned int code_align;

	/*
	 * BPF's trampolines pass on so many words of arguments, and
	 * FL_MAX_PARAMS on a kernel that has any of @more_words.
	 */
	unsigned int trampoline_words;
	struct fl_evidence more_words[2];
};

/* Where a function finds a word of its arguments when it is entered. */
struct fl_arg_place {
	bool on_stack;
	uint16_t offset; /* of the register; or from the stack pointer */
};

/* The architecture of that name, or NULL: faultline does not know it. */
const struct fl_arch *fl_arch_find(const char *machine);
/* "x86_64, aarch64", for messages. */
const char *fl_arch_names(void);

/*
 * The words of 8 bytes that the first @n parameters of @f are, as programs see
 * them: what BPF's trampolines pass. A structure of up to 16 bytes is one or
 * two; a larger one is its address, or nothing where it is on the stack.
 */
unsigned int fl_arch_words(const struct fl_arch *arch, const struct fl_func *f, unsigned int n);

/* Where word number @word is. Undeclared words count as numbers. */
struct fl_arg_place fl_arch_place(const struct fl_arch *arch, const struct fl_func *f,
				  unsigned int word);

/* Is a parameter of this type passed by the address of a copy? */
bool fl_arch_by_reference(const struct fl_arch *arch, const struct fl_type *t);

/* A constant by its name; @arch NULL: what most have. -ENOENT. */
int fl_arch_constant(const struct fl_arch *arch, const char *name, uint64_t *value);
/* The names of all architectures' constants; NULL after the last. */
const char *fl_arch_constant_at(size_t i);

/* NULL for a name that no system call has, and for an unknown architecture. */
const struct fl_syscall *fl_syscall_find(const char *machine, const char *name);
size_t fl_syscall_count(void);
const struct fl_syscall *fl_syscall_at(const char *machine, size_t i);
unsigned int fl_syscall_nparams(const struct fl_syscall *call);

/* "file" as a set of one class; also "net", as in strace. 0: unknown class. */
unsigned int fl_syscall_class(const char *name);
/* Is @call in a class of @classes? */
bool fl_syscall_is_in(const struct fl_syscall *call, unsigned int classes);
/* The names of all classes; NULL after the last. */
const char *fl_syscall_class_at(size_t i);

/* The files' tables, for arch.c. */
#define FL_ARCH(machine) extern const struct fl_arch fl_arch_##machine;
#include "arch.def"
#undef FL_ARCH

#endif /* FL_ARCH_H */
