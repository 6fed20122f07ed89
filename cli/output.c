/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MUCH 65536 /* bytes */

/*
 * Reopen a pipe or terminal: O_NONBLOCK would affect all others that share the
 * file description.
 */
static void open_anew(struct fl_output *o)
{
	struct stat st;
	char path[32];
	int fd;

	if (fstat(o->fd, &st) || !(S_ISFIFO(st.st_mode) || o->is_terminal))
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", o->fd);
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return;
	if (o->own_fd)
		close(o->fd);
	o->fd = fd;
	o->own_fd = true;
}

int fl_output_open(struct fl_output *o, const char *path, int fd)
{
	memset(o, 0, sizeof(*o));
	o->fd = fd;
	if (path) {
		o->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
		if (o->fd < 0)
			return -errno;
		o->owned = o->own_fd = true;
	}
	o->is_terminal = isatty(o->fd);
	open_anew(o);
	o->text = open_memstream(&o->memory, &o->len);
	return o->text ? 0 : -errno;
}

/*
 * The disk was full in the middle of a line: drop that line, keep what precedes
 * it.
 */
static void cut_back(const struct fl_output *o, size_t written)
{
	size_t torn = 0;
	off_t end;

	while (torn < written && o->memory[written - torn - 1] != '\n')
		torn++;
	end = torn ? lseek(o->fd, 0, SEEK_CUR) : -1;
	if (end >= (off_t)torn && ftruncate(o->fd, end - (off_t)torn))
		return; /* leave it; the error is reported anyway */
}

static bool wait_for_reader(const struct fl_output *o)
{
	if (o->wait)
		return o->wait(o->arg, o->fd);
	poll(&(struct pollfd){ .fd = o->fd, .events = POLLOUT }, 1, -1);
	return true;
}

static void write_all(struct fl_output *o)
{
	size_t done = 0;

	while (done < o->len && !o->error) {
		ssize_t n = write(o->fd, o->memory + done, o->len - done);

		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno == EAGAIN)
			o->error = wait_for_reader(o) ? 0 : EAGAIN;
		else if (n < 0 && errno != EINTR)
			o->error = errno;
	}
	if (o->error && o->owned)
		cut_back(o, done);
}

bool fl_output_flush(struct fl_output *o)
{
	if (!o->text)
		return !o->error;
	if (fflush(o->text) || ferror(o->text)) {
		if (!o->error)
			o->error = ENOMEM;
		clearerr(o->text);
	}
	if (!o->error)
		write_all(o);
	fseeko(o->text, 0, SEEK_SET);
	return !o->error;
}

void fl_output_line(struct fl_output *o)
{
	if (ftello(o->text) > MUCH)
		fl_output_flush(o);
}

bool fl_output_release(struct fl_output *o)
{
	bool good = fl_output_flush(o);

	if (o->text)
		fclose(o->text);
	free(o->memory);
	/* network file systems may report an error only now */
	if (o->own_fd && close(o->fd) && good) {
		o->error = errno;
		good = false;
	}
	o->text = NULL;
	o->memory = NULL;
	o->owned = o->own_fd = false;
	return good;
}
