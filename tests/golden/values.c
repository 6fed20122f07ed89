/* Written by faultline. */
#define FL_NRULES 4
#define FL_NSLOTS 4
#define FL_NCPUS 2
#include "fl_core.bpf.h"

/* on fl_ret_ptr_null if pid == 5 return NULL */
FL_INLINE int fl_rule_0(struct fl_call *c, u32 slot)
{
	if (!fl_enter(0, slot))
		return 0;
	if (!(fl_pid() == 5LL))
		return 0;
	return fl_inject(0, slot);
}

/* on fl_ret_ptr_errno_null if pid != 5 return NULL */
FL_INLINE int fl_rule_1(struct fl_call *c, u32 slot)
{
	if (!fl_enter(1, slot))
		return 0;
	if (!(fl_pid() != 5LL))
		return 0;
	return fl_inject(1, slot);
}

/* on fl_ret_ptr if pid > 5 return -ENOMEM */
FL_INLINE int fl_rule_2(struct fl_call *c, u32 slot)
{
	if (!fl_enter(2, slot))
		return 0;
	if (!(fl_pid() > 5LL))
		return 0;
	return fl_inject(2, slot);
}

/* on fl_ret_bool if pid < 5 return true */
FL_INLINE int fl_rule_3(struct fl_call *c, u32 slot)
{
	if (!fl_enter(3, slot))
		return 0;
	if (!(fl_pid() < 5LL))
		return 0;
	return fl_inject(3, slot);
}

SEC("kprobe/fl_ret_ptr_null") u64 fl0_fl_ret_ptr_null(u64 *ctx)
{
	FL_CALL(c);

	if (!fl_run.armed)
		return 0;
	if (fl_rule_0(&c, 0))
		FL_RETURN_KPROBE(0);
	return 0;
}

SEC("kprobe/fl_ret_ptr_errno_null") u64 fl1_fl_ret_ptr_errno_null(u64 *ctx)
{
	FL_CALL(c);

	if (!fl_run.armed)
		return 0;
	if (fl_rule_1(&c, 1))
		FL_RETURN_KPROBE(1);
	return 0;
}

SEC("fmod_ret/fl_ret_ptr") u64 fl2_fl_ret_ptr(u64 *ctx)
{
	FL_CALL(c);

	if (!fl_run.armed)
		return 0;
	if (fl_rule_2(&c, 2))
		FL_RETURN_FMOD_RET(2);
	return 0;
}

SEC("fmod_ret/fl_ret_bool") u64 fl3_fl_ret_bool(u64 *ctx)
{
	FL_CALL(c);

	if (!fl_run.armed)
		return 0;
	if (fl_rule_3(&c, 3))
		FL_RETURN_FMOD_RET(3);
	return 0;
}
