/* Written by faultline. */
#define FL_NRULES 4
#define FL_NSLOTS 4
#define FL_NCPUS 2
#define FL_NPARAMS 1
#define FL_FIRES
#include "fl_core.bpf.h"

/* on security_file_open log "open" */
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
	if (FL_RESERVE(e, c->slot, 0)) {
		u64 *w = (u64 *)(e + 1);

		fl_fill_event(e, FL_EVENT_LOG, c->slot, ordinal);
		e->site = 0;
		e->words = 0;
		(void)w;
		bpf_ringbuf_submit(e, 0);
	}
	return fl_fired(c->slot, ordinal, 0);
}

/* on security_file_open if comm == "cat" && (uid == 0) << 40 != 0 return -$error */
FL_RULE int fl_rule_1(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 1))
		return 0;
	if (!((s64)(fl_uid() == 0LL) << 40LL != 0LL))
		return 0;
	if (!(fl_comm_is(c, 0x746163ULL, 0x0ULL)))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(1, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = -fl_param[0].value;
	if (!fl_is_errno(c->value))
		return 0;
	return fl_inject(c, ordinal);
}

/* on sys_openat, sys_openat* if comm == "cat" nth 2 log "again" */
FL_RULE int fl_rule_2(struct fl_call *c)
{
	u64 ordinal;
	struct fl_event *e;

	if (!fl_enter(c, 2))
		return 0;
	if (!(fl_comm_is(c, 0x746163ULL, 0x0ULL)))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(2, c->slot, 0);
	if (!ordinal)
		return 0;
	if (FL_RESERVE(e, c->slot, 0)) {
		u64 *w = (u64 *)(e + 1);

		fl_fill_event(e, FL_EVENT_LOG, c->slot, ordinal);
		e->site = 1;
		e->words = 0;
		(void)w;
		bpf_ringbuf_submit(e, 0);
	}
	return fl_fired(c->slot, ordinal, 0);
}

SEC("fmod_ret/security_file_open") u64 fl0_security_file_open(u64 *ctx)
{
	struct fl_call c = { .prog = 0, .func = 0 };

	if (!fl_run.armed)
		return 0;
	c.slot = 0;
	fl_rule_0(&c);
	c.slot = 1;
	if (fl_rule_1(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}

SEC("fentry/__x64_sys_openat") u64 fl1___x64_sys_openat(u64 *ctx)
{
	struct fl_call c = { .prog = 1, .func = 1 };

	if (!fl_run.armed)
		return 0;
	c.slot = 2;
	fl_rule_2(&c);
	return 0;
}
