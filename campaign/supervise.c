/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "boot.h"
#include "ending.h"
#include "file.h"
#include "journal.h"
#include "ledger.h"
#include "note.h"

#define IDLE_NS UINT64_C(120000000000)
#define STALL_NS UINT64_C(600000000000)
/* What a trial may take at most: ten times the baseline, and as much for the rest. */
#define SLOWEST 20
#define MOST_STUCK 2 /* boots in a row without progress */

/* The state of the campaign between two boots. */
struct known {
	uint64_t starts, settled;
	uint64_t baseline_us;
	size_t unscanned;
	bool open;
	int status; /* of the last end by itself since a start, -1: none */
	char trial[300];
};

struct supervisor {
	const struct fl_supervise_opts *o;
	struct fl_supervised *out;
	struct fl_fault *fault;
	int lock;
	int signals;
	sigset_t old;
	uint64_t boot; /* number of the current one in this folder */
	unsigned int stuck;
	char journal[4200], kept[4200];
};

/* --- the campaign ---------------------------------------------------------- */

static void fill_known(const struct fl_ledger *l, struct known *k)
{
	const struct fl_spot *spot;

	*k = (struct known){
		.starts = l->starts,
		.settled = l->trials + l->nspots + l->nfindings,
		.baseline_us = l->baseline_us,
		.unscanned = l->nunscanned,
		.open = l->open,
		.status = l->status,
	};
	for (size_t i = 0; i < l->nfindings; i++)
		k->settled += l->findings[i].blames;
	if (!l->open)
		return;
	spot = &l->spots[l->begun.faults[l->begun.nfaults - 1].point];
	snprintf(k->trial, sizeof(k->trial), " in trial %" PRIu64 ", %s called by %s", l->begun.n,
		 spot->function, spot->npath ? spot->path[0] : "any");
}

static int learn(const struct supervisor *s, struct known *k)
{
	struct fl_ledger l;
	int err;

	*k = (struct known){ .status = -1 };
	fl_ledger_init(&l);
	err = fl_ledger_read(&l, s->o->dir, s->fault);
	if (!err)
		fill_known(&l, k);
	fl_ledger_release(&l);
	/* the first boot makes it */
	if (err == -ENOENT) {
		*s->fault = (struct fl_fault){ .tag = FL_NO_FAULT };
		err = 0;
	}
	return err;
}

/* A trial that is done again after each end settles nothing. */
static bool progressed(const struct known *before, const struct known *now)
{
	return now->settled != before->settled || now->open != before->open ||
	       now->unscanned != before->unscanned;
}

static bool took_up(const struct known *before, const struct known *now)
{
	return now->starts > before->starts;
}

static bool said_done(const struct known *before, const struct known *now)
{
	return took_up(before, now) && now->status >= 0;
}

static bool died_in_trial(const struct known *before, const struct known *now)
{
	return took_up(before, now) && now->open;
}

/* --- the folder ------------------------------------------------------------ */

/*
 * The machine inherits the lock's descriptor: no one else writes here while any
 * of its processes lives.
 */
static int lock_folder(struct supervisor *s)
{
	int err = fl_make_folder(s->o->dir);
	char path[4200];

	if (err)
		return fl_refuse_errno(s->fault, FL_C_FOLDER, s->o->dir, -err);
	snprintf(path, sizeof(path), "%s/supervise", s->o->dir);
	s->lock = open(path, O_RDWR | O_CREAT, 0666);
	if (s->lock < 0)
		return fl_refuse_errno(s->fault, FL_C_WRITE, path, errno);
	if (flock(s->lock, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		return fl_refuse(s->fault, FL_C_SUPERVISE_BUSY, s->o->dir, NULL);
	return 0;
}

static int write_ending(const struct supervisor *s, enum fl_ending how, uint64_t boot)
{
	int err = fl_ending_write(s->o->dir, how, boot);

	return err ? fl_refuse_errno(s->fault, FL_C_FOLDER_WRITE, s->o->dir, -err) : 0;
}

/*
 * While a machine runs, the file says which boot it is and how often the campaign
 * had been taken up before. One that still does is of a supervisor that was
 * killed: its machine was stopped from outside.
 */
static int settle_killed(const struct supervisor *s, const struct known *k)
{
	unsigned long long boot, starts;
	char text[64] = "", *end;

	if (pread(s->lock, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	boot = strtoull(text, &end, 10);
	starts = strtoull(end, NULL, 10);
	return k->starts > starts ? write_ending(s, FL_ENDING_CUT, boot) : 0;
}

static int set_running(const struct supervisor *s, const struct known *k)
{
	char text[64] = "";

	if (k)
		snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 "\n", s->boot, k->starts);
	if (!ftruncate(s->lock, 0) &&
	    pwrite(s->lock, text, strlen(text), 0) == (ssize_t)strlen(text))
		return 0;
	return fl_refuse_errno(s->fault, FL_C_FOLDER_WRITE, s->o->dir, errno);
}

static void number_boot(struct supervisor *s)
{
	do {
		snprintf(s->kept, sizeof(s->kept), "%s/console.%" PRIu64, s->o->dir, ++s->boot);
	} while (!access(s->kept, F_OK));
}

/* --- one boot -------------------------------------------------------------- */

static uint64_t at_least(uint64_t said, uint64_t usual, uint64_t baseline_us)
{
	uint64_t slow = usual + SLOWEST * baseline_us * 1000;

	return said ? said : slow;
}

static int boot(struct supervisor *s, const struct known *k, struct fl_boot *b)
{
	const struct fl_boot_opts o = {
		.argv = s->o->argv,
		.journal = s->journal,
		.console = s->o->console,
		.kept = s->kept,
		.output = s->o->output,
		.idle_ns = at_least(s->o->idle_ns, IDLE_NS, k->baseline_us),
		.stall_ns = at_least(s->o->stall_ns, STALL_NS, k->baseline_us),
	};
	int err = set_running(s, k);

	if (!err)
		err = fl_boot_run(&o, s->signals, b, s->fault);
	s->out->boots += !err;
	return err;
}

/* Count how it ended, and describe it. */
static void describe(struct supervisor *s, const struct fl_boot *b, const struct known *before,
		     const struct known *now, char *buf, size_t size)
{
	bool hung = b->end == FL_BOOT_IDLE || b->end == FL_BOOT_STALLED;
	const char *trial = died_in_trial(before, now) ? now->trial : " outside of a trial";

	if (said_done(before, now)) {
		snprintf(buf, size, "%s",
			 now->status == FL_EXIT_FRESH ? "needs a fresh machine" : "finished");
	} else if (b->end == FL_BOOT_STOPPED) {
		snprintf(buf, size, "interrupted");
	} else if (hung) {
		s->out->hangs++;
		snprintf(buf, size, "hung%s: %s did not grow", trial,
			 b->end == FL_BOOT_IDLE ? "journal and console" : "the journal");
	} else if (died_in_trial(before, now)) {
		s->out->crashes++;
		snprintf(buf, size, "died%s", trial);
	} else {
		snprintf(buf, size, "ended with status %d%s", b->status, trial);
	}
}

/* A boot that did not come to take the campaign up leaves the note of an earlier one. */
static int record_end(const struct supervisor *s, const struct fl_boot *b,
		      const struct known *before, const struct known *now)
{
	enum fl_ending how = b->end == FL_BOOT_ENDED	 ? FL_ENDING_CRASH
			     : b->end == FL_BOOT_STOPPED ? FL_ENDING_CUT
							 : FL_ENDING_HANG;
	int err = took_up(before, now) ? write_ending(s, how, s->boot) : 0;

	return err ? err : set_running(s, NULL);
}

/* Another boot would not help: the sweep refused to begin. */
static bool was_refused(const struct fl_boot *b, const struct known *before,
			const struct known *now)
{
	return b->end == FL_BOOT_ENDED && !died_in_trial(before, now) &&
	       (b->status == FL_EXIT_USAGE || b->status == FL_EXIT_KERNEL ||
		b->status == FL_EXIT_PERMISSION);
}

/* The sweep's fault, by its status: its words are on the machine's console. */
static int refuse_as(const struct supervisor *s, int status)
{
	int err = fl_refuse(s->fault, FL_C_MACHINE_REFUSED, fl_digits(status).text, NULL);

	if (status == FL_EXIT_KERNEL)
		s->fault->kind = FL_FAULT_KERNEL;
	else if (status == FL_EXIT_PERMISSION)
		s->fault->kind = FL_FAULT_PERMISSION;
	return err;
}

/* 0: another boot; 1: finished; or -errno. */
static int judge(struct supervisor *s, const struct fl_boot *b, const struct known *before,
		 const struct known *now, const char *how)
{
	if (said_done(before, now) && now->status != FL_EXIT_FRESH) {
		s->out->status = now->status;
		return 1;
	}
	if (b->end == FL_BOOT_STOPPED) {
		fl_refuse(s->fault, FL_C_INTERRUPTED, NULL);
		return -EINTR;
	}
	if (was_refused(b, before, now))
		return refuse_as(s, b->status);
	s->stuck = progressed(before, now) ? 0 : s->stuck + 1;
	if (s->stuck == MOST_STUCK)
		return fl_refuse(
			s->fault, FL_C_STUCK, fl_digits(MOST_STUCK).text, how,
			took_up(before, now)
				? "see the machine's console log beside the journal"
				: "check that the machine runs faultline sweep, and uses this folder",
			NULL);
	if (s->o->max_boots && s->out->boots >= s->o->max_boots)
		return fl_refuse(s->fault, FL_C_BOOTS, fl_digits((int64_t)s->out->boots).text,
				 NULL);
	return 0;
}

static int one_boot(struct supervisor *s, struct known *k)
{
	const struct known before = *k;
	struct fl_boot b = { 0 };
	char how[400];
	int err;

	number_boot(s);
	err = boot(s, &before, &b);
	if (!err)
		err = learn(s, k);
	if (!err)
		err = record_end(s, &b, &before, k);
	if (err)
		return err;
	describe(s, &b, &before, k, how, sizeof(how));
	fl_note(s->o->note, s->o->arg, "boot %" PRIu64 " %s", s->boot, how);
	return judge(s, &b, &before, k, how);
}

/* --- all ------------------------------------------------------------------- */

static int open_all(struct supervisor *s)
{
	sigset_t mask;

	snprintf(s->journal, sizeof(s->journal), "%s/" FL_JOURNAL_NAME, s->o->dir);
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, &s->old);
	s->signals = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (s->signals < 0)
		return fl_refuse(s->fault, FL_F_EVENTS, strerror(errno), NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	return lock_folder(s);
}

static void close_all(const struct supervisor *s)
{
	if (s->signals >= 0)
		close(s->signals);
	if (s->lock >= 0)
		close(s->lock);
	sigprocmask(SIG_SETMASK, &s->old, NULL);
}

int fl_supervise(const struct fl_supervise_opts *o, struct fl_supervised *out,
		 struct fl_fault *fault)
{
	struct supervisor s = { .o = o, .out = out, .fault = fault, .lock = -1, .signals = -1 };
	struct known k;
	int err;

	*out = (struct fl_supervised){ .status = FL_EXIT_FINDING };
	err = open_all(&s);
	if (!err)
		err = learn(&s, &k);
	if (!err)
		err = settle_killed(&s, &k);
	while (!err)
		err = one_boot(&s, &k);
	close_all(&s);
	return err == 1 ? 0 : err;
}
