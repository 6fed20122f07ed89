/* Written by faultline. */
#define FL_NRULES 1
#define FL_NSLOTS 1
#define FL_NCPUS 2
#include "fl_core.bpf.h"
#define FL_NCHILDREN 65536
#define FL_TASK_PID 12
#define FL_TASK_TGID 16
#include "fl_child.bpf.h"

/* on security_file_open return -EACCES */
FL_RULE int fl_rule_0(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 0))
		return 0;
	if (!(fl_child()))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(0, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[0].value;
	return fl_inject(c, ordinal);
}

SEC("fmod_ret/security_file_open") u64 fl0_security_file_open(u64 *ctx)
{
	struct fl_call c = { .prog = 0, .func = 0 };

	if (!fl_run.armed)
		return 0;
	c.slot = 0;
	if (fl_rule_0(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}
