/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot.h - a machine's command run once: watched until it ends, hangs or has to end. */
#ifndef FL_BOOT_H
#define FL_BOOT_H

#include <stdint.h>

#include "refuse.h"

struct fl_boot_opts {
	char *const *argv;
	const char *journal; /* file that grows while the campaign makes progress */
	const char *console; /* file with the machine's console; NULL: its output */
	const char *kept;    /* file that gets a copy of the console */
	int output;	     /* its output is passed on to this descriptor; -1: none */
	uint64_t idle_ns;    /* neither journal nor console grew for that long: it hangs */
	uint64_t stall_ns;   /* the journal did not, whatever the console says */
};

enum fl_boot_end {
	FL_BOOT_ENDED,	 /* by itself */
	FL_BOOT_IDLE,	 /* killed: nothing grew */
	FL_BOOT_STALLED, /* killed: the journal did not grow */
	FL_BOOT_STOPPED, /* killed: SIGINT, SIGTERM or SIGHUP came */
};

struct fl_boot {
	enum fl_boot_end end;
	int status; /* as from a shell */
};

/*
 * Run the command in its own process group, with /dev/null as input. When it
 * returns, its group and all orphans adopted by this process - a subreaper,
 * which must have no other children - are dead. @signals is a signalfd for what
 * ends it early. 0 with *out, or -errno with @t.
 */
int fl_boot_run(const struct fl_boot_opts *o, int signals, struct fl_boot *out,
		struct fl_fault *fault);

#endif /* FL_BOOT_H */
