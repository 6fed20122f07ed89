/* Written by faultline. */
#define FL_NRULES 4
#define FL_NSLOTS 4
#define FL_NCPUS 2
#define FL_FIRES
#define FL_DELAYS
#define FL_NPROGS 4
#define FL_NSTRINGS 1
#include "fl_core.bpf.h"
#include "fl_data.bpf.h"
#include "fl_stack.bpf.h"

/* @seen */
FL_STATE(fl_at_0, 1);

/* on fl_outer { @seen[tid] = 1; log "outer %d by %s", a, comm } */
FL_RULE int fl_rule_0(struct fl_call *c)
{
	u64 ordinal;
	struct fl_event *e;

	if (!fl_enter(c, 0))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(0, c->slot, 0);
	if (!ordinal)
		return 0;
	{
		u64 key[1] = { 0 };

		key[0] = fl_tid(); 
		FL_STATE_SET(fl_at_0, key, (1LL));
	}
	if (FL_RESERVE(e, c->slot, 24)) {
		u64 *w = (u64 *)(e + 1);

		fl_fill_event(e, FL_EVENT_LOG, c->slot, ordinal);
		e->site = 0;
		e->words = 3;
		w[0] = (s64)(s32)c->arg[0];
		fl_get_comm(c);
		w[1] = c->comm[0];
		w[2] = c->comm[1];
		bpf_ringbuf_submit(e, 0);
	}
	return fl_fired(c->slot, ordinal, 0);
}

/* on fl_inner if @seen[tid] { delete @seen[tid]; return one of -EIO weight 3, -ENOMEM } */
FL_RULE int fl_rule_1(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 1))
		return 0;
	if (!(({ u64 key1[1] = { 0 }; key1[0] = fl_tid(); FL_STATE_GET(fl_at_0, key1); })))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(1, c->slot, 1);
	if (!ordinal)
		return 0;
	{
		u64 key[1] = { 0 };

		key[0] = fl_tid(); 
		bpf_map_delete_elem(&fl_at_0, key);
	}
	u64 pick = (u64)fl_draw(c, 1, 0) * 4ULL >> 32;

	if (pick < 3ULL)
		c->value = (-5LL);
	else
		c->value = (-12LL);
	return fl_inject(c, ordinal);
}

/* on exit fl_middle if retval < 0 { log "%e", retval; stack } */
FL_RULE int fl_rule_2(struct fl_call *c)
{
	u64 ordinal;
	struct fl_event *e;

	if (!fl_enter(c, 2))
		return 0;
	if (!((s64)(s32)c->retval < 0LL))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(2, c->slot, 0);
	if (!ordinal)
		return 0;
	if (FL_RESERVE(e, c->slot, 8)) {
		u64 *w = (u64 *)(e + 1);

		fl_fill_event(e, FL_EVENT_LOG, c->slot, ordinal);
		e->site = 1;
		e->words = 1;
		w[0] = (s64)(s32)c->retval;
		bpf_ringbuf_submit(e, 0);
	}
	if (FL_RESERVE(e, c->slot, FL_STACK_DEPTH * 8)) {
		fl_fill_event(e, FL_EVENT_STACK, c->slot, ordinal);
		e->value = c->ip;
		e->words = fl_read_stack((u64 *)(e + 1));
		bpf_ringbuf_submit(e, 0);
	}
	return fl_fired(c->slot, ordinal, 0);
}

/* on fl_other if pid == 5 { delay 100us; signal SIGUSR1 } */
FL_RULE int fl_rule_3(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 3))
		return 0;
	if (!(fl_pid() == 5LL))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(3, c->slot, 0);
	if (!ordinal)
		return 0;
	fl_delay(100000LL);
	if (!fl_run.dry_run)
		bpf_send_signal_thread(10);
	return fl_fired(c->slot, ordinal, 1);
}

SEC("fentry/fl_outer") u64 fl0_fl_outer(u64 *ctx)
{
	struct fl_call c = { .prog = 0, .func = 0 };

	if (!fl_run.armed)
		return 0;
	c.arg[0] = ctx[0];
	c.slot = 0;
	fl_rule_0(&c);
	return 0;
}

SEC("fmod_ret/fl_inner") u64 fl1_fl_inner(u64 *ctx)
{
	struct fl_call c = { .prog = 1, .func = 1 };

	if (!fl_run.armed)
		return 0;
	c.slot = 1;
	if (fl_rule_1(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}

SEC("fexit/fl_middle") u64 fl2_fl_middle(u64 *ctx)
{
	struct fl_call c = { .prog = 2, .func = 2 };

	if (!fl_run.armed)
		return 0;
	c.ip = (u64)bpf_get_func_ip(ctx);
	c.retval = ctx[1];
	c.slot = 2;
	fl_rule_2(&c);
	return 0;
}

SEC("fentry/fl_other") u64 fl3_fl_other(u64 *ctx)
{
	struct fl_call c = { .prog = 3, .func = 3 };

	if (!fl_run.armed)
		return 0;
	c.slot = 3;
	fl_rule_3(&c);
	return 0;
}
