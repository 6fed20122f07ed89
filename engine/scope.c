/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scope.c - whose calls the rules are about: a command's, or a running process's. */
#include <errno.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "engine_impl.h"

/* Of parts that came later the first one has the tasks. */
static struct fl_session *tasks_of(const struct fl_armed *a)
{
	return a->parts[0]->session;
}

static int take_command(struct fl_engine *en, const struct fl_command *c, bool include_exec)
{
	int err = 0;

	for (const struct fl_armed *a = en->sets; a && !err; a = a->next) {
		if (!a->nparts || !tasks_of(a))
			continue;
		fl_session_forget_tasks(tasks_of(a));
		err = fl_session_add_task(tasks_of(a), c->pid,
					  include_exec ? FL_TASK_IN : FL_TASK_FROM_EXEC);
	}
	return err;
}

static void on_end(void *arg)
{
	fl_command_poll(arg);
}

int fl_engine_start(struct fl_engine *en, const struct fl_command_opts *opts, struct fl_command *c)
{
	int err = fl_command_start(c, opts);

	if (!err && !opts->beside)
		err = take_command(en, c, opts->include_exec);
	if (!err)
		err = fl_loop_add(&en->loop, c->pid_fd, on_end, c);
	if (!err)
		return 0;
	fl_command_drop(c);
	return fl_engine_fail(en, err, FL_F_START, strerror(-err), NULL);
}

int fl_engine_release(struct fl_engine *en, struct fl_command *c)
{
	int err = fl_command_release(c);

	if (!err)
		return 0;
	return fl_engine_fail(en, err, FL_F_RUN, c->name, strerror(-err), NULL);
}

void fl_engine_drop(struct fl_engine *en, struct fl_command *c)
{
	if (c->pid)
		fl_loop_remove(&en->loop, c->pid_fd);
	fl_command_drop(c);
}

static void on_followed(void *arg)
{
	struct fl_engine *en = arg;

	en->followed_ended = true;
	fl_loop_remove(&en->loop, en->follow_fd);
}

static int open_process(struct fl_engine *en, pid_t pid)
{
	en->follow_fd = pidfd_open(pid, 0);
	if (en->follow_fd >= 0)
		return fl_loop_add(&en->loop, en->follow_fd, on_followed, en);
	if (errno == EINVAL)
		return fl_engine_fail(en, -EINVAL, FL_F_THREAD, fl_digits(pid).text, NULL);
	return fl_engine_fail(en, -ESRCH, FL_F_NO_PROCESS, fl_digits(pid).text, NULL);
}

int fl_engine_follow(struct fl_engine *en, struct fl_armed *a, pid_t pid)
{
	int err = open_process(en, pid);

	if (err)
		return err;
	if (fl_session_is_exempt(tasks_of(a), pid))
		return fl_engine_fail(
			en, -EINVAL, FL_F_EXEMPT, fl_digits(pid).text,
			pid == 1 ? "the first of all" : "faultline or an ancestor of it",
			pid == 1 ? "--include-init lifts that" : "--include-self lifts that", NULL);
	err = fl_session_add_tree(tasks_of(a), pid);
	if (err == -ESRCH)
		return fl_engine_fail(en, err, FL_F_PROCESS_GONE, fl_digits(pid).text, NULL);
	if (err)
		return fl_engine_fail(en, err, FL_F_DESCENDANTS, fl_digits(pid).text,
				      strerror(-err), NULL);
	return 0;
}

bool fl_engine_followed_ended(const struct fl_engine *en)
{
	return en->followed_ended;
}
