/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "knobs.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "backend/ops.h"
#include "rate.h"
#include "refusal.h"
#include "session_impl.h"

#define load(knob) __atomic_load_n((knob), __ATOMIC_RELAXED)
#define store(knob, number) __atomic_store_n((knob), (number), __ATOMIC_RELAXED)

static struct fl_run_knobs *run_knobs(const struct fl_session *s)
{
	return s->run.memory;
}

static struct fl_rule_knobs *rule_knobs(const struct fl_session *s, size_t rule)
{
	return (struct fl_rule_knobs *)s->rules.memory + rule;
}

static int find_rule(const struct fl_session *s, size_t rule, struct fl_fault *fault)
{
	size_t n = s->obj->nrules;

	if (rule < n)
		return 0;
	fl_fault_raise(fault, FL_F_NO_RULE, fl_digits((int64_t)rule + 1).text,
		       fl_digits((int64_t)n).text, NULL);
	return -ENOENT;
}

/*
 * A threshold covers a range of about 23 units of the rate, because draws have
 * 32 bits. 10 must be shown as 10, not 9.999999981.
 */
int64_t fl_rate_of_threshold(uint64_t threshold)
{
	const unsigned __int128 all = FL_RATE_ALL;
	int64_t least, most;

	if (threshold >= FL_RATE_ALWAYS)
		return FL_RATE_ALL;
	if (!threshold)
		return 0;
	most = (int64_t)(threshold * all / FL_RATE_ALWAYS);
	least = (int64_t)((threshold - 1) * all / FL_RATE_ALWAYS) + 1;
	for (int64_t step = FL_RATE_ALL; step > 1; step /= 10) {
		if (most / step * step >= least)
			return most / step * step;
	}
	return most;
}

void fl_session_rule_counts(const struct fl_session *s, size_t rule, struct fl_counts *sum)
{
	struct fl_counts c;

	memset(sum, 0, sizeof(*sum));
	for (size_t i = 0; i < s->obj->nslots; i++) {
		if (s->obj->slots[i].rule != rule)
			continue;
		fl_session_counts(s, i, &c);
		sum->calls += c.calls;
		sum->matched += c.matched;
		sum->injected += c.injected;
		sum->fired += c.fired;
		sum->lost += c.lost;
	}
}

static int64_t rate_now(const struct fl_session *s, size_t rule)
{
	const struct fl_obj_rule *r = &s->obj->rules[rule];
	struct fl_rule_knobs *k = rule_knobs(s, rule);
	int64_t rate;

	if (r->rate_param < 0)
		return fl_rate_of_threshold(r->has_rate ? load(&k->rate) : load(&k->gate));
	rate = fl_session_param(s, (size_t)r->rate_param);
	if (rate < 0)
		return 0;
	if (!s->obj->params[r->rate_param].is_fraction)
		rate = rate < 100 ? rate * FL_RATE_UNIT : FL_RATE_ALL;
	return rate < FL_RATE_ALL ? rate : FL_RATE_ALL;
}

void fl_session_rule_status(const struct fl_session *s, size_t rule, struct fl_rule_status *out)
{
	const struct fl_obj_rule *r = &s->obj->rules[rule];
	const struct fl_rule_state *state = (struct fl_rule_state *)s->states.memory + rule;
	struct fl_rule_knobs *k = rule_knobs(s, rule);
	uint64_t passed = load(&state->passed);

	*out = (struct fl_rule_status){
		.enabled = load(&k->enabled),
		.rate = rate_now(s, rule),
		.rate_param = r->has_rate ? r->rate_param : -1,
		.has_value = r->fixed_value,
		.value = load(&k->value),
		.times = load(&k->times),
		.per_key = r->per_key,
	};
	/* see fl_is_within_times() */
	if (!r->per_key && out->times != FL_NEVER &&
	    passed >> FL_PASSED_BITS == load(&k->times_epoch))
		out->passed = passed & FL_PASSED_MASK;
	if (out->passed > out->times)
		out->passed = out->times;
	fl_session_rule_counts(s, rule, &out->counts);
}

int fl_session_enable(struct fl_session *s, size_t rule, bool enabled, struct fl_fault *fault)
{
	int err = find_rule(s, rule, fault);

	if (!err)
		store(&rule_knobs(s, rule)->enabled, enabled);
	return err;
}

int fl_session_set_rate(struct fl_session *s, size_t rule, int64_t rate, struct fl_fault *fault)
{
	int err = find_rule(s, rule, fault);
	const struct fl_obj_rule *r;
	uint64_t threshold;

	if (err)
		return err;
	r = &s->obj->rules[rule];
	if (rate < 0 || rate > FL_RATE_ALL) {
		fl_fault_raise(fault, FL_F_RATE, fl_digits((int64_t)rule + 1).text, NULL);
		return -EINVAL;
	}
	if (r->has_rate && r->rate_param >= 0) {
		fl_fault_raise(fault, FL_F_RATE_PARAM, fl_digits((int64_t)rule + 1).text,
			       s->obj->params[r->rate_param].name, NULL);
		return -EBUSY;
	}
	threshold = fl_rate(rate, true, false);
	if (r->has_rate)
		store(&rule_knobs(s, rule)->rate, threshold);
	else
		store(&rule_knobs(s, rule)->gate, threshold);
	return 0;
}

/* Why @value cannot be returned from a function; NULL: it can. */
static const char *against_value(const struct fl_session *s, const struct fl_obj_attach *a,
				 int64_t value)
{
	const struct fl_backend_ops *ops = fl_backend_ops(s->obj->progs[a->prog].backend);
	const char *why = ops->against ? ops->against(value) : NULL;

	if (why)
		return why;
	if (s->opts.force_return || fl_tag_allows(a->tag, value))
		return NULL;
	return fl_tag_values(a->tag);
}

int fl_session_set_value(struct fl_session *s, size_t rule, int64_t value, struct fl_fault *fault)
{
	int err = find_rule(s, rule, fault);
	const struct fl_obj_rule *r;
	char text[32];

	if (err)
		return err;
	r = &s->obj->rules[rule];
	if (!r->fixed_value) {
		fl_fault_raise(fault, r->returns ? FL_F_COMPUTED : FL_F_RETURNS_NOTHING,
			       fl_digits((int64_t)rule + 1).text, NULL);
		return -EINVAL;
	}
	for (size_t i = 0; i < s->obj->nslots; i++) {
		const struct fl_obj_attach *a = &s->obj->attaches[s->obj->slots[i].attach];
		const char *why = NULL;

		if (s->obj->slots[i].rule == rule)
			why = against_value(s, a, value);
		if (!why)
			continue;
		fl_fault_raise(fault, FL_F_VALUE, a->shown,
			       fl_value_name(a, value, text, sizeof(text)), why, NULL);
		return -EINVAL;
	}
	store(&rule_knobs(s, rule)->value, value);
	return 0;
}

/* The parameter that a knob of a rule follows, or NULL. */
static const char *follows(const struct fl_session *s, size_t rule, enum fl_knob knob)
{
	for (size_t i = 0; i < s->obj->nparam_uses; i++) {
		const struct fl_obj_param_use *use = &s->obj->param_uses[i];

		if (use->rule == rule && use->knob == knob)
			return s->obj->params[use->param].name;
	}
	return NULL;
}

int fl_session_set_times(struct fl_session *s, size_t rule, uint64_t times, struct fl_fault *fault)
{
	int err = find_rule(s, rule, fault);
	struct fl_rule_knobs *k;
	const char *param;

	if (err)
		return err;
	param = follows(s, rule, FL_KNOB_TIMES);
	if (param) {
		fl_fault_raise(fault, FL_F_TIMES_PARAM, fl_digits((int64_t)rule + 1).text, param,
			       NULL);
		return -EBUSY;
	}
	k = rule_knobs(s, rule);
	/* nothing passes in between, neither by the old count nor by the new */
	__atomic_store_n(&k->times, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&k->times_epoch, (k->times_epoch + 1) & FL_EPOCH_MASK, __ATOMIC_SEQ_CST);
	__atomic_store_n(&k->times, times, __ATOMIC_SEQ_CST);
	return 0;
}

/* A knob that was written with a parameter in its place; all are of 8 bytes. */
static void store_knob(struct fl_rule_knobs *k, enum fl_knob which, uint64_t value)
{
#define MEMBER(m) offsetof(struct fl_rule_knobs, m)
	static const size_t members[] = {
		[FL_KNOB_VALUE] = MEMBER(value),       [FL_KNOB_NTH_FIRST] = MEMBER(nth_first),
		[FL_KNOB_NTH_LAST] = MEMBER(nth_last), [FL_KNOB_NTH_ONLY] = MEMBER(nth_first),
		[FL_KNOB_NTH_STEP] = MEMBER(nth_step), [FL_KNOB_EVERY] = MEMBER(every),
		[FL_KNOB_AFTER] = MEMBER(after),       [FL_KNOB_TIMES] = MEMBER(times),
		[FL_KNOB_AFTER_NS] = MEMBER(after_ns), [FL_KNOB_FOR_NS] = MEMBER(for_ns),
	};
#undef MEMBER

	/*
	 * the end first: a range that is empty for a moment selects nothing
	 * wrong
	 */
	if (which == FL_KNOB_NTH_ONLY)
		store(&k->nth_last, value);
	store((uint64_t *)((char *)k + members[which]), value);
}

void fl_session_set_param(struct fl_session *s, size_t param, int64_t value)
{
	struct fl_param_knob *p = (struct fl_param_knob *)s->params.memory + param;
	bool is_fraction = s->obj->params[param].is_fraction;

	store(&p->value, value);
	store(&p->below, fl_rate(value, is_fraction, false));
	store(&p->at_most, fl_rate(value, is_fraction, true));
	for (size_t i = 0; i < s->obj->nparam_uses; i++) {
		const struct fl_obj_param_use *use = &s->obj->param_uses[i];

		if (use->param == param)
			store_knob(rule_knobs(s, use->rule), use->knob, (uint64_t)value);
	}
}

/* The least that a schedule takes in a parameter's place. */
static int64_t least_for(enum fl_knob knob)
{
	switch (knob) {
	case FL_KNOB_VALUE:
		return INT64_MIN;
	case FL_KNOB_AFTER:
	case FL_KNOB_AFTER_NS:
		return 0;
	default:
		return 1;
	}
}

int fl_session_change_param(struct fl_session *s, size_t param, int64_t value,
			    struct fl_fault *fault)
{
	if (param >= s->obj->nparams) {
		fl_fault_raise(fault, FL_F_NO_PARAM, NULL);
		return -ENOENT;
	}
	if (s->obj->params[param].string) {
		fl_fault_raise(fault, FL_F_PARAM_TEXT, s->obj->params[param].name, NULL);
		return -EINVAL;
	}
	for (size_t i = 0; i < s->obj->nparam_uses; i++) {
		const struct fl_obj_param_use *use = &s->obj->param_uses[i];

		if (use->param != param || value >= least_for(use->knob))
			continue;
		fl_fault_raise(fault, FL_F_PARAM_LEAST, fl_digits((int64_t)use->rule + 1).text,
			       s->obj->params[param].name, fl_digits(least_for(use->knob)).text,
			       NULL);
		return -EINVAL;
	}
	fl_session_set_param(s, param, value);
	return 0;
}

int64_t fl_session_param(const struct fl_session *s, size_t param)
{
	const struct fl_param_knob *p = (const struct fl_param_knob *)s->params.memory + param;

	return load(&p->value);
}

void fl_session_set_budget(struct fl_session *s, int64_t injections)
{
	struct fl_run_knobs *run = run_knobs(s);

	if (injections >= 0)
		__atomic_store_n(&run->budget, injections, __ATOMIC_RELEASE);
	__atomic_store_n(&run->budget_set, injections >= 0, __ATOMIC_RELEASE);
}

int64_t fl_session_budget(const struct fl_session *s)
{
	int64_t left = load(&run_knobs(s)->budget);

	if (!load(&run_knobs(s)->budget_set))
		return -1;
	return left > 0 ? left : 0;
}

void fl_session_set_deadline(struct fl_session *s, uint64_t ns)
{
	uint64_t deadline;

	if (__builtin_add_overflow(fl_now_ns(), ns, &deadline))
		deadline = FL_NEVER;
	__atomic_store_n(&run_knobs(s)->deadline_ns, ns ? deadline : 0, __ATOMIC_RELEASE);
}

uint64_t fl_session_deadline(const struct fl_session *s)
{
	uint64_t deadline = load(&run_knobs(s)->deadline_ns), now = fl_now_ns();

	if (!deadline)
		return FL_NEVER;
	return deadline > now ? deadline - now : 0;
}

void fl_session_set_rate_cap(struct fl_session *s, uint32_t per_second)
{
	store(&run_knobs(s)->rate_cap, per_second);
}

void fl_session_pause(struct fl_session *s)
{
	if (s->run.memory)
		__atomic_store_n(&run_knobs(s)->armed, 0, __ATOMIC_RELEASE);
}

void fl_session_resume(struct fl_session *s)
{
	fl_session_beat(s);
	__atomic_store_n(&run_knobs(s)->armed, 1, __ATOMIC_RELEASE);
}

bool fl_session_is_active(const struct fl_session *s)
{
	return load(&run_knobs(s)->armed);
}
