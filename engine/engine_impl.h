/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine_impl.h - what the files of engine/ share.
 *
 *	engine.c	new and free, one turn of the loop
 *	awaited.c	modules that are loaded and unloaded
 *	outcome.c	what became of a set
 *	scope.c		whose calls the rules are about: a command, a process
 *	arm.c		the way: text to programs on functions
 *	armed.c		a set of rules: begin and end, knobs, counters
 *	translate.c	a script to an object
 *	leave.c		programs that leave while nobody waits for it
 *	waits.c		what waits for which module; news of modules
 *	sink.c		failures, modules and the kernel log, to the sink
 *	spawn.c		a process that waits to become a command
 *	refusals.c	what the kernel refused, for the next plan
 *	fit.c		objects of an earlier compilation: for this kernel?
 *	server.c	Clang in a separate process
 *	loop.c		descriptors and handlers
 *
 * Each uses only those below it; what must go the other way is called through a
 * pointer that engine.c has set.
 */
#ifndef FL_ENGINE_IMPL_H
#define FL_ENGINE_IMPL_H

#include "engine.h"
#include "loop.h"
#include "refusals.h"
#include "server.h"

/* An object in the kernel. */
struct fl_part {
	struct fl_armed *armed;
	struct fl_object *obj;
	struct fl_session *session; /* NULL: only measured, and refused */
	bool *gone;		    /* for each attach: its module was unloaded */
};

struct fl_armed {
	struct fl_engine *en;
	struct fl_armed *next;
	struct fl_arming arming;
	struct fl_part **parts; /* [0] is the first part, which the others extend */
	size_t nparts;
	struct fl_obj_wait *waits; /* targets that are not there yet; the strings are the parts' */
	size_t nwaits;
	struct fl_refusals refusals;
	bool begun;
	bool ended;
	void *user;
};

struct fl_engine {
	struct fl_engine_opts opts;
	struct fl_kernel *kernel;
	struct fl_loop loop;
	struct fl_server server;
	struct fl_armed *sets; /* in the order of their arming */
	size_t splats;
	struct fl_timing timing;
	int klog_fd;   /* the kernel log, -1: not open */
	int uevent_fd; /* modules, or -1 */
	int follow_fd; /* the process of fl_engine_follow(), or -1 */
	bool followed_ended;
	/* awaited.c: @module NULL is news that was lost */
	void (*on_module)(struct fl_engine *en, const char *module, bool came);
};

/* sink.c: report a failure; the strings for its places follow, then NULL. Returns @err. */
__attribute__((sentinel)) int fl_engine_fail(struct fl_engine *en, int err, enum fl_fault_tag tag,
					     ...);
int fl_engine_no_memory(struct fl_engine *en);
void fl_engine_report_fault(const struct fl_engine *en, const struct fl_fault *fault);
void fl_engine_report_module(const struct fl_armed *a, const struct fl_module_news *news);
void fl_engine_open_klog(struct fl_engine *en);
void fl_engine_take_klog(struct fl_engine *en);

/*
 * arm.c: one part more for @a; with @only just those targets, and when none of
 * them is there yet, no part and still 0.
 */
int fl_armed_add_part(struct fl_armed *a, const struct fl_wait *only, size_t nonly);

/* armed.c */
struct fl_armed *fl_armed_new(struct fl_engine *en, const struct fl_arming *arming);
/* With room for it among @a's, which it is not one of yet. NULL: no memory. */
struct fl_part *fl_part_new(struct fl_armed *a);
/* Its events are reported from now on. -errno, reported. */
int fl_part_watch(struct fl_part *p);
void fl_part_drain(struct fl_part *p);
/* Those of all sets. */
void fl_engine_drain_parts(const struct fl_engine *en);
void fl_part_free(struct fl_part *p);
/* The maps of all states of all sets, malloc'd: for one part more to share. -ENOMEM. */
int fl_engine_states(const struct fl_engine *en, struct fl_state_map **maps, size_t *n);

/* waits.c: hear of modules; -errno, reported, only where it @must. */
int fl_modules_listen(struct fl_engine *en, bool must);
/* Report what a new set waits for. -ENOMEM, reported. */
int fl_modules_begin(struct fl_armed *a);
bool fl_armed_waits(const struct fl_armed *a);
/* One target more, unless it is among them. -ENOMEM. */
int fl_armed_add_wait(struct fl_armed *a, const struct fl_obj_wait *w);
/* Just those that the newest part still waits for. */
int fl_armed_take_waits(struct fl_armed *a);

/*
 * leave.c: wait until the programs of earlier runs are off that somebody was left to
 * remove. False: nobody was.
 */
bool fl_engine_let_leave(struct fl_engine *en);

/* awaited.c */
void fl_awaited_news(struct fl_engine *en, const char *module, bool came);

#endif /* FL_ENGINE_IMPL_H */
