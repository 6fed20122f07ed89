/* SPDX-License-Identifier: GPL-2.0-or-later */
/* merge_cli.c - faultline merge: the shards of a campaign as one, on a page. */
#include "merge_cli.h"

#include <stdio.h>

#include "digest_cli.h"
#include "errors.h"
#include "merge.h"
#include "settings.h"

static void on_note(void *arg, const char *text)
{
	(void)arg;
	fprintf(stderr, "%s\n", text);
}

int fl_merge_command(const struct fl_options *o)
{
	const struct fl_merge_opts opts = {
		.dirs = o->files,
		.ndirs = (size_t)o->nfiles,
		.out = o->output,
		.note = on_note,
	};
	struct fl_settings settings;
	struct fl_errors errors = fl_errors_of(o);
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_agenda agenda;
	struct fl_ledger l;
	int status;

	fl_ledger_init(&l);
	if (fl_merge(&opts, &l, &fault)) {
		status = fl_errors_report(&errors, &fault);
	} else {
		fl_settings_of(&settings, &l);
		fl_agenda_init(&agenda, &settings.agenda, &l);
		status = l.status;
		if (!o->quiet || o->form)
			status = fl_digest_print(o->form, o->output, &l, &agenda, status);
	}
	fl_ledger_release(&l);
	return status;
}
