/* SPDX-License-Identifier: GPL-2.0-or-later */
/* x86_64.c - the facts of x86-64; see arch.h. */
#include <errno.h>
#include <string.h>

#include "arch.h"

/* Offsets in struct pt_regs of arch/x86/include/asm/ptrace.h. */
enum { R10 = 56, R9 = 64, R8 = 72, AX = 80, CX = 88, DX = 96, SI = 104, DI = 112, SP = 152 };

/* __SYS_STUBx(x64, sys##name) and __SYS_STUB0: arch/x86/include/asm/syscall_wrapper.h */
#define FL_SYSCALL(name, args) { "sys_" #name, "__x64_sys_" #name, "__do_sys_" #name, { args } },
static const struct fl_syscall syscalls[] = {
#include "syscall_table.h"
};

/* arch/x86/include/uapi/asm/mman.h */
static const struct fl_constant constants[] = {
	{ "MAP_32BIT", 0x40 },
	{ "MAP_ABOVE4G", 0x80 },
	{ NULL, 0 },
};

/*
 * A per-CPU variable, arch/x86/include/asm/preempt.h: pcpu_hot.preempt_count
 * since commit 64701838bf05, __preempt_count before and again since 6.15.
 */
static int preempt_count(struct fl_kernel *k, struct fl_preempt *out)
{
	struct fl_member m;
	struct fl_type hot;
	/* per_cpu_offset() in include/asm-generic/percpu.h */
	int err = k->ops->address(k, "__per_cpu_offset", &out->bases);

	if (err)
		return err;
	out->in_task = false;
	if (!k->ops->address(k, "__preempt_count", &out->offset))
		return 0;
	err = k->ops->address(k, "pcpu_hot", &out->offset);
	if (err)
		return err;
	if (k->ops->find_type(k, NULL, FL_TYPE_STRUCT, "pcpu_hot", &hot) ||
	    k->ops->member(k, hot.id, "preempt_count", &m))
		return -ENOENT;
	out->offset += m.bit_offset / 8;
	return 0;
}

/* CALL rel32 and JMP rel32, from the end of the instruction: Intel SDM, volume 2 */
static bool call_at(const unsigned char *code, size_t len, uint64_t at, uint64_t *target)
{
	int32_t distance;

	if (len < 5 || (code[0] != 0xe8 && code[0] != 0xe9))
		return false;
	memcpy(&distance, code + 1, sizeof(distance));
	*target = at + 5 + (uint64_t)(int64_t)distance;
	return true;
}

const struct fl_arch fl_arch_x86_64 = {
	.machine = "x86_64",
	.target = "x86",
	/* regs_get_kernel_argument() in arch/x86/include/asm/ptrace.h */
	.nargs = 6,
	.args = { DI, SI, DX, CX, R8, R9 },
	/* regs_return_value(), and the return address is on top of the stack */
	.ret = AX,
	.stack = SP,
	.stack_args = 8,
	/* System V ABI, "Parameter Passing"; save_args() in arch/x86/net/bpf_jit_comp.c */
	.large_by_reference = false,
	.even_pairs = false,
	.stack_is_last = false,
	/* SC_X86_64_REGS_TO_ARGS in arch/x86/include/asm/syscall_wrapper.h */
	.syscall_args = { DI, SI, DX, R10, R8, R9 },
	.syscalls = syscalls,
	.constants = constants,
	.preempt_count = preempt_count,
	.call_at = call_at,
	.code_align = 1,
	/*
	 * arch_prepare_bpf_trampoline() in arch/x86/net/bpf_jit_comp.c passed
	 * six until commit 473e3150e30a, which also brought save_args(). Where
	 * the compiler inlined that: commit 89ae89f53d20, which came after it
	 * in the same release.
	 */
	.trampoline_words = 6,
	.more_words = { { FL_EVIDENCE_FUNC, "save_args" },
			{ FL_EVIDENCE_ENUMERATOR, "BPF_TRACE_UPROBE_MULTI" } },
};
