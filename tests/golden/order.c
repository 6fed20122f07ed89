/* Written by faultline. */
#define FL_NRULES 4
#define FL_NSLOTS 4
#define FL_NCPUS 2
#include "fl_core.bpf.h"

/* first: on fl_int0, fl_int1 if comm in {"ip", "tc"} return -EIO */
FL_RULE int fl_rule_0(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 0))
		return 0;
	if (!((fl_comm_is(c, 0x7069ULL, 0x0ULL) || fl_comm_is(c, 0x6374ULL, 0x0ULL))))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(0, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[0].value;
	return fl_inject(c, ordinal);
}

/* second: on fl_int0 if uid == 1000 || tid / 2 > -pid % 7 return -ENOMEM */
FL_RULE int fl_rule_1(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 1))
		return 0;
	if (!(fl_uid() == 1000LL || fl_divide(fl_tid(), 2LL) > fl_remainder(-fl_pid(), 7LL)))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(1, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[1].value;
	return fl_inject(c, ordinal);
}

/* on fl_int1 if cpu in {0, 1} && !(gid << cpu) return -4095 */
FL_RULE int fl_rule_2(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 2))
		return 0;
	if (!(({ s64 x1 = fl_cpu(); x1 == 0LL || x1 == 1LL; })))
		return 0;
	if (!(!((s64)(fl_gid()) << (fl_cpu() & 63))))
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
	c.slot = 1;
	if (fl_rule_1(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}

SEC("fmod_ret/fl_int1") u64 fl1_fl_int1(u64 *ctx)
{
	struct fl_call c = { .prog = 1, .func = 1 };

	if (!fl_run.armed)
		return 0;
	c.slot = 2;
	if (fl_rule_0(&c))
		FL_RETURN_FMOD_RET;
	c.slot = 3;
	if (fl_rule_2(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}
