/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine_run_test.c - while rules are armed: modules, commands, what became of it. */
#include "engine_fixture.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- modules ---------------------------------------------------------------------------- */

static int prepare_waiting(const char *text)
{
	struct fl_arming arming = engine_arming_of(text);

	arming.compile.sema.wait = true;
	return fl_engine_prepare(en, &arming, &set);
}

static void expect_module(size_t i, enum fl_module_event event, const char *module)
{
	assert_true(i < heard.modules);
	assert_int_equal(heard.module[i].event, event);
	assert_string_equal(heard.module[i].module, module);
}

static void test_a_module_comes_and_goes(void **state)
{
	struct fl_totals t;

	(void)state;
	fake_machine.kernel.absent = "mlx5_core";
	assert_int_equal(prepare_waiting("on mlx5_core:mlx5_cmd_exec return -EIO "
					 "on fake_errno return -EIO"),
			 0);
	assert_int_equal(fl_armed_begin(set), 0);
	expect_module(0, FL_MODULE_AWAITED, "mlx5_core");
	/* another one, and one that announces what has not come */
	fake_machine_uevent("add@/module/loop");
	fake_machine_uevent("add@/module/mlx5_core");
	assert_int_equal(fl_engine_step(en, -1), 0);
	assert_int_equal(heard.modules, 1);
	fake_machine.kernel.absent = NULL;
	fake_machine_uevent("add@/module/mlx5_core");
	assert_int_equal(fl_engine_step(en, -1), 0);
	expect_module(1, FL_MODULE_ARMED, "mlx5_core");
	assert_int_equal(heard.module[1].nfunctions, 1);
	assert_int_equal(fl_armed_nparts(set), 2);
	/* both parts count for the rule, and send events */
	fake_machine_counts(fake_machine.session, 0)->calls = 5;
	fl_armed_rule_totals(set, 0, &t);
	assert_int_equal(t.calls, 5);
	fake_machine_event(fake_machine.session, 0);
	assert_int_equal(fl_engine_step(en, -1), 0);
	assert_ptr_equal(heard.obj, fl_armed_object(set, 1));
	fake_machine_uevent("remove@/module/mlx5_core");
	assert_int_equal(fl_engine_step(en, -1), 0);
	expect_module(2, FL_MODULE_GONE, "mlx5_core");
	/* it waits again */
	fake_machine_uevent("add@/module/mlx5_core");
	assert_int_equal(fl_engine_step(en, -1), 0);
	expect_module(3, FL_MODULE_ARMED, "mlx5_core");
	assert_int_equal(heard.faults, 0);
}

static void test_a_module_that_is_refused(void **state)
{
	(void)state;
	fake_machine.kernel.absent = "mlx5_core";
	assert_int_equal(prepare_waiting("on mlx5_core:mlx5_cmd_exec return -EIO"), 0);
	assert_int_equal(fl_armed_begin(set), 0);
	fake_machine.kernel.absent = NULL;
	fake_machine.no_load = ~0U;
	fake_machine_uevent("add@/module/mlx5_core");
	assert_int_equal(fl_engine_step(en, -1), 0);
	expect_module(1, FL_MODULE_REFUSED, "mlx5_core");
	assert_true(heard.faults + heard.diags > 0);
	assert_int_equal(fl_armed_nparts(set), 1);
	assert_int_equal(fake_machine.sessions, 1);
}

/* Whatever module it is, and whether rules are on it: facts may be stale. */
static void test_news_make_facts_stale(void **state)
{
	static const char *const news[] = { "add@/module/loop", "remove@/module/loop",
					    "remove@/module/mlx5_core" };
	size_t before;

	(void)state;
	assert_int_equal(engine_prepare("on mlx5_cmd_exec return -EIO"), 0);
	before = fake_machine.forgotten;
	assert_int_equal(fl_armed_begin(set), 0);
	for (size_t i = 0; i < COUNT(news); i++) {
		fake_machine_uevent(news[i]);
		assert_int_equal(fl_engine_step(en, -1), 0);
		assert_int_equal(fake_machine.forgotten, before + i + 1);
	}
	fake_machine_uevent("add@/devices/virtual/block/loop0");
	assert_int_equal(fl_engine_step(en, -1), 0);
	assert_int_equal(fake_machine.forgotten, before + COUNT(news));
}

/* Their frames may be the module's that goes. */
static void test_events_come_before_news(void **state)
{
	(void)state;
	assert_int_equal(engine_prepare("on fake_errno return -EIO"), 0);
	assert_int_equal(fl_armed_begin(set), 0);
	fake_machine_event(fake_machine.session, 0);
	fl_awaited_news(en, "loop", false);
	assert_int_equal(heard.events, 1);
}

static void test_no_news_of_modules(void **state)
{
	(void)state;
	fake_machine.deaf = true;
	assert_int_equal(engine_prepare("on mlx5_cmd_exec return -EIO"), 0);
	fl_armed_free(set);
	assert_int_equal(prepare_waiting("on mlx5_cmd_exec return -EIO"), -EPROTONOSUPPORT);
	assert_int_equal(heard.fault.kind, FL_FAULT_KERNEL);
	assert_null(set);
}

/* --- commands --------------------------------------------------------------------------- */

static void run(const char *script, bool include_exec, int status)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	const struct fl_command_opts opts = { .argv = argv, .include_exec = include_exec };
	struct fl_command c;

	assert_int_equal(fl_engine_start(en, &opts, &c), 0);
	/* of the one before nothing is left */
	assert_int_equal(fake_machine.ntasks, 1);
	assert_int_equal(fake_machine.tasks[0].pid, c.pid);
	assert_int_equal(fake_machine.tasks[0].scope,
			 include_exec ? FL_TASK_IN : FL_TASK_FROM_EXEC);
	assert_int_equal(fl_engine_release(en, &c), 0);
	while (!c.ended)
		assert_int_equal(fl_engine_step(en, -1), 0);
	assert_int_equal(fl_command_exit_status(&c), status);
	fl_engine_drop(en, &c);
}

static void test_many_commands(void **state)
{
	(void)state;
	assert_int_equal(engine_prepare("on fake_errno return -EIO"), 0);
	assert_int_equal(fl_armed_begin(set), 0);
	run("exit 3", false, 3);
	run("exit 0", true, 0);
	for (int i = 0; i < 20; i++)
		run("exit 4", false, 4);
	/* descriptors of those that ended are not kept */
	assert_true(dup(0) < 40);
}

static void test_commands_that_do_not_run(void **state)
{
	char *argv[] = { (char *)"/no/such/command", NULL };
	struct fl_command_opts opts = { .argv = argv, .beside = true };
	struct fl_command c;

	(void)state;
	assert_int_equal(engine_prepare("on fake_errno return -EIO"), 0);
	assert_int_equal(fl_engine_start(en, &opts, &c), 0);
	assert_int_equal(fake_machine.ntasks, 0);
	assert_int_equal(fl_engine_release(en, &c), -ENOENT);
	assert_int_equal(heard.fault.kind, FL_FAULT_REQUEST);
	assert_true(c.ended);
	fl_engine_drop(en, &c);
	assert_int_equal(fl_engine_start(en, &opts, &c), 0);
	fl_engine_drop(en, &c);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), 0);
	assert_int_equal(fl_engine_follow(en, set, 0x3fffffff), -ESRCH);
}

/* --- outcome ---------------------------------------------------------------------------- */

static enum fl_idle idle(void)
{
	struct fl_armed_outcome outcome;
	enum fl_idle reason;

	assert_int_equal(fl_armed_outcome(set, NULL, &outcome), 0);
	reason = outcome.idle;
	fl_armed_outcome_release(&outcome);
	return reason;
}

static void test_why_nothing_was_injected(void **state)
{
	struct fl_counts *c;

	(void)state;
	assert_int_equal(engine_prepare("on fake_errno if pid == 5 return -EIO"), 0);
	c = fake_machine_counts(fake_machine.session, 0);
	assert_int_equal(idle(), FL_IDLE_NO_CALL);
	c->calls = 3;
	assert_int_equal(idle(), FL_IDLE_NO_MATCH);
	c->matched = 2;
	assert_int_equal(idle(), FL_IDLE_HELD_BACK);
	c->injected = 1;
	assert_int_equal(idle(), FL_IDLE_NOT);
	assert_null(fl_idle_text(FL_IDLE_NOT));
	fl_armed_free(set);
	assert_int_equal(engine_prepare("on fake_errno return -EIO"), 0);
	fake_machine_counts(fake_machine.session, 0)->calls = 1;
	assert_int_equal(idle(), FL_IDLE_ALL_EXEMPT);
	fl_armed_free(set);
	/* a rule that watches need not inject */
	assert_int_equal(engine_prepare("on fake_errno log \"seen\""), 0);
	assert_int_equal(idle(), FL_IDLE_NOT);
}

static void test_expectations(void **state)
{
	struct fl_command c = { .pid = 1, .ended = true, .status = 3 << 8 };
	struct fl_armed_outcome outcome;

	(void)state;
	assert_int_equal(
		engine_prepare("a: on fake_errno return -EIO param n = 2 "
			       "expect a.injected == $n expect exit == 3 expect a.calls > 9"),
		0);
	fake_machine_counts(fake_machine.session, 0)->injected = 2;
	/* the second CPU's */
	fake_machine_counts(fake_machine.session, 0)[1].calls = 9;
	assert_int_equal(fl_armed_outcome(set, &c, &outcome), 0);
	assert_int_equal(outcome.all.injected, 2);
	assert_int_equal(outcome.all.calls, 9);
	assert_true(outcome.held[0]);
	assert_true(outcome.held[1]);
	assert_false(outcome.held[2]);
	assert_int_equal(outcome.failed, 1);
	fl_armed_outcome_release(&outcome);
	/* without the command's end its status is no one's */
	assert_int_equal(fl_armed_outcome(set, NULL, &outcome), 0);
	assert_false(outcome.held[1]);
	fl_armed_outcome_release(&outcome);
}

static void test_copies_of_what_was_not_called(void **state)
{
	struct fl_armed_outcome outcome;

	(void)state;
	assert_int_equal(engine_prepare("on fake_errno log \"a\" on fake_errno_null log \"b\""), 0);
	assert_int_equal(fl_armed_outcome(set, NULL, &outcome), 0);
	assert_int_equal(outcome.ncopied, 1);
	assert_int_equal(outcome.copied[0].rule, 1);
	assert_string_equal(outcome.copied[0].func, "fake_errno_null");
	assert_null(outcome.copied[0].module);
	assert_string_equal(outcome.copied[0].copies,
			    "fake_errno_null.constprop.*, fake_errno_null.isra.*");
	fl_armed_outcome_release(&outcome);
	for (uint32_t i = 0; i < 2; i++)
		fake_machine_counts(fake_machine.session, i)->calls = 1;
	assert_int_equal(fl_armed_outcome(set, NULL, &outcome), 0);
	assert_int_equal(outcome.ncopied, 0);
	fl_armed_outcome_release(&outcome);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ENGINE(test_a_module_comes_and_goes),
		WITH_ENGINE(test_a_module_that_is_refused),
		WITH_ENGINE(test_news_make_facts_stale),
		WITH_ENGINE(test_events_come_before_news),
		WITH_ENGINE(test_no_news_of_modules),
		WITH_ENGINE(test_many_commands),
		WITH_ENGINE(test_commands_that_do_not_run),
		WITH_ENGINE(test_why_nothing_was_injected),
		WITH_ENGINE(test_expectations),
		WITH_ENGINE(test_copies_of_what_was_not_called),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
