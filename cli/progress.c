/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "describe.h"
#include "engine.h"

#define LINE_EVERY_NS UINT64_C(60000000000) /* without a terminal */
#define DRAW_EVERY_NS UINT64_C(250000000)
#define NARROW 80
#define MOST 512

void fl_progress_init(struct fl_progress *p, int fd, const char *dir, bool quiet)
{
	const char *term = getenv("TERM");

	*p = (struct fl_progress){
		.fd = fd,
		.dir = dir,
		.quiet = quiet,
		.is_terminal = isatty(fd) && !(term && !strcmp(term, "dumb")),
	};
	/* the first line of a minute is for what the minute came to */
	p->drawn_ns = p->is_terminal ? 0 : fl_now_ns();
}

/* Ctrl-S stops a terminal, and who writes to it. */
static bool has_room(const struct fl_progress *p)
{
	return poll(&(struct pollfd){ .fd = p->fd, .events = POLLOUT }, 1, 0) == 1;
}

void fl_progress_clear(struct fl_progress *p)
{
	if (p->shown)
		dprintf(p->fd, "\r\033[K");
	p->shown = false;
}

/* A line that is longer than the terminal is wide could not be drawn over. */
static size_t width(const struct fl_progress *p)
{
	struct winsize size;

	return ioctl(p->fd, TIOCGWINSZ, &size) || !size.ws_col ? NARROW : size.ws_col;
}

/* "40 s", "12 min", "3.5 h". */
static void put_time(char *buf, size_t size, double s)
{
	if (s < 100)
		snprintf(buf, size, "%.0f s", s);
	else if (s < 6000)
		snprintf(buf, size, "%.0f min", s / 60);
	else
		snprintf(buf, size, "%.1f h", s / 3600);
}

static void put_line(char *line, size_t size, const struct fl_ledger *l, const struct fl_agenda *a)
{
	struct fl_agenda_sums sums;
	char time[32] = "?";
	double rate;
	size_t left;

	fl_agenda_sum(a, &sums);
	left = sums.left[FL_LEFT_TODO] + sums.left[FL_LEFT_PARTLY];
	rate = l->busy_us ? (double)l->trials * 1e6 / (double)l->busy_us : 0;
	if (rate > 0)
		put_time(time, sizeof(time), (double)sums.todo / rate);
	snprintf(line, size,
		 "%" PRIu64 " trials, %zu of %zu points left, %zu finding%s, %.1f/s, %s left",
		 l->trials, left, sums.found, l->nfindings, l->nfindings == 1 ? "" : "s", rate,
		 time);
}

void fl_progress_draw(struct fl_progress *p, const struct fl_ledger *l, const struct fl_agenda *a)
{
	uint64_t now = fl_now_ns(), every = p->is_terminal ? DRAW_EVERY_NS : LINE_EVERY_NS;
	char line[MOST];

	/* it is redrawn at once after another line */
	if (p->quiet || ((p->shown || !p->is_terminal) && now - p->drawn_ns < every))
		return;
	if (p->is_terminal && !has_room(p))
		return;
	put_line(line, sizeof(line), l, a);
	p->drawn_ns = now;
	if (!p->is_terminal) {
		dprintf(p->fd, "%s\n", line);
		return;
	}
	dprintf(p->fd, "\r\033[K%.*s", (int)width(p) - 1, line);
	p->shown = true;
}

void fl_progress_note(struct fl_progress *p, const char *text)
{
	fl_progress_clear(p);
	dprintf(p->fd, "%s\n", text);
}

void fl_progress_finding(struct fl_progress *p, uint32_t id, const struct fl_known_finding *f)
{
	char replay[FL_REPLAY_SIZE];

	fl_progress_clear(p);
	fl_describe_replay(p->dir, id, replay, sizeof(replay));
	dprintf(p->fd, "finding %" PRIu32 ": %s\n  %s\n  %s\n", id, f->title, f->fingerprint,
		replay);
}
