/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status.c - the status line at the bottom of a terminal: counts and rates of
 * each rule. A command owns the terminal, so there is none with one.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "run_impl.h"

#define EVERY_NS UINT64_C(500000000)
#define NS_PER_S UINT64_C(1000000000)
#define NARROW 80

void fl_status_init(struct run *r)
{
	const char *term = getenv("TERM");

	r->status.on = !r->o->quiet && r->o->form == FL_FORM_TEXT && !r->has_command &&
		       isatty(STDERR_FILENO) && !(term && !strcmp(term, "dumb"));
}

/* Ctrl-S stops a terminal, and who writes to it. */
static bool has_room(void)
{
	return poll(&(struct pollfd){ .fd = STDERR_FILENO, .events = POLLOUT }, 1, 0) == 1;
}

void fl_status_clear(struct run *r)
{
	if (r->status.shown && has_room() && write(STDERR_FILENO, "\r\033[K", 4) == 4)
		r->status.shown = false;
}

static size_t width(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col ? NARROW : size.ws_col;
}

static uint64_t per_second(uint64_t now, uint64_t before, uint64_t ns)
{
	return ns ? (now - before) * NS_PER_S / ns : 0;
}

/* "rule 2: 17" of those that fit. */
static void add_rules(const struct run *r, char *line, size_t room)
{
	const struct fl_object *obj = fl_armed_object(r->armed, 0);
	size_t len = strlen(line);

	for (size_t i = 0; obj->nrules > 1 && i < obj->nrules; i++) {
		struct fl_totals t;
		int n;

		fl_armed_rule_totals(r->armed, i, &t);
		n = snprintf(line + len, room - len, "  rule %zu: %" PRIu64, i + 1,
			     obj->rules[i].returns ? t.injected : t.fired);
		if ((size_t)n >= room - len) {
			line[len] = '\0';
			return;
		}
		len += (size_t)n;
	}
}

void fl_status_draw(struct run *r)
{
	struct fl_status *st = &r->status;
	uint64_t now = fl_now_ns(), since = now - r->report.armed_ns, ns = now - st->drawn_ns;
	struct fl_totals t;
	char line[512] = "\r\033[K";
	size_t room = width() + 4, done;

	if (!st->on || (st->shown && ns < EVERY_NS) || !has_room())
		return;
	if (room > sizeof(line))
		room = sizeof(line);
	fl_armed_totals(r->armed, &t);
	if (!st->drawn_ns)
		ns = since;
	done = t.injected + t.fired;
	snprintf(line + 4, room - 4,
		 "%" PRIu64 ".%" PRIu64 " s  %" PRIu64 " calls (%" PRIu64 "/s)  %zu done (%" PRIu64
		 "/s)",
		 since / NS_PER_S, since / (NS_PER_S / 10) % 10, t.calls,
		 per_second(t.calls, st->last.calls, ns), done,
		 per_second(done, st->last.injected + st->last.fired, ns));
	add_rules(r, line, room);
	st->shown = write(STDERR_FILENO, line, strlen(line)) > 0;
	/* after clearing, the line is only redrawn: rates are not recomputed */
	if (ns >= EVERY_NS || !st->drawn_ns) {
		st->drawn_ns = now;
		st->last = t;
	}
}
