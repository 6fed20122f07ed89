/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "terminal.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 60000

static const char *const prompts[] = { "faultline> ", "...> ", "[y/N] " };

void terminal_fail(const struct terminal *t, const char *format, ...)
{
	va_list ap;

	printf("FAILED: ");
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n--- before:\n%s\n--- last typed: %s\n--- said since:\n%.*s\n",
	       t->before ? t->before : "", t->typed ? t->typed : "", (int)t->len,
	       t->said ? t->said : "");
	fflush(stdout);
	kill(t->pid, SIGKILL);
	exit(1);
}

/* More of what it says; false when it has closed the terminal. */
static bool hear(struct terminal *t)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	ssize_t n;

	if (t->cap - t->len < 4097) {
		t->cap = t->cap * 2 + 65536;
		t->said = realloc(t->said, t->cap);
		if (!t->said)
			abort();
	}
	if (poll(&p, 1, PATIENCE_MS) == 0)
		terminal_fail(t, "nothing was said for %d s", PATIENCE_MS / 1000);
	n = read(t->fd, t->said + t->len, 4096);
	if (n <= 0)
		return false;
	t->len += (size_t)n;
	t->said[t->len] = '\0';
	return true;
}

static bool at_prompt(const struct terminal *t)
{
	for (size_t i = 0; i < sizeof(prompts) / sizeof(prompts[0]); i++) {
		size_t len = strlen(prompts[i]);

		if (t->len >= len && !strcmp(t->said + t->len - len, prompts[i]))
			return true;
	}
	return false;
}

static void wait_prompt(struct terminal *t)
{
	while (!at_prompt(t)) {
		if (!hear(t))
			terminal_fail(t, "it has ended");
	}
}

void terminal_open(struct terminal *t, const char *faultline)
{
	const struct winsize size = { .ws_row = 50, .ws_col = 1000 };

	memset(t, 0, sizeof(*t));
	t->pid = forkpty(&t->fd, NULL, NULL, &size);
	if (t->pid < 0)
		abort();
	if (!t->pid) {
		setenv("TERM", "dumb", 1);
		setenv("INPUTRC", "/dev/null", 1);
		execl(faultline, faultline, (char *)NULL);
		_exit(127);
	}
	wait_prompt(t);
}

void terminal_type(struct terminal *t, const char *keys)
{
	if (write(t->fd, keys, strlen(keys)) != (ssize_t)strlen(keys))
		terminal_fail(t, "cannot type: %s", strerror(errno));
}

static void forget(struct terminal *t, const char *line)
{
	free(t->before);
	free(t->typed);
	t->before = t->said;
	t->typed = strdup(line);
	t->said = NULL;
	t->len = t->cap = 0;
}

void terminal_say(struct terminal *t, const char *line)
{
	forget(t, line);
	terminal_type(t, line);
	terminal_expect(t, line);
	terminal_type(t, "\r");
	t->len = 0;
	wait_prompt(t);
}

void terminal_expect(struct terminal *t, const char *text)
{
	while (!t->said || !strstr(t->said, text)) {
		if (!hear(t))
			terminal_fail(t, "it has ended without '%s'", text);
	}
}

int terminal_close(struct terminal *t)
{
	int status;

	forget(t, "quit");
	terminal_type(t, "quit\r");
	while (hear(t))
		;
	if (waitpid(t->pid, &status, 0) != t->pid)
		terminal_fail(t, "lost it");
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (status)
		printf("--- said at the end:\n%.*s\n", (int)t->len, t->said ? t->said : "");
	close(t->fd);
	free(t->said);
	free(t->typed);
	free(t->before);
	return status;
}
