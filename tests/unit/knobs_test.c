/* SPDX-License-Identifier: GPL-2.0-or-later */
/* knobs_test.c - what knobs refuse and store, on memory that no program reads. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

#include "knobs.h"
#include "rate.h"
#include "session_impl.h"

#define NCPUS 2

/*
 * Rule 1 draws and returns a constant on two functions; rule 2 has its rate
 * and its times from parameters; rule 3 only watches, by key.
 */
static struct fl_obj_prog progs[] = {
	{ .name = "a", .backend = FL_BACKEND_FMOD_RET },
	{ .name = "b", .backend = FL_BACKEND_KPROBE },
};
static struct fl_obj_attach attaches[] = {
	{ .prog = 0, .func = "f", .shown = "f", .tag = FL_TAG_ERRNO },
	{ .prog = 1, .func = "g", .shown = "g", .tag = FL_TAG_ERRNO_NULL, .ret = FL_TYPE_PTR },
};
static struct fl_rule_knobs first[3] = {
	{ .enabled = 1, .rate = 1 << 30, .gate = FL_RATE_ALWAYS, .value = -5, .times = FL_NEVER },
	{ .enabled = 1, .rate = FL_RATE_ALWAYS, .gate = FL_RATE_ALWAYS, .times = 3 },
	{ .enabled = 1, .rate = FL_RATE_ALWAYS, .gate = FL_RATE_ALWAYS, .times = 9 },
};
static struct fl_obj_rule rules[] = {
	{ .knobs = &first[0],
	  .returns = true,
	  .fixed_value = true,
	  .has_rate = true,
	  .rate_param = -1 },
	{ .knobs = &first[1], .returns = true, .has_rate = true, .rate_param = 0 },
	{ .knobs = &first[2], .rate_param = -1, .per_key = true },
};
static struct fl_obj_slot slots[] = {
	{ .rule = 0, .attach = 0 },
	{ .rule = 1, .attach = 0 },
	{ .rule = 0, .attach = 1 },
	{ .rule = 2, .attach = 1 },
};
static struct fl_obj_param params[] = {
	{ .name = "often", .value = 10 },
	{ .name = "n", .value = 3 },
	{ .name = "who", .string = "ip" },
};
static struct fl_obj_param_use uses[] = { { 1, 1, FL_KNOB_TIMES } };
static const struct fl_object object = {
	.progs = progs,
	.nprogs = COUNT(progs),
	.attaches = attaches,
	.nattaches = COUNT(attaches),
	.rules = rules,
	.nrules = COUNT(rules),
	.slots = slots,
	.nslots = COUNT(slots),
	.params = params,
	.nparams = COUNT(params),
	.param_uses = uses,
	.nparam_uses = COUNT(uses),
	.ncpus = NCPUS,
};

static struct fl_run_knobs run;
static struct fl_rule_knobs knobs[COUNT(rules)];
static struct fl_rule_state states[COUNT(rules)];
static struct fl_param_knob param_knobs[COUNT(params)];
static struct fl_counts counts[COUNT(slots)][NCPUS];
static struct fl_session session;
static struct fl_fault fault;

static int setup(void **state)
{
	(void)state;
	memset(&run, 0, sizeof(run));
	memcpy(knobs, first, sizeof(knobs));
	memset(states, 0, sizeof(states));
	memset(counts, 0, sizeof(counts));
	session = (struct fl_session){
		.obj = &object,
		.run.memory = &run,
		.rules.memory = knobs,
		.states.memory = states,
		.params.memory = param_knobs,
		.counts.memory = counts,
	};
	for (size_t i = 0; i < COUNT(params); i++)
		fl_session_set_param(&session, i, params[i].value);
	return 0;
}

static void test_rate_of_threshold(void **state)
{
	/* what was set is what is shown, down to the resolution of 32 bits */
	static const int64_t rates[] = {
		0,	     FL_RATE_ALL, FL_RATE_UNIT, 10 * FL_RATE_UNIT, 50 * FL_RATE_UNIT,
		12500000000, 33300000000, 99990000000,	10000000,	   1000000,
		123450000,   100,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rates); i++)
		assert_int_equal(fl_rate_of_threshold(fl_rate(rates[i], true, false)), rates[i]);
	/* and any threshold is shown as a rate that has it */
	for (uint64_t t = 0; t <= FL_RATE_ALWAYS; t += 9973 * 1013)
		assert_int_equal(fl_rate(fl_rate_of_threshold(t), true, false), t);
}

static void test_rate(void **state)
{
	struct fl_rule_status st;

	(void)state;
	fl_session_rule_status(&session, 0, &st);
	assert_int_equal(st.rate, 25 * FL_RATE_UNIT);
	assert_int_equal(st.rate_param, -1);
	assert_int_equal(fl_session_set_rate(&session, 0, FL_RATE_UNIT / 2, &fault), 0);
	assert_int_equal(knobs[0].rate, fl_rate(FL_RATE_UNIT / 2, true, false));
	assert_true(knobs[0].gate == FL_RATE_ALWAYS);
	assert_int_equal(fl_session_set_rate(&session, 1, FL_RATE_UNIT, &fault), -EBUSY);
	assert_int_equal(fault.tag, FL_F_RATE_PARAM);
	assert_string_equal(fault.text, "the rate of rule 2 is parameter 'often'");
	fl_session_rule_status(&session, 1, &st);
	assert_int_equal(st.rate, 10 * FL_RATE_UNIT);
	assert_int_equal(st.rate_param, 0);
	assert_int_equal(fl_session_set_rate(&session, 2, 20 * FL_RATE_UNIT, &fault), 0);
	assert_int_equal(knobs[2].gate, fl_rate(20, false, false));
	assert_true(knobs[2].rate == FL_RATE_ALWAYS);
	assert_int_equal(fl_session_set_rate(&session, 0, FL_RATE_ALL + 1, &fault), -EINVAL);
	assert_int_equal(fl_session_set_rate(&session, 0, -1, &fault), -EINVAL);
	assert_int_equal(fault.tag, FL_F_RATE);
	assert_int_equal(fl_session_set_rate(&session, 3, 0, &fault), -ENOENT);
	assert_int_equal(fault.tag, FL_F_NO_RULE);
}

static void test_value(void **state)
{
	(void)state;
	assert_int_equal(fl_session_set_value(&session, 0, -12, &fault), 0);
	assert_int_equal(knobs[0].value, -12);
	/* g could return NULL, and f cannot */
	assert_int_equal(fl_session_set_value(&session, 0, 0, &fault), -EINVAL);
	assert_string_equal(fault.text, "'f' may not return 0");
	assert_int_equal(fl_session_set_value(&session, 0, -4096, &fault), -EINVAL);
	assert_int_equal(fault.tag, FL_F_VALUE);
	assert_string_equal(fault.hint, "an errno, -1 to -4095");
	assert_int_equal(fl_session_set_value(&session, 1, -12, &fault), -EINVAL);
	assert_int_equal(fault.tag, FL_F_COMPUTED);
	assert_string_equal(fault.text, "return value of rule 2 is not constant");
	assert_int_equal(fl_session_set_value(&session, 2, -12, &fault), -EINVAL);
	assert_int_equal(fault.tag, FL_F_RETURNS_NOTHING);
	assert_string_equal(fault.text, "rule 3 has no 'return'");
	assert_int_equal(knobs[0].value, -12);
	/* --force-return, but not where fmod_ret cannot */
	session.opts.force_return = true;
	assert_int_equal(fl_session_set_value(&session, 0, 7, &fault), 0);
	assert_int_equal(fl_session_set_value(&session, 0, 0, &fault), -EINVAL);
	assert_int_equal(knobs[0].value, 7);
}

static void test_times(void **state)
{
	struct fl_rule_status st;

	(void)state;
	assert_int_equal(fl_session_set_times(&session, 0, 4, &fault), 0);
	assert_int_equal(knobs[0].times, 4);
	/* as a program would count */
	states[0].passed = knobs[0].times_epoch << FL_PASSED_BITS | 3;
	fl_session_rule_status(&session, 0, &st);
	assert_int_equal(st.passed, 3);
	assert_int_equal(fl_session_set_times(&session, 0, 2, &fault), 0);
	fl_session_rule_status(&session, 0, &st);
	assert_int_equal(st.passed, 0);
	assert_int_equal(fl_session_set_times(&session, 1, 4, &fault), -EBUSY);
	assert_int_equal(fault.tag, FL_F_TIMES_PARAM);
	assert_string_equal(fault.text, "how often rule 2 acts is parameter 'n'");
	assert_int_equal(knobs[1].times, 3);
	/* more changes than an epoch can count go round */
	knobs[0].times_epoch = FL_EPOCH_MASK;
	assert_int_equal(fl_session_set_times(&session, 0, 2, &fault), 0);
	assert_int_equal(knobs[0].times_epoch, 0);
}

static void test_params(void **state)
{
	(void)state;
	assert_int_equal(fl_session_change_param(&session, 1, 8, &fault), 0);
	assert_int_equal(knobs[1].times, 8);
	assert_int_equal(fl_session_param(&session, 1), 8);
	assert_int_equal(fl_session_change_param(&session, 1, 0, &fault), -EINVAL);
	assert_int_equal(fault.tag, FL_F_PARAM_LEAST);
	assert_string_equal(fault.text, "rule 2 needs parameter 'n' to be at least 1");
	assert_int_equal(knobs[1].times, 8);
	assert_int_equal(fl_session_change_param(&session, 0, 20, &fault), 0);
	assert_int_equal(param_knobs[0].below, fl_rate(20, false, false));
	assert_int_equal(fl_session_change_param(&session, 2, 1, &fault), -EINVAL);
	assert_int_equal(fault.tag, FL_F_PARAM_TEXT);
	assert_string_equal(fault.text,
			    "cannot change parameter 'who' while armed: it is a string");
	assert_int_equal(fl_session_change_param(&session, 3, 1, &fault), -ENOENT);
	assert_int_equal(fault.tag, FL_F_NO_PARAM);
}

static void test_run(void **state)
{
	(void)state;
	assert_int_equal(fl_session_budget(&session), -1);
	fl_session_set_budget(&session, 5);
	assert_int_equal(fl_session_budget(&session), 5);
	run.budget = -2; /* several CPUs at once */
	assert_int_equal(fl_session_budget(&session), 0);
	fl_session_set_budget(&session, -1);
	assert_int_equal(fl_session_budget(&session), -1);
	assert_true(fl_session_deadline(&session) == FL_NEVER);
	fl_session_set_deadline(&session, FL_NEVER - 1);
	assert_true(run.deadline_ns == FL_NEVER);
	fl_session_set_deadline(&session, 1000000000);
	assert_in_range(fl_session_deadline(&session), 1, 1000000000);
	fl_session_set_deadline(&session, 0);
	assert_int_equal(run.deadline_ns, 0);
	fl_session_resume(&session);
	assert_true(fl_session_is_active(&session));
	assert_true(run.heartbeat_ns > 0);
	assert_int_equal(run.armed_ns, 0);
	fl_session_pause(&session);
	assert_false(fl_session_is_active(&session));
	fl_session_set_rate_cap(&session, 9);
	assert_int_equal(run.rate_cap, 9);
}

static void test_counts(void **state)
{
	struct fl_counts sum;

	(void)state;
	for (size_t i = 0; i < COUNT(slots); i++) {
		for (size_t cpu = 0; cpu < NCPUS; cpu++) {
			counts[i][cpu].calls = 1000 * (i + 1) + cpu;
			counts[i][cpu].injected = i + 1;
		}
	}
	fl_session_rule_counts(&session, 0, &sum);
	assert_int_equal(sum.calls, 1000 + 1001 + 3000 + 3001);
	assert_int_equal(sum.injected, 1 + 1 + 3 + 3);
	fl_session_rule_counts(&session, 2, &sum);
	assert_int_equal(sum.calls, 4000 + 4001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate_of_threshold),
		cmocka_unit_test_setup(test_rate, setup),
		cmocka_unit_test_setup(test_value, setup),
		cmocka_unit_test_setup(test_times, setup),
		cmocka_unit_test_setup(test_params, setup),
		cmocka_unit_test_setup(test_run, setup),
		cmocka_unit_test_setup(test_counts, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
