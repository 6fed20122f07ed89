/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fl_stack.bpf.h - the kernel's stack: caller() and within().
 *
 * The emitted file defines fl_ranges[], addresses of functions, before it
 * includes this where a rule mentions any. The stack is the current task's as
 * seen from here: the programs and trampolines come first, then the function
 * that the rule is on, then its caller.
 */
#ifndef FL_STACK_BPF_H
#define FL_STACK_BPF_H

static long (*const bpf_get_task_stack)(void *task, void *buf, u32 size, u64 flags) = (void *)141;
static void *(*const bpf_get_current_task_btf)(void) = (void *)158;

#define FL_ENTRY_BYTES 64 /* of a function: a probe stands within them */

/* Frames of the current stack, in @stack; how many there are. */
FL_INLINE u32 fl_read_stack(u64 *stack)
{
	long n = bpf_get_task_stack(bpf_get_current_task_btf(), stack, FL_STACK_DEPTH * 8, 0);

	return n < 0 ? 0 : (u64)n / 8;
}

/* The same in s->stack, read once a call: it costs more than the rest of a condition. */
FL_INLINE u32 fl_share_stack(struct fl_call *c, struct fl_scratch *s)
{
	if (!c->frames)
		c->frames = fl_read_stack(s->stack);
	return c->frames;
}

/* Index of the frame after the one of the function at @ip. */
FL_GLOBAL u32 fl_caller_index(struct fl_scratch *s, u32 n, u64 ip)
{
	u32 index = 0;

	if (!s)
		return 0;
		/* backwards, so that the first match remains */
#pragma clang loop unroll(disable)
	for (u64 i = FL_STACK_DEPTH; i > 0; i--) {
		u64 fits = fl_is_char((s->stack[i - 1] - ip) / FL_ENTRY_BYTES, 0) &
			   (i - 1 - (u64)n) >> 63;

		index ^= (index ^ i) & (0 - fits);
	}
	return index;
}

#ifdef FL_NRANGES
/*
 * Is @address in one of @n ranges from @first on? They are sorted. No early
 * return: the compiler would copy an unset result from round to round, which
 * the verifier rejects as a use of it.
 */
FL_GLOBAL int fl_in_ranges(u64 address, u32 first, u32 n)
{
	u32 low = first, high = first + n;
	int found = 0;

#pragma clang loop unroll(disable)
	for (int i = 0; i < 20; i++) {
		u32 middle = (low + high) / 2;
		/* a mask is what the verifier believes; there are 2^n of them */
		u32 at = middle & (FL_NRANGES - 1);

		if (low >= high)
			break;
		if (address < fl_ranges[at].start) {
			high = middle;
		} else if (address >= fl_ranges[at].end) {
			low = middle + 1;
		} else {
			found = 1;
			break;
		}
	}
	return found;
}

/*
 * A return address follows its call, which may be the function's last
 * instruction.
 */
FL_GLOBAL int fl_is_caller(struct fl_scratch *s, struct fl_call *c, u32 first, u32 n)
{
	u32 frames, at;

	if (!s || !c)
		return 0;
	frames = fl_share_stack(c, s);
	at = fl_caller_index(s, frames, c->ip);
	if (!at || at >= frames)
		return 0;
	/* a mask is what the verifier believes */
	return fl_in_ranges(s->stack[at & (FL_STACK_DEPTH - 1)] - 1, first, n);
}

FL_GLOBAL int fl_is_within(struct fl_scratch *s, struct fl_call *c, u32 first, u32 n)
{
	u32 frames, at;
	int found = 0;

	if (!s || !c)
		return 0;
	frames = fl_share_stack(c, s);
	at = fl_caller_index(s, frames, c->ip);
	if (!at)
		return 0;
		/*
	 * One test per frame, whose result is unrelated to @at and @frames for
	 * the verifier: with two it would explore each pair of them.
	 */
#pragma clang loop unroll(disable)
	for (u64 i = 0; i < FL_STACK_DEPTH && !found; i++) {
		u64 inside = (((u64)at - i - 1) & (i - frames)) >> 63;

		asm volatile("" : "+r"(inside));
		if (inside)
			found = fl_in_ranges(s->stack[i] - 1, first, n);
	}
	return found;
}
#endif

/*
 * within(f if EXPR): the calls of f that a task is in, one bit each, set when
 * the arguments satisfied EXPR.
 */
struct fl_inside {
	u64 depth;
	u64 bits;
};

#ifdef FL_NTRACKERS
struct {
	int (*type)[FL_MAP_TYPE_LRU_HASH];
	int (*max_entries)[16384];
	u64 *key; /* tracker << 32 | thread */
	struct fl_inside *value;
} fl_insides SEC(".maps");

FL_INLINE u64 fl_inside_key(u32 tracker)
{
	return (u64)tracker << 32 | (u32)bpf_get_current_pid_tgid();
}

FL_GLOBAL int fl_inside_enter(u32 tracker, int holds)
{
	u64 key = fl_inside_key(tracker);
	struct fl_inside fresh = { 1, holds != 0 }, *in = bpf_map_lookup_elem(&fl_insides, &key);

	if (!in) {
		bpf_map_update_elem(&fl_insides, &key, &fresh, 0);
		return 0;
	}
	in->depth++;
	in->bits = in->bits << 1 | (holds != 0);
	return 0;
}

FL_GLOBAL int fl_inside_leave(u32 tracker)
{
	u64 key = fl_inside_key(tracker);
	struct fl_inside *in = bpf_map_lookup_elem(&fl_insides, &key);

	if (!in)
		return 0;
	in->bits >>= 1;
	if (in->depth <= 1)
		bpf_map_delete_elem(&fl_insides, &key);
	else
		in->depth--;
	return 0;
}

FL_INLINE int fl_is_inside(u32 tracker)
{
	u64 key = fl_inside_key(tracker);
	struct fl_inside *in = bpf_map_lookup_elem(&fl_insides, &key);

	return in && in->bits;
}
#endif

#endif /* FL_STACK_BPF_H */
