/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine_test.c - the way from rules to armed, the compile server, the loop. */
#include "engine_fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static enum fl_backend backend_of(const struct fl_armed *a)
{
	return fl_armed_object(a, 0)->progs[0].backend;
}

/* --- the way --------------------------------------------------------------------- */

static void test_from_rules_to_events(void **state)
{
	(void)state;
	assert_int_equal(engine_prepare("on fake_errno, fake_wide return -EIO"), 0);
	assert_int_equal(fake_machine_knobs(fake_machine.session)->armed, 0);
	assert_int_equal(heard.armed, 0);
	assert_int_equal(fl_armed_begin(set), 0);
	assert_int_equal(fake_machine_knobs(fake_machine.session)->armed, 1);
	assert_int_equal(heard.armed, 1);
	fake_machine_event(fake_machine.session, 1);
	/* one that no rule of the object has sent */
	fake_machine_event(fake_machine.session, 77);
	assert_int_equal(fl_engine_step(en, -1), 0);
	assert_int_equal(heard.events, 1);
	assert_ptr_equal(heard.obj, fl_armed_object(set, 0));
	assert_int_equal(heard.slot, 1);
	fl_armed_end(set);
	assert_int_equal(fake_machine_knobs(fake_machine.session)->armed, 0);
	/* what was on its way is still reported */
	fake_machine_event(fake_machine.session, 0);
	fl_engine_drain(en);
	assert_int_equal(heard.events, 2);
}

static void test_mistakes(void **state)
{
	(void)state;
	assert_int_equal(engine_prepare("on fake_errno return return"), -EINVAL);
	assert_int_equal(heard.diags, 1);
	assert_int_equal(heard.class, FL_CLASS_SCRIPT);
	assert_null(set);
	assert_int_equal(fake_machine.loads, 0);
	assert_int_equal(heard.faults, 0);
}

static void test_plans_again(void **state)
{
	(void)state;
	fake_machine.no_load = 1U << FL_BACKEND_FMOD_RET;
	assert_int_equal(engine_prepare("on fake_errno return -EIO"), 0);
	assert_int_equal(fake_machine.loads, 2);
	assert_int_equal(backend_of(set), FL_BACKEND_KPROBE);
	assert_non_null(strstr(fl_armed_object(set, 0)->progs[0].reason, "no fmod_ret here"));
	assert_int_equal(heard.faults, 0);
	fl_armed_free(set);
	/* the same when it is attaching that is refused */
	fake_machine.no_load = 0;
	fake_machine.no_attach = 1U << FL_BACKEND_FMOD_RET;
	assert_int_equal(engine_prepare("on fake_errno return -EIO"), 0);
	assert_int_equal(backend_of(set), FL_BACKEND_KPROBE);
	assert_int_equal(fake_machine.sessions, 1);
}

static void test_final_refusals(void **state)
{
	struct fl_arming arming = engine_arming_of("on security_file_open return -EIO");

	(void)state;
	fake_machine.no_load = 1U << FL_BACKEND_FMOD_RET;
	assert_int_equal(fl_engine_prepare(en, &arming, &set), -EINVAL);
	assert_null(set);
	assert_int_equal(heard.faults, 1);
	assert_int_equal(heard.fault.kind, FL_FAULT_REFUSED);
	/* whoever insists gets no other back end */
	arming = engine_arming_of("on fake_errno return -EIO");
	arming.compile.plan.backend = FL_BACKEND_FMOD_RET;
	assert_int_equal(fl_engine_prepare(en, &arming, &set), -EINVAL);
	assert_int_equal(heard.faults, 2);
	/* nothing is left to try */
	fake_machine.no_load |= 1U << FL_BACKEND_KPROBE;
	assert_int_equal(engine_prepare("on fake_errno return -EIO"), -EINVAL);
	assert_int_equal(heard.faults, 2);
	assert_int_equal(heard.diags, 1);
	assert_int_equal(fake_machine.sessions, 0);
}

static void test_measures(void **state)
{
	struct fl_arming arming = engine_arming_of("on security_file_open return -EIO");
	struct fl_figures figures;

	(void)state;
	arming.measure = true;
	fake_machine.no_attach = ~0U;
	assert_int_equal(fl_engine_prepare(en, &arming, &set), 0);
	assert_int_equal(fl_armed_figures(set, 0, 0, &figures), 0);
	assert_int_equal(figures.insns, 100);
	fl_armed_free(set);
	/* refused, it still has a plan to show */
	fake_machine.no_load = ~0U;
	assert_int_equal(fl_engine_prepare(en, &arming, &set), -EINVAL);
	assert_non_null(set);
	assert_int_equal(fl_armed_object(set, 0)->nprogs, 1);
	assert_int_equal(fl_armed_figures(set, 0, 0, &figures), -ENOENT);
	assert_int_equal(heard.faults, 1);
}

static void test_states_are_shared(void **state)
{
	struct fl_armed *first;

	(void)state;
	assert_int_equal(engine_prepare("on fake_errno { @n += 1 @m += 1 }"), 0);
	assert_int_equal(fake_machine.nstates, 0);
	first = set;
	assert_int_equal(engine_prepare("on fake_wide { @n += 1 }"), 0);
	assert_int_equal(fake_machine.nstates, 2);
	fl_armed_free(first);
	assert_int_equal(engine_prepare("on fake_wide { @n += 1 }"), 0);
	assert_int_equal(fake_machine.nstates, 1);
}

/* --- the compile server -------------------------------------------------------------- */

static void test_server_died_before(void **state)
{
	(void)state;
	fl_engine_warm(en);
	assert_int_not_equal(en->server.pid, 0);
	kill(en->server.pid, SIGKILL);
	assert_int_equal(engine_prepare("on fake_errno return -EIO"), 0);
	fl_engine_cool(en);
	assert_int_equal(en->server.pid, 0);
	assert_int_equal(engine_prepare("on fake_wide return -EIO"), 0);
}

static void kill_server(void *arg)
{
	struct fl_engine *engine = arg;

	kill(engine->server.pid, SIGKILL);
}

static void test_server_dies_at_work(void **state)
{
	void (*meanwhile)(void *arg) = en->server.meanwhile;

	(void)state;
	assert_int_equal(engine_prepare("on fake_errno return -EIO"), 0);
	assert_int_equal(fl_armed_begin(set), 0);
	/* it cannot answer before it is killed */
	kill(en->server.pid, SIGSTOP);
	en->server.meanwhile = kill_server;
	assert_int_equal(engine_prepare("on fake_wide return -EIO"), -EIO);
	en->server.meanwhile = meanwhile;
	assert_null(set);
	assert_int_equal(heard.faults, 1);
	assert_int_equal(heard.fault.kind, FL_FAULT_DEFECT);
	assert_int_equal(heard.fault.tag, FL_F_COMPILER);
	assert_string_equal(heard.log, "the compiler died\n");
	/* what is armed has not noticed, and the next rule gets another process */
	assert_int_equal(fake_machine_knobs(fake_machine.session)->armed, 1);
	assert_int_equal(engine_prepare("on fake_wide return -EIO"), 0);
}

static void exceed_time(void *arg)
{
	const struct fl_engine *engine = arg;

	/* as the kernel does; it is stopped, and dies before it can answer */
	kill(engine->server.pid, SIGXCPU);
	kill(engine->server.pid, SIGCONT);
}

/* Processor time counts: a limit ahead of what the process has used. */
static void test_server_takes_too_long(void **state)
{
	void (*meanwhile)(void *arg) = en->server.meanwhile;
	struct rlimit limit;

	(void)state;
	assert_int_equal(engine_prepare("on fake_errno return -EIO"), 0);
	assert_int_equal(prlimit(en->server.pid, RLIMIT_CPU, NULL, &limit), 0);
	assert_true(limit.rlim_cur > FL_SERVER_CPU_S && limit.rlim_cur < 10 * FL_SERVER_CPU_S);
	kill(en->server.pid, SIGSTOP);
	en->server.meanwhile = exceed_time;
	assert_int_equal(engine_prepare("on fake_wide return -EIO"), -EIO);
	en->server.meanwhile = meanwhile;
	assert_int_equal(heard.fault.tag, FL_F_COMPILER_TIME);
	assert_int_equal(heard.fault.kind, FL_FAULT_SYSTEM);
	assert_int_equal(engine_prepare("on fake_wide return -EIO"), 0);
}

static void test_server_is_starved(void **state)
{
	(void)state;
	assert_int_equal(engine_prepare("on fake_errno return -EIO"), 0);
	kill(en->server.pid, SIGSTOP);
	en->server.patience_ms = 1;
	assert_int_equal(engine_prepare("on fake_wide return -EIO"), -EIO);
	en->server.patience_ms = FL_SERVER_PATIENCE_MS;
	assert_int_equal(heard.fault.tag, FL_F_COMPILER_STARVED);
	assert_int_equal(heard.fault.kind, FL_FAULT_SYSTEM);
	assert_int_equal(engine_prepare("on fake_wide return -EIO"), 0);
}

/* --- the loop ------------------------------------------------------------------------- */

struct watcher {
	int fds[2];
	size_t calls;
	bool nests, unwatches;
	const struct watcher *other;
};

static void on_readable(void *arg)
{
	struct watcher *w = arg;
	char c;

	w->calls++;
	assert_int_equal(read(w->fds[0], &c, 1), 1);
	if (w->unwatches) {
		fl_engine_unwatch(en, w->other->fds[0]);
		fl_engine_unwatch(en, w->fds[0]);
	}
	if (w->nests)
		assert_int_equal(fl_engine_step(en, 0), 0);
}

static void watch(struct watcher *w)
{
	assert_int_equal(pipe(w->fds), 0);
	assert_int_equal(fl_engine_watch(en, w->fds[0], on_readable, w), 0);
	assert_int_equal(write(w->fds[1], "xx", 2), 2);
}

static void unwatch(const struct watcher *w)
{
	fl_engine_unwatch(en, w->fds[0]);
	close(w->fds[0]);
	close(w->fds[1]);
}

static void test_watchers(void **state)
{
	struct watcher a = { .calls = 0 }, b = { .calls = 0 };

	(void)state;
	watch(&a);
	watch(&b);
	assert_int_equal(fl_engine_watch(en, a.fds[0], on_readable, &a), -EEXIST);
	assert_int_equal(fl_engine_step(en, 0), 0);
	assert_int_equal(a.calls, 1);
	assert_int_equal(b.calls, 1);
	/* the first takes a turn itself, in which both are called again */
	a.nests = true;
	assert_int_equal(write(a.fds[1], "x", 1), 1);
	fl_engine_unwatch(en, b.fds[0]);
	assert_int_equal(fl_engine_step(en, 0), 0);
	assert_int_equal(a.calls, 3);
	assert_int_equal(b.calls, 1);
	unwatch(&a);
	unwatch(&b);
}

/* Whichever is called first, the other is not called in that turn any more. */
static void test_unwatch_in_a_turn(void **state)
{
	struct watcher a = { .unwatches = true }, b = { .unwatches = true };

	(void)state;
	a.other = &b;
	b.other = &a;
	watch(&a);
	watch(&b);
	assert_int_equal(fl_engine_step(en, 0), 0);
	assert_int_equal(fl_engine_step(en, 0), 0);
	assert_int_equal(a.calls + b.calls, 1);
	unwatch(&a);
	unwatch(&b);
}

static void test_heartbeat_and_deadline(void **state)
{
	uint64_t before, begun;

	(void)state;
	assert_int_equal(engine_prepare("on fake_errno return -EIO"), 0);
	assert_int_equal(fl_armed_begin(set), 0);
	before = fake_machine_knobs(fake_machine.session)->heartbeat_ns;
	begun = fl_now_ns();
	assert_int_equal(fl_engine_step(en, -1), 0);
	/* three beats fit into what injection lives on */
	assert_true(fl_now_ns() - begun < UINT64_C(1000000000));
	assert_true(fake_machine_knobs(fake_machine.session)->heartbeat_ns > before);
	assert_false(fl_armed_is_spent(set));
	fl_armed_set_deadline(set, 20000000);
	while (!fl_armed_is_spent(set))
		assert_int_equal(fl_engine_step(en, -1), 0);
	assert_true(fl_now_ns() - begun < UINT64_C(1000000000));
}

static void test_kernel_log(void **state)
{
	struct fl_armed_outcome outcome;

	(void)state;
	assert_int_equal(engine_prepare("on fake_errno return -EIO expect splats == 0"), 0);
	assert_int_equal(fl_armed_begin(set), 0);
	fake_machine_log("usb 1-1: new device");
	fake_machine_log("BUG: something broke");
	assert_int_equal(fl_engine_step(en, -1), 0);
	assert_int_equal(heard.splats, 1);
	assert_string_equal(heard.splat, "BUG: something broke");
	assert_int_equal(fl_armed_outcome(set, NULL, &outcome), 0);
	assert_int_equal(outcome.splats, 1);
	assert_int_equal(outcome.failed, 1);
	fl_armed_outcome_release(&outcome);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ENGINE(test_from_rules_to_events),
		WITH_ENGINE(test_mistakes),
		WITH_ENGINE(test_plans_again),
		WITH_ENGINE(test_final_refusals),
		WITH_ENGINE(test_measures),
		WITH_ENGINE(test_states_are_shared),
		WITH_ENGINE(test_server_died_before),
		WITH_ENGINE(test_server_dies_at_work),
		WITH_ENGINE(test_server_takes_too_long),
		WITH_ENGINE(test_server_is_starved),
		WITH_ENGINE(test_watchers),
		WITH_ENGINE(test_unwatch_in_a_turn),
		WITH_ENGINE(test_heartbeat_and_deadline),
		WITH_ENGINE(test_kernel_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
