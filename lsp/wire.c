/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "file.h"

#define MAX_HEADER 4096
#define CHUNK 65536

static void drop(struct fl_wire *w, size_t n)
{
	w->len -= n;
	memmove(w->text, w->text + n, w->len);
}

static int fill(struct fl_wire *w, bool wait)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };
	ssize_t n;

	if (w->cap - w->len < CHUNK) {
		size_t cap = (w->cap + CHUNK) * 2;
		char *more = realloc(w->text, cap);

		if (!more)
			return -ENOMEM;
		w->text = more;
		w->cap = cap;
	}
	if (!wait && poll(&p, 1, 0) <= 0)
		return -EAGAIN;
	do
		n = read(w->fd, w->text + w->len, CHUNK);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n ? -errno : -EPIPE;
	w->len += (size_t)n;
	return 0;
}

/* The length that the header of @len bytes gives; false: none, or no number. */
static bool content_length(const char *header, size_t len, size_t *out)
{
	static const char key[] = "Content-Length:";
	bool found = false;

	while (len) {
		const char *end = memchr(header, '\n', len);
		size_t line = end ? (size_t)(end - header) + 1 : len;
		const char *p = header + sizeof(key) - 1;

		if (line > sizeof(key) && !strncasecmp(header, key, sizeof(key) - 1)) {
			*out = 0;
			for (; *p == ' ' || *p == '\t'; p++)
				;
			for (; *p >= '0' && *p <= '9' && *out <= FL_WIRE_MAX; p++, found = true)
				*out = *out * 10 + (size_t)(*p - '0');
		}
		header += line;
		len -= line;
	}
	return found;
}

/* Where the header ends and the body begins; 0: it has not come yet. */
static size_t header_end(const struct fl_wire *w)
{
	const char *end = w->len ? memmem(w->text, w->len, "\r\n\r\n", 4) : NULL;

	return end ? (size_t)(end - w->text) + 4 : 0;
}

/* From the buffer: as fl_wire_read(), and -EAGAIN for a partial message. */
static int take(struct fl_wire *w, char **body, size_t *len)
{
	size_t start = header_end(w), n = w->skip < w->len ? w->skip : w->len;

	if (n) {
		drop(w, n);
		w->skip -= n;
		start = header_end(w);
	}
	if (w->skip || (!start && w->len <= MAX_HEADER))
		return -EAGAIN;
	if (!start || !content_length(w->text, start, len)) {
		drop(w, start ? start : w->len);
		return -EBADMSG;
	}
	if (*len > FL_WIRE_MAX) {
		w->skip = *len;
		drop(w, start);
		return -EBADMSG;
	}
	if (w->len - start < *len)
		return -EAGAIN;
	*body = malloc(*len + 1);
	if (*body) {
		memcpy(*body, w->text + start, *len);
		(*body)[*len] = '\0';
	}
	drop(w, start + *len);
	return *body ? 0 : -ENOMEM;
}

int fl_wire_read(struct fl_wire *w, bool wait, char **body, size_t *len)
{
	for (;;) {
		int err = take(w, body, len);

		if (err != -EAGAIN)
			return err;
		err = fill(w, wait);
		if (err)
			return err;
	}
}

void fl_wire_release(struct fl_wire *w)
{
	free(w->text);
	w->text = NULL;
}

int fl_wire_write(int fd, const char *body, size_t len)
{
	char header[64];
	int n = snprintf(header, sizeof(header), "Content-Length: %zu\r\n\r\n", len);
	int err = fl_write_all(fd, header, (size_t)n);

	return err ? err : fl_write_all(fd, body, len);
}
