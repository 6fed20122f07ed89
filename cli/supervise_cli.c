/* SPDX-License-Identifier: GPL-2.0-or-later */
/* supervise_cli.c - faultline supervise: a machine booted until its campaign is finished. */
#include "supervise_cli.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "errors.h"
#include "supervise.h"

static void on_note(void *arg, const char *text)
{
	const struct fl_options *o = arg;

	if (!o->quiet)
		fprintf(stderr, "supervise: %s\n", text);
}

int fl_supervise_command(const struct fl_options *o)
{
	const struct fl_supervise_opts opts = {
		.dir = o->output ? o->output : "faultline-sweep",
		.argv = o->command,
		.console = o->console,
		.output = STDOUT_FILENO,
		.idle_ns = o->idle_ns,
		.stall_ns = o->timeout_ns,
		.max_boots = o->max_boots,
		.note = on_note,
		.arg = (void *)o,
	};
	/* standard output is the machine's */
	struct fl_errors errors = { .json = o->form == FL_FORM_JSON ? stderr : NULL,
				    .verbose = o->verbose };
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_supervised done;
	int err;

	signal(SIGPIPE, SIG_IGN);
	err = fl_supervise(&opts, &done, &fault);
	if (!o->quiet)
		fprintf(stderr,
			"supervise: %" PRIu64 " boots, %" PRIu64 " crashes, %" PRIu64
			" hangs%s%s\n",
			done.boots, done.crashes, done.hangs,
			err ? "" : "; finished: faultline report ", err ? "" : opts.dir);
	return err ? fl_errors_report(&errors, &fault) : done.status;
}
