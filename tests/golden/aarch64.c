/* Written by faultline. */
#define FL_NRULES 8
#define FL_NSLOTS 8
#define FL_NCPUS 2
#define FL_FIRES
#include "fl_core.bpf.h"

FL_INLINE u32 fl_interrupted(void)
{
	int bad = 0;
	u64 base = bpf_get_current_task();
	u32 count = FL_LOAD(u32, base + 0x8ULL, bad);

	return bad ? 0 : count & 0xff0100;
}

#define fl_irq() ((s64)(fl_interrupted() != 0))

/* on zap_range if how == 1 return -EIO */
FL_RULE int fl_rule_0(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 0))
		return 0;
	if (!((s64)(s32)c->arg[2] == 1LL))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(0, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[0].value;
	return fl_inject(c, ordinal);
}

/* on zap_big_range if how == 1 && arg0 != 0 return -EIO */
FL_RULE int fl_rule_1(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 1))
		return 0;
	if (!((s64)(s32)c->arg[1] == 1LL))
		return 0;
	if (!((u64)c->arg[0] != 0LL))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(1, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[1].value;
	return fl_inject(c, ordinal);
}

/* on sys_openat if flags == 1 && dfd == 2 return -EACCES */
FL_RULE int fl_rule_2(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 2))
		return 0;
	if (!((s64)(s32)c->arg[2] == 1LL))
		return 0;
	if (!((s64)(s32)c->arg[0] == 2LL))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(2, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[2].value;
	return fl_inject(c, ordinal);
}

/* on dev_rename if !irq && user_name == NULL return -EIO */
FL_RULE int fl_rule_3(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 3))
		return 0;
	if (!((u64)c->arg[2] == 0LL))
		return 0;
	if (!(!fl_irq()))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(3, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[3].value;
	return fl_inject(c, ordinal);
}

/* on exit dev_open if retval < 0 log "%d", retval */
FL_RULE int fl_rule_4(struct fl_call *c)
{
	u64 ordinal;
	struct fl_event *e;

	if (!fl_enter(c, 4))
		return 0;
	if (!((s64)(s32)c->retval < 0LL))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(4, c->slot, 0);
	if (!ordinal)
		return 0;
	if (FL_RESERVE(e, c->slot, 8)) {
		u64 *w = (u64 *)(e + 1);

		fl_fill_event(e, FL_EVENT_LOG, c->slot, ordinal);
		e->site = 0;
		e->words = 1;
		w[0] = (s64)(s32)c->retval;
		bpf_ringbuf_submit(e, 0);
	}
	return fl_fired(c->slot, ordinal, 0);
}

SEC("kprobe/zap_range") u64 fl0_zap_range(u64 *ctx)
{
	struct fl_call c = { .prog = 0, .func = 0 };

	if (!fl_run.armed)
		return 0;
	c.arg[2] = ctx[2];
	c.slot = 0;
	if (fl_rule_0(&c))
		FL_RETURN_KPROBE;
	return 0;
}

SEC("kprobe/zap_big_range") u64 fl1_zap_big_range(u64 *ctx)
{
	struct fl_call c = { .prog = 1, .func = 1 };

	if (!fl_run.armed)
		return 0;
	c.arg[0] = ctx[0];
	c.arg[1] = ctx[1];
	c.slot = 1;
	if (fl_rule_1(&c))
		FL_RETURN_KPROBE;
	return 0;
}

SEC("kprobe/__arm64_sys_openat") u64 fl2___arm64_sys_openat(u64 *ctx)
{
	struct fl_call c = { .prog = 2, .func = 2 };

	if (!fl_run.armed)
		return 0;
	u64 regs = ctx[0];

	bpf_probe_read_kernel(&c.arg[0], 8, (void *)(regs + 0));
	bpf_probe_read_kernel(&c.arg[2], 8, (void *)(regs + 16));
	c.slot = 2;
	if (fl_rule_2(&c))
		FL_RETURN_KPROBE;
	return 0;
}

SEC("kprobe/dev_rename") u64 fl3_dev_rename(u64 *ctx)
{
	struct fl_call c = { .prog = 3, .func = 3 };

	if (!fl_run.armed)
		return 0;
	c.arg[2] = ctx[2];
	c.slot = 3;
	if (fl_rule_3(&c))
		FL_RETURN_KPROBE;
	return 0;
}

SEC("kretprobe/dev_open") u64 fl4_dev_open(u64 *ctx)
{
	struct fl_call c = { .prog = 4, .func = 4 };

	if (!fl_run.armed)
		return 0;
	c.retval = ctx[0];
	c.slot = 4;
	fl_rule_4(&c);
	return 0;
}
