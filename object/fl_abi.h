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

/* Increment for every change below: programs and runtime must agree. */
#define FL_ABI_VERSION 2

#define FL_COMM_LEN 16 /* TASK_COMM_LEN, include/linux/sched.h */
#define FL_MAX_EXEMPT 32
#define FL_STRING_LEN 256      /* bytes of a string that is read, the NUL included */
#define FL_STACK_DEPTH 64      /* frames of a stack that is searched or shown */
#define FL_KEY_WORDS 8	       /* of 8 bytes, in the key of "per" */
#define FL_STATE_ENTRIES 16384 /* keys of one @state */
#define FL_PER_ENTRIES 65536   /* keys of all "per" together */
#define FL_SWEEP_FAULTS 8      /* that one trial of a campaign sees; a power of two */
#define FL_SWEEP_HITS 64       /* injections of a trial that are recorded one by one */
#define FL_SWEEP_CUTS 4	       /* places where a call path ends */
#define FL_SWEEP_POINTS 16384  /* points, unless the runtime sets another number */
#define FL_MODULE_NAME_LEN 56  /* MODULE_NAME_LEN, include/linux/module.h */
#define FL_MODULES 1024	       /* modules that frames can be in */
#define FL_FRAME_NAMES 16384   /* frames in modules whose text is kept */
#define FL_FRAME_LEN 128       /* of such a text, the NUL included */
#define FL_MODULE_PAGES 32768  /* pages of their text */
#define FL_PAGE_SHIFT 12       /* text of modules begins at a page */

/* A delay waits busily with interrupts as they are: longer ones stall the machine. */
#define FL_DELAY_MAX_NS 10000000     /* in one call */
#define FL_DELAY_BUDGET_NS 200000000 /* in a second, over all CPUs */

/*
 * A draw is a 32-bit number; a rate is how many of the 2^32 draws match.
 * FL_RATE_ALWAYS is one more than the greatest draw.
 */
#define FL_RATE_ALWAYS (1ULL << 32)
#define FL_NEVER (~0ULL) /* as a limit of counts and times: none */

/*
 * What "times" has counted: the lower bits count, the upper ones number the
 * change of the limit since when. An older count is void.
 */
#define FL_PASSED_BITS 40
#define FL_PASSED_MASK ((1ULL << FL_PASSED_BITS) - 1)
#define FL_EPOCH_MASK (~0ULL >> FL_PASSED_BITS)

/* The whole run: one instance, in map .data.run. */
struct fl_run_knobs {
	__u64 abi;		/* FL_ABI_VERSION of the programs; first in all versions */
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
	__u32 silent;		     /* no events: no reader */
	__u32 rate_cap;		     /* injections in a second over all rules; 0: any number */
	/* written by the programs */
	__u64 delay_second; /* the second that the next one counts in */
	__u64 delay_used_ns;
	__u64 delays_skipped; /* because the budget was used up */
	__u64 keys_lost;      /* keys of "per" and @states that found no room */
	__u64 cap_used;	      /* upper half: the second; lower half: injections in it */
};

/* One rule: an array in map .data.rules, in script order. */
struct fl_rule_knobs {
	__u64 enabled;
	__u64 rate;	 /* threshold of the condition's first rand < N */
	__u64 gate;	 /* the same for a rule whose condition has none */
	__s64 value;	 /* what return gives, where that is one constant */
	__u64 nth_first; /* ordinals from ... */
	__u64 nth_last;	 /* ... to, or FL_NEVER */
	__u64 nth_step;
	__u64 every;
	__u64 after;	   /* ordinals that are skipped first */
	__u64 times;	   /* how often, or FL_NEVER */
	__u64 times_epoch; /* how often times was changed, modulo FL_EPOCH_MASK + 1 */
	__u64 after_ns;	   /* since arming */
	__u64 for_ns;	   /* since after_ns, or FL_NEVER */
};

/* What one rule has come to, over all CPUs and functions: map .data.states. */
struct fl_rule_state {
	__u64 ordinal; /* matched calls */
	__u64 passed;  /* those that "times" has counted */
	__u64 draws;   /* evaluations that drew a random number */
	__u64 gates;   /* those of a rate that was set later */
	__u64 reserved[4];
};

/* One parameter of the script: an array in map .data.params. */
struct fl_param_knob {
	__s64 value;
	__u64 below;   /* rand < $param: its rate */
	__u64 at_most; /* rand <= $param */
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
	__u64 fired;	/* all actions of a rule without return were done */
	__u64 lost;	/* events for which the ring buffer had no room */
	__u64 reserved[3];
};

/* What the process of a key of fl_children is. */
enum fl_task_scope {
	FL_TASK_IN = 1,	       /* one of the command's */
	FL_TASK_FROM_EXEC = 2, /* it will be, once exec has made it the command */
};

/* What makes two matched calls of a sweep the same point. */
enum fl_sweep_each {
	FL_SWEEP_PATH,	   /* rule, function and call path */
	FL_SWEEP_CALL,	   /* nothing: each matched call of a trial is one */
	FL_SWEEP_FUNCTION, /* rule and function */
};

enum fl_sweep_mode {
	FL_SWEEP_ONCE,	   /* the chosen call only */
	FL_SWEEP_ON_POINT, /* and all later ones of its point */
	FL_SWEEP_ON_ALL,   /* and all later matched ones of any point */
};

enum fl_sweep_context {
	FL_SWEEP_TASK,
	FL_SWEEP_SOFTIRQ,
	FL_SWEEP_HARDIRQ,
	FL_SWEEP_KTHREAD,
	FL_SWEEP_WORKQUEUE,
};

/* A call that a trial makes fail. */
struct fl_sweep_fault {
	__u64 key;	  /* of its point */
	__u64 occurrence; /* in the trial, from 1; 0: no fault */
	__s64 value;
	__u32 mode;	 /* enum fl_sweep_mode */
	__u32 has_value; /* otherwise the rule's */
};

struct fl_sweep_hit {
	__u64 key; /* of the call path */
	__u64 occurrence;
	__u64 ordinal; /* of the matched call in the trial */
	__u64 time_ns;
	__s64 value;
	__u32 point;
	__u32 fault;
};

struct fl_sweep_range {
	__u64 start, end;
};

/* A campaign: one instance, in map .data.sweep. */
struct fl_sweep_knobs {
	__u64 last_trial;			   /* as the trial, and stays after its end */
	__u64 trial;				   /* 0: swept rules do nothing */
	struct fl_sweep_range text;		   /* of the kernel proper */
	struct fl_sweep_range cuts[FL_SWEEP_CUTS]; /* entry code of interrupts: paths end there */
	__u64 modules;				   /* address of the kernel's list of them */
	__u32 each;				   /* enum fl_sweep_each */
	__u32 any_context;			   /* calls in interrupts count too */
	__u32 max_points;
	__u32 nfaults;
	struct fl_sweep_fault faults[FL_SWEEP_FAULTS];
	/* written by the programs; the first four are reset with each trial */
	__u64 matched;
	__u64 injected;
	__u64 reached[FL_SWEEP_FAULTS]; /* calls that the fault chose */
	__u64 on_all;			/* number of the fault that did, from 1 */
	__u64 points;			/* numbers given, also to those without room */
	__u64 lost;			/* calls whose point found no room */
	__u64 cut;			/* new points whose path is longer than FL_STACK_DEPTH */
	__u64 modules_lost;		/* modules that found no room */
	struct fl_sweep_hit hits[FL_SWEEP_HITS];
};

/*
 * A point, in map fl_points. Frames are relative to the kernel's text, or to
 * that of a module, whose number is in the upper half then.
 */
struct fl_point {
	__u64 ready; /* set last: the rest may be read */
	__u64 key;
	__u64 calls; /* in the trial whose number, modulo 2^24, the upper bits have */
	__u64 total;
	__u64 trial;   /* in which it was new */
	__u64 after;   /* injections of that trial until then */
	__u64 ordinal; /* of its first call there */
	__u32 slot;
	__u32 context; /* enum fl_sweep_context */
	__u32 each;    /* enum fl_sweep_each: FL_SWEEP_PATH also for paths that are only recorded */
	__u32 nframes;
	__u32 reserved[2];
	__u64 frames[FL_STACK_DEPTH]; /* the caller first */
};

/* A module's text, in map fl_modules by its number: a hash of the name, even. */
struct fl_module {
	char name[FL_MODULE_NAME_LEN];
	__u64 text;
	__u64 text_size; /* 0: it is not loaded */
	__u64 init;	 /* text that is freed once the module has started */
	__u64 init_size;
};

enum fl_event_kind {
	FL_EVENT_INJECTED = 1,
	FL_EVENT_FIRED = 2,
	FL_EVENT_LOG = 3,   /* followed by the values of its format */
	FL_EVENT_STACK = 4, /* followed by addresses, innermost first */
};

/*
 * FIELD(type, name, how): what every event says of the call, and how programs
 * have it. In JSON it has the same name (docs/events.schema.json).
 */
#define FL_EVENT_FIELDS(FIELD)      \
	FIELD(__u32, pid, fl_pid()) \
	FIELD(__u32, tid, fl_tid()) \
	FIELD(__u32, uid, fl_uid()) \
	FIELD(__u32, cpu, fl_cpu())

/* A record of the ring buffer. What follows it are words of 8 bytes. */
struct fl_event {
	__u64 time_ns;
	__u64 ordinal; /* of the matched call, from 1 */
	__s64 value;   /* INJECTED: what is returned */
	__u32 kind;    /* enum fl_event_kind */
	__u32 slot;    /* which rule on which function */
#define FL_EVENT_FIELD(type, name, how) type name;
	FL_EVENT_FIELDS(FL_EVENT_FIELD)
#undef FL_EVENT_FIELD
	__u32 site;  /* LOG: number of the format */
	__u32 words; /* that follow */
	char comm[FL_COMM_LEN];
};
_Static_assert(sizeof(struct fl_event) == 72, "a change needs a new FL_ABI_VERSION");

#endif /* FL_ABI_H */
