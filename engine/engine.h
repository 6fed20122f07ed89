/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine.h - arms and disarms rules, for every front end.
 *
 *	fl_engine_new()		facts about the kernel, the event loop
 *	fl_engine_prepare()	compile, load, attach; again without what the
 *				kernel refused: a set of rules that does nothing yet
 *	fl_armed_begin()	from here on it acts
 *	fl_engine_start()	a command, held back; its tasks are what `child` means
 *	fl_engine_release()	it runs
 *	fl_engine_step()	one turn: events, heartbeat, modules, what was watched
 *	fl_armed_outcome()	counters, expectations, why nothing was injected
 *	fl_armed_end()		nothing is injected any more, counters stand still
 *	fl_armed_leave()	a process is left to remove the programs from their functions
 *	fl_armed_free()		the programs leave their functions
 *
 * A one-liner is prepare, start, begin, release, step until done, end, outcome;
 * the prompt has one set for every text that was typed; a sweep prepares once and
 * then, for each fault, changes knobs and does start, release, step, drop.
 *
 * Nothing here prints, exits or is global. What happens is handed to the sink;
 * functions return 0 or -errno, and unless they say otherwise a failure has been
 * reported to the sink's diags() or fault() by then. Not for several threads.
 */
#ifndef FL_ENGINE_H
#define FL_ENGINE_H

#include "compile.h"
#include "facts.h"
#include "knobs.h"
#include "session.h"
#include "spawn.h"

struct fl_engine;

/*
 * Rules that were armed together: one script, one-liner or typed text, with the
 * parts that modules bring later.
 */
struct fl_armed;

/* What loading or unloading a module meant for a set of rules. */
struct fl_module_news {
	enum fl_module_event {
		FL_MODULE_AWAITED, /* rules wait for it */
		FL_MODULE_ARMED,   /* loaded, and the rules on it are armed */
		FL_MODULE_REFUSED, /* loaded, but they could not be armed; diags() or fault() say why */
		FL_MODULE_GONE, /* unloaded, and its rules with it */
	} event;
	const char *module;   /* NULL: any that has the function */
	const char *function; /* of AWAITED */
	size_t nfunctions;    /* of ARMED and GONE */
};

/*
 * Where an engine reports. Every pointer may be NULL. Nothing that is
 * passed outlives the call. Only from armed(), event(), splat() and module()
 * may a set be read; none of them may free one or take a step.
 */
struct fl_engine_sink {
	void *arg;
	/* Errors and warnings of a compilation. */
	void (*diags)(void *arg, const struct fl_diags *ds);
	/* The request failed. */
	void (*fault)(void *arg, const struct fl_fault *fault);
	/* A set acts from now on. */
	void (*armed)(void *arg, const struct fl_armed *a);
	/* @e->slot is one of @obj, which is a part of @a. */
	void (*event)(void *arg, const struct fl_armed *a, const struct fl_object *obj,
		      const struct fl_event *e);
	/* A line of the kernel log that begins a report of something gone wrong. */
	void (*splat)(void *arg, const char *line);
	/* NULL: rules cannot wait for one. */
	void (*module)(void *arg, const struct fl_armed *a, const struct fl_module_news *news);
};

struct fl_engine_opts {
	struct fl_facts_opts facts; /* root must live as long as the engine */
	struct fl_engine_sink sink;
};

/* 0 with *out yours to free, or -errno; the sink hears nothing. */
int fl_engine_new(const struct fl_engine_opts *opts, struct fl_engine **out);
/* Frees all sets, too. A command that was started keeps running. */
void fl_engine_free(struct fl_engine *en);

/* What preparing took so far, by the clock. */
struct fl_timing {
	uint64_t front_ns; /* rules to C, reading the kernel's facts included */
	uint64_t clang_ns; /* C to BPF; starting the compiler's process included */
	uint64_t load_ns;  /* mostly the verifier */
	uint64_t attach_ns;
};

void fl_engine_timing(const struct fl_engine *en, struct fl_timing *out);

/* Facts; names and ranges of them last until a module comes or goes (facts.h). */
struct fl_kernel *fl_engine_kernel(const struct fl_engine *en);

/*
 * Compile only, in a separate process: 0 with *obj yours to free (NULL for
 * FL_EMIT_NONE). -EINVAL: the script is wrong or does not fit this kernel, see
 * fl_diags_class(). @opts->clang is ignored.
 */
int fl_engine_compile(struct fl_engine *en, const struct fl_source *src,
		      const struct fl_compile_opts *opts, struct fl_object **obj);
/* Start the compiler before it is needed: its first time is slow. */
void fl_engine_warm(struct fl_engine *en);
/* Its process goes, until something is compiled again. */
void fl_engine_cool(struct fl_engine *en);

/* --- sets of rules --------------------------------------------------------- */

struct fl_arming {
	/* Armed as it is, instead of @src; the engine's from now on, whatever happens. */
	struct fl_object *object;
	struct fl_source src;
	/* What @src and @compile point to must outlive a set that waits for modules. */
	struct fl_compile_opts compile;
	struct fl_session_opts session; /* states and extends are the engine's */
	/* Load for fl_armed_figures() and attach nothing; the kernel's refusal leaves a set. */
	bool measure;
};

/*
 * 0 with *out yours. States (@name) are shared with the sets that exist. With
 * @arming->measure *out is set whenever the script compiled, also on failure.
 */
int fl_engine_prepare(struct fl_engine *en, const struct fl_arming *arming, struct fl_armed **out);

/* Everything it counts begins here. -ENOMEM: it acts, but does not wait for modules. */
int fl_armed_begin(struct fl_armed *a);
void fl_armed_end(struct fl_armed *a);
/* Of all sets. */
void fl_engine_disarm(struct fl_engine *en);
/* Events on their way are lost: fl_engine_drain() first. */
void fl_armed_free(struct fl_armed *a);

/*
 * Before programs are detached: where that takes long, a process is left to do it, so
 * that fl_armed_free() or fl_armed_detach(), to be called next, return at once. A
 * trampoline takes a grace period of RCU tasks. @progs are those of the first part, one
 * bool for each, which must not act any more; NULL: all of all parts, after
 * fl_armed_end(). Returns the pid of the process, which is nobody's child, with *n the
 * trampolines that it detaches; 0 when they are too few; -errno, not reported, when the
 * caller will have to wait.
 */
pid_t fl_armed_leave(struct fl_armed *a, const bool *progs, size_t *n);

/* A pointer of the caller's, NULL at first. */
void fl_armed_set_user(struct fl_armed *a, void *user);
void *fl_armed_user(const struct fl_armed *a);

/*
 * The objects of a set: 0 is the script as it was armed, with all its rules,
 * parameters and expectations; each of the others is the same script with the
 * functions of modules that came later.
 */
size_t fl_armed_nparts(const struct fl_armed *a);
const struct fl_object *fl_armed_object(const struct fl_armed *a, size_t part);
/* The rule in the newest part that knows more of it than its text. */
const struct fl_obj_rule *fl_armed_rule(const struct fl_armed *a, size_t rule);
/* The session of a part, for points.h; the engine's. */
struct fl_session *fl_armed_session(const struct fl_armed *a, size_t part);
/* Functions that rules are on. */
size_t fl_object_functions(const struct fl_object *obj);

/* What rules have done, over all CPUs. */
struct fl_totals {
	uint64_t calls;
	uint64_t matched;
	uint64_t injected;
	uint64_t fired;
	uint64_t lost; /* events without room in the ring buffer */
};

/* Exact, at any time: of all rules, of one, of one on one function of a part. */
void fl_armed_totals(const struct fl_armed *a, struct fl_totals *out);
void fl_armed_rule_totals(const struct fl_armed *a, size_t rule, struct fl_totals *out);
void fl_armed_slot_totals(const struct fl_armed *a, size_t part, size_t slot,
			  struct fl_totals *out);

/* Sizes of a program of a part; -ENOENT: it was not loaded. Reports nothing. */
int fl_armed_figures(const struct fl_armed *a, size_t part, size_t prog, struct fl_figures *out);
/* A program of the first part leaves its functions, for good. */
void fl_armed_detach(struct fl_armed *a, size_t prog);

/*
 * Knobs, as knobs.h has them, for rules and parameters of the first part. Those
 * that return int describe a failure in @fault and report nothing.
 */
void fl_armed_rule_status(const struct fl_armed *a, size_t rule, struct fl_rule_status *out);
int fl_armed_enable(struct fl_armed *a, size_t rule, bool enabled, struct fl_fault *fault);
int fl_armed_set_rate(struct fl_armed *a, size_t rule, int64_t rate, struct fl_fault *fault);
int fl_armed_set_value(struct fl_armed *a, size_t rule, int64_t value, struct fl_fault *fault);
int fl_armed_set_times(struct fl_armed *a, size_t rule, uint64_t times, struct fl_fault *fault);
int fl_armed_change_param(struct fl_armed *a, size_t param, int64_t value, struct fl_fault *fault);
void fl_armed_set_param(struct fl_armed *a, size_t param, int64_t value);
int64_t fl_armed_param(const struct fl_armed *a, size_t param);
void fl_armed_set_deadline(struct fl_armed *a, uint64_t ns);
uint64_t fl_armed_deadline(const struct fl_armed *a);
void fl_armed_pause(struct fl_armed *a);
void fl_armed_resume(struct fl_armed *a);
bool fl_armed_is_active(const struct fl_armed *a);

/* CLOCK_MONOTONIC in ns of fl_armed_begin(). */
uint64_t fl_armed_since(const struct fl_armed *a);
/* The deadline has passed or the budget of injections is used up. */
bool fl_armed_is_spent(const struct fl_armed *a);

/* --- whose calls the rules are about --------------------------------------- */

/*
 * Make a process that waits to become @opts->argv. Unless @opts->beside, it and
 * its descendants are the only tasks of all sets from now on: any number of
 * commands may run one after the other. Calls count from exec on, unless
 * @opts->include_exec. @c stays where it is until it is dropped.
 */
int fl_engine_start(struct fl_engine *en, const struct fl_command_opts *opts, struct fl_command *c);
/* Let it run. When it cannot be executed it has ended. */
int fl_engine_release(struct fl_engine *en, struct fl_command *c);
/* Forget it; one that was never released ends without having run. */
void fl_engine_drop(struct fl_engine *en, struct fl_command *c);

/* The tasks of @a are process @pid, which runs already, and its descendants. */
int fl_engine_follow(struct fl_engine *en, struct fl_armed *a, pid_t pid);
/* That process has ended. */
bool fl_engine_followed_ended(const struct fl_engine *en);

/* --- the loop --------------------------------------------------------------- */

/*
 * Wait until something happens, for @timeout_ms at most (-1: any time, which is
 * no longer than until the next heartbeat is due), and see to it. 0 or -errno,
 * which is not reported. May be called from a watcher.
 */
int fl_engine_step(struct fl_engine *en, int timeout_ms);
/*
 * Call @fn in a step when @fd is readable. One for each descriptor; take it back
 * before the descriptor is closed. -errno, not reported.
 */
int fl_engine_watch(struct fl_engine *en, int fd, void (*fn)(void *arg), void *arg);
void fl_engine_unwatch(struct fl_engine *en, int fd);
/* Who waits elsewhere calls this, at least once a second. */
void fl_engine_beat(struct fl_engine *en);
/* Report what has gathered in the ring buffers and the kernel log, without waiting. */
void fl_engine_drain(struct fl_engine *en);

/* --- what became of it ------------------------------------------------------ */

/* Why a set that was to inject something has not. */
enum fl_idle {
	FL_IDLE_NOT,	    /* it has, or none of its rules returns */
	FL_IDLE_NO_MODULE,  /* the awaited module did not come */
	FL_IDLE_NO_CALL,    /* the functions were not called */
	FL_IDLE_HELD_BACK,  /* a schedule or a limit held back every matching call */
	FL_IDLE_NO_MATCH,   /* no condition ever held */
	FL_IDLE_ALL_EXEMPT, /* called by exempt tasks only */
};

/* In words; NULL for FL_IDLE_NOT. */
const char *fl_idle_text(enum fl_idle idle);

/*
 * A function of a rule that had no call, though the kernel has copies of it that
 * the compiler made, NAME.isra.0 say, for callers that it knows. A rule on the
 * function does not get their calls.
 */
struct fl_copied {
	uint32_t rule;
	const char *func;   /* the armed set's */
	const char *module; /* or NULL; likewise */
	char copies[128];   /* "NAME.isra.*, NAME.part.*" */
};

struct fl_armed_outcome {
	struct fl_totals all;
	uint64_t keys_lost;	 /* keys of "per" and states that found no room */
	uint64_t delays_skipped; /* because the budget was used up */
	uint64_t misses;	 /* calls that no program saw */
	size_t splats;		 /* of the engine since its first set began */
	size_t failed;		 /* expectations that did not hold */
	bool *held;		 /* for each expectation of part 0 */
	enum fl_idle idle;
	struct fl_copied *copied; /* of the rules without a call, the first functions of each */
	size_t ncopied;
};

/*
 * @c: the command, or NULL where there was none; expectations that need its end
 * fail without. 0 with *out to be released, or -ENOMEM, which is not reported.
 */
int fl_armed_outcome(const struct fl_armed *a, const struct fl_command *c,
		     struct fl_armed_outcome *out);
void fl_armed_outcome_release(struct fl_armed_outcome *o);

#endif /* FL_ENGINE_H */
