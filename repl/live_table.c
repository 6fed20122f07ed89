/* SPDX-License-Identifier: GPL-2.0-or-later */
/* live_table.c - a live table, until a key is pressed. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "repl_impl.h"

#define REFRESH_MS 500
#define NS_PER_MS UINT64_C(1000000)
#define SAME_KEY_MS 25 /* between the bytes of one key */

struct table {
	const struct fl_ref *only;
	FILE *out;
	int columns;
};

static void row(struct fl_repl *r, struct fl_ref ref, void *arg)
{
	struct table *t = arg;

	(void)r;
	if (!t->only || (t->only->entry == ref.entry && t->only->rule == ref.rule))
		fl_repl_row(t->out, ref, t->columns, true);
}

static void draw(struct fl_repl *r, const struct fl_ref *only, bool can_clear)
{
	struct table t = { .only = only, .columns = fl_repl_columns() };
	char *text = NULL;
	size_t len;

	t.out = open_memstream(&text, &len);
	if (!t.out)
		return;
	if (can_clear)
		fputs("\033[H\033[J", t.out);
	fl_repl_head(t.out, t.columns, true);
	fl_repl_each(r, row, &t);
	fputs("press any key to stop\n", t.out);
	fclose(t.out);
	fwrite(text, 1, len, stdout);
	fflush(stdout);
	free(text);
}

/* One byte of a multi-byte key, -1 after the last. */
static int rest_of_key(void)
{
	struct pollfd more = { .fd = STDIN_FILENO, .events = POLLIN };
	unsigned char c;

	if (poll(&more, 1, SAME_KEY_MS) != 1 || read(STDIN_FILENO, &c, 1) != 1)
		return -1;
	return c;
}

/*
 * The key must not end up in the next line: an arrow is ESC [ A or ESC O A, Delete is ESC [
 * 3 ~.
 */
static void take_key(struct fl_repl *r)
{
	char first;
	int c;

	if (read(STDIN_FILENO, &first, 1) != 1) {
		r->leaving = true;
		return;
	}
	if (first != '\033')
		return;
	c = rest_of_key();
	if (c == 'O')
		rest_of_key();
	if (c != '[')
		return;
	do
		c = rest_of_key();
	while (c >= 0x20 && c < 0x40);
}

struct keys {
	struct fl_repl *r;
	bool pressed;
};

static void on_key(void *arg)
{
	struct keys *k = arg;

	take_key(k->r);
	k->pressed = true;
}

/* Until the table is to be drawn again; false when a key ends it. */
static bool wait_for_key(struct keys *k)
{
	uint64_t now = fl_now_ns(), until = now + REFRESH_MS * NS_PER_MS;
	int err = 0;

	for (; !err && !k->pressed && !k->r->leaving && now < until; now = fl_now_ns()) {
		err = fl_engine_step(k->r->engine, (int)((until - now) / NS_PER_MS) + 1);
		fl_repl_tick(k->r);
	}
	return !err && !k->pressed && !k->r->leaving;
}

void fl_repl_watch(struct fl_repl *r, const struct fl_ref *only)
{
	const char *term = getenv("TERM");
	bool can_clear = term && strcmp(term, "dumb") != 0;
	struct keys keys = { .r = r };
	struct termios old, raw;

	if (!fl_repl_count(r)) {
		fl_repl_say(r, "no rules are armed\n");
		return;
	}
	if (tcgetattr(STDIN_FILENO, &old) ||
	    fl_engine_watch(r->engine, STDIN_FILENO, on_key, &keys))
		return;
	raw = old;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	r->quiet = true;
	do
		draw(r, only, can_clear);
	while (wait_for_key(&keys));
	fl_engine_unwatch(r->engine, STDIN_FILENO);
	r->quiet = false;
	tcsetattr(STDIN_FILENO, TCSANOW, &old);
}
