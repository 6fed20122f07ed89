/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_machine.h - a machine for an engine: the kernel of fake_kernel.h, which
 * takes programs or refuses them, sends events, writes a log and loads modules
 * when a test says so. It stands before the real functions of runtime/ by
 * -Wl,--wrap;
 * tests/unit/CMakeLists.txt has their names.
 */
#ifndef FAKE_MACHINE_H
#define FAKE_MACHINE_H

#include <signal.h>

#include "fake_kernel.h"
#include "session.h"

#define FAKE_MAX 16

struct fake_task {
	pid_t pid;
	enum fl_task_scope scope;
};

struct fake_machine {
	struct fake_kernel kernel; /* what facts are opened as */
	size_t forgotten;	   /* how often they were */
	/* Refuse to load or attach programs of these back ends, a bit for each. */
	unsigned int no_load, no_attach;
	bool deaf; /* there is no news of modules to be had */
	/* the newest session that was loaded, and how many there are */
	struct fl_session *session;
	size_t loads, sessions;
	size_t nstates; /* maps of other sessions that it was handed */
	/* the command's tasks, of all sessions together */
	struct fake_task tasks[FAKE_MAX];
	size_t ntasks;
};

extern struct fake_machine fake_machine;

/* Everything as after boot. */
void fake_machine_boot(void);
/* An event in the ring buffer of @s. */
void fake_machine_event(struct fl_session *s, uint32_t slot);
/* A line of the kernel log. */
void fake_machine_log(const char *line);
/* "add@/module/loop": the news reaches whoever listens. */
void fake_machine_uevent(const char *text);
/* What slot @slot of @s has come to. */
struct fl_counts *fake_machine_counts(struct fl_session *s, size_t slot);
const struct fl_run_knobs *fake_machine_knobs(const struct fl_session *s);

#endif /* FAKE_MACHINE_H */
