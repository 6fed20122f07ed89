/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fl_abi.h - memory that BPF programs and the runtime share.
 *
 * The emitted C includes it, and so does runtime/: both sides see the same
 * layout, made of fixed-width fields with no padding. Everything about a rule
 * that may change while it is armed is in here, so that a change is a store
 * and never a recompile.
 *
 * All times are nanoseconds of CLOCK_MONOTONIC, which is what
 * bpf_ktime_get_ns() reads (kernel/bpf/helpers.c).
 */
#ifndef FL_ABI_H
#define FL_ABI_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define FL_COMM_LEN 16 /* TASK_COMM_LEN, include/linux/sched.h */
#define FL_MAX_EXEMPT 16

/*
 * A draw is a 32-bit number; a rate is how many of the 2^32 draws hit.
 * FL_RATE_ALWAYS is one more than the greatest draw.
 */
#define FL_RATE_ALWAYS (1ULL << 32)

/* The whole run: one instance, in map .data.run. */
struct fl_run_knobs {
	__u64 armed;		/* 0: nothing is injected */
	__u64 armed_ns;		/* when armed became 1 */
	__u64 heartbeat_ns;	/* stored by the process about once a second */
	__u64 heartbeat_max_ns; /* older than this: injection stops */
	__u64 deadline_ns;	/* absolute; 0: none */
	__s64 budget;		/* injections still allowed over all rules */
	__u64 seed;		/* of the draws, where --seed was given */
	__u64 nexempt;
	__u32 exempt[FL_MAX_EXEMPT]; /* process IDs that nothing is done to */
	__u32 dry_run;		     /* everything but the return */
	__u32 budget_set;	     /* whether budget counts */
	__u32 silent;		     /* no events: nobody reads them */
	__u32 reserved;
};

/* One rule: an array in map .data.rules, in script order. */
struct fl_rule_knobs {
	__u64 enabled;
	__u64 rate;  /* threshold of the condition's first rand < N */
	__s64 value; /* what return gives; never 0 by fmod_ret */
	__u64 reserved;
};

/*
 * What one rule did on one function, on one CPU: an array in map .bss,
 * [slot][cpu]. A cache line each, because a shared one is what a busy target
 * would spend its time on. Added to atomically: an interrupt may run the same
 * program between a load and its store.
 */
struct fl_counts {
	__u64 calls;	/* reached the rule while armed */
	__u64 matched;	/* the condition held and no guard objected */
	__u64 injected; /* ended by the rule's return */
	__u64 lost;	/* events for which the ring buffer had no room */
	__u64 reserved[4];
};

enum fl_event_kind {
	FL_EVENT_INJECTED = 1,
};

/* A record of the ring buffer. */
struct fl_event {
	__u64 time_ns;
	__u64 ordinal; /* of the matched call, from 1; 0: not counted */
	__s64 value;
	__u32 kind; /* enum fl_event_kind */
	__u32 slot; /* which rule on which function */
	__u32 pid;  /* the process (TGID) */
	__u32 tid;
	__u32 cpu;
	__u32 uid;
	char comm[FL_COMM_LEN];
};

#endif /* FL_ABI_H */
