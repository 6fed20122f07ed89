/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.h - one object in the kernel: load, attach, arm, watch, disarm.
 *
 *	new -> load -> attach -> arm -> (poll, beat, read counts) -> disarm -> free
 *
 * What may change meanwhile is in knobs.h.
 *
 * Nothing is injected before fl_session_arm(). Links belong to this process:
 * when it ends, however it ends, the kernel takes the programs off. Functions
 * return 0 or -errno and describe a failure in a struct fl_fault.
 */
#ifndef FL_SESSION_H
#define FL_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fault.h"
#include "fl_abi.h"
#include "object.h"

struct fl_session;

/*
 * The map of an @state. Sessions that share one share its values; it lives
 * until the last of them is freed, and as long as anybody keeps the descriptor.
 */
struct fl_state_map {
	const char *name; /* without the @ */
	int fd;		  /* borrowed */
	unsigned int nkeys;
	unsigned int key_words; /* in a key, of 8 bytes */
};

struct fl_session_opts {
	uint64_t heartbeat_max_ns; /* injection stops after that; 0: 3 s */
	uint64_t deadline_ns;	   /* from arming; 0: none */
	int64_t max_injections;	   /* negative: any number */
	uint64_t seed;
	bool dry_run;	   /* count and report, but return nothing */
	bool silent;	   /* count only: there will be no events */
	bool include_init; /* process 1 is a target too */
	bool include_self; /* so are this process and its ancestors */
	bool force_return; /* values need not fit the functions' tags */
	bool keep_figures; /* for fl_session_figures(): a more verbose verifier log */
	uint32_t rate_cap; /* injections in a second over all rules; 0: any number */
	/* Memory for events on their way, a power of two of at least 64 KiB; 0: 1 MiB. */
	uint32_t ring_bytes;
	/* Points of a sweep that there is room for, rounded up to a power of two; 0: 16384. */
	uint32_t max_points;
	/*
	 * States that other sessions have already: used where this object has
	 * one of that name. Loading fails with -EINVAL when its keys differ.
	 */
	const struct fl_state_map *states;
	size_t nstates;
	/*
	 * A session whose object was compiled from the same script, that has more
	 * of its functions: this one uses its knobs, ordinals, budget, keys and
	 * tasks, so that both together are the script. It must outlive this one,
	 * and is the one to arm, disarm and change. Its states are named above.
	 */
	struct fl_session *extends;
};

/* @obj is only borrowed, and must outlive the session; @opts must until it is loaded. */
int fl_session_new(const struct fl_object *obj, const struct fl_session_opts *opts,
		   struct fl_session **out);
/* Disarms, detaches, closes. */
void fl_session_free(struct fl_session *s);

int fl_session_load(struct fl_session *s, struct fl_fault *fault);
int fl_session_attach(struct fl_session *s, struct fl_fault *fault);
/* Start injecting; the deadline runs from here. */
void fl_session_arm(struct fl_session *s);
/* Stop injecting. Programs stay attached; counters stand still. */
void fl_session_disarm(struct fl_session *s);

/* Make @pid one of the command's tasks; its later children follow by themselves. */
int fl_session_add_task(struct fl_session *s, pid_t pid, enum fl_task_scope scope);
/* The command has no tasks. */
void fl_session_forget_tasks(struct fl_session *s);
/* The same with what descends from it already. -ESRCH: it is not there. */
int fl_session_add_tree(struct fl_session *s, pid_t pid);
/* Is @pid exempt from everything: process 1, this process or an ancestor? */
bool fl_session_is_exempt(const struct fl_session *s, pid_t pid);

/* "I am alive": to be called at least once a second while armed. */
void fl_session_beat(struct fl_session *s);

/* Readable when there are events. Belongs to the session. */
int fl_session_event_fd(const struct fl_session *s);
/* Hand all waiting events to @fn; returns how many there were. */
int fl_session_events(struct fl_session *s, void (*fn)(const struct fl_event *e, void *arg),
		      void *arg);

/* The descriptor of a program of the object, the session's own; -1: none. */
int fl_session_prog_fd(const struct fl_session *s, size_t prog);

/* The descriptor of a program's link that is on a trampoline, the session's own; -1: none. */
int fl_session_trampoline(const struct fl_session *s, size_t prog);

/* Program @prog of the object leaves its functions, for good. */
void fl_session_detach(struct fl_session *s, size_t prog);

/* What became of a program in the kernel. */
struct fl_figures {
	uint32_t insns;		/* before the JIT, as the kernel rewrote them */
	uint32_t machine_bytes; /* after it; 0: this kernel does not compile programs */
	uint32_t verified;	/* instructions that the verifier processed, counted each time */
	/* only with keep_figures, and 0 and "" otherwise */
	uint32_t states;      /* that it went through */
	uint32_t peak_states; /* that it remembered at a time */
	char stack[64];	      /* bytes, of the program and of its functions: "64+0+16" */
};

/* 0 or -errno. */
int fl_session_figures(const struct fl_session *s, size_t prog, struct fl_figures *out);

/* The exact sums over all CPUs, at any time. */
void fl_session_counts(const struct fl_session *s, size_t slot, struct fl_counts *sum);

/* Number @i of the object's states; the descriptor is the session's. */
void fl_session_state(const struct fl_session *s, size_t i, struct fl_state_map *out);
/*
 * Hand every key of a state and its value to @fn, until that returns other
 * than 0, which is returned then. Keys are words as the rules wrote them; with
 * the programs at work, which of their changes are seen is open. -errno.
 */
int fl_state_map_each(const struct fl_state_map *map,
		      int (*fn)(const uint64_t *key, int64_t value, void *arg), void *arg);

/* Keys of "per" and of states that found no room: what they would have counted is lost. */
uint64_t fl_session_keys_lost(const struct fl_session *s);
/* Calls that our programs missed, because a program was running on that CPU. */
uint64_t fl_session_misses(const struct fl_session *s);
/* Delays that were left out, because those before had used up the second's budget. */
uint64_t fl_session_delays_skipped(const struct fl_session *s);

/* CLOCK_MONOTONIC of arming, in ns. */
uint64_t fl_session_armed_ns(const struct fl_session *s);
/* Whether the deadline has passed or the budget is used up. */
bool fl_session_spent(const struct fl_session *s);

/* "v1.1" */
const char *fl_libbpf_version(void);

/* CLOCK_MONOTONIC in ns, what events and deadlines count in. */
uint64_t fl_now_ns(void);

#endif /* FL_SESSION_H */
