/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire.h - messages of the protocol, read from and written to a descriptor. */
#ifndef FL_WIRE_H
#define FL_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#define FL_WIRE_MAX ((size_t)64 << 20) /* bytes of one message */

struct fl_wire {
	int fd;
	char *text; /* data read but not consumed */
	size_t len;
	size_t cap;
	size_t skip; /* bytes of a message that is too long, still to come */
};

/*
 * The next message: 0 with *body yours to free, NUL-terminated. -EAGAIN: none
 * has arrived, unless @wait; -EPIPE: the input ended; -EBADMSG: a malformed
 * message, or one longer than FL_WIRE_MAX, was skipped; -ENOMEM, or the error
 * of read().
 */
int fl_wire_read(struct fl_wire *w, bool wait, char **body, size_t *len);
void fl_wire_release(struct fl_wire *w);

/* 0 or -errno; SIGPIPE is the caller's to ignore. */
int fl_wire_write(int fd, const char *body, size_t len);

#endif /* FL_WIRE_H */
