/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fl_core.bpf.h - what every emitted program stands on.
 *
 * Self-contained on purpose: a one-liner includes this and fl_abi.h and
 * nothing else, no vmlinux.h and no libbpf headers, because reading headers
 * would be most of the time to arm a rule.
 *
 * The emitted file defines before it includes this:
 *	FL_NRULES	rules in the script
 *	FL_NSLOTS	pairs of a rule and a function it is on
 *	FL_NCPUS	possible CPUs; all three rounded up to a power of two
 *	FL_NCHILDREN	room for the command's processes; absent: no tracking
 *	FL_SEEDED	draws come from the seed
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
#define fl_likely(x) __builtin_expect(!!(x), 1)
#define fl_unlikely(x) __builtin_expect(!!(x), 0)

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
static long (*const bpf_override_return)(void *regs, u64 value) = (void *)58;
static long (*const bpf_probe_read_kernel)(void *dst, u32 size, const void *src) = (void *)113;
static void *(*const bpf_ringbuf_reserve)(void *ringbuf, u64 size, u64 flags) = (void *)131;
static void (*const bpf_ringbuf_submit)(void *data, u64 flags) = (void *)132;

#define FL_MAP_TYPE_HASH 1
#define FL_MAP_TYPE_RINGBUF 27

struct fl_run_knobs fl_run SEC(".data.run") = { .armed = 0 };
struct fl_rule_knobs fl_rule[FL_NRULES] SEC(".data.rules") = { { .enabled = 0 } };
struct fl_counts fl_count[FL_NSLOTS][FL_NCPUS];

struct {
	int (*type)[FL_MAP_TYPE_RINGBUF];
	int (*max_entries)[1 << 20];
} fl_events SEC(".maps");

char fl_license[] SEC("license") = "GPL";

#define fl_pid() ((s64)(bpf_get_current_pid_tgid() >> 32))
#define fl_tid() ((s64)(u32)bpf_get_current_pid_tgid())
#define fl_uid() ((s64)(u32)bpf_get_current_uid_gid())
#define fl_gid() ((s64)(bpf_get_current_uid_gid() >> 32))
#define fl_cpu() ((s64)bpf_get_smp_processor_id())

/*
 * The call in hand. The name of the task is asked for once, when a condition
 * first needs it; it stands apart from the flag because what is handed to a
 * helper cannot be kept in a register.
 */
struct fl_call {
	u64 *comm;
	int has_comm;
};

#define FL_CALL(name)                     \
	u64 name##_comm[FL_COMM_LEN / 8]; \
	struct fl_call name = { .comm = name##_comm }

/*
 * Names are compared as two words, so equal words mean equal strings and
 * nothing longer. What is behind a name has to be NULs for that, and
 * bpf_get_current_comm() does not see to it in every kernel: kernel/bpf/helpers.c
 * of 6.1 has strscpy(), that of 6.12 strscpy_pad().
 */
FL_INLINE int fl_comm_is(struct fl_call *c, u64 first, u64 second)
{
	if (!c->has_comm) {
		c->comm[0] = c->comm[1] = 0;
		bpf_get_current_comm(c->comm, FL_COMM_LEN);
		c->has_comm = 1;
	}
	return c->comm[0] == first && c->comm[1] == second;
}

/* BPF divides unsigned numbers only; by zero it gives 0 and the dividend. */
FL_INLINE s64 fl_divide(s64 a, s64 b)
{
	u64 x = a < 0 ? 0 - (u64)a : (u64)a;
	u64 y = b < 0 ? 0 - (u64)b : (u64)b;
	u64 q = y ? x / y : 0;

	return (a < 0) != (b < 0) ? (s64)(0 - q) : (s64)q;
}

FL_INLINE s64 fl_remainder(s64 a, s64 b)
{
	u64 x = a < 0 ? 0 - (u64)a : (u64)a;
	u64 y = b < 0 ? 0 - (u64)b : (u64)b;
	u64 r = y ? x % y : x;

	return a < 0 ? (s64)(0 - r) : (s64)r;
}

#ifdef FL_SEEDED
u64 fl_draws[FL_NRULES] SEC(".data.draws") = { 0 };

/* The finalizer of splitmix64: every bit of the input reaches every bit. */
FL_INLINE u64 fl_mix(u64 x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/* One draw of mention @mention in rule @rule: a function of seed and ordinal. */
FL_INLINE u32 fl_draw(u32 rule, u32 mention)
{
	u64 n = __sync_fetch_and_add(&fl_draws[rule], 1);

	n = fl_mix(fl_run.seed + n * 0x9e3779b97f4a7c15ULL);
	return fl_mix(n + (((u64)rule << 32) | mention)) >> 32;
}
#else
FL_INLINE u32 fl_draw(u32 rule, u32 mention)
{
	return bpf_get_prandom_u32();
}
#endif

#ifdef FL_NCHILDREN
/* Process IDs (TGIDs) of the command and of all that descend from it. */
struct {
	int (*type)[FL_MAP_TYPE_HASH];
	int (*max_entries)[FL_NCHILDREN];
	u32 *key;
	u8 *value;
} fl_children SEC(".maps");

FL_INLINE int fl_child(void)
{
	u32 tgid = fl_pid();

	return bpf_map_lookup_elem(&fl_children, &tgid) != 0;
}

#define FL_READ(type, base, offset)                                                        \
	({                                                                                 \
		type value_ = 0;                                                           \
		bpf_probe_read_kernel(&value_, sizeof(value_), (char *)(base) + (offset)); \
		value_;                                                                    \
	})

/* sched_process_fork(parent, child): include/trace/events/sched.h */
SEC("raw_tp/sched_process_fork") u64 fl_on_fork(u64 *ctx)
{
	u32 parent = bpf_get_current_pid_tgid() >> 32;
	u32 child = FL_READ(u32, ctx[1], FL_TASK_TGID);
	u8 one = 1;

	if (child != parent && bpf_map_lookup_elem(&fl_children, &parent))
		bpf_map_update_elem(&fl_children, &child, &one, 0);
	return 0;
}

/* sched_process_free(task): the last reference to a task is gone. */
SEC("raw_tp/sched_process_free") u64 fl_on_free(u64 *ctx)
{
	u32 tgid = FL_READ(u32, ctx[0], FL_TASK_TGID);
	u32 tid = FL_READ(u32, ctx[0], FL_TASK_PID);

	if (tid == tgid)
		bpf_map_delete_elem(&fl_children, &tgid);
	return 0;
}
#endif

FL_INLINE struct fl_counts *fl_counts(u32 slot)
{
	return &fl_count[slot][bpf_get_smp_processor_id() & (FL_NCPUS - 1)];
}

/* A call reaches a rule: is the rule on? Counts the call. */
FL_INLINE int fl_enter(u32 rule, u32 slot)
{
	if (!fl_rule[rule].enabled)
		return 0;
	__sync_fetch_and_add(&fl_counts(slot)->calls, 1);
	return 1;
}

/*
 * May something be done to this call? Asked after the condition held, because
 * it costs more than most conditions and nobody can tell the order.
 */
FL_INLINE int fl_guard(void)
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

/* Takes one injection out of the run's budget; 0 when it is used up. */
FL_INLINE int fl_spend(void)
{
	if (!fl_run.budget_set)
		return 1;
	if (fl_run.budget <= 0)
		return 0;
	return __sync_fetch_and_add(&fl_run.budget, -1) > 0;
}

FL_INLINE void fl_report(u32 slot, u32 kind, u64 ordinal, s64 value)
{
	struct fl_event *e;

	if (fl_run.silent)
		return;
	e = bpf_ringbuf_reserve(&fl_events, sizeof(*e), 0);
	if (!e) {
		__sync_fetch_and_add(&fl_counts(slot)->lost, 1);
		return;
	}
	e->time_ns = bpf_ktime_get_ns();
	e->ordinal = ordinal;
	e->value = value;
	e->kind = kind;
	e->slot = slot;
	e->pid = fl_pid();
	e->tid = fl_tid();
	e->cpu = fl_cpu();
	e->uid = fl_uid();
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_ringbuf_submit(e, 0);
}

/*
 * The condition of @rule held: does its return happen? A global function, so
 * that the verifier looks at it once and not once for every rule.
 */
__attribute__((noinline)) int fl_inject(u32 rule, u32 slot)
{
	/*
	 * Masks and not comparisons: the compiler may merge two of those into
	 * one that tells the verifier nothing.
	 */
	rule &= FL_NRULES - 1;
	slot &= FL_NSLOTS - 1;
	if (!fl_guard())
		return 0;
	__sync_fetch_and_add(&fl_counts(slot)->matched, 1);
	if (!fl_spend())
		return 0;
	__sync_fetch_and_add(&fl_counts(slot)->injected, 1);
	fl_report(slot, FL_EVENT_INJECTED, 0, fl_rule[rule].value);
	return 1;
}

/* End the call by what @rule returns, through either back end. */
#define FL_RETURN_FMOD_RET(rule) return fl_run.dry_run ? 0 : fl_rule[rule].value
#define FL_RETURN_KPROBE(rule)                                         \
	do {                                                           \
		if (!fl_run.dry_run)                                   \
			bpf_override_return(ctx, fl_rule[rule].value); \
		return 0;                                              \
	} while (0)

#endif /* FL_CORE_BPF_H */
