/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * terminal.h - faultline at the other end of a pseudoterminal. What does not
 * happen within two minutes, or is not what was expected, ends the test with
 * the last that was said.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stddef.h>
#include <sys/types.h>

struct terminal {
	pid_t pid;
	int fd;
	char *said; /* since the last line that was typed */
	size_t len, cap;
	char *typed;  /* that line */
	char *before; /* what was said before it */
};

/* Start it and wait for its first prompt. */
void terminal_open(struct terminal *t, const char *faultline);
/* Type a line and wait for the prompt after it, or another that is shown instead. */
void terminal_say(struct terminal *t, const char *line);
/* Type, and no more than that. */
void terminal_type(struct terminal *t, const char *keys);
/* Wait until that is in what was said since the last line. */
void terminal_expect(struct terminal *t, const char *text);
/* Type "quit" and answer what is asked; the exit status, or 128 + signal. */
int terminal_close(struct terminal *t);
__attribute__((noreturn, format(printf, 2, 3))) void terminal_fail(const struct terminal *t,
								   const char *format, ...);

#endif /* TERMINAL_H */
