/* Written by faultline. */
#define FL_NRULES 1
#define FL_NSLOTS 1
#define FL_NCPUS 2
#include "fl_core.bpf.h"

/* on mlx5_cmd_exec if comm == "ip" && rand < 10 return -EIO */
FL_INLINE int fl_rule_0(struct fl_call *c, u32 slot)
{
	if (!fl_enter(0, slot))
		return 0;
	if (!(fl_comm_is(c, 0x7069ULL, 0x0ULL)))
		return 0;
	if (!((fl_draw(0, 0) < fl_rule[0].rate)))
		return 0;
	return fl_inject(0, slot);
}

SEC("fmod_ret/mlx5_cmd_exec") u64 fl0_mlx5_cmd_exec(u64 *ctx)
{
	FL_CALL(c);

	if (!fl_run.armed)
		return 0;
	if (fl_rule_0(&c, 0))
		FL_RETURN_FMOD_RET(0);
	return 0;
}
