/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fl_data.bpf.h - strings, states that rules share, and keys.
 *
 * The emitted file defines FL_NSTRINGS, the strings that one rule reads, and
 * FL_NPROGS. Each program has its own strings on each CPU: the kernel does not
 * nest a program in itself on a CPU, but another may interrupt it.
 */
#ifndef FL_DATA_BPF_H
#define FL_DATA_BPF_H

/*
 * Loops here are unrolled, or have no branch in them: the verifier of 6.1 only
 * takes one whose last instruction is the jump back, and with branches the
 * compiler may turn it round.
 */

static long (*const bpf_probe_read_user_str)(void *dst, u32 size, const void *src) = (void *)114;
static long (*const bpf_probe_read_kernel_str)(void *dst, u32 size, const void *src) = (void *)115;

struct fl_string {
	u64 words[FL_STRING_LEN / 8];
};

/* A call path that is being read: fl_sweep.bpf.h. */
struct fl_walk {
	u64 ip;
	u64 hash;
	u32 n; /* frames that stay */
	u32 begun;
	u32 skip;
	u32 reserved;
};

struct fl_scratch {
	struct fl_string string[FL_NSTRINGS];
	u64 stack[FL_STACK_DEPTH];
	struct fl_walk walk;
};

struct {
	int (*type)[FL_MAP_TYPE_PERCPU_ARRAY];
	int (*max_entries)[FL_NPROGS];
	u32 *key;
	struct fl_scratch *value;
} fl_scratches SEC(".maps");

/* Its value is 0, which the compiler and the verifier do not know. */
volatile u64 fl_zero SEC(".data.zero") = 0;

/* 1 when the bytes are the same, without a branch for the verifier to follow. */
FL_INLINE u64 fl_is_char(u64 c, u64 wanted)
{
	u64 differ = c ^ wanted;

	asm volatile("" : "+r"(differ));
	return (differ - 1) >> 63;
}

FL_INLINE u64 fl_is_between(u64 c, u64 low, u64 high)
{
	u64 above = (c - low) & 0xff;

	asm volatile("" : "+r"(above));
	return (above - (high - low + 1)) >> 63;
}

/* Up to @size bytes, the NUL included, padded with NULs; its length or negative. */
FL_GLOBAL long fl_read_string(struct fl_string *s, u64 address, u32 size, int user)
{
	long n;

	if (!s)
		return -1;
#pragma clang loop unroll(full)
	for (int i = 0; i < FL_STRING_LEN / 8; i++)
		s->words[i] = 0;
	if (size > FL_STRING_LEN)
		size = FL_STRING_LEN;
	n = user ? bpf_probe_read_user_str(s->words, size, (void *)address)
		 : bpf_probe_read_kernel_str(s->words, size, (void *)address);
	/* of an empty string of the user's, mm/maccess.c does not count the NUL */
	return n > 0 ? n - 1 : n;
}

/* An array of @size characters, which need not end in a NUL. */
FL_GLOBAL long fl_read_array(struct fl_string *s, u64 address, u32 size)
{
	u8 *p = (u8 *)s;
	u64 ended = 0;

	if (!s)
		return -1;
#pragma clang loop unroll(full)
	for (int i = 0; i < FL_STRING_LEN / 8; i++)
		s->words[i] = 0;
	if (size > FL_STRING_LEN)
		size = FL_STRING_LEN;
	if (bpf_probe_read_kernel(s->words, size, (void *)address))
		return -1;
		/* anything may follow the NUL */
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < FL_STRING_LEN; i++) {
		ended |= fl_is_char(p[i], 0);
		ended += fl_zero;
		p[i] &= ended - 1;
	}
	return 0;
}

FL_INLINE void fl_comm_string(struct fl_call *c, struct fl_string *s)
{
	fl_get_comm(c);
#pragma clang loop unroll(full)
	for (int i = 2; i < FL_STRING_LEN / 8; i++)
		s->words[i] = 0;
	s->words[0] = c->comm[0];
	s->words[1] = c->comm[1];
}

/* A string as part of a log, empty where it could not be read: @bad is 1. */
FL_INLINE void fl_log_string(u64 *words, const struct fl_string *s, u64 bad)
{
	u64 keep = bad - 1;

	asm volatile("" : "+r"(keep));
#pragma clang loop unroll(full)
	for (int i = 0; i < FL_STRING_LEN / 8; i++)
		words[i] = s->words[i] & keep;
}

FL_GLOBAL int fl_same_strings(struct fl_string *a, struct fl_string *b)
{
	u64 differ = 0;

	if (!a || !b)
		return 0;
#pragma clang loop unroll(full)
	for (int i = 0; i < FL_STRING_LEN / 8; i++)
		differ |= a->words[i] ^ b->words[i];
	return !differ;
}

/*
 * One step of a glob: a bit for each element of the pattern, set when the text
 * read so far matches up to it. @match has a bit for each element that takes
 * this character, @stars one for each that takes any number of them.
 */
FL_INLINE u64 fl_glob_step(u64 states, u64 match, u64 stars)
{
	states = ((states & match & ~stars) << 1) | (states & stars);
	/* a star takes nothing, too */
	return states | ((states & stars) << 1);
}

/* What "per" counts by. */
struct fl_key {
	u64 rule;
	u64 words[FL_KEY_WORDS];
};

struct fl_key_counts {
	u64 ordinal;
	u64 passed;
};

#ifdef FL_PER
struct {
	int (*type)[FL_MAP_TYPE_HASH];
	int (*max_entries)[FL_PER_ENTRIES];
	struct fl_key *key;
	struct fl_key_counts *value;
} fl_keys SEC(".maps");

/*
 * As fl_decide(), counted by a key. Linux 6.1 takes keys of maps from the
 * stack of the function that looks them up, and no other memory.
 */
FL_GLOBAL u64 fl_decide_per(u32 rule, u32 slot, int returns, struct fl_key *given)
{
	struct fl_key_counts fresh = { 0, 0 }, *counts;
	struct fl_key key;

	rule &= FL_NRULES - 1;
	if (!given)
		return 0;
	key = *given;
	counts = bpf_map_lookup_elem(&fl_keys, &key);
	if (!counts) {
		bpf_map_update_elem(&fl_keys, &key, &fresh, 1 /* BPF_NOEXIST */);
		counts = bpf_map_lookup_elem(&fl_keys, &key);
	}
	if (!counts) {
		__sync_fetch_and_add(&fl_run.keys_lost, 1);
		return 0;
	}
	return fl_decide_by(rule, slot, returns, &counts->ordinal, &counts->passed);
}
#endif

#define FL_STATE(name, nwords)                        \
	struct {                                      \
		int (*type)[FL_MAP_TYPE_HASH];        \
		int (*max_entries)[FL_STATE_ENTRIES]; \
		u64 (*key)[nwords];                   \
		s64 *value;                           \
	} name SEC(".maps")

#define FL_STATE_GET(map, key)                             \
	({                                                 \
		s64 *at_ = bpf_map_lookup_elem(&map, key); \
		at_ ? *(volatile s64 *)at_ : 0;            \
	})

#define FL_STATE_SET(map, key, number)                              \
	do {                                                        \
		s64 number_ = (number);                             \
		if (bpf_map_update_elem(&map, key, &number_, 0))    \
			__sync_fetch_and_add(&fl_run.keys_lost, 1); \
	} while (0)

#define FL_STATE_ADD(map, key, number)                                                   \
	do {                                                                             \
		s64 number_ = (number), *at_ = bpf_map_lookup_elem(&map, key);           \
		if (!at_ && bpf_map_update_elem(&map, key, &number_, 1 /* NOEXIST */)) { \
			at_ = bpf_map_lookup_elem(&map, key);                            \
			if (!at_)                                                        \
				__sync_fetch_and_add(&fl_run.keys_lost, 1);              \
		}                                                                        \
		if (at_)                                                                 \
			__sync_fetch_and_add(at_, number_);                              \
	} while (0)

#endif /* FL_DATA_BPF_H */
