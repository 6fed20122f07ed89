/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lsp.h - a server of the Language Server Protocol 3.17 for scripts.
 *
 *	serve.c		messages in their order: requests, cancellation, the life cycle
 *	wire.c		frames: a header with a length, a body of JSON
 *	document.c	open scripts, their changes, positions in UTF-16
 *	reply.c		results, ranges and edits as JSON
 *	publish.c	diagnostics, the compiler's own
 *	fix.c		what their hints suggest, as edits
 *	suggest.c	completion
 *	hover.c		what a name is
 *	manual.c	what docs/language.md says about a word
 *	navigate.c	definitions, references, rename, symbols, formatting
 *
 * One thread: messages that have arrived are taken in before the next one is
 * answered, so that what was cancelled meanwhile is not worked on, and
 * diagnostics wait until nothing else does. Nothing is armed or attached.
 */
#ifndef FL_LSP_H
#define FL_LSP_H

#include "compile.h"

struct fl_lsp_opts {
	struct fl_kernel *kernel; /* of fl_facts_open() */
	const char *root;	  /* of its facts; "": the running kernel's */
	/*
	 * As for check; read() is called for files that are not open in an
	 * editor.
	 */
	struct fl_compile_opts compile;
	const char *version;
	int in, out; /* blocking */
};

/*
 * Serve until the client asks to exit or goes away. 0 when it asked to shut down
 * before; -EPROTO when it did not, for which the protocol has status 1; or
 * -errno when the connection failed.
 */
int fl_lsp_serve(const struct fl_lsp_opts *opts);

#endif /* FL_LSP_H */
