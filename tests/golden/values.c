/* Written by faultline. */
#define FL_NRULES 4
#define FL_NSLOTS 4
#define FL_NCPUS 2
#include "fl_core.bpf.h"

/* on fl_ret_ptr_null if pid == 5 return NULL */
FL_RULE int fl_rule_0(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 0))
		return 0;
	if (!(fl_pid() == 5LL))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(0, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[0].value;
	return fl_inject(c, ordinal);
}

/* on fl_ret_ptr_errno_null if pid != 5 return NULL */
FL_RULE int fl_rule_1(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 1))
		return 0;
	if (!(fl_pid() != 5LL))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(1, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[1].value;
	return fl_inject(c, ordinal);
}

/* on fl_ret_ptr if pid > 5 return -ENOMEM */
FL_RULE int fl_rule_2(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 2))
		return 0;
	if (!(fl_pid() > 5LL))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(2, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[2].value;
	return fl_inject(c, ordinal);
}

/* on fl_ret_bool if pid < 5 return true */
FL_RULE int fl_rule_3(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 3))
		return 0;
	if (!(fl_pid() < 5LL))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(3, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[3].value;
	return fl_inject(c, ordinal);
}

SEC("kprobe/fl_ret_ptr_null") u64 fl0_fl_ret_ptr_null(u64 *ctx)
{
	struct fl_call c = { .prog = 0, .func = 0 };

	if (!fl_run.armed)
		return 0;
	c.slot = 0;
	if (fl_rule_0(&c))
		FL_RETURN_KPROBE;
	return 0;
}

SEC("kprobe/fl_ret_ptr_errno_null") u64 fl1_fl_ret_ptr_errno_null(u64 *ctx)
{
	struct fl_call c = { .prog = 1, .func = 1 };

	if (!fl_run.armed)
		return 0;
	c.slot = 1;
	if (fl_rule_1(&c))
		FL_RETURN_KPROBE;
	return 0;
}

SEC("fmod_ret/fl_ret_ptr") u64 fl2_fl_ret_ptr(u64 *ctx)
{
	struct fl_call c = { .prog = 2, .func = 2 };

	if (!fl_run.armed)
		return 0;
	c.slot = 2;
	if (fl_rule_2(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}

SEC("fmod_ret/fl_ret_bool") u64 fl3_fl_ret_bool(u64 *ctx)
{
	struct fl_call c = { .prog = 3, .func = 3 };

	if (!fl_run.armed)
		return 0;
	c.slot = 3;
	if (fl_rule_3(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}
