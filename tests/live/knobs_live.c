/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * knobs_live.c - changes to rules that are armed, on a live kernel with the
 * test module fl_targets. This process calls the targets itself, so that the
 * number of calls before and after a change is known to the last one.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "compile.h"
#include "facts.h"
#include "knobs.h"

#define CALLS "/sys/kernel/debug/fl_targets/call"

static struct fl_kernel *kernel;
static int calls_fd;

/* Rules that are armed. */
struct armed {
	struct fl_object *obj;
	struct fl_session *session;
};

static struct fl_object *compile(const char *rules, enum fl_backend backend)
{
	const struct fl_source src = { "rules", rules, strlen(rules) };
	const struct fl_compile_opts opts = { .plan.backend = backend };
	struct fl_object *obj = NULL;
	struct fl_diags ds;
	char *log = NULL;

	fl_diags_init(&ds);
	assert_int_equal(fl_compile(&src, kernel, &opts, &ds, &obj, &log), 0);
	fl_diags_release(&ds);
	free(log);
	return obj;
}

static void arm_with(struct armed *a, const char *rules, enum fl_backend backend,
		     struct fl_session_opts opts)
{
	struct fl_fault fault = { 0 };

	opts.include_self = true;
	a->obj = compile(rules, backend);
	assert_int_equal(fl_session_new(a->obj, &opts, &a->session), 0);
	if (fl_session_load(a->session, &fault) || fl_session_attach(a->session, &fault))
		fail_msg("%s\n%s", fault.text, fault.log ? fault.log : "");
	fl_session_arm(a->session);
}

static void arm(struct armed *a, const char *rules, enum fl_backend backend)
{
	arm_with(a, rules, backend,
		 (struct fl_session_opts){ .max_injections = -1, .silent = true });
}

static void disarm(struct armed *a)
{
	fl_session_free(a->session);
	fl_object_free(a->obj);
}

/* Call a target so often; how many of the answers were @value. */
static unsigned int call(const char *target, unsigned int times, const char *value)
{
	char text[2048], wanted[64], *at;
	unsigned int n;
	ssize_t len;

	snprintf(text, sizeof(text), "x%u %s\n", times, target);
	assert_int_equal(write(calls_fd, text, strlen(text)), strlen(text));
	len = pread(calls_fd, text, sizeof(text) - 1, 0);
	assert_true(len > 0);
	text[len] = '\0';
	snprintf(wanted, sizeof(wanted), "%s x", value);
	at = strstr(text, wanted);
	if (!at)
		return 0;
	assert_int_equal(sscanf(at + strlen(wanted), "%u", &n), 1);
	return n;
}

static unsigned int failures(unsigned int times)
{
	return call("fl_int0", times, "int -5");
}

static void test_enable(void **state)
{
	struct fl_rule_status st;
	struct fl_fault fault;
	struct armed a;

	(void)state;
	arm(&a, "on fl_int0 return -EIO on fl_int1 return -EIO", FL_BACKEND_AUTO);
	assert_int_equal(failures(10), 10);
	assert_int_equal(fl_session_enable(a.session, 0, false, &fault), 0);
	assert_int_equal(failures(10), 0);
	assert_int_equal(call("fl_int1 1", 10, "int -5"), 10);
	fl_session_rule_status(a.session, 0, &st);
	assert_false(st.enabled);
	assert_int_equal(st.counts.calls, 10);
	assert_int_equal(fl_session_enable(a.session, 0, true, &fault), 0);
	assert_int_equal(failures(10), 10);
	fl_session_rule_status(a.session, 0, &st);
	assert_true(st.enabled);
	assert_int_equal(st.counts.calls, 20);
	assert_int_equal(st.counts.injected, 20);
	assert_int_equal(fl_session_enable(a.session, 2, true, &fault), -ENOENT);
	assert_string_equal(fault.text, "no rule 3");
	disarm(&a);
}

static void test_pause(void **state)
{
	struct fl_rule_status st;
	struct armed a;

	(void)state;
	arm(&a, "on fl_int0 nth 6.. return -EIO", FL_BACKEND_AUTO);
	assert_true(fl_session_is_active(a.session));
	assert_int_equal(failures(4), 0);
	fl_session_pause(a.session);
	assert_false(fl_session_is_active(a.session));
	assert_int_equal(failures(100), 0);
	fl_session_resume(a.session);
	assert_int_equal(failures(4), 3);
	fl_session_rule_status(a.session, 0, &st);
	assert_int_equal(st.counts.calls, 8);
	disarm(&a);
}

static void check_rates(const char *rules, enum fl_backend backend)
{
	struct fl_rule_status st;
	struct fl_fault fault;
	struct armed a;

	arm(&a, rules, backend);
	assert_int_equal(fl_session_set_rate(a.session, 0, 0, &fault), 0);
	assert_int_equal(failures(1000), 0);
	assert_int_equal(fl_session_set_rate(a.session, 0, FL_RATE_ALL, &fault), 0);
	assert_int_equal(failures(1000), 1000);
	assert_int_equal(fl_session_set_rate(a.session, 0, 25 * FL_RATE_UNIT / 2, &fault), 0);
	/* five standard deviations of a binomial distribution */
	assert_in_range(failures(100000), 12500 - 523, 12500 + 523);
	fl_session_rule_status(a.session, 0, &st);
	assert_int_equal(st.rate, 12500000000);
	assert_int_equal(st.counts.calls, 102000);
	assert_int_equal(st.counts.matched, st.counts.injected);
	assert_int_equal(fl_session_set_rate(a.session, 0, FL_RATE_ALL + 1, &fault), -EINVAL);
	assert_int_equal(fl_session_set_rate(a.session, 0, -1, &fault), -EINVAL);
	disarm(&a);
}

static void test_rate(void **state)
{
	struct fl_fault fault;
	struct armed a;

	(void)state;
	check_rates("on fl_int0 if rand < 50 return -EIO", FL_BACKEND_FMOD_RET);
	check_rates("on fl_int0 return -EIO", FL_BACKEND_FMOD_RET);
	check_rates("on fl_int0 return -EIO", FL_BACKEND_KPROBE);
	arm(&a, "param often = 100 on fl_int0 if rand < $often return -EIO", FL_BACKEND_AUTO);
	assert_int_equal(failures(100), 100);
	assert_int_equal(fl_session_set_rate(a.session, 0, FL_RATE_UNIT, &fault), -EBUSY);
	assert_string_equal(fault.text, "the rate of rule 1 is parameter 'often'");
	assert_int_equal(fl_session_change_param(a.session, 0, 0, &fault), 0);
	assert_int_equal(failures(100), 0);
	disarm(&a);
}

static void test_value(void **state)
{
	struct fl_fault fault;
	struct armed a;

	(void)state;
	arm(&a, "on fl_int0, fl_ret_ptr return -EIO", FL_BACKEND_KPROBE);
	assert_int_equal(failures(3), 3);
	assert_int_equal(fl_session_set_value(a.session, 0, -ENOMEM, &fault), 0);
	assert_int_equal(call("fl_int0", 3, "int -12"), 3);
	assert_int_equal(call("fl_ret_ptr 1", 3, "ptr err=-12"), 3);
	assert_int_equal(fl_session_set_value(a.session, 0, 5, &fault), -EINVAL);
	assert_string_equal(fault.text, "'fl_int0' may not return 5");
	assert_int_equal(fl_session_set_value(a.session, 0, 0, &fault), -EINVAL);
	assert_int_equal(call("fl_int0", 3, "int -12"), 3);
	disarm(&a);
	arm(&a, "param v = -5 on fl_int0 return $v", FL_BACKEND_AUTO);
	assert_int_equal(fl_session_set_value(a.session, 0, -ENOMEM, &fault), -EINVAL);
	assert_string_equal(fault.text, "return value of rule 1 is not constant");
	assert_int_equal(fl_session_change_param(a.session, 0, -ENOMEM, &fault), 0);
	assert_int_equal(call("fl_int0", 3, "int -12"), 3);
	disarm(&a);
	/* what fmod_ret cannot do is said, although the tag would allow it */
	arm(&a, "on fl_ret_ptr_errno_null return -EIO", FL_BACKEND_FMOD_RET);
	assert_int_equal(fl_session_set_value(a.session, 0, 0, &fault), -EINVAL);
	assert_non_null(strstr(fault.hint, "fmod_ret"));
	disarm(&a);
}

static void check_times(const char *rules)
{
	struct fl_rule_status st;
	struct fl_fault fault;
	struct armed a;

	arm(&a, rules, FL_BACKEND_AUTO);
	assert_int_equal(failures(10), 3);
	assert_int_equal(fl_session_set_times(a.session, 0, 5, &fault), 0);
	assert_int_equal(failures(2), 2);
	fl_session_rule_status(a.session, 0, &st);
	assert_int_equal(st.times, 5);
	if (!st.per_key)
		assert_int_equal(st.passed, 2);
	assert_int_equal(failures(10), 3);
	assert_int_equal(fl_session_set_times(a.session, 0, FL_NEVER, &fault), 0);
	assert_int_equal(failures(10), 10);
	assert_int_equal(fl_session_set_times(a.session, 0, 1, &fault), 0);
	assert_int_equal(failures(10), 1);
	/* less than it had: counted anew all the same */
	assert_int_equal(fl_session_set_times(a.session, 0, 1, &fault), 0);
	assert_int_equal(failures(10), 1);
	disarm(&a);
}

static void test_times(void **state)
{
	struct fl_fault fault;
	struct armed a;

	(void)state;
	check_times("on fl_int0 times 3 return -EIO");
	check_times("on fl_int0 times 3 per tid return -EIO");
	arm(&a, "param n = 2 on fl_int0 times $n return -EIO", FL_BACKEND_AUTO);
	assert_int_equal(failures(10), 2);
	assert_int_equal(fl_session_set_times(a.session, 0, 5, &fault), -EBUSY);
	assert_int_equal(fl_session_change_param(a.session, 0, 0, &fault), -EINVAL);
	assert_string_equal(fault.text, "rule 1 needs parameter 'n' to be at least 1");
	disarm(&a);
}

static void test_budget_and_deadline(void **state)
{
	struct armed a;

	(void)state;
	arm(&a, "on fl_int0 return -EIO", FL_BACKEND_AUTO);
	assert_int_equal(fl_session_budget(a.session), -1);
	fl_session_set_budget(a.session, 7);
	assert_int_equal(failures(5), 5);
	assert_int_equal(fl_session_budget(a.session), 2);
	assert_int_equal(failures(5), 2);
	assert_true(fl_session_spent(a.session));
	fl_session_set_budget(a.session, -1);
	assert_int_equal(failures(5), 5);
	fl_session_set_deadline(a.session, 1);
	assert_int_equal(fl_session_deadline(a.session), 0);
	assert_int_equal(failures(5), 0);
	fl_session_set_deadline(a.session, 3600 * 1000000000ULL);
	assert_int_equal(failures(5), 5);
	fl_session_set_deadline(a.session, 0);
	assert_true(fl_session_deadline(a.session) == FL_NEVER);
	assert_int_equal(failures(5), 5);
	disarm(&a);
}

static void test_rate_cap(void **state)
{
	unsigned int first, second;
	struct armed a;
	uint64_t until;

	(void)state;
	arm_with(&a, "on fl_int0 return -EIO", FL_BACKEND_AUTO,
		 (struct fl_session_opts){ .max_injections = -1, .silent = true, .rate_cap = 10 });
	/* the calls may fall on both sides of a second's end */
	first = failures(1000);
	assert_in_range(first, 10, 20);
	/* within a second and a bit there are ten more, and again no others */
	until = fl_now_ns() + 5000000000ULL;
	do {
		second = failures(1000);
	} while (!second && fl_now_ns() < until);
	assert_in_range(second, 1, 10);
	fl_session_set_rate_cap(a.session, 0);
	assert_int_equal(failures(1000), 1000);
	disarm(&a);
}

static int sum_state(const uint64_t *key, int64_t value, void *arg)
{
	int64_t *sum = arg;

	sum[0]++;
	sum[1] += (int64_t)key[0];
	sum[2] += value;
	return 0;
}

static void test_shared_state(void **state)
{
	struct fl_state_map map;
	struct fl_session_opts opts = {
		.max_injections = -1, .silent = true, .states = &map, .nstates = 1
	};
	struct fl_fault fault = { 0 };
	int64_t sum[3] = { 0 };
	struct armed a, b, c;

	(void)state;
	arm(&a, "on fl_int1(x) { @seen[x] += 2 }", FL_BACKEND_AUTO);
	fl_session_state(a.session, 0, &map);
	assert_string_equal(map.name, "seen");
	arm_with(&b, "on fl_int0 if @seen[77] == 4 return -EIO", FL_BACKEND_AUTO, opts);
	assert_int_equal(failures(1), 0);
	call("fl_int1 77", 1, "");
	assert_int_equal(failures(1), 0);
	call("fl_int1 77", 1, "");
	assert_int_equal(failures(1), 1);
	call("fl_int1 23", 1, "");
	assert_int_equal(fl_state_map_each(&map, sum_state, sum), 0);
	assert_int_equal(sum[0], 2);
	assert_int_equal(sum[1], 100);
	assert_int_equal(sum[2], 6);
	/* the one that made it goes, and the other keeps it */
	disarm(&a);
	assert_int_equal(failures(1), 1);
	fl_session_state(b.session, 0, &map);
	/* other keys under the same name */
	c.obj = compile("on fl_int0 if @seen return -EIO", FL_BACKEND_AUTO);
	assert_int_equal(fl_session_new(c.obj, &opts, &c.session), 0);
	assert_int_equal(fl_session_load(c.session, &fault), -EINVAL);
	assert_string_equal(fault.text, "'@seen' has different keys in rules already armed");
	fl_fault_release(&fault);
	disarm(&c);
	disarm(&b);
}

/* Nothing of a session may be touched by another on the same function. */
static void test_two_sessions(void **state)
{
	struct fl_rule_status st;
	struct fl_fault fault;
	struct armed a, b;

	(void)state;
	arm(&a, "on fl_int0 nth 1..3 return -EIO", FL_BACKEND_FMOD_RET);
	arm(&b, "on fl_int0 nth 1..3 return -EIO", FL_BACKEND_FMOD_RET);
	fl_session_pause(a.session);
	assert_int_equal(failures(2), 2);
	assert_int_equal(fl_session_enable(b.session, 0, false, &fault), 0);
	fl_session_resume(a.session);
	assert_int_equal(failures(5), 3);
	fl_session_rule_status(b.session, 0, &st);
	assert_int_equal(st.counts.calls, 2);
	disarm(&b);
	disarm(&a);
	assert_int_equal(failures(5), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enable),	     cmocka_unit_test(test_pause),
		cmocka_unit_test(test_rate),	     cmocka_unit_test(test_value),
		cmocka_unit_test(test_times),	     cmocka_unit_test(test_budget_and_deadline),
		cmocka_unit_test(test_rate_cap),     cmocka_unit_test(test_shared_state),
		cmocka_unit_test(test_two_sessions),
	};
	int failed;

	calls_fd = open(CALLS, O_RDWR | O_CLOEXEC);
	if (calls_fd < 0) {
		perror(CALLS);
		return 1;
	}
	if (fl_facts_open(&(struct fl_facts_opts){ .root = "" }, &kernel))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	fl_facts_close(kernel);
	close(calls_fd);
	return failed != 0;
}
