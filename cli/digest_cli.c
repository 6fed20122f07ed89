/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "digest_cli.h"

#include <errno.h>
#include <stdio.h>

#include "digest.h"
#include "errors.h"
#include "settings.h"

int fl_digest_print(enum fl_form form, const char *dir, const struct fl_ledger *l,
		    const struct fl_agenda *a, int status)
{
	struct fl_digest *d = fl_digest_new(dir, l, a);
	int err = d ? fl_digest_write(stdout, d, form) : -ENOMEM;

	fl_digest_free(d);
	if (err)
		return fl_complain(FL_F_MEMORY, NULL);
	return status;
}

int fl_report_command(const struct fl_options *o)
{
	struct fl_errors errors = fl_errors_of(o);
	struct fl_settings settings;
	struct fl_fault fault = { .tag = FL_NO_FAULT };
	struct fl_agenda agenda;
	struct fl_ledger l;
	int status;

	fl_ledger_init(&l);
	if (fl_ledger_read(&l, o->files[0], &fault)) {
		status = fl_errors_report(&errors, &fault);
	} else {
		fl_settings_of(&settings, &l);
		fl_agenda_init(&agenda, &settings.agenda, &l);
		status = fl_digest_print(o->form, o->files[0], &l, &agenda, FL_EXIT_OK);
	}
	fl_ledger_release(&l);
	return status;
}
