/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch.c - a live table, until a key is pressed. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "repl_impl.h"

#define REFRESH_MS 500
#define ROW_BEFORE_TEXT 100 /* columns of numbers and history */

struct table {
	const struct fl_ref *only;
	FILE *out;
	int wide;
};

static void row(struct fl_repl *r, struct fl_ref ref, void *arg)
{
	struct table *t = arg;

	if (!t->only || (t->only->entry == ref.entry && t->only->rule == ref.rule))
		fl_repl_row(r, ref, t->out, t->wide, true);
}

static void draw(struct fl_repl *r, const struct fl_ref *only, bool can_clear)
{
	struct winsize size = { .ws_col = 80 };
	struct table t = { .only = only };
	char *text = NULL;
	size_t len;

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	t.wide = (int)size.ws_col - ROW_BEFORE_TEXT;
	t.out = open_memstream(&text, &len);
	if (!t.out)
		return;
	if (can_clear)
		fputs("\033[H\033[J", t.out);
	fprintf(t.out, "%-12s %-8s %10s %10s %10s %10s  %-32s  rule\n", "name", "state", "calls",
		"matched", "done", "now", "the last 30 s");
	fl_repl_each(r, row, &t);
	fputs("any key ends this\n", t.out);
	fclose(t.out);
	fwrite(text, 1, len, stdout);
	fflush(stdout);
	free(text);
}

void fl_repl_watch(struct fl_repl *r, const struct fl_ref *only)
{
	const char *term = getenv("TERM");
	bool can_clear = term && strcmp(term, "dumb") != 0;
	struct termios old, raw;
	struct pollfd keys = { .fd = STDIN_FILENO, .events = POLLIN };
	char c;

	if (!fl_repl_count(r)) {
		fl_repl_say(r, "no rules are armed\n");
		return;
	}
	if (tcgetattr(STDIN_FILENO, &old))
		return;
	raw = old;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	r->quiet = true;
	do {
		draw(r, only, can_clear);
		fl_repl_pump(r);
	} while (!r->leaving && poll(&keys, 1, REFRESH_MS) == 0);
	/* the key is not part of the next line */
	if (keys.revents && read(STDIN_FILENO, &c, 1) != 1)
		r->leaving = true;
	r->quiet = false;
	tcsetattr(STDIN_FILENO, TCSANOW, &old);
}
