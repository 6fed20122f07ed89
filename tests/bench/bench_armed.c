/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: bench_armed [--kprobe FUNCTION] COMMAND [ARG...]
 *
 * Runs COMMAND until it is armed, interrupts it, and prints in one line
 *
 *	ARMED_MS END_MS RESIDENT_KB MAJOR_FAULTS PEAK_KB
 *
 * ARMED_MS: from before the fork until a line that begins with "armed", or the one
 * that bpftrace writes for its own tests, or with --kprobe until FUNCTION has a
 * kprobe. END_MS: from the interrupt to the end of the process. RESIDENT_KB: of
 * the process when armed, shared pages in part (Pss). PEAK_KB: of the largest of
 * the process and those that it has waited for.
 *
 * A command that ends without such a line has its output shown; the status is 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KPROBES "/sys/kernel/debug/kprobes/list"
#define POLL_MS 2
#define LIMIT_MS 120000

static char said[1 << 20];
static size_t said_len;

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* What it says, as far as there is room; false at the end. */
static bool take(int fd)
{
	static char rest[4096];
	const bool room = said_len < sizeof(said) - 1;
	char *to = room ? said + said_len : rest;
	ssize_t n = read(fd, to, room ? sizeof(said) - 1 - said_len : sizeof(rest));

	if (room && n > 0)
		said_len += (size_t)n;
	return n > 0 || (n < 0 && errno == EAGAIN);
}

static bool has_line(const char *begin)
{
	const char *at = said;

	said[said_len] = '\0';
	while ((at = strstr(at, begin))) {
		if (at == said || at[-1] == '\n')
			return true;
		at++;
	}
	return false;
}

static bool has_kprobe(const char *function)
{
	static char list[1 << 16];
	int fd = open(KPROBES, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, list, sizeof(list) - 1);

	if (fd >= 0)
		close(fd);
	list[n > 0 ? n : 0] = '\0';
	return strstr(list, function);
}

/* The moment when it was armed; 0 when it ended before, or took too long. */
static double wait_armed(int fd, const char *kprobe, double start)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (now_ms() - start < LIMIT_MS) {
		if (poll(&p, 1, kprobe ? POLL_MS : LIMIT_MS) > 0 && !take(fd))
			return 0;
		if (kprobe ? has_kprobe(kprobe)
			   : has_line("armed") || has_line("__BPFTRACE_NOTIFY_PROBES_ATTACHED"))
			return now_ms();
	}
	return 0;
}

static long resident_kb(pid_t pid)
{
	char path[64], line[128];
	long kb = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "Pss:", 4))
			kb = strtol(line + 4, NULL, 10);
	}
	if (f)
		fclose(f);
	return kb;
}

/* Reads what it still writes, which must not hold it up. */
static void wait_end(pid_t pid, int fd, struct rusage *used)
{
	struct pollfd p[2] = { { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN },
			       { .fd = fd, .events = POLLIN } };

	while (poll(p, 2, LIMIT_MS) > 0 && !p[0].revents) {
		if (p[1].revents && !take(fd))
			p[1].fd = -1;
	}
	if (!p[0].revents)
		kill(pid, SIGKILL);
	while (wait4(pid, NULL, 0, used) < 0 && errno == EINTR)
		;
}

static int measure(char **argv, const char *kprobe)
{
	double start = now_ms(), armed, stop, end;
	struct rusage used;
	long resident;
	int out[2];
	pid_t pid;

	if (pipe(out) || (pid = fork()) < 0)
		return 1;
	if (!pid) {
		dup2(out[1], STDOUT_FILENO);
		dup2(out[1], STDERR_FILENO);
		close(out[0]);
		close(out[1]);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(out[1]);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	armed = wait_armed(out[0], kprobe, start);
	resident = resident_kb(pid);
	stop = now_ms();
	kill(pid, SIGINT);
	wait_end(pid, out[0], &used);
	end = now_ms();
	if (armed == 0) {
		fwrite(said, 1, said_len, stderr);
		return 1;
	}
	printf("%.3f %.3f %ld %ld %ld\n", armed - start, end - stop, resident, used.ru_majflt,
	       used.ru_maxrss);
	return 0;
}

int main(int argc, char **argv)
{
	const char *kprobe = NULL;

	argv++;
	if (argc > 3 && !strcmp(argv[0], "--kprobe")) {
		kprobe = argv[1];
		argv += 2;
	}
	if (!argv[0]) {
		fprintf(stderr, "usage: bench_armed [--kprobe FUNCTION] COMMAND [ARG...]\n");
		return 2;
	}
	return measure(argv, kprobe);
}
