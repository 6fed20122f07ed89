/* Written by faultline. */
#define FL_NRULES 2
#define FL_NSLOTS 2
#define FL_NCPUS 2
#define FL_NTRACKERS 1
#define FL_NPROGS 4
#define FL_NSTRINGS 1
#include "fl_core.bpf.h"
#include "fl_data.bpf.h"

#define FL_NRANGES 1
static const struct {
	u64 start, end;
} fl_ranges[FL_NRANGES] = {
	/* fl_middle */
	{ 0xffffffffb0001700ULL, 0xffffffffb0001800ULL },
};
#include "fl_stack.bpf.h"

FL_RULE int fl_tracked_0(struct fl_call *c)
{
	if (!((s64)(s32)c->arg[0] == 5LL))
		return 0;
	return 1;
}

/* on fl_inner if caller(fl_middle) return -EIO */
FL_RULE int fl_rule_0(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 0))
		return 0;
	u32 prog = c->prog;
	struct fl_scratch *t = bpf_map_lookup_elem(&fl_scratches, &prog);

	if (!t)
		return 0;
	if (!(fl_is_caller(t, c, 0, 1)))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(0, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[0].value;
	return fl_inject(c, ordinal);
}

/* on fl_middle if within(fl_outer if a == 5) return -EIO */
FL_RULE int fl_rule_1(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 1))
		return 0;
	if (!(fl_is_inside(0)))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(1, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[1].value;
	return fl_inject(c, ordinal);
}

SEC("fmod_ret/fl_inner") u64 fl0_fl_inner(u64 *ctx)
{
	struct fl_call c = { .prog = 0, .func = 0 };

	if (!fl_run.armed)
		return 0;
	c.ip = (u64)bpf_get_func_ip(ctx);
	c.slot = 0;
	if (fl_rule_0(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}

SEC("fmod_ret/fl_middle") u64 fl1_fl_middle(u64 *ctx)
{
	struct fl_call c = { .prog = 1, .func = 1 };

	if (!fl_run.armed)
		return 0;
	c.ip = (u64)bpf_get_func_ip(ctx);
	c.slot = 1;
	if (fl_rule_1(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}

SEC("fentry/fl_outer") u64 fl2_fl_outer(u64 *ctx)
{
	struct fl_call c = { .prog = 2, .func = 2 };

	c.arg[0] = ctx[0];
	fl_inside_enter(0, fl_tracked_0(&c));
	return 0;
}

SEC("fexit/fl_outer") u64 fl3_fl_outer(u64 *ctx)
{
	struct fl_call c = { .prog = 3, .func = 2 };

	fl_inside_leave(0);
	return 0;
}
