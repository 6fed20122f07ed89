/* Written by faultline. */
#define FL_NRULES 4
#define FL_NSLOTS 4
#define FL_NCPUS 2
#define FL_PER
#define FL_NPROGS 3
#define FL_NSTRINGS 1
#include "fl_core.bpf.h"
#include "fl_data.bpf.h"

/* on fl_int0 nth 3..9+2 return -EIO */
FL_RULE int fl_rule_0(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 0))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(0, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[0].value;
	return fl_inject(c, ordinal);
}

/* on fl_int1 if a > 5 every 3 times 2 per a return -EIO */
FL_RULE int fl_rule_1(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 1))
		return 0;
	if (!((s64)(s32)c->arg[0] > 5LL))
		return 0;
	if (!fl_guard())
		return 0;
	struct fl_key key = { 1 };

	key.words[0] = (s64)(s32)c->arg[0]; 
	ordinal = fl_decide_per(1, c->slot, 1, &key);
	if (!ordinal)
		return 0;
	c->value = fl_rule[1].value;
	return fl_inject(c, ordinal);
}

/* on fl_int2 after 2s for 30s return -EIO */
FL_RULE int fl_rule_2(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 2))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(2, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[2].value;
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

SEC("fmod_ret/fl_int1") u64 fl1_fl_int1(u64 *ctx)
{
	struct fl_call c = { .prog = 1, .func = 1 };

	if (!fl_run.armed)
		return 0;
	c.arg[0] = ctx[0];
	c.slot = 1;
	if (fl_rule_1(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}

SEC("fmod_ret/fl_int2") u64 fl2_fl_int2(u64 *ctx)
{
	struct fl_call c = { .prog = 2, .func = 2 };

	if (!fl_run.armed)
		return 0;
	c.slot = 2;
	if (fl_rule_2(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}
