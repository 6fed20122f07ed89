/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pool.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"

struct worker {
	pid_t pid; /* 0: not running */
	size_t source;
};

struct pool {
	const struct fl_sources *sources;
	const char *macro;
	struct worker *workers;
	size_t nworkers, next, running;
	int *fds; /* of each source: a file in memory, or -1 */
	int *statuses;
};

static void study_in_child(const struct fl_source_file *file, const char *macro, int fd)
{
	FILE *out = fdopen(fd, "w");
	struct fl_findings found = { 0 };
	struct fl_arena arena;
	jmp_buf on_oom;

	fl_arena_init(&arena, &on_oom);
	if (!out || setjmp(on_oom))
		_exit(1);
	found.arena = &arena;
	fl_study(file, macro, &found);
	fl_findings_write(&found, out);
	_exit(fflush(out) ? 1 : 0);
}

static int start(struct pool *p, struct worker *w)
{
	size_t i = p->next++;
	int fd = memfd_create("findings", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	w->pid = fork();
	if (w->pid < 0) {
		int err = -errno;

		w->pid = 0;
		close(fd);
		return err;
	}
	if (!w->pid)
		study_in_child(&p->sources->list[i], p->macro, fd);
	w->source = i;
	p->fds[i] = fd;
	p->running++;
	return 0;
}

static void wait_for_one(struct pool *p)
{
	int status;
	pid_t pid = wait(&status);

	for (size_t i = 0; i < p->nworkers; i++) {
		if (pid <= 0 || p->workers[i].pid != pid)
			continue;
		p->statuses[p->workers[i].source] = status;
		p->workers[i].pid = 0;
		p->running--;
	}
}

static int run(struct pool *p)
{
	int err = 0;

	while ((p->next < p->sources->n && !err) || p->running) {
		for (size_t i = 0; i < p->nworkers && !err && p->next < p->sources->n; i++) {
			if (!p->workers[i].pid)
				err = start(p, &p->workers[i]);
		}
		if (p->running)
			wait_for_one(p);
	}
	return err;
}

static void add_trouble(struct fl_findings *all, struct fl_pool_result *r, const char *text)
{
	r->troubles = fl_arena_grow(all->arena, r->troubles, r->ntroubles, &r->cap,
				    sizeof(r->troubles[0]));
	r->troubles[r->ntroubles++] = text;
	r->failed++;
}

static void collect(struct pool *p, size_t i, struct fl_findings *all, struct fl_pool_result *r)
{
	const char *name = p->sources->list[i].shown;
	unsigned int errors = all->errors;
	char *text = NULL;
	size_t len = 0;

	all->failed = false;
	all->first_error = NULL;
	if (lseek(p->fds[i], 0, SEEK_SET) || fl_read_fd(p->fds[i], SIZE_MAX, &text, &len) ||
	    p->statuses[i] || !fl_findings_read(all, text, len)) {
		add_trouble(all, r,
			    fl_arena_printf(all->arena, "%s: libclang %s", name,
					    WIFSIGNALED(p->statuses[i]) ? "crashed" : "failed"));
	} else if (all->failed) {
		add_trouble(all, r,
			    all->first_error ? all->first_error
					     : fl_arena_printf(all->arena, "%s: not parsed", name));
	} else if (all->errors > errors) {
		r->with_errors++;
	}
	free(text);
	close(p->fds[i]);
}

int fl_pool_study(const struct fl_sources *sources, const char *macro, struct fl_findings *all,
		  struct fl_pool_result *result)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct fl_arena *a = all->arena;
	struct pool p = { .sources = sources, .macro = macro };
	int err;

	p.nworkers = cpus > 0 ? (size_t)cpus : 1;
	p.workers = fl_arena_alloc(a, p.nworkers * sizeof(p.workers[0]));
	p.fds = fl_arena_alloc(a, (sources->n + 1) * sizeof(p.fds[0]));
	p.statuses = fl_arena_alloc(a, (sources->n + 1) * sizeof(p.statuses[0]));
	signal(SIGCHLD, SIG_DFL);
	err = run(&p);
	for (size_t i = 0; i < p.next && !err; i++)
		collect(&p, i, all, result);
	return err;
}
