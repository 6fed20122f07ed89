/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leave.c - programs leave their functions while nobody waits for it.
 *
 * A program on a trampoline leaves when its link's last descriptor is closed, and
 * the closing takes grace periods of RCU tasks (bpf_trampoline_unlink_prog() and
 * bpf_tramp_image_put(), kernel/bpf/trampoline.c). So a process is forked that has
 * the descriptors as well. Ours are replaced before it closes its own: otherwise the
 * last reference might be ours, and we would wait.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine_impl.h"
#include "file.h"
#include "task_stat.h"

#define LEAVER "faultline-leave" /* as long as the name of a task may be */
#define FEW 8			 /* are gone in less than a second */
#define PATIENCE_MS 120000
#define POLL_MS 50

static int by_number(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return *x - *y;
}

/*
 * First what others may wait for, a pipe's reader say, then what takes long, once the
 * other end of @go is closed. @fds has room for one more.
 */
__attribute__((noreturn)) static void close_all(int *fds, size_t n, int go)
{
	unsigned next = 0;
	char none;

	prctl(PR_SET_NAME, LEAVER);
	setsid();
	fds[n++] = go;
	qsort(fds, n, sizeof(*fds), by_number);
	for (size_t i = 0; i < n; i++) {
		if ((unsigned)fds[i] > next)
			close_range(next, (unsigned)fds[i] - 1, 0);
		next = (unsigned)fds[i] + 1;
	}
	close_range(next, ~0U, 0);
	while (read(go, &none, 1) < 0 && errno == EINTR)
		;
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
	_exit(0);
}

/* Its parent ends at once, so that nobody has to wait for it. */
static pid_t fork_leaver(int *fds, size_t n, int go)
{
	pid_t pid = -EIO, middle;
	int report[2];

	if (pipe2(report, O_CLOEXEC))
		return -errno;
	middle = fork();
	if (!middle) {
		pid = fork();
		if (!pid)
			close_all(fds, n, go);
		pid = pid < 0 ? -errno : pid;
		_exit(fl_write_all(report[1], &pid, sizeof(pid)) ? 1 : 0);
	}
	close(report[1]);
	if (middle < 0)
		pid = -errno;
	else if (fl_read_all(report[0], &pid, sizeof(pid)))
		pid = -EIO;
	close(report[0]);
	if (middle > 0)
		waitpid(middle, NULL, 0);
	return pid;
}

/* Numbers that libbpf will close, and that refer to no link any more. */
static int replace_all(const int *fds, size_t n)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), err = null < 0 ? -errno : 0;

	for (size_t i = 0; i < n && !err; i++) {
		if (dup3(null, fds[i], O_CLOEXEC) < 0)
			err = -errno;
	}
	if (null >= 0)
		close(null);
	return err;
}

static pid_t leave_to_another(int *fds, size_t n)
{
	int go[2], err;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC))
		return -errno;
	pid = fork_leaver(fds, n, go[0]);
	err = pid > 0 ? replace_all(fds, n) : 0;
	close(go[0]);
	close(go[1]);
	return err ? err : pid;
}

/* Into @fds, which has room for one of each program; only the @progs of part 0, unless NULL. */
static size_t trampolines(const struct fl_armed *a, const bool *progs, int *fds)
{
	size_t n = 0;

	for (size_t i = 0; i < (progs ? 1 : a->nparts); i++) {
		const struct fl_part *p = a->parts[i];

		for (size_t j = 0; p->session && j < p->obj->nprogs; j++) {
			fds[n] = progs && !progs[j] ? -1 : fl_session_trampoline(p->session, j);
			n += fds[n] >= 0;
		}
	}
	return n;
}

pid_t fl_armed_leave(struct fl_armed *a, const bool *progs, size_t *n)
{
	size_t most = 2;
	pid_t pid;
	int *fds;

	if (!progs)
		fl_armed_end(a);
	for (size_t i = 0; i < a->nparts; i++)
		most += a->parts[i]->obj->nprogs;
	fds = calloc(most, sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	*n = trampolines(a, progs, fds);
	pid = *n < FEW ? 0 : leave_to_another(fds, *n);
	free(fds);
	return pid;
}

static int is_leaver(pid_t pid, const struct fl_task_stat *task, void *arg)
{
	(void)pid;
	(void)arg;
	return !strcmp(task->comm, LEAVER);
}

bool fl_engine_let_leave(struct fl_engine *en)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
	int ms = 0;

	for (; ms < PATIENCE_MS && fl_each_process(is_leaver, NULL) > 0; ms += POLL_MS) {
		nanosleep(&pause, NULL);
		fl_engine_beat(en);
	}
	return ms > 0;
}
