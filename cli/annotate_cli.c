/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "annotate_cli.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "errors.h"
#include "installed.h"

#define MOST_OPTIONS 20

struct arguments {
	const char **list;
	size_t n;
};

static void add(struct arguments *a, const char *name, const char *value)
{
	a->list[a->n++] = name;
	if (value)
		a->list[a->n++] = value;
}

/* Installed or not, it is in a folder beside faultline's own. */
int fl_annotate_program(char *path, size_t size)
{
	return fl_installed("/" FL_PROGRAMS "/annotate", path, size);
}

int fl_annotate_command(const struct fl_options *o)
{
	struct arguments a = { .list = calloc((size_t)o->nfiles + MOST_OPTIONS,
					      sizeof(a.list[0])) };
	struct fl_digits score = fl_digits(o->min_score);
	/* without /proc it is not known where it is */
	char path[PATH_MAX] = "annotate";
	int err;

	if (!a.list)
		return fl_complain(FL_F_MEMORY, NULL);
	add(&a, "faultline annotate", NULL);
	if (o->build)
		add(&a, "--build", o->build);
	if (o->match)
		add(&a, "--match", o->match);
	add(&a, "--min-score", score.text);
	if (o->form == FL_FORM_JSON)
		add(&a, "--json", NULL);
	if (o->verbose)
		add(&a, "--verbose", NULL);
	if (o->quiet)
		add(&a, "--quiet", NULL);
	if (o->patch)
		add(&a, "--patch", NULL);
	if (o->signoff)
		add(&a, "--signoff", NULL);
	if (o->output)
		add(&a, "--output", o->output);
	add(&a, "--", NULL);
	for (int i = 0; i < o->nfiles; i++)
		add(&a, o->files[i], NULL);
	err = fl_annotate_program(path, sizeof(path));
	if (!err) {
		/* strings are only read */
		execv(path, (char *const *)a.list);
		err = -errno;
	}
	free(a.list);
	return fl_complain(FL_F_RUN, path, strerror(-err), NULL);
}
