/* Written by faultline. */
#define FL_NRULES 1
#define FL_NSLOTS 1
#define FL_NCPUS 2
#define FL_SEEDED
#include "fl_core.bpf.h"

/* on fl_int0 if rand <= 0.1 || 50 > rand return -EIO */
FL_RULE int fl_rule_0(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 0))
		return 0;
	if (!fl_guard())
		return 0;
	if (!((fl_draw(c, 0, 0) < fl_rule[0].rate) || (fl_draw(c, 0, 1) < 2147483648ULL)))
		return 0;
	ordinal = fl_decide(0, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[0].value;
	return fl_inject(c, ordinal);
}

SEC("fmod_ret/fl_int0") u64 fl0_fl_int0(u64 *ctx)
{
	struct fl_call c = { .prog = 0, .func = 0 };

	if (!fl_run.armed)
		return 0;
	c.slot = 0;
	if (fl_rule_0(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}
