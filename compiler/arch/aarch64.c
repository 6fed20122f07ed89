/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aarch64.c - the facts of 64-bit ARM, little endian; see arch.h. */
#include <errno.h>
#include <string.h>

#include "arch.h"

/* u64 regs[31], then sp: struct pt_regs in arch/arm64/include/asm/ptrace.h */
#define X(n) ((n)*8)
#define SP X(31)

/* __SYSCALL_DEFINEx in arch/arm64/include/asm/syscall_wrapper.h */
#define FL_SYSCALL(name, args) { "sys_" #name, "__arm64_sys_" #name, NULL, { args } },
/* arch/arm64/Kconfig selects CLONE_BACKWARDS */
#define FL_CLONE_BACKWARDS
static const struct fl_syscall syscalls[] = {
#include "syscall_table.h"
};

/* arch/arm64/include/uapi/asm/fcntl.h and mman.h */
static const struct fl_constant constants[] = {
	{ "O_DIRECTORY", 040000 },  { "O_NOFOLLOW", 0100000 },
	{ "O_DIRECT", 0200000 },    { "O_LARGEFILE", 0400000 },
	{ "O_TMPFILE", 020040000 }, { "PROT_BTI", 0x10 },
	{ "PROT_MTE", 0x20 },	    { NULL, 0 },
};

/*
 * current_thread_info()->preempt.count: arch/arm64/include/asm/preempt.h.
 * arch/arm64/Kconfig selects THREAD_INFO_IN_TASK, so it is the task's.
 */
static int preempt_count(struct fl_kernel *k, struct fl_preempt *out)
{
	struct fl_member info, preempt, count;
	struct fl_type task;

	if (k->ops->find_type(k, NULL, FL_TYPE_STRUCT, "task_struct", &task) ||
	    k->ops->member(k, task.id, "thread_info", &info) ||
	    k->ops->member(k, info.type.id, "preempt", &preempt) ||
	    k->ops->member(k, preempt.type.id, "count", &count))
		return -ENOENT;
	out->in_task = true;
	out->offset = (info.bit_offset + preempt.bit_offset + count.bit_offset) / 8;
	return 0;
}

/* BL and B, 26 bits of words from the instruction: Arm ARM, C6.2 */
static bool call_at(const unsigned char *code, size_t len, uint64_t at, uint64_t *target)
{
	uint32_t word;

	if (len < 4)
		return false;
	memcpy(&word, code, sizeof(word));
	if ((word & 0x7c000000) != 0x14000000)
		return false;
	*target = at + (uint64_t)((int64_t)((uint64_t)word << 38) >> 36);
	return true;
}

const struct fl_arch fl_arch_aarch64 = {
	.machine = "aarch64",
	.target = "arm64",
	/* regs_get_kernel_argument(), regs_return_value(): arch/arm64/include/asm/ptrace.h */
	.nargs = 8,
	.args = { X(0), X(1), X(2), X(3), X(4), X(5), X(6), X(7) },
	.ret = X(0),
	.stack = SP,
	.stack_args = 0,
	/* AAPCS64, "Parameter passing rules", B.4, C.10 and C.13 */
	.large_by_reference = true,
	.even_pairs = true,
	.stack_is_last = true,
	/* SC_ARM64_REGS_TO_ARGS in arch/arm64/include/asm/syscall_wrapper.h */
	.syscall_args = { X(0), X(1), X(2), X(3), X(4), X(5) },
	.syscalls = syscalls,
	.constants = constants,
	.preempt_count = preempt_count,
	.call_at = call_at,
	.code_align = 4,
	/*
	 * arch_prepare_bpf_trampoline() in arch/arm64/net/bpf_jit_comp.c passes
	 * what is in registers; struct arg_aux came with the arguments on the
	 * stack, after 6.12.
	 */
	.trampoline_words = 8,
	.more_words = { { FL_EVIDENCE_STRUCT, "arg_aux" } },
};
