/* SPDX-License-Identifier: GPL-2.0-or-later */
/* live.h - the running kernel as the world of a sweep. */
#ifndef FL_LIVE_H
#define FL_LIVE_H

#include "agenda.h"
#include "engine.h"
#include "points.h"
#include "world.h"

struct fl_live_opts {
	enum fl_by each;
	bool any_context;   /* interrupts, too */
	char *const *run;   /* argv of the workload; NULL: the script's run */
	const char *output; /* file for the workload's output, truncated for each trial */
	/* Interrupted: the current trial is abandoned. May be NULL. */
	bool (*interrupted)(void *arg);
	void *arg;
};

struct fl_live;

/*
 * @a was prepared with a compilation for a sweep, and is begun here; both are
 * borrowed. Makes this process the subreaper of the workload's processes. 0
 * with *out yours, or -errno with @t set. @o must outlive *out.
 */
int fl_live_new(struct fl_engine *en, struct fl_armed *a, const struct fl_live_opts *o,
		struct fl_live **out, struct fl_fault *fault);
void fl_live_free(struct fl_live *w);

extern const struct fl_world_ops fl_live_ops;

/* release, build id in hex ("" where it cannot be read), boot_id. */
struct fl_machine {
	char release[128];
	char build_id[FL_BUILD_ID];
	char boot[64];
};
void fl_machine_now(struct fl_kernel *k, struct fl_machine *m);

/* What the log of the machine before is kept in by pstore, or NULL; static. */
const char *fl_pstore_log(void);

#endif /* FL_LIVE_H */
