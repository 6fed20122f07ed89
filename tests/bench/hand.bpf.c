/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hand.bpf.c - what faultline's rules are measured against: programs written by
 * hand for the same rules, which do what the rule says and nothing else. No
 * counters, no guard, no schedules, no knobs.
 *
 * DECIDES(NAME, FUNCTION, CONDITION) makes NAME_fmod and NAME_kprobe.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#define EIO 5
#define COMM_LEN 16
#define FRAMES 64
#define NEVER_PID 4000000

char _license[] SEC("license") = "GPL";

#define DECIDES(name, function, condition)                                       \
	SEC("fmod_ret/" #function) int name##_fmod(__u64 *ctx)                   \
	{                                                                        \
		return condition(ctx[0]) ? -EIO : 0;                             \
	}                                                                        \
	/* the first argument is in regs->di */                                  \
	SEC("kprobe/" #function) int name##_kprobe(__u64 *ctx)                   \
	{                                                                        \
		if (condition(ctx[14]))                                          \
			bpf_override_return((struct pt_regs *)ctx, (__u64)-EIO); \
		return 0;                                                        \
	}

static __always_inline int by_comm(__u64 arg)
{
	__u32 comm[COMM_LEN / 4];

	bpf_get_current_comm(comm, sizeof(comm));
	return (comm[0] & 0xffffff) == 0x7069; /* "ip" and its end */
}

static __always_inline int by_flagship(__u64 arg)
{
	/* 10 % of 2^32 */
	return by_comm(arg) && bpf_get_prandom_u32() < 429496729;
}

static __always_inline int by_pid(__u64 arg)
{
	return bpf_get_current_pid_tgid() >> 32 == NEVER_PID;
}

/* one in a million */
static __always_inline int by_rand(__u64 arg)
{
	return bpf_get_prandom_u32() < 4294;
}

static __always_inline int by_arg(__u64 arg)
{
	return (int)arg == 4711;
}

DECIDES(comm, fl_int1, by_comm)
DECIDES(flagship, fl_int1, by_flagship)
DECIDES(pid, fl_int1, by_pid)
DECIDES(rand, fl_int1, by_rand)
DECIDES(arg, fl_int1, by_arg)

/* the flagship on its own function, whose code is compared */
DECIDES(mlx5, mlx5_cmd_exec, by_flagship)

/* --- nothing at all --------------------------------------------------------- */

SEC("fmod_ret/fl_int1") int empty_fmod(__u64 *ctx)
{
	return 0;
}

SEC("kprobe/fl_int1") int empty_kprobe(__u64 *ctx)
{
	return 0;
}

/* --- as articles about bpf_override_return() have it ------------------------ */

SEC("kprobe/fl_int1") int article_kprobe(struct pt_regs *ctx)
{
	char comm[COMM_LEN] = {};

	bpf_get_current_comm(&comm, sizeof(comm));
	if (comm[0] != 'i' || comm[1] != 'p' || comm[2] != '\0')
		return 0;
	bpf_override_return(ctx, (__u64)-EIO);
	return 0;
}

/* --- a call path ------------------------------------------------------------ */

struct stack {
	__u64 frame[FRAMES];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct stack);
} stacks SEC(".maps");

/* a function that is not on the path; the loader need not know it */
static volatile const __u64 path_start = 0x1000, path_end = 0x2000;

static __always_inline int by_path(void *ctx)
{
	const __u32 zero = 0;
	struct stack *s = bpf_map_lookup_elem(&stacks, &zero);
	const __u64 start = path_start, end = path_end;
	long n;

	if (!s)
		return 0;
	n = bpf_get_stack(ctx, s, sizeof(*s), 0) >> 3;
	for (int i = 0; i < FRAMES; i++) {
		if (i >= n)
			break;
		if (s->frame[i] >= start && s->frame[i] < end)
			return 1;
	}
	return 0;
}

SEC("fmod_ret/fl_int1") int path_fmod(__u64 *ctx)
{
	return by_path(ctx) ? -EIO : 0;
}

/* --- counted calls, which a rule of faultline has always --------------------- */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} calls SEC(".maps");

SEC("fmod_ret/fl_int1") int counted_fmod(__u64 *ctx)
{
	const __u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&calls, &zero);

	if (count)
		__sync_fetch_and_add(count, 1);
	return by_comm(0) ? -EIO : 0;
}

/* --- injecting, with an event ----------------------------------------------- */

struct event {
	__u64 time_ns, ordinal;
	__s64 value;
	__u32 kind, slot, pid, tid, uid, cpu, site, words;
	char comm[COMM_LEN];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

__u64 ordinal;

static __always_inline int injects(void)
{
	__u64 id = bpf_get_current_pid_tgid(), nth;
	__u64 comm[COMM_LEN / 8];
	struct event *e;

	bpf_get_current_comm(comm, sizeof(comm));
	if (comm[0] != 0x72656c6c6163ULL) /* "caller" */
		return 0;
	nth = __sync_fetch_and_add(&ordinal, 1) + 1;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e)
		return 1;
	e->time_ns = bpf_ktime_get_ns();
	e->ordinal = nth;
	e->value = -EIO;
	e->kind = 1;
	e->slot = 0;
	e->pid = id >> 32;
	e->tid = (__u32)id;
	e->uid = (__u32)bpf_get_current_uid_gid();
	e->cpu = bpf_get_smp_processor_id();
	e->site = 0;
	e->words = 0;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_ringbuf_submit(e, 0);
	return 1;
}

SEC("fmod_ret/fl_int1") int event_fmod(__u64 *ctx)
{
	return injects() ? -EIO : 0;
}

SEC("kprobe/fl_int1") int event_kprobe(struct pt_regs *ctx)
{
	if (injects())
		bpf_override_return(ctx, (__u64)-EIO);
	return 0;
}
