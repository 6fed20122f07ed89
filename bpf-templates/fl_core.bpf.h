/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fl_core.bpf.h - the base of every emitted program.
 *
 * Self-contained on purpose: a one-liner includes this and fl_abi.h and nothing
 * else, no vmlinux.h and no libbpf headers, because reading headers would be
 * most of the time to arm a rule. What only some rules need is in separate
 * headers: fl_data.bpf.h (strings, states, keys), fl_stack.bpf.h (the kernel's
 * stack), fl_child.bpf.h (the command's tasks).
 *
 * The emitted file defines before it includes this:
 *	FL_NRULES	rules in the script
 *	FL_NSLOTS	pairs of a rule and a function it is on
 *	FL_NCPUS	possible CPUs; all three rounded up to a power of two
 *	FL_NPARAMS	parameters; absent: none
 *	FL_SEEDED	draws come from the seed
 *	FL_SEPARATE	rules are functions of their own to the verifier
 *	FL_FIRES	there are rules without return
 *	FL_DELAYS	there are delays
 *	FL_SWEEP	a campaign chooses the calls
 */
#ifndef FL_CORE_BPF_H
#define FL_CORE_BPF_H

typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;
typedef u32 __u32;
typedef u64 __u64;
typedef s64 __s64;

#include "fl_abi.h"

#define SEC(name) __attribute__((section(name), used))
#define FL_INLINE static inline __attribute__((always_inline))
/*
 * A global function: the verifier looks at it once, by itself, and not once
 * for every rule and every way that leads to it.
 */
#define FL_GLOBAL __attribute__((noinline))
#ifdef FL_SEPARATE
#define FL_RULE FL_GLOBAL
#else
#define FL_RULE FL_INLINE
#endif

/* Helpers by number: enum bpf_func_id in include/uapi/linux/bpf.h. */
static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value,
					 u64 flags) = (void *)2;
static long (*const bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static u64 (*const bpf_ktime_get_ns)(void) = (void *)5;
static u32 (*const bpf_get_prandom_u32)(void) = (void *)7;
static u32 (*const bpf_get_smp_processor_id)(void) = (void *)8;
static u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static u64 (*const bpf_get_current_uid_gid)(void) = (void *)15;
static long (*const bpf_get_current_comm)(void *buf, u32 size) = (void *)16;
static u64 (*const bpf_get_current_task)(void) = (void *)35;
static u32 (*const bpf_get_numa_node_id)(void) = (void *)42;
static long (*const bpf_override_return)(void *regs, u64 value) = (void *)58;
static u64 (*const bpf_get_current_cgroup_id)(void) = (void *)80;
static long (*const bpf_probe_read_kernel)(void *dst, u32 size, const void *src) = (void *)113;
static long (*const bpf_send_signal_thread)(u32 sig) = (void *)117;
static u64 (*const bpf_get_current_ancestor_cgroup_id)(int level) = (void *)123;
static void *(*const bpf_ringbuf_reserve)(void *ringbuf, u64 size, u64 flags) = (void *)131;
static void (*const bpf_ringbuf_submit)(void *data, u64 flags) = (void *)132;
static u64 (*const bpf_get_func_ip)(void *ctx) = (void *)173;
static u64 (*const bpf_get_attach_cookie)(void *ctx) = (void *)174;
static long (*const bpf_loop)(u32 n, void *callback, void *ctx, u64 flags) = (void *)181;

#define FL_MAP_TYPE_HASH 1
#define FL_MAP_TYPE_ARRAY 2
#define FL_MAP_TYPE_PERCPU_ARRAY 6
#define FL_MAP_TYPE_LRU_HASH 9
#define FL_MAP_TYPE_RINGBUF 27

struct fl_run_knobs fl_run SEC(".data.run") = { .abi = FL_ABI_VERSION };
struct fl_rule_knobs fl_rule[FL_NRULES] SEC(".data.rules") = { { .enabled = 0 } };
struct fl_rule_state fl_state[FL_NRULES] SEC(".data.states") = { { .ordinal = 0 } };
struct fl_counts fl_count[FL_NSLOTS][FL_NCPUS];
#ifdef FL_NPARAMS
struct fl_param_knob fl_param[FL_NPARAMS] SEC(".data.params") = { { .value = 0 } };
#endif

struct {
	int (*type)[FL_MAP_TYPE_RINGBUF];
	int (*max_entries)[1 << 20];
} fl_events SEC(".maps");

char fl_license[] SEC("license") = "GPL";

/*
 * The current call. Values computed lazily - the task's name, the number of
 * this evaluation - are kept here for later rules.
 */
struct fl_call {
	u64 slot;  /* which rule on which function */
	u64 value; /* what the rule that returns gives */
	u64 ip;	   /* the function's address */
	u64 retval;
	u64 arg[12];
	u64 comm[FL_COMM_LEN / 8];
	u64 evaluation; /* of the rule's condition, for draws */
	u32 has_comm;
	u32 has_evaluation;
	u32 prog;
	u32 func;   /* number of the function */
	u32 frames; /* in the stack of the program's scratch; 0: it was not read yet */
	u32 reserved;
#ifdef FL_SWEEP
	u64 ordinal;	/* of the matched call in the trial */
	u64 occurrence; /* of its point */
	u64 key;	/* of its call path, where it is to fail */
	s64 given;	/* the value of the fault that chose it, with has_given */
	u32 has_given;
	u32 chosen; /* number of that fault, from 1; 0: none */
	u32 point;
	u32 is_cut;
#endif
};

#define fl_pid() ((s64)(bpf_get_current_pid_tgid() >> 32))
#define fl_tid() ((s64)(u32)bpf_get_current_pid_tgid())
#define fl_uid() ((s64)(u32)bpf_get_current_uid_gid())
#define fl_gid() ((s64)(bpf_get_current_uid_gid() >> 32))
#define fl_cpu() ((s64)bpf_get_smp_processor_id())
#define fl_node() ((s64)bpf_get_numa_node_id())
#define fl_cgroup() bpf_get_current_cgroup_id()
#define fl_nsecs() ((s64)bpf_ktime_get_ns())
#define fl_elapsed() ((s64)(bpf_ktime_get_ns() - fl_run.armed_ns))
#define fl_in_cgroup(id, level) (bpf_get_current_ancestor_cgroup_id(level) == (id))

/*
 * A number of the kernel's memory. When the address leads nowhere, @bad says
 * so to the comparison around it, which is then false.
 */
#define FL_LOAD(type, address, bad)                                                    \
	({                                                                             \
		type value_ = 0;                                                       \
		if (bpf_probe_read_kernel(&value_, sizeof(value_), (void *)(address))) \
			bad = 1;                                                       \
		value_;                                                                \
	})

/* A bit-field of @size bits from bit @shift of its unit. */
#define FL_UNSIGNED_BITS(type, address, shift, size, bad) \
	(((u64)FL_LOAD(type, address, bad) << (64 - (shift) - (size))) >> (64 - (size)))
#define FL_SIGNED_BITS(type, address, shift, size, bad) \
	(((s64)((u64)FL_LOAD(type, address, bad) << (64 - (shift) - (size)))) >> (64 - (size)))

FL_INLINE void fl_get_comm(struct fl_call *c)
{
	u64 comm[FL_COMM_LEN / 8] = { 0, 0 };

	/* helper arguments passed by address cannot be in a register */
	if (c->has_comm)
		return;
	bpf_get_current_comm(comm, sizeof(comm));
	c->comm[0] = comm[0];
	c->comm[1] = comm[1];
	c->has_comm = 1;
}

/*
 * Names are compared as two words, so equal words mean equal strings and nothing
 * longer. This needs NUL padding, which bpf_get_current_comm() does not do in
 * every kernel: kernel/bpf/helpers.c of 6.1 has strscpy(), that of 6.12
 * strscpy_pad().
 */
FL_INLINE int fl_comm_is(struct fl_call *c, u64 first, u64 second)
{
	fl_get_comm(c);
	return c->comm[0] == first && c->comm[1] == second;
}

/* BPF divides unsigned numbers only; by zero it gives 0 and the dividend. */
FL_INLINE u64 fl_udivide(u64 a, u64 b)
{
	return b ? a / b : 0;
}

FL_INLINE u64 fl_uremainder(u64 a, u64 b)
{
	return b ? a % b : a;
}

FL_INLINE s64 fl_divide(s64 a, s64 b)
{
	u64 x = a < 0 ? 0 - (u64)a : (u64)a;
	u64 y = b < 0 ? 0 - (u64)b : (u64)b;
	u64 q = fl_udivide(x, y);

	return (a < 0) != (b < 0) ? (s64)(0 - q) : (s64)q;
}

FL_INLINE s64 fl_remainder(s64 a, s64 b)
{
	u64 x = a < 0 ? 0 - (u64)a : (u64)a;
	u64 y = b < 0 ? 0 - (u64)b : (u64)b;
	u64 r = fl_uremainder(x, y);

	return a < 0 ? (s64)(0 - r) : (s64)r;
}

#if defined(FL_SEEDED) || defined(FL_SWEEP)
/* The finalizer of splitmix64: every bit of the input reaches every bit. */
FL_INLINE u64 fl_mix(u64 x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}
#endif

#ifdef FL_SEEDED
/*
 * Draw number @mention of rule @rule: a function of the seed and of
 * how many evaluations of this rule drew before.
 */
FL_INLINE u32 fl_draw(struct fl_call *c, u32 rule, u32 mention)
{
	u64 n;

	if (!c->has_evaluation) {
		c->evaluation = __sync_fetch_and_add(&fl_state[rule].draws, 1);
		c->has_evaluation = 1;
	}
	n = fl_mix(fl_run.seed + c->evaluation * 0x9e3779b97f4a7c15ULL);
	return fl_mix(n + (((u64)rule << 32) | mention)) >> 32;
}

/* The draw of a rate that was set while armed, for a rule that draws nothing itself. */
FL_INLINE u32 fl_draw_gate(u32 rule)
{
	u64 n = __sync_fetch_and_add(&fl_state[rule].gates, 1);

	n = fl_mix(fl_run.seed + n * 0x9e3779b97f4a7c15ULL);
	return fl_mix(n + (((u64)rule << 32) | ~0U)) >> 32;
}
#else
#define fl_draw(c, rule, mention) bpf_get_prandom_u32()
#define fl_draw_gate(rule) bpf_get_prandom_u32()
#endif

FL_INLINE struct fl_counts *fl_counts(u32 slot)
{
#if FL_NCPUS == 1
	return &fl_count[slot & (FL_NSLOTS - 1)][0];
#else
	return &fl_count[slot & (FL_NSLOTS - 1)][bpf_get_smp_processor_id() & (FL_NCPUS - 1)];
#endif
}

/* A call reaches a rule: is the rule on? Counts the call. */
FL_INLINE int fl_enter(struct fl_call *c, u32 rule)
{
	if (!fl_rule[rule].enabled)
		return 0;
	c->has_evaluation = 0;
	__sync_fetch_and_add(&fl_counts(c->slot)->calls, 1);
	return 1;
}

/*
 * May rules act on this call? Checked after the condition, because it costs
 * more than most of them; but before random draws, because exempt tasks must
 * not consume random numbers.
 */
FL_GLOBAL int fl_guard(void)
{
	u64 now = bpf_ktime_get_ns();
	u32 pid = fl_pid();

	/* Signed: another CPU may have stored a newer heartbeat meanwhile. */
	if ((s64)(now - fl_run.heartbeat_ns) > (s64)fl_run.heartbeat_max_ns)
		return 0;
	if (fl_run.deadline_ns && now >= fl_run.deadline_ns)
		return 0;
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < FL_MAX_EXEMPT && i < fl_run.nexempt; i++) {
		if (fl_run.exempt[i] == pid)
			return 0;
	}
	return 1;
}

/*
 * Takes one injection out of what this second may have. Which second it is and
 * how many it had are one word, so that of several CPUs one begins the next.
 */
FL_INLINE int fl_spend_second(u64 now)
{
	u64 second = now >> 30; /* of 1.07 s: a division is dear here */
	u64 used = *(volatile u64 *)&fl_run.cap_used;

	if (used >> 32 != second &&
	    __sync_val_compare_and_swap(&fl_run.cap_used, used, second << 32 | 1) == used)
		return 1;
	return (u32)__sync_fetch_and_add(&fl_run.cap_used, 1) < fl_run.rate_cap;
}

/* Takes one injection out of the run's budget; 0 when it is used up. */
FL_INLINE int fl_spend(u64 now)
{
	if (fl_run.rate_cap && !fl_spend_second(now))
		return 0;
	if (!fl_run.budget_set)
		return 1;
	if (fl_run.budget <= 0)
		return 0;
	return __sync_fetch_and_add(&fl_run.budget, -1) > 0;
}

/* Is @ordinal one that the rule's schedules pick, at the time @now? */
FL_INLINE int fl_is_picked(const struct fl_rule_knobs *k, u64 ordinal, u64 now)
{
	u64 since = now - fl_run.armed_ns;

	if (ordinal < k->nth_first || ordinal > k->nth_last)
		return 0;
	if (k->nth_step > 1 && (ordinal - k->nth_first) % k->nth_step)
		return 0;
	if (k->every > 1 && ordinal % k->every)
		return 0;
	if (ordinal <= k->after || since < k->after_ns)
		return 0;
	return since - k->after_ns < k->for_ns;
}

/* "times": counts in @passed what the other schedules let through. */
FL_INLINE int fl_is_within_times(const struct fl_rule_knobs *k, u64 *passed)
{
	u64 times = *(volatile u64 *)&k->times, epoch = k->times_epoch << FL_PASSED_BITS;
	u64 count = *(volatile u64 *)passed;

	if (times == FL_NEVER)
		return 1;
	/* the limit was changed since: one of all CPUs begins a new count */
	if ((count & ~FL_PASSED_MASK) != epoch)
		__sync_val_compare_and_swap(passed, count, epoch);
	else if (count - epoch >= times)
		return 0;
	return (__sync_fetch_and_add(passed, 1) & FL_PASSED_MASK) < times;
}

/*
 * The condition of @rule held: does it act? Gives the call's ordinal, or 0.
 * @counts is what ordinals are counted in: the rule's own, or a key's.
 */
FL_INLINE u64 fl_decide_by(u32 rule, u32 slot, int returns, u64 *ordinals, u64 *passed)
{
	const struct fl_rule_knobs *k = &fl_rule[rule];
	u64 now = bpf_ktime_get_ns(), ordinal;

	if (k->gate < FL_RATE_ALWAYS && fl_draw_gate(rule) >= k->gate)
		return 0;
	__sync_fetch_and_add(&fl_counts(slot)->matched, 1);
	ordinal = __sync_fetch_and_add(ordinals, 1) + 1;
	if (!fl_is_picked(k, ordinal, now) || !fl_is_within_times(k, passed))
		return 0;
	if (returns && !fl_spend(now)) {
		/* "times" is about those that were injected */
		if (k->times != FL_NEVER)
			__sync_fetch_and_add(passed, -1);
		return 0;
	}
	return ordinal;
}

/*
 * Masks, not comparisons: the compiler may merge two of those into one that is
 * useless to the verifier.
 */
FL_GLOBAL u64 fl_decide(u32 rule, u32 slot, int returns)
{
	rule &= FL_NRULES - 1;
	return fl_decide_by(rule, slot, returns, &fl_state[rule].ordinal, &fl_state[rule].passed);
}

FL_INLINE void fl_fill_event(struct fl_event *e, u32 kind, u32 slot, u64 ordinal)
{
	e->time_ns = bpf_ktime_get_ns();
	e->ordinal = ordinal;
	e->value = 0;
	e->kind = kind;
	e->slot = slot;
#define FL_EVENT_FIELD(type, name, how) e->name = how;
	FL_EVENT_FIELDS(FL_EVENT_FIELD)
#undef FL_EVENT_FIELD
	e->site = 0;
	e->words = 0;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
}

FL_INLINE int fl_lose(u32 slot)
{
	__sync_fetch_and_add(&fl_counts(slot)->lost, 1);
	return 0;
}

/*
 * True with room in @e for an event followed by @extra bytes, a constant. The
 * caller must fill and submit it at once, without another NULL check: the
 * verifier of 6.1 forgets that it is not NULL.
 */
#define FL_RESERVE(e, slot, extra)                                                       \
	(!fl_run.silent &&                                                               \
	 ((e = bpf_ringbuf_reserve(&fl_events, sizeof(struct fl_event) + (extra), 0)) || \
	  fl_lose(slot)))

/* Report @kind, with a value. */
FL_INLINE void fl_tell(u32 kind, u32 slot, u64 ordinal, u64 value)
{
	struct fl_event *e;

	if (FL_RESERVE(e, slot, 0)) {
		fl_fill_event(e, kind, slot, ordinal);
		e->value = value;
		bpf_ringbuf_submit(e, 0);
	}
}

/*
 * All actions are done and the rule returns @value. It is given back, so that the
 * caller need not save a register for it, which the JIT would do at each entry.
 */
FL_GLOBAL u64 fl_injected(u32 slot, u64 ordinal, u64 value)
{
	__sync_fetch_and_add(&fl_counts(slot)->injected, 1);
	fl_tell(FL_EVENT_INJECTED, slot, ordinal, value);
	return value;
}

FL_INLINE int fl_inject(struct fl_call *c, u64 ordinal)
{
	c->value = fl_injected(c->slot, ordinal, c->value);
	return 1;
}

#ifdef FL_FIRES
/* All actions are done; with @event, they have not been reported yet. */
FL_GLOBAL int fl_fired(u32 slot, u64 ordinal, int event)
{
	__sync_fetch_and_add(&fl_counts(slot)->fired, 1);
	if (event)
		fl_tell(FL_EVENT_FIRED, slot, ordinal, 0);
	return 0;
}
#endif

#ifdef FL_DELAYS
static int fl_wait(u32 i, u64 *end)
{
	return bpf_ktime_get_ns() >= *end;
}

/* Wait busily, as long as that is tolerable for the machine. */
FL_GLOBAL int fl_delay(u64 ns)
{
	u64 end = bpf_ktime_get_ns(), second = end >> 30;

	if (ns > FL_DELAY_MAX_NS)
		ns = FL_DELAY_MAX_NS;
	if (fl_run.delay_second != second) {
		fl_run.delay_second = second;
		fl_run.delay_used_ns = 0;
	}
	if (__sync_fetch_and_add(&fl_run.delay_used_ns, ns) + ns > FL_DELAY_BUDGET_NS) {
		__sync_fetch_and_add(&fl_run.delays_skipped, 1);
		return 0;
	}
	end += ns;
	bpf_loop(1 << 23, fl_wait, &end, 0);
	return 0;
}
#endif

/* May a value that was worked out be returned? The tag is the function's. */
FL_INLINE int fl_is_errno(s64 v)
{
	return v <= -1 && v >= -4095;
}

/* End the call by what the rule returns, through either back end. */
#define FL_RETURN_FMOD_RET return fl_run.dry_run ? 0 : c.value
#define FL_RETURN_KPROBE                                   \
	do {                                               \
		if (!fl_run.dry_run)                       \
			bpf_override_return(ctx, c.value); \
		return 0;                                  \
	} while (0)

#endif /* FL_CORE_BPF_H */
