/* Written by faultline. */
#define FL_NRULES 1
#define FL_NSLOTS 1
#define FL_NCPUS 2
#include "fl_core.bpf.h"

/* on fl_object(o) if o->next->bits.cross == 5 && comm == "ip" && rand < 10 return -EIO */
FL_RULE int fl_rule_0(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 0))
		return 0;
	if (!(fl_comm_is(c, 0x7069ULL, 0x0ULL)))
		return 0;
	if (!(({ int bad1 = 0; int r1 = ((s64)FL_UNSIGNED_BITS(u32, (((u64)FL_LOAD(u64, ((u64)c->arg[0] + 176), bad1) + 136)), 3, 11, bad1) == 5LL); bad1 ? 0 : r1; })))
		return 0;
	if (!fl_guard())
		return 0;
	if (!((fl_draw(c, 0, 0) < fl_rule[0].rate)))
		return 0;
	ordinal = fl_decide(0, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[0].value;
	return fl_inject(c, ordinal);
}

SEC("fmod_ret/fl_object") u64 fl0_fl_object(u64 *ctx)
{
	struct fl_call c = { .prog = 0, .func = 0 };

	if (!fl_run.armed)
		return 0;
	bpf_probe_read_kernel(c.arg, 8, ctx);
	c.slot = 0;
	if (fl_rule_0(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}
