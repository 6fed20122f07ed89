/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage: bench_armed ROUNDS COMMAND ARG... [-- COMMAND ARG...]...
 *
 * From before the fork of COMMAND until it writes a line that begins with
 * "armed", in milliseconds: a line for each command, with the least and the
 * median of ROUNDS. Commands take turns, so that what else the machine does
 * meets all of them. Then it is interrupted; what it does after that is not
 * counted, and what it leaves for the kernel's threads has time before the next.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_ROUNDS 100
#define MAX_COMMANDS 8
#define PAUSE_NS 200000000

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* 0 when the output ends without such a line. */
static uint64_t wait_armed(int fd)
{
	char line[4096];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(line) - 1 && (n = read(fd, line + len, sizeof(line) - 1 - len)) > 0) {
		const uint64_t then = now_ns();

		len += (size_t)n;
		line[len] = '\0';
		if (!strncmp(line, "armed", 5) || strstr(line, "\narmed"))
			return then;
	}
	line[len] = '\0';
	fputs(line, stderr);
	return 0;
}

static uint64_t one_round(char **argv)
{
	uint64_t start = now_ns(), end;
	int out[2];
	pid_t pid;

	if (pipe(out))
		exit(1);
	pid = fork();
	if (!pid) {
		dup2(out[1], STDOUT_FILENO);
		dup2(out[1], STDERR_FILENO);
		close(out[0]);
		close(out[1]);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(out[1]);
	end = wait_armed(out[0]);
	kill(pid, SIGINT);
	/* what it writes further must not hold it up */
	close(out[0]);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
	if (!end)
		exit(1);
	return end - start;
}

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Cut at "--" into commands; how many there are, 0 when there are too many. */
static int split(char **argv, char ***commands)
{
	int n = 0;

	for (char **p = argv; *p; p++) {
		if (p > argv && strcmp(p[-1], "--") != 0)
			continue;
		if (n == MAX_COMMANDS)
			return 0;
		commands[n++] = p;
	}
	for (int i = 1; i < n; i++)
		commands[i][-1] = NULL;
	return n;
}

int main(int argc, char **argv)
{
	static uint64_t took[MAX_COMMANDS][MAX_ROUNDS];
	long rounds = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
	char **commands[MAX_COMMANDS];
	int n = rounds > 0 ? split(argv + 2, commands) : 0;

	if (!n || rounds > MAX_ROUNDS) {
		fprintf(stderr,
			"usage: bench_armed ROUNDS COMMAND ARG... [-- COMMAND ARG...]...\n");
		return 2;
	}
	for (long i = 0; i < rounds; i++) {
		for (int j = 0; j < n; j++)
			took[j][i] = one_round(commands[j]);
	}
	for (int j = 0; j < n; j++) {
		qsort(took[j], (size_t)rounds, sizeof(took[j][0]), compare);
		printf("%.1f %.1f\n", (double)took[j][0] / 1e6, (double)took[j][rounds / 2] / 1e6);
	}
	return 0;
}
