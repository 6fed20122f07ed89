/* Written by faultline. */
#define FL_NRULES 1
#define FL_NSLOTS 1
#define FL_NCPUS 2
#define FL_SEEDED
#include "fl_core.bpf.h"

/* on fl_int0 if rand <= 0.1 || 50 > rand return -EIO */
FL_INLINE int fl_rule_0(struct fl_call *c, u32 slot)
{
	if (!fl_enter(0, slot))
		return 0;
	if (!((fl_draw(0, 0) < fl_rule[0].rate) || (fl_draw(0, 1) < 2147483648ULL)))
		return 0;
	return fl_inject(0, slot);
}

SEC("fmod_ret/fl_int0") u64 fl0_fl_int0(u64 *ctx)
{
	FL_CALL(c);

	if (!fl_run.armed)
		return 0;
	if (fl_rule_0(&c, 0))
		FL_RETURN_FMOD_RET(0);
	return 0;
}
