/* Written by faultline. */
#define FL_NRULES 1
#define FL_NSLOTS 1
#define FL_NCPUS 2
#define FL_NCHILDREN 65536
#define FL_TASK_PID 12
#define FL_TASK_TGID 16
#include "fl_core.bpf.h"

/* on security_file_open return -EACCES */
FL_INLINE int fl_rule_0(struct fl_call *c, u32 slot)
{
	if (!fl_enter(0, slot))
		return 0;
	if (!fl_child())
		return 0;
	return fl_inject(0, slot);
}

SEC("fmod_ret/security_file_open") u64 fl0_security_file_open(u64 *ctx)
{
	FL_CALL(c);

	if (!fl_run.armed)
		return 0;
	if (fl_rule_0(&c, 0))
		FL_RETURN_FMOD_RET(0);
	return 0;
}
