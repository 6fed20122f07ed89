/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fmt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "errors.h"
#include "file.h"
#include "format.h"

static int replace(const char *path, const char *text, size_t len)
{
	int err = fl_replace_file(path, 0666, text, len);

	return err ? fl_complain(FL_F_WRITE, path, fl_file_error(err), NULL) : 0;
}

static int hand_out(const struct fl_options *o, const struct fl_input *in, bool is_stdin,
		    const char *text, size_t len)
{
	bool same = len == in->source.len && !memcmp(text, in->source.text, len);

	if (o->only_check) {
		if (same)
			return 0;
		fprintf(stderr, "faultline: '%s' is not formatted\n", in->source.name);
		return FL_EXIT_FINDING;
	}
	if (is_stdin)
		return fwrite(text, 1, len, stdout) == len
			       ? 0
			       : fl_complain(FL_F_WRITE, "standard output", strerror(errno), NULL);
	return same ? 0 : replace(in->source.name, text, len);
}

static int format_one(const struct fl_options *o, const char *path)
{
	struct fl_diags ds;
	struct fl_input in;
	char *text;
	size_t len;
	int err, status = fl_input_read(&in, path);

	if (status)
		return status;
	fl_diags_init(&ds);
	err = fl_format(&in.source, &ds, &text, &len);
	fl_print_diags(&ds);
	fl_diags_release(&ds);
	if (!err) {
		status = hand_out(o, &in, !strcmp(path, "-"), text, len);
	} else if (err == -EINVAL) {
		status = FL_EXIT_USAGE;
	} else {
		status = fl_complain(
			FL_F_FORMAT, in.source.name,
			err == -ENOMEM ? "out of memory"
				       : "its meaning would change: this is a bug in faultline",
			NULL);
	}
	free(text);
	fl_input_release(&in);
	return status;
}

int fl_fmt(const struct fl_options *o)
{
	int worst = o->nfiles ? 0 : format_one(o, "-");

	/* a mistake weighs more than a finding */
	for (int i = 0; i < o->nfiles; i++) {
		int status = format_one(o, o->files[i]);

		if (status > worst)
			worst = status;
	}
	return worst;
}
