/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "fl_templates.h"
#include "session.h"

#define MAX_ARCH 16
#define MAX_SERVED 400 /* then a fresh process gives back what LLVM kept */
#define BEAT_MS 200
#define OUT_OF_TIME 77 /* exit status of the process */

struct request {
	uint64_t len;
	char arch[MAX_ARCH];
};

struct answer {
	int32_t err;
	uint32_t has_log;
	uint64_t elf_len;
	uint64_t log_len;
};

static void end_in_time(int sig)
{
	(void)sig;
	_exit(OUT_OF_TIME);
}

/* SIGXCPU ends a compilation that takes too much; time that others take does not count. */
static void limit_time(void)
{
	struct timespec used;
	struct rlimit limit;

	if (getrlimit(RLIMIT_CPU, &limit) || clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used))
		return;
	limit.rlim_cur = (rlim_t)used.tv_sec + 1 + FL_SERVER_CPU_S;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_CPU, &limit);
}

static int serve_one(int fd)
{
	struct fl_clang_result result = { 0 };
	struct answer answer = { 0 };
	struct request request;
	char *text;
	int err;

	if (fl_read_all(fd, &request, sizeof(request)))
		return -EPIPE;
	text = malloc(request.len + 1);
	if (!text || fl_read_all(fd, text, request.len)) {
		free(text);
		return -EPIPE;
	}
	text[request.len] = '\0';
	limit_time();
	{
		const struct fl_clang_opts opts = {
			.headers = fl_templates,
			.nheaders = fl_ntemplates,
			.arch = request.arch,
		};

		answer.err = fl_clang_compile("rules.bpf.c", text, request.len, &opts, &result);
	}
	answer.elf_len = result.elf_len;
	answer.has_log = result.log != NULL;
	answer.log_len = result.log ? strlen(result.log) : 0;
	err = fl_write_all(fd, &answer, sizeof(answer));
	if (!err)
		err = fl_write_all(fd, result.elf, result.elf_len);
	if (!err)
		err = fl_write_all(fd, result.log, answer.log_len);
	fl_clang_result_release(&result);
	free(text);
	return err;
}

__attribute__((noreturn)) static void serve(int fd)
{
	sigset_t none;

	/* it ends with the session, and the terminal's signals are not for it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGXCPU, end_in_time);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	while (!serve_one(fd))
		;
	_exit(0);
}

static int start(struct fl_server *s)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return -errno;
	s->pid = fork();
	if (s->pid < 0) {
		int err = -errno;

		close(fds[0]);
		close(fds[1]);
		s->pid = 0;
		return err;
	}
	if (!s->pid) {
		close(fds[0]);
		/* nothing of the session's may live on in here: links, maps */
		close_range(3, (unsigned int)fds[1] - 1, 0);
		close_range((unsigned int)fds[1] + 1, ~0U, 0);
		serve(fds[1]);
	}
	close(fds[1]);
	s->fd = fds[0];
	s->served = 0;
	s->warming = false;
	return 0;
}

void fl_server_init(struct fl_server *s, void (*meanwhile)(void *arg), void *arg)
{
	memset(s, 0, sizeof(*s));
	s->fd = -1;
	s->patience_ms = FL_SERVER_PATIENCE_MS;
	s->meanwhile = meanwhile;
	s->arg = arg;
}

/* It has ended. */
static void forget(struct fl_server *s)
{
	close(s->fd);
	s->pid = 0;
	s->fd = -1;
}

/* How it ended, as from wait(). */
static int stop(struct fl_server *s)
{
	int status = 0;

	kill(s->pid, SIGKILL);
	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		;
	forget(s);
	return status;
}

void fl_server_stop(struct fl_server *s)
{
	if (s->pid)
		stop(s);
}

/* Until there is something to read; the session's heart beats meanwhile. */
static int wait_answer(struct fl_server *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };

	for (unsigned int waited = 0; waited < s->patience_ms; waited += BEAT_MS) {
		int n = poll(&p, 1, BEAT_MS);

		if (s->meanwhile)
			s->meanwhile(s->arg);
		if (n > 0)
			return 0;
	}
	return -ETIMEDOUT;
}

static int receive(struct fl_server *s, struct fl_clang_result *out)
{
	struct answer answer;
	int err = wait_answer(s);

	if (!err)
		err = fl_read_all(s->fd, &answer, sizeof(answer)) ? -EFAULT : 0;
	if (err)
		return err;
	out->elf = malloc(answer.elf_len + 1);
	out->log = answer.has_log ? calloc(1, answer.log_len + 1) : NULL;
	if (!out->elf || (answer.has_log && !out->log))
		return -ENOMEM;
	out->elf_len = answer.elf_len;
	if (fl_read_all(s->fd, out->elf, answer.elf_len) ||
	    (out->log && fl_read_all(s->fd, out->log, answer.log_len)))
		return -EFAULT;
	return answer.err;
}

/* Did it exit while idle? */
static void notice_death(struct fl_server *s)
{
	if (s->pid && waitpid(s->pid, NULL, WNOHANG) == s->pid)
		forget(s);
}

static int send_request(struct fl_server *s, const char *text, size_t len, const char *arch)
{
	struct request request = { .len = len };

	snprintf(request.arch, sizeof(request.arch), "%s", arch);
	if (fl_write_all(s->fd, &request, sizeof(request)) || fl_write_all(s->fd, text, len))
		return -EFAULT;
	return 0;
}

void fl_server_warm(struct fl_server *s, const char *arch)
{
	static const char name[] = "fl_warm.bpf.c";
	size_t i = 0;

	while (strcmp(fl_templates[i].name, name) != 0)
		i++;
	if (!s->pid && !start(s))
		s->warming = !send_request(s, fl_templates[i].text, fl_templates[i].len, arch);
}

static void finish_warming(struct fl_server *s)
{
	struct fl_clang_result unused = { 0 };

	if (receive(s, &unused))
		fl_server_stop(s);
	fl_clang_result_release(&unused);
	s->warming = false;
}

static int compile(struct fl_server *s, const char *text, size_t len, const char *arch,
		   struct fl_clang_result *out)
{
	int err = 0;

	notice_death(s);
	if (s->pid && s->warming)
		finish_warming(s);
	if (s->pid && s->served == MAX_SERVED)
		fl_server_stop(s);
	if (!s->pid)
		err = start(s);
	if (err)
		return err;
	err = send_request(s, text, len, arch);
	if (!err)
		err = receive(s, out);
	s->served++;
	/* an unreliable process is not used again */
	if (err && err != -EINVAL) {
		int how = stop(s);

		if (err == -EFAULT && WIFEXITED(how) && WEXITSTATUS(how) == OUT_OF_TIME)
			err = -ETIME;
	}
	if (err == -EFAULT && !out->log)
		out->log = strdup("the compiler died\n");
	return err;
}

int fl_server_compile(void *server, const char *text, size_t len, const char *arch,
		      struct fl_clang_result *out)
{
	struct fl_server *s = server;
	uint64_t started = fl_now_ns();
	int err;

	memset(out, 0, sizeof(*out));
	err = compile(s, text, len, arch, out);
	s->spent_ns += fl_now_ns() - started;
	return err;
}
