/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fmt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build.h"
#include "format.h"

static int cannot_write(const char *path, int err)
{
	fprintf(stderr, "faultline: error: '%s' cannot be written: %s\n", path, strerror(err));
	return FL_EXIT_USAGE;
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

/* The text in a new file beside @path, with its mode and owner; 0 or errno. */
static int write_beside(const char *path, const char *temporary, int fd, const char *text,
			size_t len)
{
	struct stat st;
	int err;

	if (stat(path, &st))
		return errno;
	/* the owner first: changing it takes set-user-ID bits away */
	if (fchown(fd, st.st_uid, st.st_gid) && errno != EPERM)
		return errno;
	if (fchmod(fd, st.st_mode & 07777))
		return errno;
	err = write_all(fd, text, len);
	if (err)
		return err;
	if (fsync(fd) || rename(temporary, path))
		return errno;
	return 0;
}

/* All of the new text or all of the old one, whatever happens meanwhile. */
static int replace(const char *name, const char *text, size_t len)
{
	char *path = realpath(name, NULL), *temporary = NULL; /* a link stays one */
	int fd, err;

	if (!path || asprintf(&temporary, "%s.XXXXXX", path) < 0) {
		err = errno;
		free(path);
		return cannot_write(name, err);
	}
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		err = errno;
	} else {
		err = write_beside(path, temporary, fd, text, len);
		close(fd);
		if (err)
			unlink(temporary);
	}
	free(temporary);
	free(path);
	return err ? cannot_write(name, err) : 0;
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
		return fwrite(text, 1, len, stdout) == len ? 0
							   : cannot_write("standard output", errno);
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
		fprintf(stderr, "faultline: error: '%s' could not be formatted: %s\n",
			in.source.name,
			err == -ENOMEM ? "out of memory"
				       : "it would have changed, which is a defect of faultline");
		status = FL_EXIT_USAGE;
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
