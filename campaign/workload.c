/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "workload.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "session.h"
#include "task_stat.h"

#define DEAD_US UINT64_C(3000000) /* time for killed processes to go away */

int fl_workload_start(const struct fl_workload *w, char *const *argv, bool beside,
		      struct fl_command *c)
{
	const int fds[] = { w->input, w->output, w->output };
	const struct fl_command_opts opts = {
		.argv = argv, .own_group = true, .beside = beside, .fds = fds
	};

	return fl_engine_start(w->engine, &opts, c);
}

static void add_stack(pid_t pid, const struct fl_task_stat *task, struct fl_workload_end *end)
{
	size_t len = strlen(end->stacks), n;
	char path[32], *text;

	snprintf(path, sizeof(path), "/proc/%d/stack", (int)pid);
	text = fl_read_text(path, &n);
	snprintf(end->stacks + len, sizeof(end->stacks) - len, "%s (%d), state %c:\n%s", task->comm,
		 (int)pid, task->state, text ? text : "");
	free(text);
}

static bool is_alive_in(const struct fl_task_stat *task, int group)
{
	return task->group == group && task->state != 'Z' && task->state != 'X';
}

struct stacks {
	int group;
	bool blocked; /* those in D state, or the others */
	struct fl_workload_end *end;
};

static int take_stack(pid_t pid, const struct fl_task_stat *task, void *arg)
{
	const struct stacks *s = arg;

	if (is_alive_in(task, s->group) && (task->state == 'D') == s->blocked)
		add_stack(pid, task, s->end);
	return 0;
}

/* Those in D state first: they are why it hangs. */
static void take_stacks(int group, struct fl_workload_end *end)
{
	struct stacks s = { group, true, end };

	fl_each_process(take_stack, &s);
	s.blocked = false;
	fl_each_process(take_stack, &s);
}

/* Until it has ended, @us have passed, or it is interrupted. */
static bool wait_for(const struct fl_workload *w, struct fl_command *c, uint64_t us)
{
	uint64_t until = fl_now_ns() + us * 1000;

	while (!fl_command_poll(c)) {
		uint64_t now = fl_now_ns();

		if (now >= until || (w->interrupted && w->interrupted(w->arg)))
			return false;
		fl_engine_step(w->engine, (int)((until - now) / 1000000 + 1));
	}
	return true;
}

static int is_member(pid_t pid, const struct fl_task_stat *task, void *arg)
{
	(void)pid;
	return is_alive_in(task, *(const int *)arg);
}

/* Likewise until all processes of the group have: a shell dies before what it waits for. */
static bool wait_for_group(struct fl_engine *engine, int group, uint64_t us)
{
	uint64_t until = fl_now_ns() + us * 1000;

	while (fl_each_process(is_member, &group) > 0) {
		if (fl_now_ns() >= until)
			return false;
		fl_engine_step(engine, 20);
	}
	return true;
}

int fl_workload_go(const struct fl_workload *w, struct fl_command *c, uint64_t limit_us,
		   struct fl_workload_end *end)
{
	const pid_t group = c->pid;
	uint64_t start = fl_now_ns();
	int err;

	*end = (struct fl_workload_end){ 0 };
	/* the oracles may have taken longer than rules stay armed without a beat */
	fl_engine_beat(w->engine);
	err = fl_engine_release(w->engine, c);
	if (err)
		return err;
	if (!wait_for(w, c, limit_us)) {
		end->interrupted = w->interrupted && w->interrupted(w->arg);
		end->timed_out = !end->interrupted;
		if (end->timed_out)
			take_stacks(group, end);
		kill(-group, SIGKILL);
		end->stuck = !wait_for(&(struct fl_workload){ .engine = w->engine }, c, DEAD_US) ||
			     !wait_for_group(w->engine, group, DEAD_US);
	}
	end->us = (fl_now_ns() - start) / 1000;
	if (c->ended)
		end->status = fl_command_exit_status(c);
	return 0;
}

int fl_workload_shell(const struct fl_workload *w, const char *line, uint64_t limit_us,
		      struct fl_workload_end *end)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)line, NULL };
	struct fl_command c = { 0 };
	int err = fl_workload_start(w, argv, true, &c);

	if (!err)
		err = fl_workload_go(w, &c, limit_us, end);
	fl_engine_drop(w->engine, &c);
	return err;
}
