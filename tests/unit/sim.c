/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lookup.h"

#define JIFFIES(us) ((us) / 4000 + 1000)
#define ERROR_PATH 100000 /* point @i + that is what the error path of @i calls */

uint64_t sim_key(size_t i)
{
	return fl_lookup_mix(i + 1);
}

enum sim_bug sim_bug(size_t i)
{
	return i < SIM_NBUGS ? (enum sim_bug)i : SIM_NONE;
}

void sim_init(struct sim *s, size_t npoints)
{
	*s = (struct sim){
		.npoints = npoints, .bug = sim_bug, .trial_us = 1000, .has_leak_checker = true
	};
}

void sim_release(struct sim *s)
{
	free(s->seen);
	s->seen = NULL;
}

static void say(struct sim *s, const char *format, size_t point)
{
	size_t len = strlen(s->log);

	snprintf(s->log + len, sizeof(s->log) - len, format, point, point, point);
}

static struct sim_seen *meet(struct sim *s, size_t point)
{
	for (size_t i = 0; i < s->nseen; i++) {
		if (s->seen[i].point == point)
			return &s->seen[i];
	}
	if (s->nseen == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 64;
		s->seen = realloc(s->seen, s->cap * sizeof(*s->seen));
		if (!s->seen)
			abort();
	}
	s->seen[s->nseen] = (struct sim_seen){ .key = sim_key(point), .point = point };
	return &s->seen[s->nseen++];
}

/* One matched call of a point: is it made to fail? */
static bool call(struct sim *s, size_t point)
{
	struct sim_seen *p = meet(s, point);
	bool fails = false;

	s->trial->matched++;
	if (!p->calls++)
		p->after = s->trial->injected > 0;
	for (size_t i = 0; i < s->nfaults; i++) {
		const struct fl_world_fault *f = &s->faults[i];
		bool from_here = p->key == f->key && p->calls >= f->occurrence;

		if (f->mode == FL_INJECT_ONCE)
			from_here = p->key == f->key && p->calls == f->occurrence;
		if (f->mode == FL_INJECT_ALL && s->trial->reached[i])
			from_here = true;
		s->trial->reached[i] |= from_here;
		fails |= from_here;
	}
	s->trial->injected += fails;
	return fails;
}

static void report(struct sim *s, enum sim_bug bug, size_t point)
{
	if (bug == SIM_WARNING)
		say(s,
		    "------------[ cut here ]------------\n"
		    "WARNING: CPU: 0 PID: 1 at sim.c:%zu sim_%zu+0x1/0x2\n"
		    "Call Trace:\n sim_%zu+0x1/0x2\n---[ end trace 0000000000000000 ]---\n",
		    point);
	else if (bug == SIM_OOPS)
		say(s,
		    "BUG: kernel NULL pointer dereference, address: 00000000000000%zu\n"
		    "Call Trace:\n sim_%zu+0x1/0x2\n---[ end trace 0000000000000000 ]---\n",
		    point);
	else if (bug == SIM_LOCKDEP)
		say(s,
		    "WARNING: possible recursive locking detected\n"
		    "Call Trace:\n sim_%zu+0x1/0x2\n </TASK>\n",
		    point);
	else
		say(s,
		    "BUG: KASAN: slab-use-after-free in sim_%zu+0x1/0x2\n"
		    "Call Trace:\n kasan_report+0x1/0x2\n sim_%zu+0x1/0x2\n </TASK>\n",
		    point);
}

static void leak(struct sim *s, size_t point)
{
	if (s->nleaked < sizeof(s->leaked) / sizeof(s->leaked[0]))
		s->leaked[s->nleaked++] =
			(struct sim_leak){ point, JIFFIES(s->now_us - s->leak_lag_us) };
}

/* What a kernel does wrong when call @n of a point failed; true: the workload notices. */
static bool misbehave(struct sim *s, size_t point, uint64_t n)
{
	enum sim_bug bug = s->bug(point);

	switch (bug) {
	case SIM_ABSORBED:
		return false;
	case SIM_KASAN:
	case SIM_WARNING:
	case SIM_OOPS:
		report(s, bug, point);
		return true;
	case SIM_LOCKDEP:
		report(s, bug, point);
		s->lockdep_off = true;
		return true;
	case SIM_EXPECTED:
		say(s,
		    "sh: page allocation failure: order:0, mode:%zu\nCall Trace:\n sim+0x1/0x2\n",
		    point);
		return true;
	case SIM_LEAK:
		leak(s, point);
		return true;
	case SIM_MODULE:
		s->modules++;
		return true;
	case SIM_SLOW:
		s->trial->timed_out = s->limit_us < 2 * s->usual_us;
		return true;
	case SIM_HANG:
		s->trial->timed_out = true;
		snprintf(s->trial->stacks, sizeof(s->trial->stacks), " sim_wait_%zu+0x1/0x2\n",
			 point);
		return true;
	case SIM_WEARS:
		s->wears = point + 1;
		return true;
	case SIM_BREAKS:
		s->reports = point + 1;
		return true;
	case SIM_DAMAGE:
		s->damaged = true;
		return false;
	case SIM_CRASH:
		if (s->crash)
			s->crash(point);
		return true;
	case SIM_CHECK:
		snprintf(s->trial->complaints[0].text, sizeof(s->trial->complaints[0].text),
			 "the data of %zu are gone", point);
		s->trial->complaints[0].kind = "check";
		s->trial->ncomplaints = 1;
		return false;
	case SIM_ON:
		if (n == 2)
			report(s, bug, point);
		return true;
	case SIM_SECOND:
		if (n == 2 && s->trial->injected == 1)
			report(s, bug, point);
		return true;
	case SIM_RARE:
		if (!(s->runs % 8))
			report(s, bug, point);
		return true;
	case SIM_BOTH:
		if (s->both && s->both != point + 1)
			report(s, bug, point);
		s->both = point + 1;
		return true;
	case SIM_PAIR:
		if (call(s, point + ERROR_PATH))
			report(s, bug, point);
		return true;
	case SIM_REVEALS:
		call(s, point + ERROR_PATH);
		return true;
	default:
		return true;
	}
}

static void run_point(struct sim *s, size_t point)
{
	bool noticed = false;

	if (s->bug(point) == SIM_SOMETIMES && (s->runs & 1))
		return;
	for (uint64_t n = 1; n <= 3 && !s->trial->timed_out; n++) {
		if (call(s, point))
			noticed |= misbehave(s, point, n);
	}
	if (noticed)
		s->trial->status = 1;
}

static int trial(void *arg, uint64_t n, const struct fl_world_fault *faults, size_t nfaults,
		 uint64_t limit_us, struct fl_trial *out, struct fl_fault *fault)
{
	struct sim *s = arg;

	(void)n;
	(void)fault;
	s->runs++;
	if (s->interrupted_at && s->runs >= s->interrupted_at)
		return -EINTR;
	s->limit_us = limit_us;
	if (nfaults && !s->usual_us)
		s->usual_us = limit_us;
	s->faults = faults;
	s->nfaults = nfaults;
	s->trial = out;
	s->both = 0;
	out->us = s->trial_us;
	s->now_us += out->us;
	if (s->leaks_always)
		leak(s, SIM_ALWAYS);
	for (size_t i = 0; i < s->nseen; i++) {
		s->seen[i].calls = 0;
		s->seen[i].after = false;
	}
	if (s->damaged) {
		out->status = 127;
		return 0;
	}
	for (size_t i = 0; i < s->npoints && !out->timed_out; i++)
		run_point(s, i);
	if (s->reports)
		report(s, SIM_KASAN, s->reports - 1);
	if (s->reports && s->wears && out->injected)
		report(s, SIM_WARNING, s->reports - 1);
	if (s->wears)
		s->reports = s->wears;
	if (!nfaults) {
		if (s->baseline_cannot)
			snprintf(out->trouble, sizeof(out->trouble), "setup failed");
		out->status = s->baseline_status;
		out->timed_out = s->baseline_hangs;
		s->modules += s->baseline_leaves;
		if (s->baseline_warns)
			report(s, SIM_WARNING, 7);
	}
	return 0;
}

static size_t npoints(void *arg)
{
	return ((struct sim *)arg)->nseen;
}

static bool point(void *arg, size_t i, struct fl_world_point *out)
{
	static char function[32], frame[32];
	const struct sim *s = arg;

	snprintf(function, sizeof(function), "sim_%zu", s->seen[i].point);
	snprintf(frame, sizeof(frame), "caller_%zu+0x1", s->seen[i].point);
	*out = (struct fl_world_point){
		.key = s->seen[i].key,
		.function = function,
		.context = "task",
		.path = { frame, "entry+0x2" },
		.npath = 2,
	};
	return true;
}

static uint64_t calls(void *arg, size_t i, bool *after)
{
	const struct sim *s = arg;

	*after = s->seen[i].after;
	return s->seen[i].calls;
}

static void each_line(const char *text, fl_line_fn fn, void *to)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char line[512];

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		fn(to, line);
		text += len + (text[len] == '\n');
	}
}

static void take_log(void *arg, fl_line_fn fn, void *to)
{
	struct sim *s = arg;

	each_line(s->log, fn, to);
	s->log[0] = '\0';
}

static void mark(void *arg, const char *text)
{
	(void)arg;
	(void)text;
}

static void state(void *arg, fl_line_fn fn, void *to)
{
	const struct sim *s = arg;
	char line[64];

	snprintf(line, sizeof(line), "module sim (used %zu)", s->modules);
	fn(to, line);
	fn(to, "mount / sim /dev/sim");
}

static bool forget_leaks(void *arg)
{
	struct sim *s = arg;

	s->nleaked = 0;
	return s->has_leak_checker;
}

static void leaks(void *arg, fl_line_fn fn, void *to)
{
	struct sim *s = arg;

	s->now_us += 1000000;
	if (s->nscans < sizeof(s->scans) / sizeof(s->scans[0]))
		s->scans[s->nscans++] = s->runs;
	for (size_t i = 0; i < s->nleaked; i++) {
		char text[256];

		snprintf(text, sizeof(text),
			 "unreferenced object 0xffff888103a1c300 (size 32):\n"
			 "  comm \"sim\", pid 1, jiffies %" PRIu64 "\n"
			 "  backtrace (crc 0):\n    kmalloc_trace+0x1/0x2\n    sim_%zu+0x1/0x2\n",
			 s->leaked[i].jiffies, s->leaks_alike ? 0 : s->leaked[i].point);
		each_line(text, fn, to);
	}
}

static uint64_t jiffies(void *arg)
{
	const struct sim *s = arg;

	return s->has_no_jiffies ? 0 : JIFFIES(s->now_us);
}

static bool lockdep_is_on(void *arg)
{
	return !((struct sim *)arg)->lockdep_off;
}

static uint64_t now_us(void *arg)
{
	return ((struct sim *)arg)->now_us;
}

static void sleep_us(void *arg, uint64_t us)
{
	((struct sim *)arg)->now_us += us;
}

const struct fl_world_ops sim_ops = {
	.now_us = now_us,
	.sleep_us = sleep_us,
	.trial = trial,
	.npoints = npoints,
	.point = point,
	.calls = calls,
	.mark = mark,
	.log = take_log,
	.lockdep_is_on = lockdep_is_on,
	.leaks = leaks,
	.jiffies = jiffies,
	.forget_leaks = forget_leaks,
	.state = state,
};
