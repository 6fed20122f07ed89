/* SPDX-License-Identifier: GPL-2.0-or-later */
/* live.h - the same steps done for real, on a kernel that has fl_targets loaded. */
#ifndef LIVE_H
#define LIVE_H

#include "game.h"
#include "object.h"
#include "session.h"

struct live {
	struct fl_object *obj;
	struct fl_session *session;
	int calls, sets; /* files of fl_targets; -1 where it is not loaded */
	char log[GAME_ANSWER];
	size_t log_len;
};

struct live_opts {
	bool seeded, force, silent;
	uint64_t seed;
	enum fl_backend backend;
};

/* How long the stages took, added up, in ns. */
struct live_times {
	uint64_t compile, load, attach, free;
	size_t n;
};
extern struct live_times live_times;

/*
 * Compile, load, attach, arm, with all rules off. 0, or -1 after a message.
 * Needs live_close() either way.
 */
int live_open(struct live *l, const char *text, struct fl_kernel *k, const struct live_opts *opts);
void live_close(struct live *l);

void live_enable(struct live *l, size_t rule, bool on);
int live_step(struct live *l, const struct game *g, const struct step *s, size_t first,
	      size_t nrules, char *answer);

/* Where counters differ from the evaluator's, say so; true when they do not. */
bool live_same_counts(const struct live *l, const struct game *g);

/* This process, as rules see it, on one CPU from now on. */
void live_task(struct eval_task *task, struct fl_kernel *k);

#endif /* LIVE_H */
