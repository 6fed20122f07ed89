/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "file.h"

#define READ_BUFFER (1 << 20)

struct fl_journal {
	char path[4096];
	int fd;
	char *lines; /* records that are not written yet */
	size_t len, cap;
	bool no_memory; /* a line is missing in @lines */
	int error;
};

static int journal_path(const char *dir, char *path, size_t size, struct fl_fault *fault)
{
	if ((size_t)snprintf(path, size, "%s/" FL_JOURNAL_NAME, dir) < size)
		return 0;
	return fl_refuse_errno(fault, FL_C_FOLDER_NAME, dir, ENAMETOOLONG);
}

/* --- reading -------------------------------------------------------------- */

struct reading {
	const char *path;
	struct fl_record_parser *parser;
	fl_record_fn fn;
	void *arg;
	struct fl_journal_stat *stat;
	off_t whole; /* bytes in whole lines */
	struct fl_fault *fault;
};

static int check_version(const struct reading *rd, const struct fl_record *r)
{
	if (rd->stat->lines == 1 && r->type != FL_RECORD_CAMPAIGN)
		return fl_refuse(rd->fault, FL_C_NOT_JOURNAL, rd->path, NULL);
	if (r->type == FL_RECORD_CAMPAIGN && r->version > FL_JOURNAL_VERSION)
		return fl_refuse(rd->fault, FL_C_JOURNAL_NEWER, rd->path,
				 fl_digits(r->version).text, fl_digits(FL_JOURNAL_VERSION).text,
				 NULL);
	return 0;
}

static int take_line(struct reading *rd, const char *line, size_t len)
{
	struct fl_record r;
	const char *why;
	int err;

	rd->stat->lines++;
	err = fl_record_parse(rd->parser, line, len, &r, &why);
	if (err == -ENOENT && rd->stat->lines > 1) {
		rd->stat->unknown++;
		return 0;
	}
	if (err == -ENOMEM)
		return fl_refuse_memory(rd->fault);
	if (err)
		return fl_refuse(rd->fault, FL_C_JOURNAL_LINE, rd->path,
				 fl_digits((int64_t)rd->stat->lines).text, why, NULL);
	err = check_version(rd, &r);
	return err ? err : rd->fn(rd->arg, &r);
}

static int read_lines(struct reading *rd, FILE *f)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int err = 0;

	while (!err && (len = getline(&line, &cap, f)) > 0) {
		if (line[len - 1] != '\n') {
			rd->stat->torn = (uint64_t)len;
			break;
		}
		rd->whole += len;
		err = take_line(rd, line, (size_t)len - 1);
	}
	if (!err && ferror(f))
		err = fl_refuse_errno(rd->fault, FL_C_JOURNAL_READ, rd->path, EIO);
	free(line);
	return err;
}

/* Takes @fd. */
static int read_all(int fd, struct reading *rd)
{
	FILE *f = fdopen(fd, "r");
	char *buffer = malloc(READ_BUFFER);
	int err;

	rd->parser = fl_record_parser_new();
	*rd->stat = (struct fl_journal_stat){ 0 };
	if (f && buffer)
		setvbuf(f, buffer, _IOFBF, READ_BUFFER);
	err = f && buffer && rd->parser ? read_lines(rd, f) : -ENOMEM;
	if (err == -ENOMEM)
		fl_refuse_memory(rd->fault);
	fl_record_parser_free(rd->parser);
	if (f)
		fclose(f);
	else
		close(fd);
	free(buffer);
	return err;
}

int fl_journal_read(const char *dir, fl_record_fn fn, void *arg, struct fl_journal_stat *stat,
		    struct fl_fault *fault)
{
	char path[4096];
	struct reading rd = { .path = path, .fn = fn, .arg = arg, .stat = stat, .fault = fault };
	int fd, err = journal_path(dir, path, sizeof(path), fault);

	if (err)
		return err;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ENOENT
				       : fl_refuse_errno(fault, FL_C_JOURNAL_READ, path, errno);
	return read_all(fd, &rd);
}

/* --- writing -------------------------------------------------------------- */

static int open_file(struct fl_journal *j, const char *dir, struct fl_fault *fault)
{
	int err = journal_path(dir, j->path, sizeof(j->path), fault);

	if (err)
		return err;
	err = fl_make_folder(dir);
	if (err)
		return fl_refuse_errno(fault, FL_C_FOLDER, dir, -err);
	/*
	 * Without O_APPEND: a write to a network file system that a signal interrupts
	 * may be sent again later, and a server that appends would have it twice.
	 */
	j->fd = open(j->path, O_RDWR | O_DSYNC | O_CREAT | O_CLOEXEC, 0666);
	if (j->fd < 0)
		return fl_refuse_errno(fault, FL_C_JOURNAL_WRITE, j->path, errno);
	if (!flock(j->fd, LOCK_EX | LOCK_NB))
		return 0;
	if (errno != EWOULDBLOCK)
		return 0; /* a file system without locks */
	return fl_refuse(fault, FL_C_BUSY, dir, NULL);
}

/* The name of a new file must outlive the machine, too. */
static void sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static int resume(struct fl_journal *j, fl_record_fn fn, void *arg, struct fl_journal_stat *stat,
		  struct fl_fault *fault)
{
	struct reading rd = { .path = j->path, .fn = fn, .arg = arg, .stat = stat, .fault = fault };
	int fd = open(j->path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return fl_refuse_errno(fault, FL_C_JOURNAL_READ, j->path, errno);
	err = read_all(fd, &rd);
	if (!err && stat->torn && ftruncate(j->fd, rd.whole))
		err = fl_refuse_errno(fault, FL_C_JOURNAL_WRITE, j->path, errno);
	return err;
}

int fl_journal_open(const char *dir, fl_record_fn fn, void *arg, struct fl_journal **out,
		    bool *fresh, struct fl_journal_stat *stat, struct fl_fault *fault)
{
	struct fl_journal *j = calloc(1, sizeof(*j));
	int err;

	*out = NULL;
	if (!j)
		return fl_refuse_memory(fault);
	j->fd = -1;
	err = open_file(j, dir, fault);
	if (!err)
		err = resume(j, fn, arg, stat, fault);
	if (err) {
		fl_journal_close(j);
		return err;
	}
	/* a first line that was torn is as good as none */
	*fresh = !stat->lines;
	if (*fresh)
		sync_folder(dir);
	*out = j;
	return 0;
}

void fl_journal_remove(const struct fl_journal *j)
{
	unlink(j->path);
}

void fl_journal_close(struct fl_journal *j)
{
	if (!j)
		return;
	if (j->fd >= 0) {
		fl_journal_sync(j, NULL);
		close(j->fd);
	}
	free(j->lines);
	free(j);
}

static bool grow(struct fl_journal *j, size_t more)
{
	size_t cap = j->cap ? j->cap : 4096;
	char *lines;

	while (cap < j->len + more)
		cap *= 2;
	if (cap == j->cap)
		return true;
	lines = realloc(j->lines, cap);
	if (!lines)
		return false;
	j->lines = lines;
	j->cap = cap;
	return true;
}

void fl_journal_put(struct fl_journal *j, const struct fl_record *r)
{
	char *text = fl_record_text(r);
	size_t len = text ? strlen(text) : 0;

	if (!text || !grow(j, len)) {
		j->no_memory = true;
	} else {
		memcpy(j->lines + j->len, text, len);
		j->len += len;
	}
	free(text);
}

/* The disk was full within a line: remove what was written of these lines. */
static void take_back(const struct fl_journal *j, off_t start)
{
	if (start >= 0 && ftruncate(j->fd, start))
		return; /* it is then torn, which a reader tolerates */
}

static int write_lines(struct fl_journal *j)
{
	off_t start = lseek(j->fd, 0, SEEK_END);
	int err = fl_write_all(j->fd, j->lines, j->len);

	if (err)
		take_back(j, start);
	else
		j->len = 0;
	return -err;
}

int fl_journal_sync(struct fl_journal *j, struct fl_fault *fault)
{
	bool full;

	if (!j->error && j->no_memory)
		j->error = ENOMEM;
	if (!j->error && j->len)
		j->error = write_lines(j);
	if (!j->error)
		return 0;
	full = j->error == ENOSPC || j->error == EDQUOT || j->error == EFBIG;
	return fl_refuse_errno(fault, full ? FL_C_JOURNAL_FULL : FL_C_JOURNAL_WRITE, j->path,
			       j->error);
}
