/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * knobs.h - what may change while rules are armed. Each change is a store into
 * memory that the programs read: nothing is compiled, loaded or attached again,
 * and no call is missed.
 *
 * Needs a loaded session, armed or not. Rules are numbered from 0 in script
 * order. Functions that return int give 0, or -errno with the reason in @fault:
 * -ENOENT no such rule, -EINVAL the rule has no such knob or does not take this
 * value, -EBUSY something else sets the knob.
 */
#ifndef FL_KNOBS_H
#define FL_KNOBS_H

#include "session.h"

/* A rate in units of 1e-9 per cent: FL_RATE_UNIT is 1 %. */
#define FL_RATE_UNIT 1000000000LL
#define FL_RATE_ALL (100 * FL_RATE_UNIT)

/* The current state of a rule. */
struct fl_rule_status {
	bool enabled;
	int64_t rate;		 /* in FL_RATE_UNITs; FL_RATE_ALL where nothing is drawn */
	int rate_param;		 /* the parameter that is the rate; -1: none */
	bool has_value;		 /* value can be changed */
	int64_t value;		 /* its return value, if has_value */
	uint64_t times;		 /* how often in all since this was set; FL_NEVER: any number */
	bool per_key;		 /* times is for each key of "per" */
	uint64_t passed;	 /* how much of times is used up; 0 where per_key or FL_NEVER */
	struct fl_counts counts; /* over all functions that it is on */
};

/* @rule must exist. */
void fl_session_rule_status(const struct fl_session *s, size_t rule, struct fl_rule_status *out);
/* The exact sums of one rule over all functions and CPUs. @rule must exist. */
void fl_session_rule_counts(const struct fl_session *s, size_t rule, struct fl_counts *sum);

/* A rule that is off lets calls pass without counting them. */
int fl_session_enable(struct fl_session *s, size_t rule, bool enabled, struct fl_fault *fault);
/*
 * In FL_RATE_UNITs, 0 to FL_RATE_ALL: of a rule with rand < N that N, of one
 * without a draw the share of matching calls that still count as matched.
 */
int fl_session_set_rate(struct fl_session *s, size_t rule, int64_t rate, struct fl_fault *fault);
/* Held to the tags of all functions that the rule is on. */
int fl_session_set_value(struct fl_session *s, size_t rule, int64_t value, struct fl_fault *fault);
/* Counted from now on, per key; FL_NEVER: no limit. */
int fl_session_set_times(struct fl_session *s, size_t rule, uint64_t times, struct fl_fault *fault);

/*
 * A parameter's value: a number, ns, or for a fraction 1e-9. The first checks
 * it and gives reasons, the second is for values that were checked.
 */
int fl_session_change_param(struct fl_session *s, size_t param, int64_t value,
			    struct fl_fault *fault);
void fl_session_set_param(struct fl_session *s, size_t param, int64_t value);
int64_t fl_session_param(const struct fl_session *s, size_t param);

/* Injections that are still allowed over all rules; negative: any number. */
void fl_session_set_budget(struct fl_session *s, int64_t injections);
int64_t fl_session_budget(const struct fl_session *s);
/* @ns from now; 0: none. */
void fl_session_set_deadline(struct fl_session *s, uint64_t ns);
/* How far away it is: FL_NEVER without one, 0 when it has passed. */
uint64_t fl_session_deadline(const struct fl_session *s);
/* Injections in a second over all rules; 0: any number. */
void fl_session_set_rate_cap(struct fl_session *s, uint32_t per_second);

/*
 * All rules at once, without a restart: schedules, windows and the deadline
 * continue. fl_session_arm() restarts them.
 */
void fl_session_pause(struct fl_session *s);
void fl_session_resume(struct fl_session *s);
/* Armed and not paused. */
bool fl_session_is_active(const struct fl_session *s);

/* The rate whose threshold of 2^32 draws this is, the roundest of those. */
int64_t fl_rate_of_threshold(uint64_t threshold);

#endif /* FL_KNOBS_H */
