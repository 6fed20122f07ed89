/* Written by faultline. */
#define FL_NRULES 4
#define FL_NSLOTS 4
#define FL_NCPUS 2
#include "fl_core.bpf.h"

/* first: on fl_int0, fl_int1 if comm in {"ip", "tc"} return -EIO */
FL_INLINE int fl_rule_0(struct fl_call *c, u32 slot)
{
	if (!fl_enter(0, slot))
		return 0;
	if (!((fl_comm_is(c, 0x7069ULL, 0x0ULL) || fl_comm_is(c, 0x6374ULL, 0x0ULL))))
		return 0;
	return fl_inject(0, slot);
}

/* second: on fl_int0 if uid == 1000 || tid / 2 > -pid % 7 return -ENOMEM */
FL_INLINE int fl_rule_1(struct fl_call *c, u32 slot)
{
	if (!fl_enter(1, slot))
		return 0;
	if (!(fl_uid() == 1000LL || fl_divide(fl_tid(), 2LL) > fl_remainder(-fl_pid(), 7LL)))
		return 0;
	return fl_inject(1, slot);
}

/* on fl_int1 if cpu in {0, 1} && !(gid << cpu) return -4095 */
FL_INLINE int fl_rule_2(struct fl_call *c, u32 slot)
{
	if (!fl_enter(2, slot))
		return 0;
	if (!(({ s64 x_ = fl_cpu(); x_ == 0LL || x_ == 1LL; })))
		return 0;
	if (!(!(fl_gid() << (fl_cpu() & 63))))
		return 0;
	return fl_inject(2, slot);
}

SEC("fmod_ret/fl_int0") u64 fl0_fl_int0(u64 *ctx)
{
	FL_CALL(c);

	if (!fl_run.armed)
		return 0;
	if (fl_rule_0(&c, 0))
		FL_RETURN_FMOD_RET(0);
	if (fl_rule_1(&c, 1))
		FL_RETURN_FMOD_RET(1);
	return 0;
}

SEC("fmod_ret/fl_int1") u64 fl1_fl_int1(u64 *ctx)
{
	FL_CALL(c);

	if (!fl_run.armed)
		return 0;
	if (fl_rule_0(&c, 2))
		FL_RETURN_FMOD_RET(0);
	if (fl_rule_2(&c, 3))
		FL_RETURN_FMOD_RET(2);
	return 0;
}
