// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * While this is loaded, programs on kprobes lack one of BPF's helpers. By
 * itself it is bpf_override_return(), so that the kernel answers like one that
 * is built without CONFIG_BPF_KPROBE_OVERRIDE. Programs of tracing's kind,
 * fmod_ret among them, have all that they had.
 */
#include <linux/bpf.h>
#include <linux/kprobes.h>
#include <linux/linkage.h>
#include <linux/module.h>

/* Returns with what is in the register already: just_return_func() is not exported. */
void fl_just_return(void);
asm(".text\n"
    ".type fl_just_return, @function\n"
    "fl_just_return:\n"
    ASM_RET
    ".size fl_just_return, .-fl_just_return\n");

static int helper = BPF_FUNC_override_return;
module_param(helper, int, 0444);
MODULE_PARM_DESC(helper, "its number: enum bpf_func_id");

/* kprobe_prog_func_proto(func_id, prog) in kernel/trace/bpf_trace.c */
static int answer(struct kprobe *p, struct pt_regs *regs)
{
	if (regs_get_kernel_argument(regs, 0) != helper)
		return 0;
	regs_set_return_value(regs, 0);
	instruction_pointer_set(regs, (unsigned long)fl_just_return);
	return 1;
}

static struct kprobe probe = {
	.symbol_name = "kprobe_prog_func_proto",
	.pre_handler = answer,
};

static int __init fl_no_helper_init(void)
{
	return register_kprobe(&probe);
}

static void __exit fl_no_helper_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(fl_no_helper_init);
module_exit(fl_no_helper_exit);
MODULE_DESCRIPTION("faultline: a kernel whose kprobes lack a helper");
MODULE_LICENSE("GPL");
