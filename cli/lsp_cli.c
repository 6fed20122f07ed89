/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lsp_cli.c - faultline lsp: a server for an editor on standard input and output. */
#include "lsp_cli.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "errors.h"
#include "lsp.h"

int fl_lsp_command(const struct fl_options *o)
{
	const struct fl_facts_opts facts = fl_facts_options(o);
	struct fl_lsp_opts opts = {
		.root = o->sysroot,
		.compile = fl_compile_options(o),
		.version = FL_VERSION,
		.in = STDIN_FILENO,
		.out = STDOUT_FILENO,
	};
	int err = fl_facts_open(&facts, &opts.kernel);

	/* an editor that goes away is an error of write() */
	signal(SIGPIPE, SIG_IGN);
	if (!err)
		err = fl_lsp_serve(&opts);
	fl_facts_close(opts.kernel);
	if (!err)
		return FL_EXIT_OK;
	/* the protocol's status for an exit without a shutdown */
	if (err == -EPROTO)
		return FL_EXIT_FINDING;
	if (err == -ENOMEM)
		return fl_complain(FL_F_MEMORY, NULL);
	return fl_complain(FL_F_SYSTEM, strerror(-err), NULL);
}
