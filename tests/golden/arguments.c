/* Written by faultline. */
#define FL_NRULES 4
#define FL_NSLOTS 4
#define FL_NCPUS 2
#define FL_NPROGS 4
#define FL_NSTRINGS 1
#include "fl_core.bpf.h"
#include "fl_data.bpf.h"

FL_GLOBAL int fl_like_0(struct fl_string *s)
{
	const u8 *p = (const u8 *)s;
	u64 states = 0x1ULL + fl_zero, going = 1;

	if (!s)
		return 0;
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < FL_STRING_LEN; i++) {
		u64 ch = p[i], match = fl_zero, set = 0, next;

		match |= fl_is_char(ch, 101) << 0;
		match |= fl_is_char(ch, 116) << 1;
		match |= fl_is_char(ch, 104) << 2;
		next = fl_glob_step(states, match, 0x8ULL);
		going &= 1 ^ fl_is_char(ch, 0);
		states ^= (states ^ next) & (0 - going);
		states += fl_zero + (set & fl_zero);
	}
	return states >> 4 & 1;
}

/* on fl_object(o) if o->next->bits.cross == 5 && o->name == "first" return -EIO */
FL_RULE int fl_rule_0(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 0))
		return 0;
	if (!(({ int bad1 = 0; int r1 = ((s64)FL_UNSIGNED_BITS(u32, (((u64)FL_LOAD(u64, ((u64)c->arg[0] + 176), bad1) + 136)), 3, 11, bad1) == 5LL); bad1 ? 0 : r1; })))
		return 0;
	u32 prog = c->prog;
	struct fl_scratch *t = bpf_map_lookup_elem(&fl_scratches, &prog);

	if (!t)
		return 0;
	if (!(({ int bad2 = 0; int r2 = (({ if (fl_read_array(&t->string[0], ((u64)c->arg[0] + 40), 16) < 0) bad2 = 1; t->string[0].words[0] == 0x7473726966ULL; })); bad2 ? 0 : r2; })))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(0, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[0].value;
	return fl_inject(c, ordinal);
}

/* on fl_arg_mixed if a + b < c || e return -EIO */
FL_RULE int fl_rule_1(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 1))
		return 0;
	if (!((s64)(u8)c->arg[0] + (s64)(s16)c->arg[1] < (s64)(u32)c->arg[2] || (s64)!!(u8)c->arg[4]))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(1, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[1].value;
	return fl_inject(c, ordinal);
}

/* on fl_string if str(name) like "eth*" return -ENODEV */
FL_RULE int fl_rule_2(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 2))
		return 0;
	u32 prog = c->prog;
	struct fl_scratch *t = bpf_map_lookup_elem(&fl_scratches, &prog);

	if (!t)
		return 0;
	if (!(({ int bad1 = 0; int r1 = (({ if (fl_read_string(&t->string[0], (u64)c->arg[0], 256, 0) < 0) bad1 = 1; fl_like_0(&t->string[0]); })); bad1 ? 0 : r1; })))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(2, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[2].value;
	return fl_inject(c, ordinal);
}

/* on sys_openat if ustr(filename) == "/etc/passwd" && pid == 5 return -EACCES */
FL_RULE int fl_rule_3(struct fl_call *c)
{
	u64 ordinal;

	if (!fl_enter(c, 3))
		return 0;
	if (!(fl_pid() == 5LL))
		return 0;
	u32 prog = c->prog;
	struct fl_scratch *t = bpf_map_lookup_elem(&fl_scratches, &prog);

	if (!t)
		return 0;
	if (!(({ int bad1 = 0; int r1 = (({ if (fl_read_string(&t->string[0], (u64)c->arg[1], 13, 1) < 0) bad1 = 1; t->string[0].words[0] == 0x7361702f6374652fULL && t->string[0].words[1] == 0x647773ULL; })); bad1 ? 0 : r1; })))
		return 0;
	if (!fl_guard())
		return 0;
	ordinal = fl_decide(3, c->slot, 1);
	if (!ordinal)
		return 0;
	c->value = fl_rule[3].value;
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

SEC("fmod_ret/fl_arg_mixed") u64 fl1_fl_arg_mixed(u64 *ctx)
{
	struct fl_call c = { .prog = 1, .func = 1 };

	if (!fl_run.armed)
		return 0;
	c.arg[0] = ctx[0];
	c.arg[1] = ctx[1];
	c.arg[2] = ctx[2];
	c.arg[4] = ctx[4];
	c.slot = 1;
	if (fl_rule_1(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}

SEC("fmod_ret/fl_string") u64 fl2_fl_string(u64 *ctx)
{
	struct fl_call c = { .prog = 2, .func = 2 };

	if (!fl_run.armed)
		return 0;
	bpf_probe_read_kernel(c.arg, 8, ctx);
	c.slot = 2;
	if (fl_rule_2(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}

SEC("fmod_ret/__x64_sys_openat") u64 fl3___x64_sys_openat(u64 *ctx)
{
	struct fl_call c = { .prog = 3, .func = 3 };

	if (!fl_run.armed)
		return 0;
	u64 regs = 0;

	bpf_probe_read_kernel(&regs, sizeof(regs), ctx);
	bpf_probe_read_kernel(&c.arg[1], 8, (void *)(regs + 104));
	c.slot = 3;
	if (fl_rule_3(&c))
		FL_RETURN_FMOD_RET;
	return 0;
}
